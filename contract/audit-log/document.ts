import { hash } from 'node:crypto'
import { type DocumentNode, Kind, print, type ValueNode, visit } from 'graphql'

/** A document as the record knows it: values may be of a person, so they are taken out and committed to under the entry's salt. */
export interface NormalisedDocument {
  /** SHA-256, in hex, of the document as graphql-js prints it, each string, number and enum value in it emptied. */
  readonly hash: string
  /** What was taken out, in the document's order. */
  readonly literals: readonly string[]
}

const known = new WeakMap<DocumentNode, NormalisedDocument>()

/** Normalises a document. The same object gives the same one. */
export function normaliseDocument(document: DocumentNode): NormalisedDocument {
  const kept = known.get(document) ?? normalise(document)
  known.set(document, kept)
  return kept
}

function normalise(document: DocumentNode): NormalisedDocument {
  const literals: string[] = []
  const take = (node: ValueNode & { readonly value: string }, value: string): ValueNode => {
    literals.push(node.value)
    return { ...node, value } as ValueNode
  }
  const emptied = visit(document, {
    [Kind.STRING]: (node) => ({ ...take(node, ''), block: false }),
    [Kind.INT]: (node) => take(node, '0'),
    [Kind.FLOAT]: (node) => take(node, '0'),
    [Kind.ENUM]: (node) => take(node, '_'),
  })
  return { hash: hash('sha256', print(emptied)), literals }
}

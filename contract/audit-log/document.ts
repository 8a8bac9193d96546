import { hash } from 'node:crypto'
import { type DocumentNode, Kind, print, type ValueNode, visit } from 'graphql'

/** A GraphQL document without its values. They may be about a person, so the entry only has a commitment to them, under its salt. */
export interface NormalisedDocument {
  /** SHA-256, in hexadecimal digits, of the document as graphql-js prints it, with each string, number and enum value emptied. */
  readonly hash: string
  /** The values that were removed, in the order of the document. */
  readonly literals: readonly string[]
}

const cache = new WeakMap<DocumentNode, NormalisedDocument>()

/** Normalises a document. Caches the result for each document object. */
export function normaliseDocument(document: DocumentNode): NormalisedDocument {
  const normalised = cache.get(document) ?? normalise(document)
  cache.set(document, normalised)
  return normalised
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

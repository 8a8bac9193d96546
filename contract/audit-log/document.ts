import { hash } from 'node:crypto'
import { type ASTNode, type DocumentNode, Kind, type NameNode, print, type ValueNode, visit } from 'graphql'

/**
 * A GraphQL document without its values and without the names that its author chose. Both may be about a person, so the entry only has a
 * commitment to the values, under its salt.
 */
export interface NormalisedDocument {
  /** SHA-256, in hexadecimal digits, of the text of {@link printNormalised}. */
  readonly hash: string
  /** The values that were removed, in the order of the document. */
  readonly literals: readonly string[]
}

const cache = new WeakMap<DocumentNode, NormalisedDocument>()

/** Normalises a document. Caches the result for each document object. */
export function normaliseDocument(document: DocumentNode): NormalisedDocument {
  const cached = cache.get(document)
  if (cached !== undefined) return cached
  const { text, literals } = normalise(document)
  const normalised = { hash: hash('sha256', text), literals }
  cache.set(document, normalised)
  return normalised
}

/**
 * Prints a document as graphql-js does, without comments, with each string, number and enum value emptied. Operations have no name. Aliases,
 * variables and fragments are named `a1`, `v1` and `f1` and so on, in the order of the document.
 */
export function printNormalised(document: DocumentNode): string {
  return normalise(document).text
}

function normalise(document: DocumentNode): { readonly text: string; readonly literals: readonly string[] } {
  const literals: string[] = []
  const take = (node: ValueNode & { readonly value: string }, value: string): ValueNode => {
    literals.push(node.value)
    return { ...node, value } as ValueNode
  }
  const [aliases, variables, fragments] = [createNames('a'), createNames('v'), createNames('f')]
  const emptied = visit(document, {
    [Kind.STRING]: (node) => ({ ...take(node, ''), block: false }),
    [Kind.INT]: (node) => take(node, '0'),
    [Kind.FLOAT]: (node) => take(node, '0'),
    [Kind.ENUM]: (node) => take(node, '_'),
    [Kind.OPERATION_DEFINITION]: ({ name: _, ...node }) => node as ASTNode,
    [Kind.FIELD]: ({ alias, ...node }) => (alias === undefined ? undefined : { ...node, alias: aliases(alias) }),
    [Kind.VARIABLE]: (node) => ({ ...node, name: variables(node.name) }),
    [Kind.FRAGMENT_SPREAD]: (node) => ({ ...node, name: fragments(node.name) }),
    [Kind.FRAGMENT_DEFINITION]: (node) => ({ ...node, name: fragments(node.name) }),
  })
  return { text: print(emptied), literals }
}

/** Creates names of one kind: the same name always becomes the same other name. */
function createNames(prefix: string): (name: NameNode) => NameNode {
  const names = new Map<string, string>()
  return (node) => {
    const value = names.get(node.value) ?? `${prefix}${names.size + 1}`
    names.set(node.value, value)
    return { ...node, value }
  }
}

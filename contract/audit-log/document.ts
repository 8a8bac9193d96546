import { hash } from 'node:crypto'
import { type DocumentNode, Kind, type NameNode, print, type ValueNode, visit } from 'graphql'

/**
 * A GraphQL document without what its author wrote freely. It may be about a person, so the entry only has a commitment to it, under its
 * salt.
 */
export interface NormalisedDocument {
  /**
   * SHA-256, in hexadecimal digits, of the document as graphql-js prints it, with each string, number, boolean and enum value emptied, and
   * with numbers in place of the names of operations, fragments, variables and aliases.
   */
  readonly hash: string
  /** The values that were removed, in the order of the document. */
  readonly literals: readonly string[]
  /** The names that were replaced, each once in each of the four kinds, in the order of the document. */
  readonly names: readonly string[]
}

const cache = new WeakMap<DocumentNode, NormalisedDocument>()

/** Normalises a document. Caches the result for each document object. */
export function normaliseDocument(document: DocumentNode): NormalisedDocument {
  const cached = cache.get(document)
  if (cached !== undefined) return cached
  const normalised = normalise(document)
  cache.set(document, normalised)
  return normalised
}

/** Returns the text that the hash of {@link normaliseDocument} is of. */
export function printNormalised(document: DocumentNode): string {
  return empty(document).text
}

function normalise(document: DocumentNode): NormalisedDocument {
  const { text, ...removed } = empty(document)
  return { hash: hash('sha256', text), ...removed }
}

function empty(document: DocumentNode): Omit<NormalisedDocument, 'hash'> & { readonly text: string } {
  const literals: string[] = []
  const take = <Node extends ValueNode & { readonly value: unknown }>(node: Node, value: Node['value']): Node => {
    literals.push(String(node.value))
    return { ...node, value }
  }
  const { names, rename } = createNumbering()
  const bare = visit(document, {
    [Kind.STRING]: (node) => ({ ...take(node, ''), block: false }),
    [Kind.INT]: (node) => take(node, '0'),
    [Kind.FLOAT]: (node) => take(node, '0'),
    [Kind.ENUM]: (node) => take(node, '_'),
    [Kind.BOOLEAN]: (node) => take(node, false),
    [Kind.OPERATION_DEFINITION]: (node) => (node.name ? { ...node, name: rename('o', node.name) } : undefined),
    [Kind.FRAGMENT_DEFINITION]: (node) => ({ ...node, name: rename('f', node.name) }),
    [Kind.FRAGMENT_SPREAD]: (node) => ({ ...node, name: rename('f', node.name) }),
    [Kind.VARIABLE]: (node) => ({ ...node, name: rename('v', node.name) }),
    [Kind.FIELD]: (node) => (node.alias ? { ...node, alias: rename('a', node.alias) } : undefined),
  })
  return { text: print(bare), literals, names }
}

/** Numbers names, of each kind from 0 on. A kind is a letter. */
function createNumbering() {
  const names: string[] = []
  const numbers = new Map<string, number>()
  const counts = new Map<string, number>()
  const rename = (kind: string, node: NameNode): NameNode => {
    const key = `${kind} ${node.value}`
    const number = numbers.get(key) ?? counts.get(kind) ?? 0
    if (!numbers.has(key)) {
      names.push(node.value)
      numbers.set(key, number)
      counts.set(kind, number + 1)
    }
    return { ...node, value: `${kind}${number}` }
  }
  return { names, rename }
}

import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  type SelectionSetNode,
  Source,
  TokenKind,
} from 'graphql'
import { IstmoError } from '../../contract/errors.ts'
import { fragmentsInOrderOfUse } from '../../contract/fragments.ts'

/**
 * A node's own limits, checked before anything of an operation runs: a depth of 500 can break a server before any rule is
 * reached (docs/design/federation.md, The national side). Nothing here recurses with the document.
 */

/** The limits of one leg. */
export interface Limits {
  /** Bytes of the request's body. */
  readonly bodyBytes: number
  /** Tokens of the document. */
  readonly tokens: number
  /** Selection sets, lists and objects within one another, fragments followed. */
  readonly depth: number
  /** Fields of an operation, aliases and every use of a fragment counted. */
  readonly fields: number
  /** Representations of a leg, all its `_entities` fields together. */
  readonly representations: number
}

/** What a leg of the gateway stays under by far. */
export const LIMITS: Limits = {
  bodyBytes: 1_048_576,
  tokens: 10_000,
  depth: 30,
  fields: 2_000,
  representations: 1_000,
}

function exceeded(what: string, limit: number): IstmoError {
  return new IstmoError('LIMIT_EXCEEDED', `expected at most ${limit} ${what}`)
}

/**
 * Checks a document's text, before it is parsed: the parser recurses, the lexer does not.
 * @throws {IstmoError} `LIMIT_EXCEEDED`; {GraphQLError} a syntax error of the lexer.
 */
export function checkText(query: string, limits: Limits): void {
  const lexer = new Lexer(new Source(query))
  let depth = 0
  for (let tokens = 0; lexer.advance().kind !== TokenKind.EOF; tokens++) {
    if (tokens >= limits.tokens) throw exceeded('tokens', limits.tokens)
    const { kind } = lexer.token
    if (kind === TokenKind.BRACE_L || kind === TokenKind.BRACKET_L) depth++
    if (kind === TokenKind.BRACE_R || kind === TokenKind.BRACKET_R) depth--
    if (depth > limits.depth) throw exceeded('levels', limits.depth)
  }
}

interface Size {
  readonly fields: number
  readonly depth: number
}

/**
 * Checks a parsed document: depth and number of fields with its fragments followed. Each fragment is measured once, however
 * often it is used.
 * @throws {IstmoError} `LIMIT_EXCEEDED`, or `GRAPHQL_VALIDATION_FAILED` for fragments of one name, or that use one another in a circle.
 */
export function checkDocument(document: DocumentNode, limits: Limits): void {
  const sizes = new Map<string, Size>()
  for (const fragment of fragmentsInOrderOfUse(document)) sizes.set(fragment.name.value, measure(fragment, sizes))
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const { fields, depth } = measure(definition, sizes)
    if (fields > limits.fields) throw exceeded('fields', limits.fields)
    if (depth > limits.depth) throw exceeded('levels', limits.depth)
  }
}

// The walk keeps its own stack; `sizes` has every fragment that the definition uses.
function measure(definition: OperationDefinitionNode | FragmentDefinitionNode, sizes: ReadonlyMap<string, Size>): Size {
  const stack: [SelectionSetNode, number][] = [[definition.selectionSet, 1]]
  let fields = 0
  let deepest = 0
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [set, depth] = next
    deepest = Math.max(deepest, depth)
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const size = sizes.get(selection.name.value)
        fields += size?.fields ?? 0
        deepest = Math.max(deepest, depth + (size?.depth ?? 0))
        continue
      }
      if (selection.kind === Kind.FIELD) fields++
      if (selection.selectionSet) stack.push([selection.selectionSet, depth + 1])
    }
  }
  return { fields, depth: deepest }
}

/** @throws {IstmoError} `LIMIT_EXCEEDED` when a leg's `_entities` fields name more than `limits.representations` together. */
export function checkRepresentations(count: number, limits: Limits): void {
  if (count > limits.representations) throw exceeded('representations', limits.representations)
}

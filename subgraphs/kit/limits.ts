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
 * A node's own limits. The node checks them before any part of an operation runs, because a depth of 500 can break a server before
 * it reaches a rule (docs/design/federation.md, The national side). No function here recurses with the document.
 */

/** The limits of one leg. */
export interface Limits {
  /** Bytes of the request's body. */
  readonly bodyBytes: number
  /** Tokens of the document. */
  readonly tokens: number
  /** Levels of selection sets, lists and objects, with fragments followed. */
  readonly depth: number
  /** Fields of an operation; each alias and each use of a fragment counts. */
  readonly fields: number
  /** Representations of a leg, in all its `_entities` fields together. */
  readonly representations: number
}

/** The limits of a node. A leg of the gateway stays far below them. */
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
 * Checks the text of a document before it is parsed, because the parser recurses and the lexer does not.
 * @throws {IstmoError} `LIMIT_EXCEEDED`.
 * @throws {GraphQLError} for a syntax error of the lexer.
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
 * Checks the depth and the number of fields of a parsed document, with its fragments followed. It measures each fragment once,
 * however often the document uses it.
 * @throws {IstmoError} `LIMIT_EXCEEDED`; or `GRAPHQL_VALIDATION_FAILED` if two fragments have one name, or if fragments use one
 * another in a circle.
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

// The walk has its own stack. `sizes` must have each fragment that the definition uses.
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

/**
 * Checks the number of representations in all `_entities` fields of a leg together.
 * @throws {IstmoError} `LIMIT_EXCEEDED` if there are more than `limits.representations`.
 */
export function checkRepresentations(count: number, limits: Limits): void {
  if (count > limits.representations) throw exceeded('representations', limits.representations)
}

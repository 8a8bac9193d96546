/**
 * A node's own limits. The node checks them before any part of an operation runs, because a depth of 500 can break a server before
 * it reaches a rule (docs/design/federation.md, The national side). No function here recurses with the document.
 */
import {
  type DocumentNode,
  execute,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  Lexer,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  Source,
  specifiedRules,
  TokenKind,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { meaningOf } from '../../contract/error-message.ts'
import { type ErrorCode, IstmoError } from '../../contract/errors.ts'
import { fragmentsInOrderOfUse } from '../../contract/fragments.ts'
import type { LegNote } from '../../contract/leg-notes.ts'
import type { GuardedRequest } from './guard.ts'
import { noteQuery } from './leg-memory.ts'
import { createAnswerByPlan } from './plans/answer-by-plan.ts'
import { dropRows, type UnfitValue } from './row-values.ts'
import type { NodeContext } from './types.ts'

/** The limits of one leg. */
interface Limits {
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

/** How many parsed and validated documents are cached. The least recently used one leaves the cache first. */
const MAX_CACHED_DOCUMENTS = 1_000
const RULES = [...specifiedRules, NoSchemaIntrospectionCustomRule]

/** Reads the text of a request. Returns the document if it is within the limits and fits the schema, else the errors. */
type ReadDocument = (query: string, operationName: string | undefined) => DocumentNode | readonly GraphQLError[]

/** Makes the reader of a schema's documents. It caches valid documents, so that they are not parsed again. */
export function createDocumentReader(schema: GraphQLSchema, limits: Limits): ReadDocument {
  const documents = new LRUCache<string, DocumentNode>({ max: MAX_CACHED_DOCUMENTS })
  const read = (query: string): DocumentNode => {
    const cached = documents.get(query)
    if (cached) return cached
    const document = readDocument(schema, query, limits)
    documents.set(query, document)
    return document
  }
  return (query, operationName) => {
    try {
      const document = read(query)
      if (!getOperationAST(document, operationName)) throw new IstmoError('OPERATION_RESOLUTION_FAILURE')
      return document
    } catch (error) {
      return toErrors(error)
    }
  }
}

class InvalidDocument extends Error {
  override readonly name = 'InvalidDocument'
  readonly errors: readonly GraphQLError[]

  constructor(errors: readonly GraphQLError[]) {
    super('The document does not fit the schema.')
    this.errors = errors
  }
}

function readDocument(schema: GraphQLSchema, query: string, limits: Limits): DocumentNode {
  let document: DocumentNode
  try {
    checkText(query, limits)
    document = parse(query, { maxTokens: limits.tokens, noLocation: false })
  } catch (error) {
    throw error instanceof GraphQLError ? withCode(error, 'GRAPHQL_PARSE_FAILED') : error
  }
  checkDocument(document, limits)
  const errors = [...findMissingRoots(schema, document), ...validate(schema, document, RULES, { maxErrors: 10 })]
  if (errors.length > 0) throw new InvalidDocument(errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')))
  return document
}

/** Returns an error for each operation whose kind the schema does not have: validation by graphql-js passes its fields, whatever they are. */
function findMissingRoots(schema: GraphQLSchema, { definitions }: DocumentNode): readonly GraphQLError[] {
  return definitions.flatMap((node) => {
    if (node.kind !== Kind.OPERATION_DEFINITION || schema.getRootType(node.operation)) return []
    return [new GraphQLError(`expected a query; came a ${node.operation}, which this domain does not have`)]
  })
}

function withCode(error: GraphQLError, code: 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED'): GraphQLError {
  return new GraphQLError(error.message, { extensions: { code } })
}

function toErrors(error: unknown): readonly GraphQLError[] {
  if (error instanceof InvalidDocument) return error.errors
  if (error instanceof GraphQLError) return [error]
  const cause = error instanceof Error ? error : new IstmoError('INTERNAL')
  return [new GraphQLError(cause.message, { originalError: cause })]
}

/**
 * Errors as a node shows them. Errors of the registry are shown as they are, and errors from inside are masked. The path remains, so
 * that the gateway knows which value is missing.
 */

/** An error as the node sends it to the gateway, and the cause to log: undefined if nothing failed inside. */
interface AnswerError {
  readonly shown: GraphQLFormattedError
  readonly inside?: unknown
}

/** Turns an error of parsing, validation or execution into the one that the node shows. */
export function toAnswerError(error: GraphQLError): AnswerError {
  const cause = error.originalError
  const place = { ...(error.path && { path: error.path }) }
  if (cause instanceof IstmoError) {
    return { shown: { message: cause.message, ...place, extensions: { code: cause.code } } }
  }
  // graphql-js itself raised it: an argument or a variable does not fit. Errors of resolvers have a cause of their own.
  if (cause === undefined || cause instanceof GraphQLError) {
    const extensions = { code: codeOf(error, 'BAD_USER_INPUT') }
    return { shown: { message: withoutSuggestion(error.message), ...place, extensions } }
  }
  return {
    shown: { message: meaningOf('INTERNAL'), ...place, extensions: { code: 'INTERNAL' } },
    inside: cause,
  }
}

/** Removes the names that graphql-js suggests for a wrong one: a suggestion would lead a caller who guesses to a name. */
function withoutSuggestion(message: string): string {
  const at = message.indexOf('Did you mean ')
  return at === -1 ? message : message.slice(0, at).trimEnd() || meaningOf('GRAPHQL_VALIDATION_FAILED')
}

function codeOf(error: GraphQLError, otherwise: ErrorCode): unknown {
  return error.extensions.code ?? otherwise
}

/** Returns the body of a rejection: a GraphQL response without data, as JSON. */
export function rejectionBody(error: IstmoError): string {
  return JSON.stringify({ errors: [{ message: error.message, extensions: { code: error.code } }] })
}

/** A GraphQL request, parsed from JSON. */
export interface GraphQLRequest {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>> | undefined
  readonly operationName?: string | undefined
}

/** A GraphQL response. `data` is absent if nothing was executed. */
export interface GraphQLAnswer {
  readonly data?: unknown
  readonly errors?: readonly GraphQLFormattedError[]
  /** What the country says about its own answer. */
  readonly extensions?: { readonly istmo: { readonly notes: readonly LegNote[] } }
}

/** Answers requests over one schema. Rejects only with what the check throws. */
type Execute = (request: GraphQLRequest, context: NodeContext) => Promise<GraphQLAnswer>

/**
 * Makes the executor of a schema. Rows with values that do not fit the contract are left out of the answers, which then have the note
 * `ROWS_DROPPED`.
 * @param onInside called with each error that the answer masks.
 * @param check called with each valid request before it runs. If it throws, the request does not run. Null to run each request.
 * @param onUnfit called with each value for which a row was left out.
 * @param isFast whether plans answer (plans/answer-by-plan.ts), or graphql-js each time. The answers are the same.
 */
export function createExecutor(
  schema: GraphQLSchema,
  limits: Limits,
  onInside: (error: unknown) => void,
  check: ((request: GuardedRequest, context: NodeContext) => Promise<void> | undefined) | null = null,
  onUnfit: (value: UnfitValue) => void = () => undefined,
  isFast = true,
): Execute {
  const answerByPlan = isFast ? createAnswerByPlan(schema) : null
  const read = createDocumentReader(schema, limits)
  const show = (error: GraphQLError): GraphQLFormattedError => {
    const { shown, inside } = toAnswerError(error)
    if (inside !== undefined) onInside(inside)
    return shown
  }
  return async ({ query, variables, operationName }, context) => {
    const document = read(query, operationName)
    if (!('kind' in document)) return { errors: document.map(show) }
    const request = { document, variables, operationName }
    // A document that the node has not seen takes long to read, to check and to plan.
    await context.db.pause?.()
    const checking = check?.(request, context)
    if (checking !== undefined) await checking
    await context.db.pause?.()
    noteQuery(context, query)
    const planned = answerByPlan === null ? null : await answerByPlan(request, context)
    if (planned !== null) {
      const { notes } = context
      return { data: planned, ...(notes.length > 0 && { extensions: { istmo: { notes } } }) }
    }
    const executed = await execute({
      schema,
      document,
      contextValue: context,
      variableValues: variables,
      operationName,
      options: { maxCoercionErrors: 5 },
    })
    const { data, errors, unfit, dropped } = dropRows(executed)
    for (const value of unfit) onUnfit(value)
    const notes: LegNote[] = [
      ...context.notes,
      ...(dropped > 0 ? [{ code: 'ROWS_DROPPED', count: dropped } as const] : []),
    ]
    return {
      ...(data !== undefined && { data }),
      ...(errors.length > 0 && {
        errors: errors.map(({ error, path }) => ({ ...show(error), ...(path && { path }) })),
      }),
      ...(notes.length > 0 && { extensions: { istmo: { notes } } }),
    }
  }
}

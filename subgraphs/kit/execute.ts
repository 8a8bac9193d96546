import {
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { IstmoError } from '../../contract/errors.ts'
import { toAnswerError } from './answer-error.ts'
import type { GuardedRequest } from './guard.ts'
import { checkDocument, checkText, type Limits } from './limits.ts'
import { createLru } from './lru.ts'
import type { NodeContext } from './types.ts'

/** A GraphQL request, its JSON read. */
export interface GraphQLRequest {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>> | undefined
  readonly operationName?: string | undefined
}

/** A GraphQL response. `data` is left out where nothing was executed. */
export interface GraphQLAnswer {
  readonly data?: unknown
  readonly errors?: readonly GraphQLFormattedError[]
}

/** Answers requests over one schema. Rejects with what the check throws, and with nothing else. */
export type Execute = (request: GraphQLRequest, context: NodeContext) => Promise<GraphQLAnswer>

/** How many documents are kept parsed and validated. */
const KEPT_DOCUMENTS = 1_000
const RULES = [...specifiedRules, NoSchemaIntrospectionCustomRule]

/**
 * Makes the executor of a schema. Documents that were valid once are not parsed again.
 * @param onInside told of each error that is masked in the answer.
 * @param check told of each valid request before it runs; what it throws stops it. Null: everything is run.
 */
export function createExecutor(
  schema: GraphQLSchema,
  limits: Limits,
  onInside: (error: unknown) => void,
  check: ((request: GuardedRequest, context: NodeContext) => void) | null = null,
): Execute {
  const documents = createLru<DocumentNode>(KEPT_DOCUMENTS)
  const show = (error: GraphQLError): GraphQLFormattedError => {
    const { shown, inside } = toAnswerError(error)
    if (inside !== undefined) onInside(inside)
    return shown
  }
  const read = (query: string): DocumentNode => {
    const known = documents.get(query)
    if (known) return known
    const document = readDocument(schema, query, limits)
    documents.set(query, document)
    return document
  }
  return async ({ query, variables, operationName }, context) => {
    let document: DocumentNode
    try {
      document = read(query)
      if (!getOperationAST(document, operationName)) throw new IstmoError('OPERATION_RESOLUTION_FAILURE')
    } catch (error) {
      return { errors: errorsOf(error).map(show) }
    }
    check?.({ document, variables, operationName }, context)
    const { data, errors } = await execute({
      schema,
      document,
      contextValue: context,
      variableValues: variables,
      operationName,
      options: { maxCoercionErrors: 5 },
    })
    return { ...(data !== undefined && { data }), ...(errors && { errors: errors.map(show) }) }
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
  const errors = validate(schema, document, RULES, { maxErrors: 10 })
  if (errors.length > 0) throw new InvalidDocument(errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')))
  return document
}

function withCode(error: GraphQLError, code: 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED'): GraphQLError {
  return new GraphQLError(error.message, { extensions: { code } })
}

function errorsOf(error: unknown): readonly GraphQLError[] {
  if (error instanceof InvalidDocument) return error.errors
  if (error instanceof GraphQLError) return [error]
  const cause = error instanceof Error ? error : new IstmoError('INTERNAL')
  return [new GraphQLError(cause.message, { originalError: cause })]
}

import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { IstmoError } from '../../contract/errors.ts'
import { checkDocument, checkText, type Limits } from './limits.ts'

/** How many documents are kept parsed and validated; the one that was used longest ago is forgotten first. */
const MAX_KEPT_DOCUMENTS = 1_000
const RULES = [...specifiedRules, NoSchemaIntrospectionCustomRule]

/** Reads the text of a request into a document that is within the limits and fits the schema, or into why it does not. */
export type ReadDocument = (query: string, operationName: string | undefined) => DocumentNode | readonly GraphQLError[]

/** Makes the reader of a schema's documents. Those that were valid once are not parsed again. */
export function createDocumentReader(schema: GraphQLSchema, limits: Limits): ReadDocument {
  const documents = new LRUCache<string, DocumentNode>({ max: MAX_KEPT_DOCUMENTS })
  const read = (query: string): DocumentNode => {
    const known = documents.get(query)
    if (known) return known
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
      return errorsOf(error)
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

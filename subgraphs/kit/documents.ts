import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { IstmoError } from '../../contract/errors.ts'
import { checkDocument, checkText, type Limits } from './limits.ts'

/** How many parsed and validated documents are cached. The least recently used one leaves the cache first. */
const MAX_CACHED_DOCUMENTS = 1_000
const RULES = [...specifiedRules, NoSchemaIntrospectionCustomRule]

/** Reads the text of a request. Returns the document if it is within the limits and fits the schema, else the errors. */
export type ReadDocument = (query: string, operationName: string | undefined) => DocumentNode | readonly GraphQLError[]

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

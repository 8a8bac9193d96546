import type { DocumentNode, GraphQLFormattedError, GraphQLSchema } from 'graphql'
import type { RequestContext } from '../types/flow.ts'

/** One operation whose document is valid for the API schema, with variables as they came. */
export interface OperationRequest {
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly variables: Record<string, unknown>
  /** The document's text as it came. */
  readonly source: string
}

/** A complete or partial answer, in the form of a GraphQL response. */
export interface OperationResult {
  readonly data: unknown
  readonly errors?: readonly GraphQLFormattedError[]
  readonly extensions?: Record<string, unknown>
  /** The HTTP status, if it is not 200. */
  readonly status?: number
}

/** The schema that clients see, and the function that runs an operation of it. */
export interface OperationRunner {
  readonly apiSchema: GraphQLSchema
  /** Runs one operation. Rejects with {IstmoError} if the operation is rejected as a whole. */
  execute(request: OperationRequest, context: RequestContext): Promise<OperationResult>
}

import type { DocumentNode, GraphQLFormattedError, GraphQLSchema } from 'graphql'
import type { RequestContext } from '../types/flow.ts'

/** One operation whose document fits the API schema; variables as they came. */
export interface OperationRequest {
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly variables: Record<string, unknown>
  /** The document's text as it came. */
  readonly source: string
}

/** A whole or partial answer, in the form of the GraphQL response. */
export interface OperationResult {
  readonly data: unknown
  readonly errors?: readonly GraphQLFormattedError[]
  readonly extensions?: Record<string, unknown>
  /** The HTTP status, where it is not 200. */
  readonly status?: number
}

/** What stands behind the front: the schema that clients see, and who runs an operation of it. */
export interface OperationRunner {
  readonly apiSchema: GraphQLSchema
  /** @throws {IstmoError} where the whole operation is refused. */
  execute(request: OperationRequest, context: RequestContext): Promise<OperationResult>
}

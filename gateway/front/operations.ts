import type { DocumentNode, GraphQLFormattedError, GraphQLSchema } from 'graphql'
import type { RequestContext } from '../types/flow.ts'
import type { ReadDocument } from '../types/planning.ts'

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
  /** The data as JSON, if it was made so: then nobody needs to read `data`. */
  readonly json?: string
  readonly errors?: readonly GraphQLFormattedError[]
  readonly extensions?: Record<string, unknown>
  /** The HTTP status, if it is not 200. */
  readonly status?: number
}

/** The schema that clients see, and the function that runs an operation of it. */
export interface OperationRunner {
  readonly apiSchema: GraphQLSchema
  /**
   * Parses and validates a document, or returns at once what it knows of it. Rejects with {IstmoError} if the document is rejected before it is
   * validated.
   */
  readDocument(source: string, context: RequestContext): ReadDocument | Promise<ReadDocument>
  /** Runs one operation. Rejects with {IstmoError} if the operation is rejected as a whole. */
  execute(request: OperationRequest, context: RequestContext): Promise<OperationResult>
  /** Releases what the runner holds. Called once, after its last operation. */
  close?(): Promise<void>
}

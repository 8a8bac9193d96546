import type { GraphQLSchema } from 'graphql'
import type { EngineAnswer, RequestContext } from '../types/flow.ts'
import type { OperationRequest } from '../types/front.ts'
import type { ReadDocument } from '../types/planning.ts'

/** The schema that clients see, and the function that runs an operation of it. */
export interface OperationRunner {
  readonly apiSchema: GraphQLSchema
  /**
   * Parses and validates a document, or returns at once what it knows of it. Rejects with {IstmoError} if the document is rejected before it is
   * validated.
   */
  readDocument(source: string, context: RequestContext): ReadDocument | Promise<ReadDocument>
  /** Runs one operation. Rejects with {IstmoError} if the operation is rejected as a whole. */
  execute(request: OperationRequest, context: RequestContext): Promise<EngineAnswer>
  /** Releases what the runner holds. Called once, after its last operation. */
  close?(): Promise<void>
}

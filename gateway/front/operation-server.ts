import type { RequestContext } from '../types/flow.ts'
import type { ArrivedOperation, HttpAnswer } from './arrived-operation.ts'
import { createGenerations } from './generations.ts'
import { createGraphQLServer, type GraphQLServerOptions } from './graphql-server.ts'
import type { OperationRunner } from './operations.ts'
import { codesOf } from './rejection-codes.ts'

/** Answers operations with the current runner. */
export interface OperationServer {
  /** Answers one request, from beginning to end, with the runner that is current when it begins. */
  execute(this: void, arrived: ArrivedOperation, context: RequestContext): Promise<HttpAnswer>
  /** Lists the codes of the errors with which an operation was rejected before it ran. */
  codesOf(answer: HttpAnswer): readonly string[]
  /** Uses `runner` for new requests. Requests in progress stay with the previous runner, which stops after its last answer. */
  replace(runner: OperationRunner): Promise<void>
  /** Stops the current runner. No request may be in progress. */
  stop(): Promise<void>
}

/** Creates an operation server that begins with `runner`. Each runner has its own Apollo Server, because that cannot change its schema. */
export async function createOperationServer(
  runner: OperationRunner,
  options: GraphQLServerOptions,
): Promise<OperationServer> {
  const generations = createGenerations(await createGraphQLServer(runner, options), (server) => server.stop())
  return {
    execute: (arrived, request) => generations.use((server) => server.execute(arrived, request)),
    codesOf: ({ body }) => codesOf(body),
    replace: async (next) => generations.replace(await createGraphQLServer(next, options)),
    stop: generations.stop,
  }
}

import type { RequestContext } from '../types/flow.ts'
import type { ArrivedOperation, HttpAnswer } from './arrived-operation.ts'
import { createGraphQLServer, type GraphQLServer, type GraphQLServerOptions } from './graphql-server.ts'
import type { OperationRunner } from './operations.ts'

/** Answers operations with the current runner. */
export interface OperationServer {
  /** Answers one request, from beginning to end, with the runner that is current when it begins. */
  execute(arrived: ArrivedOperation, context: RequestContext): Promise<HttpAnswer>
  /** Uses `runner` for new requests. Requests in progress stay with the previous runner, which stops after its last answer. */
  replace(runner: OperationRunner): Promise<void>
  /** Stops the current runner. No request may be in progress. */
  stop(): Promise<void>
}

/** One runner, and how many operations it has in progress. */
interface Generation {
  readonly server: GraphQLServer
  inProgress: number
  isReplaced: boolean
}

/** Creates an operation server that begins with `runner`. Each runner has its own Apollo Server, because that cannot change its schema. */
export async function createOperationServer(
  runner: OperationRunner,
  options: GraphQLServerOptions,
): Promise<OperationServer> {
  let current = await createGeneration(runner, options)
  return {
    async execute(arrived, request) {
      const generation = current
      generation.inProgress += 1
      try {
        return await generation.server.execute(arrived, request)
      } finally {
        generation.inProgress -= 1
        if (generation.isReplaced) await stopIfUnused(generation)
      }
    },
    async replace(next) {
      const before = current
      current = await createGeneration(next, options)
      before.isReplaced = true
      await stopIfUnused(before)
    },
    stop: () => current.server.stop(),
  }
}

async function createGeneration(runner: OperationRunner, options: GraphQLServerOptions): Promise<Generation> {
  return { server: await createGraphQLServer(runner, options), inProgress: 0, isReplaced: false }
}

async function stopIfUnused({ server, inProgress, isReplaced }: Generation): Promise<void> {
  if (isReplaced && inProgress === 0) await server.stop()
}

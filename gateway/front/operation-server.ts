import type { HTTPGraphQLRequest, HTTPGraphQLResponse } from '@apollo/server'
import type { Logger } from 'pino'
import type { RequestContext } from '../types/flow.ts'
import { createGraphQLServer, type GraphQLServer } from './graphql-server.ts'
import type { OperationRunner } from './operations.ts'

/** Answers operations with the current runner. */
export interface OperationServer {
  /** Answers one request, from beginning to end, with the runner that is current when it begins. */
  execute(request: HTTPGraphQLRequest, context: RequestContext): Promise<HTTPGraphQLResponse>
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
export async function createOperationServer(runner: OperationRunner, log: Logger): Promise<OperationServer> {
  let current = await createGeneration(runner, log)
  return {
    async execute(httpGraphQLRequest, request) {
      const generation = current
      generation.inProgress += 1
      try {
        return await generation.server.execute(httpGraphQLRequest, request)
      } finally {
        generation.inProgress -= 1
        await stopIfUnused(generation)
      }
    },
    async replace(next) {
      const before = current
      current = await createGeneration(next, log)
      before.isReplaced = true
      await stopIfUnused(before)
    },
    stop: () => current.server.stop(),
  }
}

async function createGeneration(runner: OperationRunner, log: Logger): Promise<Generation> {
  return { server: await createGraphQLServer(runner, log), inProgress: 0, isReplaced: false }
}

async function stopIfUnused({ server, inProgress, isReplaced }: Generation): Promise<void> {
  if (isReplaced && inProgress === 0) await server.stop()
}

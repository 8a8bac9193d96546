import type { ApolloServer, HTTPGraphQLRequest, HTTPGraphQLResponse } from '@apollo/server'
import type { Logger } from 'pino'
import type { RequestContext } from '../types/flow.ts'
import { createGraphQLServer, type GraphQLContext } from './graphql-server.ts'
import type { OperationRunner } from './operations.ts'

/** Answers operations with the runner of the moment. */
export interface OperationServer {
  /** Answers one request with the runner that is there when it begins, to its end. */
  execute(request: HTTPGraphQLRequest, context: RequestContext): Promise<HTTPGraphQLResponse>
  /** Takes `runner` for what comes from now on. What is under way stays with the runner before it, which goes when its last is answered. */
  replace(runner: OperationRunner): Promise<void>
  /** Lets go of the runner of the moment; what is under way must be over. */
  stop(): Promise<void>
}

/** One runner, and how many operations it is answering. */
interface Generation {
  readonly server: ApolloServer<GraphQLContext>
  underWay: number
  isReplaced: boolean
}

/** An operation server that begins with `runner`. Apollo Server holds its schema for good: every runner gets one of its own. */
export async function createOperationServer(runner: OperationRunner, log: Logger): Promise<OperationServer> {
  let current = await createGeneration(runner, log)
  return {
    async execute(httpGraphQLRequest, request) {
      const generation = current
      generation.underWay += 1
      try {
        const context = async () => ({ request })
        return await generation.server.executeHTTPGraphQLRequest({ httpGraphQLRequest, context })
      } finally {
        generation.underWay -= 1
        await stopWhenOver(generation)
      }
    },
    async replace(next) {
      const before = current
      current = await createGeneration(next, log)
      before.isReplaced = true
      await stopWhenOver(before)
    },
    stop: () => current.server.stop(),
  }
}

async function createGeneration(runner: OperationRunner, log: Logger): Promise<Generation> {
  return { server: await createGraphQLServer(runner, log), underWay: 0, isReplaced: false }
}

async function stopWhenOver({ server, underWay, isReplaced }: Generation): Promise<void> {
  if (isReplaced && underWay === 0) await server.stop()
}

import type { GraphQLDataSource } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { parse, validate } from 'graphql'
import { pino } from 'pino'
import { meaningOf } from '../../../contract/error-message.ts'
import { IstmoError } from '../../../contract/errors.ts'
import { createEmbedded, type GatewayInterface } from '../../../embedding/embedded.ts'
import { createEngine, type Engine } from '../../../gateway/pipeline/engine.ts'
import type { CreatePlanMaker } from '../../../gateway/plan/make-plan.ts'
import { aContext, offerBody } from '../../../gateway/testing.ts'
import type { RequestContext, SendLeg } from '../../../gateway/types/flow.ts'
import { variablesOf } from './leg-variables.ts'
import type { Case } from './pattern.ts'
import type { Serve } from './subgraphs.ts'

// Must be set before the stock gateway loads, because it would send data about the host to its vendor.
process.env.APOLLO_TELEMETRY_DISABLED = '1'
const { ApolloGateway } = await import('@apollo/gateway')

/** An answer of a gateway, as a client reads it. */
export interface Answer {
  readonly data: unknown
  readonly errors: readonly {
    readonly message: string
    readonly path?: readonly (string | number)[]
    readonly extensions?: Readonly<Record<string, unknown>>
  }[]
}

/** A gateway over the subgraphs of one pattern. */
export interface Gateway {
  ask(question: Pick<Case, 'query' | 'variables' | 'operationName'>): Promise<Answer>
}

/**
 * Makes a gateway of our engine over plain subgraphs.
 * @param createPlanMaker makes the maker of its plans. Default: that of production. Only the default gateway splices answers.
 */
export function ourGateway(supergraphSdl: string, serve: Serve, createPlanMaker?: CreatePlanMaker): Gateway {
  const engine = createOurEngine(supergraphSdl, serve, createPlanMaker)
  return {
    async ask({ query, variables = {}, operationName }) {
      const document = parse(query)
      const invalid = validate(engine.apiSchema, document)
      if (invalid.length > 0) return { data: undefined, errors: invalid }
      const request = { document, source: query, operationName, variables }
      try {
        const answer = JSON.parse(JSON.stringify(await engine.execute(request, newContext())))
        return { data: answer.data, errors: answer.errors ?? [] }
      } catch (cause) {
        if (!(cause instanceof IstmoError)) throw cause
        return { data: undefined, errors: [{ message: meaningOf(cause.code), extensions: { code: cause.code } }] }
      }
    },
  }
}

function createOurEngine(supergraphSdl: string, serve: Serve, createPlanMaker?: CreatePlanMaker): Engine {
  const sendLeg: SendLeg = async (leg) => {
    const { data = null, errors = [] } = await serve(leg.domain, leg.query, variablesOf(leg))
    return createPlanMaker ? { kind: 'answered', data, errors } : offerBody(leg, { data, errors })
  }
  const subgraphDefaults = { deadlineMs: 1000, maxAnswerBytes: 1 << 20 }
  return createEngine({
    supergraphSdl,
    participants: [],
    subgraphDefaults,
    sendLeg,
    ...(createPlanMaker && { createPlanMaker }),
  })
}

/** Starts our gateway in Apollo Server, as a host embeds it (docs/embedding.md). */
export function embeddedGateway(supergraphSdl: string, serve: Serve): Promise<Gateway & AsyncDisposable> {
  const runner = createOurEngine(supergraphSdl, serve)
  const embedded = createEmbedded({
    ...{ runner, path: '/graphql', requestDeadlineMs: 10_000, log: pino({ level: 'silent' }) },
    authenticate: async () => ({ caller: null, grounds: null, groundsRejected: null }),
  })
  return serveGateway({
    onSchemaLoadOrUpdate(tell) {
      tell({ apiSchema: runner.apiSchema, coreSupergraphSdl: supergraphSdl })
      return () => {}
    },
    load: async () => ({ executor: embedded.execute }),
    stop: embedded.close,
  })
}

/** Starts Apollo's gateway in Apollo Server, with default settings. */
export async function stockGateway(supergraphSdl: string, serve: Serve): Promise<Gateway & AsyncDisposable> {
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ name = '' }) => ({
      process: async ({ request }) => {
        const answer = await serve(name, request.query ?? '', request.variables ?? {})
        return answer as Awaited<ReturnType<GraphQLDataSource['process']>>
      },
    }),
    logger: SILENT,
  })
  return serveGateway(gateway)
}

/** Starts an Apollo Server with default settings. */
async function serveGateway(gateway: GatewayInterface): Promise<Gateway & AsyncDisposable> {
  const server = new ApolloServer({ gateway, logger: SILENT, introspection: true })
  await server.start()
  return {
    async ask({ query, variables = {}, operationName }) {
      const { body } = await server.executeOperation({
        query,
        variables: { ...variables },
        ...(operationName === undefined ? {} : { operationName }),
      })
      if (body.kind !== 'single') throw new Error(`expected one answer; came ${body.kind}`)
      const answer = JSON.parse(JSON.stringify(body.singleResult))
      return { data: answer.data, errors: answer.errors ?? [] }
    },
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

function newContext(): RequestContext {
  return aContext({ deadlineAt: performance.now() + 10_000 })
}

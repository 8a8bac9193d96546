/** A service of a country for the tests of conformance: it answers from the tables, and filters rows by the headers that the node sets. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { createExecutor, LIMITS } from '../../subgraphs/kit/execute.ts'
import { createLoaders } from '../../subgraphs/kit/loaders.ts'
import { buildNodeSchema } from '../../subgraphs/kit/node-schema.ts'
import { type RowVisibility, readAs } from '../../subgraphs/kit/read-as.ts'
import type { Database, DomainModule } from '../../subgraphs/kit/types.ts'

/** What the service received and answered, which a test may change on its way out. */
export interface Exchange {
  readonly path: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly headers: IncomingHttpHeaders
}

/** Changes an answer. */
export type Damage = (exchange: Exchange, answer: unknown) => unknown

/** A fault in how a service filters rows: it may answer again as if somebody else had asked. */
export type Leak = (exchange: Exchange, answerFor: (who: RowVisibility) => Promise<unknown>) => Promise<unknown> | null

/** A service that listens. */
export interface TestService {
  readonly url: string
  /** Damages each answer from now on. */
  damage: Damage | null
  /** Answers from now on, where it does not return null. */
  leak: Leak | null
  readonly close: () => Promise<void>
}

/** Starts the service of a country over its tables, each domain at `/<domain>`. */
export async function startRowsService(
  modules: readonly DomainModule[],
  db: Database,
  country: string,
): Promise<TestService> {
  const inside: unknown[] = []
  const executors = new Map(
    modules.map((module) => [
      `/${module.domain}`,
      createExecutor(buildNodeSchema(module), LIMITS, (error) => inside.push(error), null),
    ]),
  )
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as { readonly query: string; readonly variables?: Record<string, unknown> }
    const execute = executors.get(request.url ?? '')
    const { headers } = request
    const force = headers['istmo-task-force']
    const visibleRows = {
      taskForce: typeof force === 'string' ? force : null,
      showsProtected: headers['istmo-show-protected'] === '?1',
    }
    const answerFor = (who: RowVisibility) =>
      execute?.(
        { query: body.query, variables: body.variables },
        {
          ...{ country, db: readAs(db, who), claims: CLAIMS, loader: createLoaders(), notes: [] },
          ...{ countThreshold: 1, contactPoint: null },
        },
      ) ?? Promise.resolve(undefined)
    const exchange: Exchange = { path: request.url ?? '', query: body.query, variables: body.variables ?? {}, headers }
    const answer = await (service.leak?.(exchange, answerFor) ?? answerFor(visibleRows))
    if (inside.length > 0) throw inside[0]
    const sent = service.damage === null ? answer : service.damage(exchange, answer)
    response.setHeader('content-type', 'application/json').end(JSON.stringify(sent))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const service: TestService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    damage: null,
    leak: null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return service
}

const CLAIMS = {
  ...{
    iss: 'istmo',
    aud: 'HN',
    sub: 'service',
    iat: 0,
    exp: 60,
    jti: 'service',
    act: { sub: 'istmo' },
    op: '',
    scope: '',
  },
}

/** Starts a gateway with a well-behaved country, GT, and a hostile one, HN, all over real HTTP. Stores what the gateway logs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { startGateway } from '../../gateway/main.ts'
import { OPEN_SUPERGRAPH_SDL } from '../../gateway/plan/testing.ts'
import { readGatewayConfig } from '../../gateway/process/config.ts'
import { type ScriptedServer, serveScript } from './hostile-country.ts'

/** Longer than a machine can be busy, in milliseconds: the deadline of countries and requests. */
const LONG_MS = 60_000

/** What a test sends to the gateway. */
export interface Question {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly token?: string
  readonly signal?: AbortSignal
}

/** What the gateway answered, with the id under which the log has the request. */
export interface Reply {
  readonly status: number
  readonly text: string
  readonly requestId: string
}

/** A running gateway and its two countries, whose scripts may be changed. */
export interface HostileGateway {
  readonly good: ScriptedServer
  readonly hostile: ScriptedServer
  /** Each line that the gateway has logged, on all levels. */
  readonly log: readonly string[]
  ask(question: Question): Promise<Reply>
  close(): Promise<void>
}

/**
 * Starts the gateway and both countries.
 *
 * @param capBytes the size of the largest answer that the gateway accepts for a leg.
 * @param hostileMs the deadline of the hostile country, in milliseconds. A test of a country that never answers waits so long.
 */
export async function startHostileGateway(capBytes: number, hostileMs = LONG_MS): Promise<HostileGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-hostile-'))
  const [good, hostile] = [await serveScript((request) => request.destroy()), await serveScript(() => undefined)]
  for (const [country, { url }] of Object.entries({ GT: good, HN: hostile })) {
    const deadlineMs = country === 'HN' ? hostileMs : LONG_MS
    const subgraph = `{ url: "${url}", deadlineMs: ${deadlineMs}, maxAnswerBytes: ${capBytes} }`
    const domains = `{ cases: ${subgraph}, persons: ${subgraph}, legal: ${subgraph} }`
    const text = `country: ${country}\nname: { es: x, en: x }\ndomains: ${domains}\n`
    await writeFile(join(folder, `${country}.yaml`), text)
  }
  const supergraph = join(folder, 'graph.graphql')
  await writeFile(supergraph, OPEN_SUPERGRAPH_SDL)
  const flags = { supergraph, countries: folder, port: '0', anonymous: true, requestDeadline: String(LONG_MS) }
  const config = readGatewayConfig(flags, {})
  const log: string[] = []
  const gateway = await startGateway(config, pino({ level: 'trace' }, { write: (line: string) => void log.push(line) }))
  return {
    ...{ good, hostile, log },
    ask: (question) => askGateway(gateway.url, question),
    async close() {
      await gateway.close()
      await Promise.all([good.close(), hostile.close()])
      await rm(folder, { recursive: true })
    },
  }
}

async function askGateway(url: string, { query, variables, token, signal }: Question): Promise<Reply> {
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  const body = JSON.stringify({ query, variables })
  const init = { method: 'POST', headers, body, ...(signal === undefined ? {} : { signal }) }
  const response = await fetch(`${url}/graphql`, init)
  const requestId = response.headers.get('istmo-request-id') ?? ''
  return { status: response.status, text: await response.text(), requestId }
}

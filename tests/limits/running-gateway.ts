/** A gateway over the three domains, whose one country does not answer. A request that is rejected before planning asks no country. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { startGateway } from '../../gateway/main.ts'
import { readGatewayConfig } from '../../gateway/process/config.ts'
import type { GatewayFlags } from '../../gateway/process/settings.ts'

const SUPERGRAPH = join(import.meta.dirname, '../../supergraph.graphql')
const NOWHERE = 'http://127.0.0.1:9/graphql'

/** The response: status, headers, and the body both as text and parsed. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: {
    readonly data?: unknown
    readonly errors?: readonly { message: string; extensions: { code: string } }[]
  }
}

/** A gateway that listens, and its log lines. */
export interface RunningGateway {
  readonly url: string
  /** The address of the operator's server. */
  readonly operatorUrl: string
  readonly folder: string
  readonly logged: () => string
  ask(body: unknown, init?: RequestInit): Promise<Answer>
  reload(): Promise<void>
  close(): Promise<void>
}

/** Starts a gateway that accepts requests without a token. `flags` override the usual ones; `country` is the address of Honduras. */
export async function startLimited(flags: GatewayFlags = {}, country = NOWHERE): Promise<RunningGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-limits-'))
  const domains = ['cases', 'persons', 'legal'].map((domain) => `${domain}: { url: "${country}" }`).join(', ')
  await writeFile(
    join(folder, 'HN.yaml'),
    `country: HN\nname: { es: Honduras, en: Honduras }\ndomains: { ${domains} }\n`,
  )
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const config = readGatewayConfig(
    { supergraph: SUPERGRAPH, countries: folder, port: '0', operatorListen: '127.0.0.1:0', anonymous: true, ...flags },
    {},
  )
  const gateway = await startGateway(config, log)
  return {
    url: gateway.url,
    operatorUrl: gateway.operatorUrl ?? '',
    folder,
    logged: () => lines.join(''),
    async ask(body, init = {}) {
      const sent = typeof body === 'string' ? body : JSON.stringify(body)
      const headers = { 'content-type': 'application/json', ...init.headers }
      const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', body: sent, ...init, headers })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
    },
    reload: gateway.reload,
    async close() {
      await gateway.close()
      await rm(folder, { recursive: true })
    },
  }
}

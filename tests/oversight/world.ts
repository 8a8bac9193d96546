import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { stringify } from 'yaml'
import { generateSignerKey, type NoteSigner, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { readOversightSettings } from '../../auditors/oversight/config.ts'
import { type Oversight, startOversight } from '../../auditors/oversight/main.ts'
import { publicJwk } from '../../demo/keys.ts'
import { writePolicy } from '../audit-cli/logs.ts'
import { AUDIENCE, type Issuer, loadIssuers, signAccessToken, type TokenRequest } from './access-token.ts'

/** Oversight in the process of a test, over logs in a folder of its own. */
export interface OversightWorld {
  readonly folder: string
  readonly issuers: readonly Issuer[]
  /** The warnings and errors for oversight's operator, as lines of JSON. */
  readonly logged: readonly string[]
  /** Starts oversight, and ends the one that runs. `more`: settings that replace the usual ones. */
  readonly start: (more?: Readonly<Record<string, unknown>>) => Promise<Oversight>
  /** Asks as the auditor of a country. */
  readonly ask: (query: string, asked?: Asked) => Promise<AnsweredByOversight>
  /** Sends a request with the token of a country's auditor, as a console does. */
  readonly send: (init: RequestInit, country: string, token?: Partial<TokenRequest>) => Promise<Response>
  readonly stop: () => Promise<void>
}

/** Who asks, and with which variables. */
export interface Asked {
  readonly country?: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly token?: Partial<TokenRequest>
  readonly language?: 'es' | 'en'
}

/** An answer of oversight. */
export interface AnsweredByOversight {
  readonly status: number
  readonly data: Readonly<Record<string, unknown>>
  readonly errors: readonly { readonly message: string; readonly extensions: { readonly code: string } }[]
  readonly logs: readonly { readonly origin: string; readonly problem: string | null; readonly size: number }[]
}

/**
 * Makes the world. The trust policy names `signers`, and nothing runs yet.
 * @param logs the places of the logs, relative to the folder or as URLs.
 */
export async function createOversightWorld(
  signers: readonly NoteSigner[],
  logs: readonly string[],
): Promise<OversightWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-oversight-world-'))
  const issuers = await loadIssuers(join(folder, 'issuers'))
  const listed = []
  for (const { iss, country, key } of issuers) {
    await writeFile(join(folder, `${country}.json`), JSON.stringify({ keys: [publicJwk(key)] }))
    listed.push({ issuer: iss, audience: AUDIENCE, jwks: `${country}.json`, country })
  }
  await writeFile(join(folder, 'issuers.yaml'), stringify({ issuers: listed }))
  await writePolicy(folder, signers)
  const own = generateSignerKey('istmo.example/oversight', SIGNATURE_TYPES.ed25519)
  await writeFile(join(folder, 'own.key'), `${own}\n`, { mode: 0o600 })
  await rotateKeyFile(join(folder, 'own.refs.json'), Date.now())
  const logged: string[] = []
  let running: Oversight | undefined
  const send: OversightWorld['send'] = async (init, country, token) => {
    const issuer = issuers.find((each) => each.country === country)
    if (issuer === undefined || running === undefined) throw new Error('expected a world that runs, and its issuer')
    const bearer = await signAccessToken(issuer, { profile: 'oversight', ...token })
    const headers = { ...(init.headers as Readonly<Record<string, string>>), authorization: `Bearer ${bearer}` }
    return fetch(new URL('/audit/graphql', running.url), { ...init, headers })
  }
  return {
    folder,
    logged,
    issuers,
    async start(more = {}) {
      await running?.close()
      running = undefined
      const settings = {
        ...{ port: 0, issuers: 'issuers.yaml', logs, policies: ['policy'], database: 'index' },
        ...{ auditLog: 'own', auditLogKey: 'own.key', refKeys: 'own.refs.json', followEverySeconds: 3_600 },
        ...more,
      }
      await writeFile(join(folder, 'oversight.yaml'), stringify(settings))
      running = await startOversight(
        await readOversightSettings(join(folder, 'oversight.yaml')),
        pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) }),
      )
      await running.follow()
      return running
    },
    send,
    async ask(query, { country = 'GT', variables, token, language = 'en' } = {}) {
      const headers = { 'content-type': 'application/json', 'accept-language': language }
      const init = { method: 'POST', headers, body: JSON.stringify({ query, variables }) }
      const response = await send(init, country, token)
      const { data = {}, errors = [], extensions = {} } = (await response.json()) as Record<string, never>
      return { status: response.status, data, errors, logs: (extensions as { logs?: never }).logs ?? [] }
    },
    async stop() {
      await running?.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A national node over real HTTP with rules of its own, and a gateway's key to sign leg tokens with. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { pino } from 'pino'
import { LEG_TOKEN_TYPE, operationHash } from '../../contract/leg-token.ts'
import { loadDomains, startCountry } from '../../subgraphs/domains.ts'
import { newLegSalt, openTestDatabase } from '../../subgraphs/kit/testing.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { parseNodeConfig } from '../../subgraphs/node-command.ts'

/** Claims of a leg token that replace those of a good one; undefined removes a claim. */
export type Claims = Readonly<Record<string, unknown>>

/** What the test sends to the node. `token` replaces the good one; null sends no token. */
export interface Sent {
  readonly domain?: string
  readonly query: string
  readonly variables?: unknown
  readonly claims?: Claims | undefined
  readonly token?: string | null
}

/** The answer, and what the node logged about it. */
export interface Reply {
  readonly status: number
  /** The body as received. */
  readonly text: string
  readonly body: {
    readonly data?: unknown
    readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
  }
  readonly log: readonly Readonly<Record<string, unknown>>[]
}

/** A running node of Honduras, or its sidecar. */
export interface TestSidecar {
  readonly url: string
  ask(sent: Sent): Promise<Reply>
  sign(query: string, claims?: Claims, key?: 'gateway' | 'stranger'): Promise<string>
  close(): Promise<void>
}

/** A node with its rows. */
export interface TestNode extends TestSidecar {
  readonly db: Database
}

/** The mandate and grounds of a good token. */
export const MANDATE = {
  type: 'istmo_mandate',
  task_force: 'jtf',
  purposes: ['INVESTIGATION', 'PROSECUTION'],
  countries: ['GT', 'HN'],
  not_after: '2099-12-31',
} as const

const GOOD: Claims = {
  iss: 'istmo',
  aud: 'HN',
  sub: 'pairwise',
  act: { sub: 'istmo' },
  scope: 'case:read person:read',
  caller_iss: 'https://id.gt.example',
  acr: '2',
  org: { country: 'GT', agency: 'GT-MP', role: 'prosecutor' },
  mandate: MANDATE,
  grounds: { purpose: 'INVESTIGATION' },
}

/**
 * Starts the node with the files of `rules`, among them `HN.yaml`. Without files it has no rules.
 * @param shared a database that another node uses; if absent, the node has an empty database of its own.
 * @param flags added to the usual ones.
 */
export async function startTestNode(
  rules: Readonly<Record<string, string>> | null,
  shared?: Database,
  ...flags: readonly string[]
): Promise<TestNode> {
  const database = shared
    ? { db: shared, close: async () => undefined }
    : await openTestDatabase(await loadDomains(['cases', 'persons', 'legal']), 'HN')
  const { db } = database
  try {
    const node = await start(rules, flags, db)
    const close = async (): Promise<void> => {
      await node.close()
      await database.close()
    }
    return { ...node, db, close }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Starts a sidecar with the files of `rules`, in front of one service of all three domains; `flags` are added to the usual ones. */
export function startTestSidecar(
  rules: Readonly<Record<string, string>>,
  upstream: string,
  ...flags: readonly string[]
): Promise<TestSidecar> {
  const ways = ['cases', 'persons', 'legal'].flatMap((domain) => ['--upstream', `${domain}=${upstream}/${domain}`])
  return start(rules, [...ways, ...flags])
}

async function start(
  rules: Readonly<Record<string, string>> | null,
  more: readonly string[],
  db?: Database,
): Promise<TestSidecar> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-access-'))
  const keys = { gateway: await generateKeyPair('EdDSA'), stranger: await generateKeyPair('EdDSA') }
  const jwk = { ...(await exportJWK(keys.gateway.publicKey)), kid: 'k1', alg: 'EdDSA' }
  await writeFile(join(folder, 'jwks.json'), JSON.stringify({ keys: [jwk] }))
  for (const [name, text] of Object.entries(rules ?? {})) await writeFile(join(folder, name), text)
  const flags = ['--development', '--country', 'HN', '--domains', 'cases,persons,legal', '--port', '0', ...more]
  flags.push('--gateway-jwks', join(folder, 'jwks.json'))
  if (rules !== null) flags.push('--rules', join(folder, 'HN.yaml'))
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
  const node = await startCountry(parseNodeConfig(flags, {}), { log, ...(db && { db }) })

  const sign: TestNode['sign'] = (query, claims = {}, key = 'gateway') => {
    const iat = Math.floor(Date.now() / 1000)
    const all = { ...GOOD, iat, exp: iat + 60, jti: randomUUID(), op: operationHash(query), ...claims }
    return new SignJWT(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)))
      .setProtectedHeader({ alg: 'EdDSA', kid: 'k1', typ: LEG_TOKEN_TYPE })
      .sign(keys[key].privateKey)
  }
  return {
    url: node.url,
    sign,
    async ask({ domain = 'cases', query, variables, claims, token }) {
      lines.length = 0
      const bearer = token === undefined ? await sign(query, claims) : token
      const response = await fetch(`${node.url}/${domain}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...newLegSalt(),
          ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
        },
        body: JSON.stringify({ query, variables }),
      })
      const text = await response.text()
      const body = JSON.parse(text) as Reply['body']
      return { status: response.status, text, body, log: lines.map((line) => JSON.parse(line)) }
    },
    async close() {
      await node.close()
      await rm(folder, { recursive: true })
    },
  }
}

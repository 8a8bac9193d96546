import { randomUUID } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { pino } from 'pino'
import { makeKeys } from '../../cli/keys.ts'
import { LEG_TOKEN_TYPE, operationHash } from '../../contract/leg-token.ts'
import { RECEIPT_HEADER } from '../../contract/receipt.ts'
import type { RunningProcess } from '../../joining/environment.ts'
import { type NodePlace, readNodePlace } from '../../joining/running/node-place.ts'
import { startCountry } from '../../subgraphs/domains.ts'
import type { RunningNode } from '../../subgraphs/kit/server.ts'
import { newLegSalt } from '../../subgraphs/kit/testing.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { anAuthority, aServer } from '../tls/world.ts'

/** The folder of a national node, as `istmo join` makes one, and what a test does with it. */
export interface NodeWorld {
  readonly folder: string
  /** The path of a file in the folder of the node. */
  at(name: string): string
  /** Writes the settings anew; `over` replaces lines of them, and null takes one out. */
  writeEnv(over?: Readonly<Record<string, string | null>>): Promise<void>
  place(): Promise<NodePlace>
  /** Starts the node in this process. `db`: a database that is open already. */
  start(db?: Database): Promise<RunningNode>
  /** Asks a node as a gateway does, for an officer whom the country recognises. */
  ask(
    node: Pick<RunningNode, 'url'>,
    domain: string,
    query: string,
    key?: LegKey,
  ): Promise<{ status: number; body: Answer; receipt: string | null }>
  /** The gateway’s key for leg tokens. */
  readonly legKey: LegKey
  /** The lines of the node’s log. */
  readonly logged: readonly Readonly<Record<string, unknown>>[]
  close(): Promise<void>
}

/** A gateway’s key for leg tokens. */
export interface LegKey {
  readonly kid: string
  readonly sign: (query: string) => Promise<string>
  readonly jwk: Readonly<Record<string, unknown>>
}

/** The body of an answer. */
export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
}

const RULES = `
country: HN
name: { es: Honduras, en: Honduras }
domains:
  cases: { url: "http://127.0.0.1:1/" }
  legal: { url: "https://127.0.0.1:1/legal", tls: { ca: node-ca.pem } }
taskForces: [{ id: jtf, notAfter: "2099-12-31", members: [{ issuer: GT, agencies: [MP], purposes: [INVESTIGATION], scopes: ["case:read"] }] }]
policies: HN.cedar
`

const CALLER = {
  caller_iss: 'https://id.gt.example',
  org: { country: 'GT', agency: 'MP' },
  mandate: {
    ...{ type: 'istmo_mandate', task_force: 'jtf', purposes: ['INVESTIGATION'], countries: ['HN'] },
    not_after: '2099-12-31',
  },
  grounds: { purpose: 'INVESTIGATION' },
}

/** Makes a key for leg tokens. */
export async function makeLegKey(kid: string): Promise<LegKey> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
  const sign = (query: string): Promise<string> => {
    const iat = Math.floor(Date.now() / 1000)
    const claims = { iss: 'istmo', aud: 'HN', sub: 's', iat, exp: iat + 60, jti: `${kid}-${randomUUID()}` }
    return new SignJWT({ ...claims, ...CALLER, act: { sub: 'istmo' }, scope: 'case:read', op: operationHash(query) })
      .setProtectedHeader({ alg: 'EdDSA', kid, typ: LEG_TOKEN_TYPE })
      .sign(privateKey)
  }
  return { kid, sign, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' } }
}

/** Makes the folder of a node of Honduras: keys, TLS, rules and settings. It has no rows and no log yet. */
export async function openNodeWorld(): Promise<NodeWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-running-'))
  const at = (name: string): string => join(folder, 'node', name)
  for (const each of ['keys', 'tls', 'rules', 'gateway', 'suspensions']) await mkdir(at(each), { recursive: true })
  await makeKeys(['istmo.mp.hn/hn', at('keys')], Date.now())
  await makeKeys(['--leg', at('keys')], Date.now())
  const legKey = await makeLegKey('k1')
  await writeFile(at('gateway/leg.jwks.json'), JSON.stringify({ keys: [legKey.jwk] }))
  await writeFile(at('rules/HN.yaml'), RULES)
  await writeFile(at('rules/HN.cedar'), '\n')
  await writeTls(at)
  const logged: Readonly<Record<string, unknown>>[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(JSON.parse(line)) })
  const place = (): Promise<NodePlace> => readNodePlace({ env: at('node.env') }, {})
  const world: NodeWorld = {
    ...{ folder, at, logged, legKey, place },
    writeEnv: (over = {}) => writeFile(at('node.env'), envText(over), { mode: 0o600 }),
    async start(db) {
      const { config } = await place()
      return startCountry(config, { log, ...(db && { db }) })
    },
    async ask({ url }, domain, query, key = legKey) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${await key.sign(query)}` }
      const response = await fetch(`${url}/${domain}`, {
        ...{ method: 'POST', headers: { ...headers, ...newLegSalt() }, body: JSON.stringify({ query }) },
      })
      const receipt = response.headers.get(RECEIPT_HEADER)
      return { status: response.status, body: (await response.json()) as Answer, receipt }
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
  await world.writeEnv()
  return world
}

async function writeTls(at: NodeWorld['at']): Promise<void> {
  const [own, clients] = [await anAuthority('Istmo HN'), await anAuthority('Gateway')]
  const { key, cert } = await aServer(own)
  await writeFile(at('tls/node.cert.pem'), cert)
  await writeFile(at('tls/node.key.pem'), key)
  await chmod(at('tls/node.key.pem'), 0o600)
  await writeFile(at('tls/clients.pem'), clients.cert)
  await writeFile(at('rules/node-ca.pem'), own.cert)
}

const ENV: Readonly<Record<string, string>> = {
  COUNTRY: 'HN',
  DOMAINS: 'cases,legal',
  PORT: '0',
  DATABASE_FOLDER: 'rows',
  LEG_JWKS_FILE: 'gateway/leg.jwks.json',
  RULES_FILE: 'rules/HN.yaml',
  NODE_KEY_FILE: 'keys/leg.jwk.json',
  AUDIT_LOG_DIR: 'audit-log',
  AUDIT_LOG_KEY_FILE: 'keys/audit-log.key',
  AUDIT_LOG_REF_KEYS_FILE: 'keys/audit-log-refs.json',
  SUSPENSIONS_DIR: 'suspensions',
  TLS_KEY_FILE: 'tls/node.key.pem',
  TLS_CERT_FILE: 'tls/node.cert.pem',
  TLS_CLIENT_CA_FILE: 'tls/clients.pem',
  CONTACT_POINT: 'Unidad "A" de enlace',
}

/** The settings of a node that a test asks over plain HTTP, without country tokens. */
export const PLAIN_ENV: Readonly<Record<string, string | null>> = {
  ...{ TLS_KEY_FILE: null, TLS_CERT_FILE: null, TLS_CLIENT_CA_FILE: null },
  ...{ DEVELOPMENT: '1', OPERATOR_LISTEN: '127.0.0.1:0' },
}

function envText(over: Readonly<Record<string, string | null>>): string {
  const lines = Object.entries({ ...ENV, ...over }).flatMap(([name, value]) =>
    value === null ? [] : [`${name}="${value.replace(/["\\]/g, '\\$&')}"`],
  )
  return `# The settings of a test.\n${lines.join('\n')}\n`
}

/** A terminal whose output a test reads. */
export interface Terminal extends RunningProcess {
  readonly out: () => string
  readonly err: () => string
}

/** Creates a terminal in English. */
export function aTerminal(env: Readonly<Record<string, string>> = { LANG: 'en_US.UTF-8' }): Terminal {
  let [out, err] = ['', '']
  const streams = {
    out: {
      write(text: string) {
        out += text
      },
    },
    err: {
      write(text: string) {
        err += text
      },
    },
  }
  return { env, now: Date.now, streams, out: () => out, err: () => err }
}

/** A text with what ends a line somewhere, and with what JSON escapes. */
const ODD_TEXT = 'a\u2028b\u2029c\u0085d\r\ne\tf\\g"h\'$ñ\u{1F4DE}'

/** Fills the tables of a database with made-up cases. */
export async function fillCases(db: Database, count: number): Promise<void> {
  await db.query(
    `insert into cases.case_file (id, category, status, filed_on, agency, handling, recorded_at, synthetic, shared_with, narrative)
     select 'HN:C-' || n, 'COURT', 'OPEN', date '2024-01-01' + n, 'MP', '{H1}', now(), true, '{jtf}', $2::text || n
     from generate_series(1, $1::int) n`,
    [count, ODD_TEXT],
  )
}

/** Counts the cases of {@link fillCases} whose text is as it was. */
export async function countCases(db: Database): Promise<number | undefined> {
  const query = `select count(*)::int as count from cases.case_file where narrative = $1::text || replace(id, 'HN:C-', '')`
  const [row] = await db.query<{ count: number }>(query, [ODD_TEXT])
  return row?.count
}

/** Reads a file as text. */
export const readText = (file: string): Promise<string> => readFile(file, 'utf8')

/** Honduras's node and a gateway, each over HTTP and with a log of its own, and the authority of Guatemala. The node is not for development. */
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CryptoKey, calculateJwkThumbprint, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose'
import { pino } from 'pino'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { openLogReader } from '../../audit/reader/log-reader.ts'
import { readEntries } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { verifyLog } from '../../audit/verify/verify-log.ts'
import { sideOfLog } from '../../auditors/reconcile/sides.ts'
import { reconcileLogs } from '../../auditors/reconcile-logs.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { LEG_TOKEN_TYPE, operationHash } from '../../contract/leg-token.ts'
import { COUNTRY_TOKEN_HEADER } from '../../contract/trust/country-token.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { LEG_EXTENSION } from '../../contract/trust/leg-extensions.ts'
import { writeLegKey } from '../../demo/keys.ts'
import { type Gateway, startGateway } from '../../gateway/main.ts'
import { readGatewayConfig } from '../../gateway/process/config.ts'
import type { GatewayFlags } from '../../gateway/process/settings.ts'
import { loadDomains, startCountry } from '../../subgraphs/domains.ts'
import { newLegSalt, openTestDatabase, type TestDatabase } from '../../subgraphs/kit/testing.ts'
import { parseNodeConfig } from '../../subgraphs/node-command.ts'
import { AUDIENCE, GATEWAY_CLIENT, GATEWAY_NAME, SCOPES, startAuthority, type TestAuthority } from './test-authority.ts'

const SUPERGRAPH = join(import.meta.dirname, '../../supergraph.graphql')

const ROWS = `
  insert into cases.case_file (id, court, narrative, agency, handling, recorded_at, synthetic) values ('HN:1', 'Juzgado de Letras', 'Un relato secreto.', 'MP', '{H1}', now(), true);
  insert into legal.statute (id, heading) values ('HN:CP:1', 'Homicidio')`

/** A query that needs `case:read`, and one that needs nothing. */
export const CASE = '{ case(id: "HN:1") { id court } }'
export const STATUTE = '{ statute(id: "HN:CP:1") { id heading } }'

/** What a leg is made of. Each member replaces what a good leg has. */
export interface LegParts {
  readonly query?: string
  /** The country token; null: none. Default: a good one, for this leg key. */
  readonly countryToken?: string | null
  /** Claims that replace those of the leg token. A change to undefined removes a claim. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly proof?: unknown
}

/** The answer of a node. */
export interface LegAnswer {
  readonly status: number
  readonly code: string | undefined
  readonly data: unknown
  /** The `jti` of the leg token. */
  readonly tokenId: string
}

/** What runs, and who acts. */
export interface World {
  readonly authority: TestAuthority
  readonly gateway: Gateway
  readonly nodeUrl: string
  /** The thumbprint of the gateway's leg key. */
  readonly legKey: string
  /** Asks the gateway as an officer. */
  ask(query: string, token: string | null): Promise<Answer>
  /** Sends a leg past the gateway: as somebody who has its leg key. */
  leg(parts?: LegParts): Promise<LegAnswer>
  /** Compares both logs as far as they are published. */
  reconcile(): Promise<{ readonly result: string; readonly matched: number; readonly differences: readonly object[] }>
  /** What the log of a side holds. */
  entriesOf(whose: 'gateway' | 'HN'): Promise<readonly Entry[]>
  policyOf(whose: 'gateway' | 'HN'): string
  readonly folder: string
  /** What the node and the gateway have logged. */
  logged(): string
  /** Stops the node and starts it again on the same port. It forgets what it has only in memory. */
  restartNode(): Promise<void>
  close(): Promise<void>
}

/** Options of a world. `caller` replaces members of the country file's entry of the authority. */
export interface WorldOptions {
  readonly caller?: Readonly<Record<string, unknown>>
  readonly nodeFlags?: readonly string[]
  /** Flags of the node as a function of the world's folder. */
  readonly flagsIn?: (folder: string) => readonly string[]
  /** Further members of the country's file. */
  readonly file?: Readonly<Record<string, unknown>>
  /** Further files in the world's folder. */
  readonly files?: Readonly<Record<string, string>>
  /** Further settings of the gateway, as a function of the world's folder. */
  readonly settingsIn?: (folder: string) => GatewayFlags
}

/** Starts a world. */
export async function startWorld({ caller = {}, ...options }: WorldOptions = {}): Promise<World> {
  const { folder, at, authority, vkeys, leg, file } = await writeFiles(caller, options.file)
  for (const [name, text] of Object.entries(options.files ?? {})) await writeFile(at(name), text)
  const nodeFlags = [...(options.nodeFlags ?? []), ...(options.flagsIn?.(folder) ?? [])]
  const database = await openTestDatabase(await loadDomains(['cases', 'persons', 'legal']), 'HN')
  await database.db.execute(ROWS)
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const start = (port: string) => startNode(at, { port, nodeFlags, database, log })
  let node = await start('0')
  await writeFile(at('countries/HN.yaml'), file(node.url))
  const settings = {
    ...{ supergraph: SUPERGRAPH, countries: at('countries'), issuers: at('issuers.yaml'), legKey: at('leg.json') },
    ...{
      port: '0',
      anonymous: true,
      callerRate: '0',
      costRate: '0',
      countryRate: '0',
      auditLogDir: at('record-gateway'),
    },
    ...{ auditLogKey: at('keys/gateway.key'), auditLogRefKeys: at('keys/gateway.refs.json') },
    ...options.settingsIn?.(folder),
  }
  const gateway = await startGateway(readGatewayConfig(settings, {}), log)
  const policyOf = (whose: 'gateway' | 'HN') => `log ${vkeys[whose]}\nquorum none\n`
  return {
    ...{ authority, gateway, nodeUrl: node.url, legKey: leg.thumbprint, folder, policyOf },
    ask: async (query, token) => (await post(`${gateway.url}/graphql`, { query }, token)).body,
    leg: async (parts = {}) => sendLeg(parts, { authority, nodeUrl: node.url, key: leg }),
    async entriesOf(whose) {
      const source = folderSource(join(folder, `record-${whose}/log`))
      const { size, findings } = await verifyLog(source, parsePolicy(policyOf(whose)))
      if (findings.length > 0) throw new Error(`the log of ${whose} is not valid: ${JSON.stringify(findings)}`)
      const entries: Entry[] = []
      for await (const { bytes } of readEntries(source, size ?? 0)) entries.push(parseEntry(bytes))
      return entries
    },
    logged: () => lines.join(''),
    reconcile: () => reconcile(folder, policyOf),
    async restartNode() {
      const { port } = node
      await node.close()
      node = await start(String(port))
    },
    async close() {
      await gateway.close()
      await node.close()
      await database.close()
      await authority.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** Writes keys, the file of issuers and the country's files into a new folder, and starts the authority. */
async function writeFiles(caller: object, more: object = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-country-tokens-'))
  const at = (name: string): string => join(folder, name)
  await Promise.all(['countries', 'keys'].map((name) => mkdir(at(name))))
  await writeLegKey(at('leg.json'), at('leg-jwks.json'))
  const leg = await readKey(at('leg.json'))
  const authority = await startAuthority(leg.publicJwk)
  const vkeys = { gateway: await makeLogKeys(folder, 'gateway'), HN: await makeLogKeys(folder, 'HN') }
  const entry = { issuer: authority.url, audience: AUDIENCE, jwks: `${authority.url}/jwks`, country: 'GT' }
  const asked = { token: `${authority.url}/token`, client: GATEWAY_CLIENT }
  await writeFile(
    at('issuers.yaml'),
    JSON.stringify({ issuers: [{ ...entry, algorithms: ['EdDSA'], authority: asked }] }),
  )
  const file = (url: string) => countryFile(url, vkeys.HN, { callers: [{ ...authority.entry, ...caller }], ...more })
  await writeFile(at('HN.yaml'), file('http://127.0.0.1:1'))
  return { folder, at, authority, vkeys, leg, file }
}

async function reconcile(folder: string, policyOf: (whose: 'gateway' | 'HN') => string) {
  const readerOf = (whose: 'gateway' | 'HN') =>
    openLogReader(folderSource(join(folder, `record-${whose}/log`)), parsePolicy(policyOf(whose)))
  const [gateway, reader] = await Promise.all([readerOf('gateway'), readerOf('HN')])
  const differences: object[] = []
  const { result, matched } = await reconcileLogs({
    ...{ gateway: await sideOfLog(gateway, true), country: { side: await sideOfLog(reader, true), code: 'HN' } },
    ...{ nowMs: Date.now(), onDifference: (difference: object) => void differences.push(difference) },
  })
  return { result, matched, differences }
}

interface NodeStart {
  readonly port: string
  readonly nodeFlags: readonly string[]
  readonly database: TestDatabase
  readonly log: pino.Logger
}

function startNode(at: (name: string) => string, { port, nodeFlags, database, log }: NodeStart) {
  const flags = ['--country', 'HN', '--domains', 'cases,persons,legal', '--port', port, '--rules', at('HN.yaml')]
  flags.push('--gateway-jwks', at('leg-jwks.json'), '--audit-log-dir', at('record-HN'), ...nodeFlags)
  flags.push('--audit-log-key', at('keys/HN.key'), '--audit-log-ref-keys', at('keys/HN.refs.json'))
  return startCountry(parseNodeConfig(flags, {}), { db: database.db, log })
}

interface LegSource {
  readonly authority: TestAuthority
  readonly nodeUrl: string
  readonly key: { readonly privateKey: CryptoKey; readonly thumbprint: string }
}

async function sendLeg(
  { query = CASE, countryToken, claims = {}, proof }: LegParts,
  { authority, nodeUrl, key: own }: LegSource,
): Promise<LegAnswer> {
  const shown =
    countryToken === undefined ? await authority.countryToken(authority.countryClaims(own.thumbprint)) : countryToken
  const iat = Math.floor(Date.now() / 1000)
  const all: JWTPayload = {
    ...{ iss: GATEWAY_NAME, aud: 'HN', iat, exp: iat + 60, jti: randomUUID(), act: { sub: GATEWAY_NAME } },
    ...{ op: operationHash(query), scope: SCOPES, grounds: { purpose: 'INVESTIGATION' } },
    ...(shown !== null && { ct: sha256Url(shown) }),
    ...claims,
  }
  const token = await new SignJWT(JSON.parse(JSON.stringify(all)) as JWTPayload)
    .setProtectedHeader({ alg: 'EdDSA', typ: LEG_TOKEN_TYPE, kid: own.thumbprint })
    .sign(own.privateKey)
  const headers = { ...newLegSalt(), ...(shown !== null && { [COUNTRY_TOKEN_HEADER]: shown }) }
  const carried = proof === undefined ? {} : { extensions: { [LEG_EXTENSION]: { mandateProof: proof } } }
  const { status, body } = await post(`${nodeUrl}/cases`, { query, ...carried }, token, headers)
  return { status, code: body.errors?.[0]?.extensions?.code, data: body.data, tokenId: String(all.jti) }
}

/** A GraphQL answer. */
export interface Answer {
  readonly data: unknown
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
  readonly extensions?: { readonly countries?: readonly object[] }
}

async function post(
  url: string,
  body: object,
  token: string | null,
  more: object = {},
): Promise<{ readonly status: number; readonly body: Answer }> {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` }
  const headers = { 'content-type': 'application/json', ...authorization, ...more }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: (await response.json()) as Answer }
}

async function readKey(file: string) {
  const { d, ...publicJwk } = JSON.parse(await readFile(file, 'utf8')) as JWK
  const privateKey = (await importJWK({ ...publicJwk, d: String(d) }, 'EdDSA')) as CryptoKey
  const { kty, crv, x } = publicJwk
  const bare = { kty, crv, x } as JWK
  return { privateKey, publicJwk: bare, thumbprint: await calculateJwkThumbprint(bare) }
}

async function makeLogKeys(folder: string, name: string): Promise<string> {
  const key = generateSignerKey(`istmo.example/${name.toLowerCase()}`, SIGNATURE_TYPES.ed25519)
  await writeFile(join(folder, 'keys', `${name}.key`), key)
  await rotateKeyFile(join(folder, 'keys', `${name}.refs.json`), Date.now())
  return parseSignerKey(key).verifier.vkey
}

function countryFile(url: string, vkey: string, more: object): string {
  const domains = Object.fromEntries(['cases', 'persons', 'legal'].map((name) => [name, { url: `${url}/${name}` }]))
  const member = { issuer: 'GT', agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'] }
  const members = [{ ...member, scopes: [...SCOPES.split(' '), 'case:narrative'] }]
  const taskForces = [{ id: 'jtf-2026-03', notAfter: '2099-12-31', members }]
  const names = { es: 'Honduras', en: 'Honduras' }
  // These tests are about who asks, and not about what.
  const questions = { cases: 'any', persons: 'any', legal: 'any' }
  return JSON.stringify({ country: 'HN', name: names, domains, taskForces, receipts: { vkey }, questions, ...more })
}

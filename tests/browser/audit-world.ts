/**
 * The auditor's world for a browser: the real console in front of the real auditors' GraphQL over logs with witnesses. Login provider and mandate authority are
 * small ones of the test, which say yes to one auditor.
 */
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { calculateJwkThumbprint, decodeProtectedHeader, type JWK } from 'jose'
import { pino } from 'pino'
import { stringify } from 'yaml'
import { newSigner } from '../../audit/log/testing.ts'
import { generateSignerKey, type NoteSigner, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { readKeyFile, rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { pseudonymOf } from '../../audit/pseudonym/pseudonym.ts'
import { readOversightSettings } from '../../auditors/oversight/config.ts'
import { startOversight } from '../../auditors/oversight/main.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_LEG, SAMPLE_MANDATE_ENTRY, SAMPLE_REQUEST, SAMPLE_SPLIT } from '../../contract/audit-log/testing.ts'
import { publicJwk } from '../../demo/keys.ts'
import { writeLog, writePolicy } from '../audit-cli/logs.ts'
import { startTestConsole, type TestConsole } from '../console-server/testing.ts'
import { AUDIENCE, type Issuer, loadIssuers, signAccessToken } from '../oversight/access-token.ts'
import { takePort } from '../ports.ts'

const DIST = join(import.meta.dirname, '../../console/dist')

/** The record whose readers the auditor looks for. */
export const RECORD = 'GT:P-000001'

/** An auditor's world that runs. */
export interface AuditWorld {
  readonly folder: string
  readonly origin: string
  /** The ids of the request that is proved, and of the leg that gave {@link RECORD}. */
  readonly requestId: string
  readonly legId: string
  readonly stop: () => Promise<void>
}

const GATEWAY = newSigner('istmo.example/gateway')
const NODE = newSigner('istmo.example/gt')
const AUTHORITY = newSigner('authority.gt.example')

/** Starts the world. */
export async function startAuditWorld(): Promise<AuditWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-audit-console-'))
  const witnesses = ['gt', 'hn', 'sv', 'observer'].map((name) => newSigner(`witness.example/${name}`, 'cosignature'))
  await writePolicy(folder, [GATEWAY, NODE, AUTHORITY], witnesses)
  await writePolicy(folder, [newSigner('elsewhere.example/gateway')], [], 'other-policy')
  const { requestId, legId } = await writeLogs(folder, witnesses)
  const issuers = await loadIssuers(join(folder, 'issuers'))
  const [issuer] = issuers
  if (issuer === undefined) throw new Error('expected an issuer')
  const doors = await startDoors(issuer)
  const oversightPort = await takePort()
  const oversightUrl = `http://127.0.0.1:${oversightPort}`
  const console = await openConsole(folder, doors.origin, oversightUrl)
  const settings = await writeOversight(folder, issuer, oversightPort, console.origin)
  const oversight = await startOversight(await readOversightSettings(settings), pino({ level: 'silent' }))
  await oversight.follow()
  return {
    ...{ folder, origin: console.origin, requestId, legId },
    async stop() {
      await oversight.close()
      await console.remove()
      doors.server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Writes the logs of a gateway, of Guatemala's node and of its authority, all of the same minutes. */
async function writeLogs(folder: string, witnesses: readonly NoteSigner[]) {
  await rotateKeyFile(join(folder, 'GT.refs.json'), Date.parse('2026-01-01T00:00:00Z'))
  const ref = pseudonymOf('record', RECORD, await readKeyFile(join(folder, 'GT.refs.json')))
  const [request, part] = SAMPLE_SPLIT
  const toGt = (legs: EntryOf<'request'>['legs']) => legs.map((leg) => ({ ...leg, country: 'GT' }))
  const gatewayEntries: readonly Entry[] = [
    ...Array.from(
      { length: 6 },
      (_, at): Entry => ({
        ...SAMPLE_REQUEST,
        ...{ v: 2, id: idOf(0x10 + at), legs: [], denied: [], continuations: 0 },
      }),
    ),
    request,
    { ...part, country: 'GT', legs: toGt(part.legs), denied: [] } as Entry,
  ]
  const leg = { ...SAMPLE_LEG, country: 'GT', node: NODE.verifier.name, id: idOf(0x30), details: 1 } as EntryOf<'leg'>
  const detail: Entry = {
    ...{ v: 1, kind: 'leg-detail', id: idOf(0x31), time: leg.time, node: leg.node, of: leg.id, part: 1 },
    ...{ coordinates: [], refs: [ref] },
  }
  const mandate: Entry = { ...SAMPLE_MANDATE_ENTRY, mandate: base64UrlOf(leg), time: '2026-11-01T00:00:00.000Z' }
  await writeLog(join(folder, 'gateway/log'), GATEWAY, gatewayEntries, witnesses)
  await writeLog(join(folder, 'GT/log'), NODE, [detail, leg], witnesses)
  await writeLog(join(folder, 'authority/log'), AUTHORITY, [mandate], witnesses)
  return { requestId: request.id, legId: leg.id }
}

/** An id of the time of the samples. */
function idOf(last: number): string {
  return `019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e${last.toString(16)}`
}

/** The hash of a leg's mandate as the authority's log writes it. */
function base64UrlOf(leg: EntryOf<'leg'>): string {
  const hex = leg.v === 2 ? (leg.caller?.mandate ?? '') : ''
  return Buffer.from(hex, 'hex').toString('base64url')
}

async function writeOversight(folder: string, issuer: Issuer, port: number, consoleOrigin: string): Promise<string> {
  await writeFile(join(folder, 'GT.json'), JSON.stringify({ keys: [publicJwk(issuer.key)] }))
  const listed = [{ issuer: issuer.iss, audience: AUDIENCE, jwks: 'GT.json', country: 'GT' }]
  await writeFile(join(folder, 'issuers.yaml'), stringify({ issuers: listed }))
  const own = generateSignerKey('istmo.example/oversight', SIGNATURE_TYPES.ed25519)
  await writeFile(join(folder, 'own.key'), `${own}\n`, { mode: 0o600 })
  await rotateKeyFile(join(folder, 'own.refs.json'), Date.now())
  const settings = {
    ...{ port, corsOrigins: [consoleOrigin], issuers: 'issuers.yaml', policies: ['policy'], database: 'index' },
    ...{ logs: ['gateway', 'GT', 'authority'], auditLog: 'own', auditLogKey: 'own.key', refKeys: 'own.refs.json' },
    regionalAgencies: [{ issuer: 'GT', agency: 'GT-MP-SUPERVISION', acr: '2' }],
  }
  await writeFile(join(folder, 'oversight.yaml'), stringify(settings))
  return join(folder, 'oversight.yaml')
}

/** Serves the console that is built as an authority does. */
async function openConsole(folder: string, doors: string, oversight: string): Promise<TestConsole> {
  // The demo builds it where nobody has.
  while (!existsSync(join(DIST, 'index.html'))) await sleep(500)
  return startTestConsole({
    ...{ files: DIST, gateway: 'https://istmo.example' },
    authority: { issuer: 'https://id.gt.example', country: 'GT', address: doors },
    oversight: { url: `${oversight}/audit/graphql`, audience: AUDIENCE, trustPolicies: [join(folder, 'policy')] },
    provider: {
      ...{ issuer: doors, client: 'console' },
      ...{ authorizationEndpoint: `${doors}/auth`, tokenEndpoint: `${doors}/provider-token` },
    },
  })
}

/** The doors of a login provider and of a mandate authority that know one auditor. */
async function startDoors(issuer: Issuer): Promise<{ readonly origin: string; readonly server: Server }> {
  let nonce = ''
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, server }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin)
    const cors = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': '*',
      'content-type': 'application/json',
    }
    if (request.method === 'OPTIONS') return void response.writeHead(204, cors).end()
    if (url.pathname === '/auth') {
      nonce = url.searchParams.get('nonce') ?? ''
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      back.search = new URLSearchParams({ code: 'code', state: url.searchParams.get('state') ?? '' }).toString()
      return void response.writeHead(302, { location: back.href }).end()
    }
    if (url.pathname === '/provider-token')
      return void response.writeHead(200, cors).end(JSON.stringify(providerTokens()))
    if (url.pathname === '/console/mandates') {
      const mandate = { hash: 'A'.repeat(43), taskForce: 'jtf-2026-03', purposes: ['OVERSIGHT'], countries: ['GT'] }
      const listed = {
        ...mandate,
        legalBasis: [],
        notAfter: '2099-12-31',
        timeZone: 'UTC',
        caseDigest: null,
        scopes: [],
      }
      return void response.writeHead(200, cors).end(JSON.stringify({ mandates: [listed] }))
    }
    // The token exchange: a token that is bound to the key of the proof.
    const { jwk } = decodeProtectedHeader(String(request.headers.dpop)) as { readonly jwk?: JWK }
    const jkt = await calculateJwkThumbprint(jwk ?? {})
    const token = await signAccessToken(issuer, { profile: 'oversight', claims: { cnf: { jkt } } })
    response.writeHead(200, cors).end(JSON.stringify({ access_token: token, token_type: 'DPoP', expires_in: 600 }))
  }

  function providerTokens() {
    const nowS = Math.floor(Date.now() / 1_000)
    const claims = {
      iss: origin,
      aud: 'console',
      sub: 'auditor',
      name: 'Ana Auditora',
      nonce,
      iat: nowS,
      exp: nowS + 600,
    }
    const jwt = [{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    return { access_token: `${jwt.join('.')}.x`, id_token: `${jwt.join('.')}.x`, expires_in: 600 }
  }
}

/**
 * The world of the story: the authority of GT, the nodes of HN and GT over TLS, a real gateway between them, and an officer's tool. There are two nodes
 * of each country: one demands signed questions, and one takes `any`. The gateway knows only the first.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK } from 'jose'
import { pino } from 'pino'
import { Agent, fetch as fetchBy } from 'undici'
import { type Client, createClient } from '../../clients/client.ts'
import { makeKey, type TestKey } from '../../contract/trust/country-token/testing.ts'
import { type Gateway, startGateway } from '../../gateway/main.ts'
import { readGatewayConfig } from '../../gateway/process/config.ts'
import type { Authority as CertificateAuthority, KeyedCertificate } from '../../service/certificates/authority.ts'
import { GATEWAY_ADDRESS, ISSUER, type Key, newKey, providerClaims, sign } from '../authority/world.ts'
import { openMandates, type TestMandate, type TestMandates } from '../country-tokens/test-mandates.ts'
import { nationalModules, serveModules } from '../questions-at-node/national-modules.ts'
import { aClient, anAuthority, aServer } from '../tls/world.ts'
import { type Country, type Land, startLand } from './land.ts'
import { type Officers, startOfficers } from './officers.ts'
import { readLeg, type SentLeg } from './traffic.ts'

const SUPERGRAPH = join(import.meta.dirname, '../../supergraph.graphql')
const COUNTRIES = ['HN', 'GT'] as const
const SCOPES = ['case:read', 'person:read', 'case:narrative', 'person:identifiers']

/** The authority of HN. The test has all of it: what somebody has who captured it. */
export interface OwnedAuthority {
  readonly issuer: string
  readonly key: TestKey
  readonly mandates: TestMandates
  readonly mandate: TestMandate
}

/** What the gateway saw of one request of a tool. */
export interface SeenRequest {
  readonly accessToken: string
  /** The statement with all its disclosures. */
  readonly statement: string
  readonly document: string
}

/** The certificates that somebody can show to a node. */
export interface Certificates {
  /** The gateway's own. */
  readonly gateway: KeyedCertificate
  /** One of the same certificate authority, for somebody else. */
  readonly own: KeyedCertificate
  /** One of another certificate authority. */
  readonly stranger: KeyedCertificate
  /** That of the nodes, which is a server's. */
  readonly node: KeyedCertificate
}

/** Everything that runs, and what somebody gets who captures a part of it. */
export interface World {
  readonly officers: Officers
  readonly owned: OwnedAuthority
  readonly lands: Readonly<Record<'signed' | 'any', Readonly<Record<Country, Land>>>>
  readonly nodeKeys: Readonly<Record<Country, TestKey>>
  readonly gateway: Gateway
  readonly legKey: Key
  /** A leg key that the gateway had before. */
  readonly oldLegKey: Key
  readonly certificates: Certificates
  /** The certificate authority's certificate, in PEM. */
  readonly ca: string
  /** An honest officer's tool. */
  readonly tool: Client
  /** When the world began to start, in seconds since the epoch. */
  readonly startedS: number
  /** What the gateway saw: each request of tools, and each leg that it sent. */
  readonly requests: SeenRequest[]
  readonly legs: SentLeg[]
  /** Changes the answers that tools get, as a captured gateway can. */
  alter: (answer: string) => string
  /** Sends a request over TLS to whoever has a certificate of {@link ca}. */
  send(url: string, init: object, by?: KeyedCertificate): Promise<Response>
  close(): Promise<void>
}

/** Starts the world. */
export async function startWorld(): Promise<World> {
  const startedS = Math.floor(Date.now() / 1_000)
  const folder = await mkdtemp(join(tmpdir(), 'istmo-captured-'))
  const authority = await anAuthority('Istmo')
  const [certificates, oldLegKey] = [await makeCertificates(authority), await newKey()]
  const officers = await startOfficers((into) => writeServerTls(into, certificates.node, authority.cert))
  const legKey = officers.files.gateway
  const agents = createAgents(authority.cert)
  const send: World['send'] = async (url, init, by) =>
    (await fetchBy(url, { ...init, dispatcher: agents.of(by) })) as unknown as Response
  await writeShared(folder, { certificates, ca: authority.cert, legKey })
  await writeFile(join(folder, 'gt.jwks.json'), await (await send(`${officers.url}/jwks`, {})).text())
  const owned = await ownAuthority()
  const signingKey = { keys: [{ ...owned.key.publicJwk, kid: owned.key.thumbprint, alg: owned.key.alg }] }
  await writeFile(join(folder, 'hn.jwks.json'), JSON.stringify(signingKey))
  const nodeKeys = { HN: await makeKey(), GT: await makeKey() }
  const started = await startLands(folder, { officers, owned, nodeKeys })
  const gateway = await startOwnGateway(folder, started.lands.signed, officers)
  const world: Omit<World, 'tool'> & { tool?: Client } = {
    ...{ officers, owned, lands: started.lands, nodeKeys, gateway, legKey, oldLegKey, certificates },
    ...{ ca: authority.cert, startedS, requests: [], legs: [], alter: (answer) => answer, send },
    async close() {
      unsubscribe('undici:request:create', note)
      await gateway.close()
      await started.close()
      await officers.close()
      await agents.close()
      await officers.files.remove()
      await rm(folder, { recursive: true })
    },
  }
  const note = (message: unknown): void => {
    const leg = readLeg(message, new URL(started.lands.signed.HN.node.url), new URL(started.lands.signed.GT.node.url))
    if (leg !== null) world.legs.push(leg)
  }
  subscribe('undici:request:create', note)
  world.tool = createTool(world)
  return world as World
}

async function makeCertificates(authority: CertificateAuthority): Promise<Certificates> {
  const stranger = await anAuthority('Istmo')
  const [gateway, own, node] = [await aClient(authority), await aClient(authority), await aServer(authority)]
  return { gateway, own, node, stranger: await aClient(stranger) }
}

async function writeServerTls(folder: string, { cert, key }: KeyedCertificate, clients: string): Promise<void> {
  await writeFile(join(folder, 'server.cert.pem'), cert)
  await writeFile(join(folder, 'server.key.pem'), key, { mode: 0o600 })
  await writeFile(join(folder, 'clients.pem'), clients)
}

interface SharedFiles {
  readonly certificates: Certificates
  readonly ca: string
  readonly legKey: Key
}

async function writeShared(folder: string, { certificates, ca, legKey }: SharedFiles): Promise<void> {
  const write = (name: string, text: string) => writeFile(join(folder, name), text, { mode: 0o600 })
  const { gateway, node } = certificates
  const { thumbprint: kid, alg, jwk } = legKey
  await mkdir(join(folder, 'countries'))
  await Promise.all([
    ...[write('node.cert.pem', node.cert), write('node.key.pem', node.key)],
    ...[write('gateway.cert.pem', gateway.cert), write('gateway.key.pem', gateway.key)],
    ...[write('clients.pem', ca), write('countries/ca.pem', ca)],
    write('leg.jwks.json', JSON.stringify({ keys: [{ ...jwk, kid, alg, use: 'sig' }] })),
    write('leg.json', JSON.stringify({ ...(await exportJWK(legKey.privateKey)), kid, alg, use: 'sig' })),
  ])
}

async function ownAuthority(): Promise<OwnedAuthority> {
  const issuer = 'https://authority.hn.example'
  const mandates = await openMandates(issuer)
  const mandate = await mandates.make({ country: 'HN', officers: [{ agency: 'HN-MP', role: 'prosecutor' }] })
  return { issuer, key: await makeKey(), mandates, mandate }
}

interface Partners {
  readonly officers: Officers
  readonly owned: OwnedAuthority
  readonly nodeKeys: World['nodeKeys']
}

async function startLands(folder: string, partners: Partners) {
  const closing: (() => Promise<unknown>)[] = []
  const lands: Record<string, Record<string, Land>> = { signed: {}, any: {} }
  for (const country of COUNTRIES) {
    const service = await serveModules(nationalModules(country), country)
    closing.push(service.close)
    for (const questions of ['signed', 'any'] as const) {
      const file = fileOf(country, partners)
      const nodeKey = partners.nodeKeys[country]
      const land = await startLand({ country, questions, shared: folder, upstream: service.url, nodeKey, file })
      Object.assign(lands[questions] ?? {}, { [country]: land })
      closing.push(land.node.close)
    }
  }
  return {
    lands: lands as World['lands'],
    async close() {
      for (const close of closing.reverse()) await close()
    },
  }
}

function fileOf(country: Country, { officers, owned, nodeKeys }: Partners): Readonly<Record<string, unknown>> {
  const other = country === 'HN' ? 'GT' : 'HN'
  const memberOf = (agency: string) => ({ agencies: [agency], purposes: ['INVESTIGATION'], scopes: SCOPES })
  const pin = ({ approver, log, witness }: TestMandates) => ({ approvers: [approver], log, witnesses: [witness] })
  const issuers = [
    { issuer: 'GT', ...memberOf('GT-MP-FECO') },
    { issuer: 'HN', ...memberOf('HN-MP') },
  ]
  return {
    taskForces: [{ id: 'jtf-2026-03', notAfter: '2099-12-31', members: issuers }],
    callers: [
      {
        ...{ country: 'GT', authority: ISSUER, jwks: '../gt.jwks.json', keys: [officers.files.signingKid] },
        ...{ ...pin(officers.mandates), members: [memberOf('GT-MP-FECO')] },
      },
      {
        ...{ country: 'HN', authority: owned.issuer, jwks: '../hn.jwks.json', keys: [owned.key.thumbprint] },
        ...{ ...pin(owned.mandates), members: [memberOf('HN-MP')] },
      },
    ],
    partners: [{ country: other, keys: [nodeKeys[other].thumbprint] }],
  }
}

/** Starts the honest gateway: what it knows of the countries are their own files. */
async function startOwnGateway(
  folder: string,
  lands: Readonly<Record<Country, Land>>,
  officers: Officers,
): Promise<Gateway> {
  const at = (name: string): string => join(folder, name)
  for (const country of COUNTRIES) {
    const { node, folder: own, vkey } = lands[country]
    const file = JSON.parse(await readFile(join(own, `${country}.yaml`), 'utf8'))
    const tls = { ca: 'ca.pem' }
    const domains = Object.fromEntries(
      ['cases', 'persons'].map((domain) => [domain, { url: `${node.url}/${domain}`, tls, deadlineMs: 20_000 }]),
    )
    const nobody = { legal: { url: 'http://127.0.0.1:1/' } }
    const shown = { ...file, domains: { ...domains, ...nobody }, receipts: { vkey } }
    const fromHere = JSON.stringify(shown)
    await writeFile(at(`countries/${country}.yaml`), fromHere)
  }
  const authority = { token: `${officers.url}/token`, client: 'gw', ca: 'clients.pem' }
  const issuer = { issuer: ISSUER, audience: GATEWAY_ADDRESS, jwks: 'gt.jwks.json', country: 'GT', authority }
  await writeFile(at('issuers.yaml'), JSON.stringify({ issuers: [issuer] }))
  const settings = {
    ...{ supergraph: SUPERGRAPH, countries: at('countries'), issuers: at('issuers.yaml'), legKey: at('leg.json') },
    ...{ port: '0', publicUrl: GATEWAY_ADDRESS, callerRate: '0', costRate: '0', countryRate: '0', development: true },
    ...{ clientKey: at('gateway.key.pem'), clientCert: at('gateway.cert.pem'), legDeadline: '20000' },
  }
  return startGateway(readGatewayConfig(settings, {}), pino({ level: 'silent' }))
}

/** An honest officer's tool. What it sends to the gateway, the gateway sees. */
function createTool(world: Omit<World, 'tool'>): Client {
  const { officers, lands, gateway } = world
  const front = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = String(input)
    if (!url.startsWith(GATEWAY_ADDRESS)) return world.send(url, init)
    const headers = new Headers(init.headers)
    const { query } = JSON.parse(String(init.body)) as { readonly query: string }
    const accessToken = headers.get('authorization')?.replace(/^DPoP /, '') ?? ''
    world.requests.push({ accessToken, statement: headers.get('istmo-question') ?? '', document: query })
    const answer = await fetch(url.replace(GATEWAY_ADDRESS, gateway.url), init)
    return new Response(world.alter(await answer.text()), { status: answer.status, headers: answer.headers })
  }
  const providerToken = async () => ({
    token: await sign(providerClaims(), officers.files.provider),
    type: 'id_token' as const,
  })
  return createClient({
    ...{ gateway: GATEWAY_ADDRESS, authority: { token: `${officers.url}/token`, client: 'console', providerToken } },
    ...{ keys: { HN: lands.signed.HN.vkey, GT: lands.signed.GT.vkey }, fetch: front as typeof fetch },
  })
}

/** Agents that keep their connections, one for each certificate. */
function createAgents(ca: string) {
  const agents = new Map<KeyedCertificate | undefined, Agent>()
  return {
    of(by: KeyedCertificate | undefined): Agent {
      const known = agents.get(by) ?? new Agent({ connect: { ca, ...by } })
      agents.set(by, known)
      return known
    },
    close: async () => void (await Promise.all([...agents.values()].map((agent) => agent.destroy()))),
  }
}

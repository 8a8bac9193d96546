/** One way to dress a gateway and its nodes: the settings that are compared, each with processes of its own. */
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { Pool } from 'undici'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { DOMAINS } from '../../contract/domain.ts'
import { type Authority, createAuthority, issueCertificate } from '../../service/certificates/authority.ts'
import { GATEWAY_ADDRESS, ISSUER } from '../../tests/authority/world.ts'
import type { IdentityProvider } from '../../tests/tokens/identity-provider.ts'
import { type BenchAuthority, SCOPES } from './authority.ts'
import { startDelayProxy } from './delay.ts'
import { checkRunning, end, type Pins, type Running, startCommand } from './processes.ts'

const PROJECT = join(import.meta.dirname, '../..')

/** The task force of the bench's officers. */
export const TASK_FORCE = 'jtf-2026-03'

/** How many connections the load has to a gateway. */
const CONNECTIONS = 64

/** What all gateways share. */
export interface GatewayGround {
  readonly pins: Pins
  readonly authority: BenchAuthority
  /** The provider of the tokens before there were authorities. Only a dress without one needs it. */
  readonly provider?: IdentityProvider
}

/** What all dresses share. */
export interface Ground extends GatewayGround {
  readonly provider: IdentityProvider
  /** The address of the records' service. */
  readonly records: string
}

/** A dress. */
export interface DressPlan {
  readonly name: string
  /** The folder of the project whose gateway and nodes run. Default: this one. */
  readonly project?: string
  /** Whether an authority speaks for the callers. Without one, the nodes need `--development`. */
  readonly hasAuthority: boolean
  readonly questions: 'any' | 'signed'
  /** Whether gateway and nodes speak TLS with one another. */
  readonly hasTls?: boolean
  readonly countries: readonly string[]
  /** The file of the supergraph. Default: the one of the repository. */
  readonly supergraph?: string
  /** Further flags of the gateway. */
  readonly flags?: readonly string[]
  /**
   * Whether the gateway keeps its own rates and deadlines, and the nodes the shares of their callers. Without it, the bench may ask as much as it likes, and
   * a slow machine makes no answer incomplete.
   */
  readonly hasOwnRates?: boolean
  /** The URL of the database of a country's node. Default: the node stands in front of the records' service. */
  readonly databaseOf?: (country: string) => string
  /** What a country lets the task force read. Default: what the bench asks. */
  readonly scopesOf?: (country: string) => readonly string[]
  /** Options of Node for the gateway and for the first node, such as those that write profiles. */
  readonly nodeFlags?: (process: 'gateway' | 'node') => readonly string[]
}

/** A gateway that listens, over its nodes. */
export interface Dressed {
  readonly name: string
  readonly pool: Pool
  readonly gateway: Running
  readonly nodes: readonly Running[]
  /** @throws {Error} if a process has ended. */
  check(): void
  close(): Promise<void>
}

/** Nodes that listen. Several gateways may ask them. */
export interface DressedNodes {
  readonly plan: DressPlan
  readonly folder: string
  readonly nodes: readonly Running[]
  readonly ports: ReadonlyMap<string, number>
  /** The text of a country's file, with its domains at this port. */
  fileOf(country: string, port: number): string
  close(): Promise<void>
}

/** Starts the nodes of a dress, one process for each country. `records`: needed without databases. */
export async function startNodes(
  ground: GatewayGround & Partial<Pick<Ground, 'records'>>,
  plan: DressPlan,
): Promise<DressedNodes> {
  const folder = join(ground.authority.folder, plan.name)
  const at = (name: string): string => join(folder, name)
  await mkdir(folder)
  const tls = plan.hasTls === true ? await writeCertificates(at) : null
  const keys = new Map(
    await Promise.all(plan.countries.map(async (one) => [one, await makeNodeKeys(at, one)] as const)),
  )
  const fileOf = countryFiles(ground, plan, keys, tls === null ? null : at('ca.pem'))
  const started = await Promise.all(
    plan.countries.map(async (country, index) => {
      const rules = at(`rules/${country}.yaml`)
      await mkdir(at('rules'), { recursive: true })
      await writeFile(rules, fileOf(country, 1))
      const own = index === 0 ? (plan.nodeFlags?.('node') ?? []) : []
      const args = [...own, 'cli/istmo.ts', 'node', ...nodeFlags(ground, plan, at, country)]
      return [country, await startIstmo(ground.pins.others, args, /"port":(\d+)/, plan)] as const
    }),
  )
  const nodes = started.map(([, running]) => running)
  return {
    ...{ plan, folder, nodes, fileOf, ports: new Map(started.map(([country, { said }]) => [country, Number(said)])) },
    close: async () => void (await Promise.all(nodes.map(end))),
  }
}

/**
 * Makes the function that writes the text of a country's file, with its domains at a port of this machine.
 * @param keys of each country of the dress.
 * @param ca the file of the authority that issued the nodes' certificates; null without TLS.
 */
export function countryFiles(
  { authority }: Pick<Ground, 'authority'>,
  plan: Pick<DressPlan, 'questions' | 'hasAuthority' | 'scopesOf'>,
  keys: ReadonlyMap<string, NodeKeys>,
  ca: string | null,
): DressedNodes['fileOf'] {
  return (country, port) => {
    const scheme = ca === null ? 'http' : 'https'
    const endpoint = (domain: string) => ({
      url: `${scheme}://127.0.0.1:${port}/${domain}`,
      ...(ca !== null && { tls: { ca } }),
    })
    const partners = [...keys].flatMap(([other, { thumbprint }]) =>
      other === country ? [] : [{ country: other, keys: [thumbprint] }],
    )
    const members = [
      {
        agencies: ['GT-MP-FECO'],
        purposes: ['INVESTIGATION'],
        scopes: plan.scopesOf?.(country) ?? SCOPES,
        issuer: 'GT',
      },
    ]
    const demands = Object.fromEntries(DOMAINS.map((domain) => [domain, plan.questions]))
    return JSON.stringify({
      ...{ country, name: { es: country, en: country }, receipts: { vkey: keys.get(country)?.vkey } },
      domains: Object.fromEntries(DOMAINS.map((domain) => [domain, endpoint(domain)])),
      taskForces: [{ id: TASK_FORCE, notAfter: '2099-12-31', members }],
      // The bench asks for more than an officer may have.
      rowsPerDay: 1_000_000_000,
      ...(plan.hasAuthority && { callers: [authority.caller], questions: demands, partners }),
    })
  }
}

/**
 * Starts a gateway over the nodes of a dress.
 * @param name of the gateway among those over the same nodes.
 * @param roundTripMs how long the way to each node takes, there and back, in milliseconds, through a proxy. Null: no proxy.
 */
export async function startGatewayOver(
  ground: GatewayGround,
  { plan, folder, nodes, ports, fileOf }: DressedNodes,
  name: string,
  roundTripMs: (() => number) | null = null,
): Promise<Dressed> {
  const at = (file: string): string => join(folder, name, file)
  await mkdir(at('countries'), { recursive: true })
  const proxies =
    roundTripMs && (await Promise.all([...ports.values()].map((port) => startDelayProxy(port, roundTripMs))))
  for (const [index, [country, port]] of [...ports].entries()) {
    await writeFile(at(`countries/${country}.yaml`), fileOf(country, proxies?.[index]?.port ?? port))
  }
  await writeFile(at('issuers.yaml'), JSON.stringify({ issuers: [issuerOf(ground, plan)] }))
  await writeSecret(at('log.key'), generateSignerKey('istmo.example/gateway', SIGNATURE_TYPES.ed25519))
  await rotateKeyFile(at('refs'), Date.now())
  const flags = gatewayFlags(ground, plan, { at, shared: (file) => join(folder, file) })
  const args = [...(plan.nodeFlags?.('gateway') ?? []), 'cli/istmo.ts', 'gateway', ...flags]
  const gateway = await startIstmo(ground.pins.gateways, args, /Istmo listens on (\S+)\/graphql/, plan)
  const pool = new Pool(gateway.said, { connections: CONNECTIONS })
  return {
    ...{ name, pool, gateway, nodes },
    check() {
      checkRunning(`gateway of ${name}`, gateway)
      for (const node of nodes) checkRunning(`node of ${name}`, node)
    },
    async close() {
      await pool.close()
      await end(gateway)
      for (const proxy of proxies ?? []) proxy.close()
    },
  }
}

function startIstmo(
  cores: string,
  args: readonly string[],
  pattern: RegExp,
  { project = PROJECT }: Pick<DressPlan, 'project'>,
): Promise<Running> {
  return startCommand(cores, [process.execPath, ...args], pattern, { cwd: project })
}

function nodeFlags(
  { authority, records }: GatewayGround & Partial<Pick<Ground, 'records'>>,
  { hasAuthority, hasTls = false, databaseOf, hasOwnRates = false, project }: DressPlan,
  at: (name: string) => string,
  country: string,
): readonly string[] {
  const base = [
    '--country',
    country,
    '--domains',
    DOMAINS.join(','),
    '--port',
    '0',
    '--rules',
    at(`rules/${country}.yaml`),
  ]
  const source =
    databaseOf === undefined
      ? DOMAINS.flatMap((name) => ['--upstream', `${name}=${records}/${country}/${name}`])
      : ['--database-url', databaseOf(country)]
  const log = ['--audit-log-dir', at(`log-${country}`), '--audit-log-key', at(`${country}.key`)]
  const keys = [
    '--audit-log-ref-keys',
    at(`${country}.refs`),
    '--gateway-jwks',
    join(authority.folder, 'gateway.jwks.json'),
  ]
  // A project of before knows no share.
  const share = hasOwnRates || project !== undefined ? [] : ['--caller-time', '0']
  const tls = ['--tls-key', at('node.key.pem'), '--tls-cert', at('node.cert.pem'), '--tls-client-ca', at('ca.pem')]
  return [
    ...[...base, ...source, ...log, ...keys, ...share],
    ...(hasAuthority ? ['--node-key', at(`${country}.node.json`)] : ['--development']),
    ...(hasTls ? tls : []),
  ]
}

interface Places {
  /** A file of the gateway. */
  readonly at: (file: string) => string
  /** A file of the dress. */
  readonly shared: (file: string) => string
}

function gatewayFlags({ authority }: GatewayGround, plan: DressPlan, { at, shared }: Places): readonly string[] {
  const { hasTls = false, supergraph = join(PROJECT, 'supergraph.graphql'), flags = [], hasOwnRates = false } = plan
  const graph = ['--development', '--supergraph', supergraph, '--countries', at('countries')]
  const callers = ['--issuers', at('issuers.yaml'), '--leg-key', join(authority.folder, 'leg.json'), '--port', '0']
  const log = ['--audit-log-dir', at('log'), '--audit-log-key', at('log.key'), '--audit-log-ref-keys', at('refs')]
  const rows = ['--rows-per-day', '0', '--log-level', 'error']
  // A machine with other work must not make an answer incomplete, which would end the bench.
  const patience = ['--leg-deadline', '20000', '--request-deadline', '30000']
  const limits = hasOwnRates
    ? rows
    : [...rows, ...patience, '--caller-rate', '0', '--cost-rate', '0', '--country-rate', '0']
  const tls = ['--client-key', shared('gateway.key.pem'), '--client-cert', shared('gateway.cert.pem')]
  return [...graph, ...callers, ...log, ...limits, ...flags, '--public-url', GATEWAY_ADDRESS, ...(hasTls ? tls : [])]
}

function issuerOf({ authority, provider }: GatewayGround, { hasAuthority }: DressPlan): object {
  if (!hasAuthority) return provider?.entry ?? {}
  const { tokenEndpoint: token, jwks } = authority
  return { issuer: ISSUER, audience: GATEWAY_ADDRESS, jwks, country: 'GT', authority: { token, client: 'gw' } }
}

/** The public parts of a node's keys: of its audit log, and of the ids that it gives. */
export interface NodeKeys {
  readonly vkey: string
  readonly thumbprint: string
}

/** Makes the keys of one node, in the files `CC.key`, `CC.refs` and `CC.node.json`. */
export async function makeNodeKeys(at: (name: string) => string, country: string): Promise<NodeKeys> {
  const logKey = generateSignerKey(`node.${country.toLowerCase()}.istmo.gob`, SIGNATURE_TYPES.ed25519)
  await writeSecret(at(`${country}.key`), logKey)
  await rotateKeyFile(at(`${country}.refs`), Date.now())
  const { privateKey } = await generateKeyPair('Ed25519', { extractable: true })
  const { d, ...publicJwk } = await exportJWK(privateKey)
  await writeSecret(at(`${country}.node.json`), JSON.stringify({ ...publicJwk, d }))
  return { vkey: parseSignerKey(logKey).verifier.vkey, thumbprint: await calculateJwkThumbprint(publicJwk) }
}

async function writeSecret(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600 })
  await chmod(file, 0o600)
}

/** Makes one authority for both sides, and the certificates of gateway and nodes. */
async function writeCertificates(at: (name: string) => string): Promise<Authority> {
  const validity = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 86_400_000 }
  const authority = await createAuthority('bench', validity)
  const node = await issueCertificate(authority, { name: 'node', use: 'server', ipAddresses: ['127.0.0.1'] }, validity)
  const gateway = await issueCertificate(authority, { name: 'gateway', use: 'client' }, validity)
  await writeFile(at('ca.pem'), authority.cert)
  for (const [name, { cert, key }] of Object.entries({ node, gateway })) {
    await writeFile(at(`${name}.cert.pem`), cert)
    await writeSecret(at(`${name}.key.pem`), key)
  }
  return authority
}

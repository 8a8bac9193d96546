/** The node in production dress, the plain subgraph, and the bare client, each in a process of its own. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Domain } from '../../contract/domain.ts'
import { cpuOfTree, memoryOfTree } from '../gateways/usage.ts'
import { loadWithWrk, writeRequests } from '../gateways/wrk.ts'
import type { BenchAuthority } from '../trust/authority.ts'
import { countryFiles, makeNodeKeys } from '../trust/dress.ts'
import { end, type Pins, type Running, startCommand } from '../trust/processes.ts'
import type { Legs } from './legs.ts'
import { COUNTRY, type DatabaseName, type NodeOperation } from './operations.ts'
import type { BenchServer } from './postgres.ts'
import { recordOperation } from './statements.ts'

/** Both run as in production. */
const ENV = { NODE_ENV: 'production' }

/** How many connections ask at a time. */
export const CONNECTIONS = 16

/** What all contenders share. */
export interface NodeGround {
  readonly pins: Pins
  readonly folder: string
  readonly server: BenchServer
  readonly authority: BenchAuthority
  readonly scopes: readonly string[]
  readonly legs: Legs
  /** Where the node writes CPU profiles; undefined: nowhere. */
  readonly profile: string | undefined
}

/** What a window has shown. Times are in milliseconds, processor times in microseconds for each request. */
export interface NodeWindow {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuUs: number
  readonly postgresUs: number
  readonly memoryMib: number
}

/** One that answers an operation. */
export interface NodeContender {
  readonly name: 'node' | 'plain' | 'limit'
  readonly title: string
  /** The port at which it answers; null for the bare client, which gives no answers. */
  readonly port: number | null
  load(seconds: number): Promise<NodeWindow>
}

/**
 * Starts what answers the operations. Returns the contenders of each operation.
 * @param closing gets what ends each process.
 */
export async function startContenders(
  ground: NodeGround,
  operations: readonly NodeOperation[],
  closing: (() => Promise<void>)[],
): Promise<ReadonlyMap<NodeOperation, readonly NodeContender[]>> {
  const keep = async (starting: Promise<Running>): Promise<Running> => {
    const started = await starting
    closing.push(() => end(started))
    return started
  }
  const nodes = new Map<DatabaseName, Running>()
  const contenders = new Map<NodeOperation, readonly NodeContender[]>()
  for (const operation of operations) {
    const { database, domain } = operation
    const domains: readonly Domain[] = database === 'istmo_bench_names' ? ['persons'] : ['cases', 'persons', 'legal']
    const node = nodes.get(database) ?? (await keep(startNode(ground, database, domains)))
    nodes.set(database, node)
    const program = ['bench/node/plain.ts', domain, ground.server.urlOf(database)]
    const plain = await keep(
      startCommand(ground.pins.gateways, [process.execPath, ...program], /^(\d+)$/m, { env: ENV }),
    )
    await ground.legs.introduce(Number(node.said), operation)
    contenders.set(operation, [
      loaded(ground, operation, { ...{ name: 'node', title: 'the node, in production dress' }, running: node }),
      loaded(ground, operation, { ...{ name: 'plain', title: 'a plain Apollo Server subgraph' }, running: plain }),
      await bareClient(ground, operation),
    ])
  }
  return contenders
}

interface Started extends Pick<NodeContender, 'name' | 'title'> {
  readonly running: Running
}

function loaded({ pins, folder, legs, server }: NodeGround, operation: NodeOperation, started: Started): NodeContender {
  const { name, title, running } = started
  const [port, pid] = [Number(running.said), Number(running.child.pid)]
  // Each leg is sent once: a node takes no salt twice.
  let expected = 2_000
  return {
    ...{ name, title, port },
    async load(seconds) {
      const file = join(folder, `${operation.name}-${name}.requests`)
      await writeRequests(file, await legs.make(operation, Math.ceil(expected * seconds * 2)))
      const read = () => ({ own: cpuOfTree(pid), postgres: cpuOfTree(server.pid) })
      const from = read()
      const load = await loadWithWrk(port, file, { cores: pins.others, connections: CONNECTIONS, seconds })
      const to = read()
      expected = Math.max(load.perSecond, 100)
      const each = (ms: number): number => (ms * 1_000) / load.requests
      const { perSecond, p50Ms, p99Ms } = load
      const cpu = { cpuUs: each(to.own - from.own), postgresUs: each(to.postgres - from.postgres) }
      return { perSecond, p50Ms, p99Ms, ...cpu, memoryMib: memoryOfTree(pid) }
    },
  }
}

async function bareClient({ pins, folder, server }: NodeGround, operation: NodeOperation): Promise<NodeContender> {
  const url = server.urlOf(operation.database)
  const file = join(folder, `${operation.name}.statements`)
  await writeFile(file, JSON.stringify(await recordOperation(operation, url)))
  return {
    ...{ name: 'limit', title: 'a bare `pg` client with the node’s statements', port: null },
    async load(seconds) {
      const program = ['bench/node/limit.ts', file, url, String(CONNECTIONS), String(seconds)]
      const before = cpuOfTree(server.pid)
      const running = await startCommand(pins.gateways, [process.execPath, ...program], /^(\{.+\})$/m)
      const postgresMs = cpuOfTree(server.pid) - before
      // `all`: with those of its warm-up.
      const { all, ...figures } = JSON.parse(running.said) as Omit<NodeWindow, 'postgresUs'> & { readonly all: number }
      await end(running)
      return { ...figures, postgresUs: (postgresMs * 1_000) / all }
    },
  }
}

/** Starts the node in production dress over a database. */
export async function startNode(
  ground: Omit<NodeGround, 'legs'>,
  database: DatabaseName,
  domains: readonly Domain[],
): Promise<Running> {
  const { authority, pins, scopes, server, profile } = ground
  const folder = join(ground.folder, database)
  await mkdir(folder, { recursive: true })
  const at = (name: string): string => join(folder, name)
  const keys = await makeNodeKeys(at, COUNTRY)
  const plan = { questions: 'any', hasAuthority: true, scopesOf: () => scopes } as const
  await writeFile(
    at(`${COUNTRY}.yaml`),
    countryFiles({ authority }, plan, new Map([[COUNTRY, keys]]), null)(COUNTRY, 1),
  )
  const flags = [
    ...['--country', COUNTRY, '--domains', domains.join(','), '--port', '0', '--rules', at(`${COUNTRY}.yaml`)],
    ...['--database-url', server.urlOf(database), '--gateway-jwks', join(authority.folder, 'gateway.jwks.json')],
    ...['--audit-log-dir', at('log'), '--audit-log-key', at(`${COUNTRY}.key`)],
    ...['--audit-log-ref-keys', at(`${COUNTRY}.refs`), '--node-key', at(`${COUNTRY}.node.json`)],
    // One officer asks all there is, as fast as the bench can.
    ...['--caller-time', '0'],
  ]
  const prof =
    profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${database}.cpuprofile`]
  const command = [process.execPath, ...prof, 'cli/istmo.ts', 'node', ...flags]
  return startCommand(pins.gateways, command, /"port":(\d+).*the node listens/, { env: ENV })
}

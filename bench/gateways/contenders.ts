/** The gateways that the bench compares, each as a process of its own. */
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { type Pins, type Running, startCommand, startProgram } from '../trust/processes.ts'
import { plainSdl } from './graph/graph.ts'
import { PEERS } from './peers.ts'

/** How long a gateway may take until it answers for the first time. */
const START_MS = 60_000

/** Where the gateways run, and what they ask. */
export interface Ground {
  readonly pins: Pins
  /** A folder for the files of one run. */
  readonly folder: string
  /** The port of each subgraph. */
  readonly ports: Readonly<Record<Domain, number>>
  /** The file of the supergraph without rules. */
  readonly supergraph: string
}

/** A gateway that answers. */
export interface Serving {
  readonly running: Running
  readonly port: number
}

/** A gateway that can be started. */
export interface Contender {
  /** The name of the option `--contenders`. */
  readonly name: string
  readonly title: string
  /** Whether it is a package of others, which may not run on this machine. */
  readonly isPeer: boolean
  start(ground: Ground): Promise<Serving>
}

const ANY_LINE = /^(.*)$/m
const PORT_LINE = /^(\d+)$/m
const ISTMO_LINE = /Istmo listens on http:\/\/[^:]+:(\d+)\/graphql/

/** The flags of a gateway of Istmo that answers as much as is asked, whoever asks. */
export const UNLIMITED = ['--caller-rate', '0', '--country-rate', '0', '--rows-per-day', '0', '--log-level', 'error']

/** All contenders that ask the subgraphs without rules. The first are those with which the others are compared. */
export const CONTENDERS: readonly Contender[] = [
  {
    name: 'limit',
    title: 'the limit: written by hand, fetches merged',
    isPeer: false,
    start: ({ pins, ports }) =>
      startWithPort(pins.gateways, ['bench/gateways/limit/limit.ts', ...DOMAINS_IN_ORDER.map((one) => `${ports[one]}`)]),
  },
  {
    name: 'stock',
    title: '@apollo/server + @apollo/gateway',
    isPeer: false,
    start: ({ pins, supergraph }) => startWithPort(pins.gateways, ['bench/gateways/stock.ts', supergraph]),
  },
  { name: 'hive', title: 'Hive Gateway', isPeer: true, start: (ground) => startHive(ground, []) },
  {
    name: 'hive-rust',
    title: 'Hive Gateway with its Rust planner',
    isPeer: true,
    start: (ground) => startHive(ground, ['--hive-router-runtime']),
  },
  { name: 'mercurius', title: 'Mercurius with jit', isPeer: true, start: startMercurius },
  { name: 'grafbase', title: 'Grafbase, native', isPeer: true, start: startGrafbase },
  {
    name: 'istmo',
    title: 'Istmo, bare',
    isPeer: false,
    start: ({ pins, supergraph }) =>
      startWithPort(
        pins.gateways,
        ['cli/istmo.ts', 'gateway', '--development', '--anonymous', '--supergraph', supergraph, '--port', '0', ...UNLIMITED],
        ISTMO_LINE,
      ),
  },
]

/** The order of the limit's arguments. */
const DOMAINS_IN_ORDER = ['persons', 'cases', 'legal'] as const

/** Starts a program of Node that says its port. */
export async function startWithPort(cores: string, args: readonly string[], pattern = PORT_LINE): Promise<Serving> {
  const running = await startProgram(cores, args, pattern)
  return { running, port: Number(running.said) }
}

async function startHive({ pins, supergraph }: Ground, flags: readonly string[]): Promise<Serving> {
  const port = await freePort()
  const program = [process.execPath, 'node_modules/.bin/hive-gateway', 'supergraph', supergraph, '--config-path', 'hive.config.mjs']
  const place = ['--host', '127.0.0.1', '--port', String(port), '--fork', '1']
  return startPeer(pins.gateways, [...program, ...place, ...flags], port)
}

async function startMercurius({ pins, ports }: Ground): Promise<Serving> {
  const port = await freePort()
  const services = DOMAINS.map((name) => ({ name, url: `http://127.0.0.1:${ports[name]}/`, schema: plainSdl(name) }))
  return startPeer(pins.gateways, [process.execPath, 'mercurius.mjs', JSON.stringify({ port, services })], port)
}

async function startGrafbase({ pins, folder, ports }: Ground): Promise<Serving> {
  const port = await freePort()
  const home = join(folder, 'grafbase')
  await mkdir(home, { recursive: true })
  const subgraphs = DOMAINS.map((name) => {
    const at = `http://127.0.0.1:${ports[name]}/`
    return `[subgraphs.${name}]\nschema_path = "${name}.graphql"\nurl = "${at}"\n`
  })
  await Promise.all(DOMAINS.map((name) => writeFile(join(home, `${name}.graphql`), plainSdl(name))))
  await writeFile(join(home, 'grafbase.toml'), `[telemetry]\nservice_name = "bench"\n\n${subgraphs.join('\n')}`)
  const program = join(PEERS, 'node_modules/@grafbase/cli-x86_64-unknown-linux-musl/grafbase')
  const flags = ['--home', home, 'dev', '--config', join(home, 'grafbase.toml'), '--listen-address', `127.0.0.1:${port}`]
  return startPeer(pins.gateways, [program, ...flags], port, home)
}

/** Starts a gateway of others, and waits until it answers. */
async function startPeer(cores: string, command: readonly string[], port: number, cwd = PEERS): Promise<Serving> {
  const running = await startCommand(cores, command, ANY_LINE, { cwd, env: { NODE_ENV: 'production' } })
  const until = performance.now() + START_MS
  while (!(await isAnswering(port))) {
    if (performance.now() > until || running.child.exitCode !== null) {
      throw new Error(`expected ${command[0]} ${command[1]} to answer within ${START_MS / 1_000} s; it does not`)
    }
    await sleep(100)
  }
  return { running, port }
}

async function isAnswering(port: number): Promise<boolean> {
  const headers = { 'content-type': 'application/json' }
  const body = '{"query":"{ __typename }"}'
  try {
    const { status } = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers, body })
    return status === 200
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Starts the gateways of others. */
import { mkdir, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DOMAINS } from '../../contract/domain.ts'
import { startCommand } from '../trust/processes.ts'
import { type Ground, type Serving, serve } from './contender.ts'
import { plainSdl } from './graph/graph.ts'
import { PEERS } from './peers.ts'

/** How long a gateway may take until it answers for the first time, in milliseconds. */
const START_MS = 60_000

const ANY_LINE = /^(.*)$/m

/** Starts Hive Gateway, with further flags. */
export async function startHive(ground: Ground, flags: readonly string[]): Promise<Serving> {
  const { supergraph } = ground
  const port = await freePort()
  const program = [
    process.execPath,
    'node_modules/.bin/hive-gateway',
    'supergraph',
    supergraph,
    '--config-path',
    'hive.config.mjs',
  ]
  const place = ['--host', '127.0.0.1', '--port', String(port), '--fork', '1']
  return startPeer(ground, [...program, ...place, ...flags], port)
}

/** Starts Mercurius with its compiler. */
export async function startMercurius(ground: Ground): Promise<Serving> {
  const { ports } = ground
  const port = await freePort()
  const services = DOMAINS.map((name) => ({ name, url: `http://127.0.0.1:${ports[name]}/`, schema: plainSdl(name) }))
  return startPeer(ground, [process.execPath, 'mercurius.mjs', JSON.stringify({ port, services })], port)
}

/** Starts Grafbase's gateway, which composes the subgraphs itself. */
export async function startGrafbase(ground: Ground): Promise<Serving> {
  const { folder, ports } = ground
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
  const flags = [
    '--home',
    home,
    'dev',
    '--config',
    join(home, 'grafbase.toml'),
    '--listen-address',
    `127.0.0.1:${port}`,
  ]
  return startPeer(ground, [program, ...flags], port, home)
}

/** Starts a gateway of others, and waits until it answers. */
async function startPeer(ground: Ground, command: readonly string[], port: number, cwd = PEERS): Promise<Serving> {
  const running = await startCommand(ground.pins.gateways, command, ANY_LINE, { cwd, env: { NODE_ENV: 'production' } })
  const until = performance.now() + START_MS
  while (!(await isAnswering(port))) {
    if (performance.now() > until || running.child.exitCode !== null) {
      throw new Error(`expected ${command[0]} ${command[1]} to answer within ${START_MS / 1_000} s; it does not`)
    }
    await sleep(100)
  }
  return serve(ground, running, port)
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

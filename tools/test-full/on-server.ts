/**
 * `node tools/test-full/on-server.ts`: runs all tests that use a database on a PostgreSQL server, also those that a change's CI runs on an embedded
 * database only (tests/second-settings.ts). The server is that of ISTMO_TEST_DATABASE_URL, or one that this program starts from Debian's packages and
 * removes at the end. Exits with the code of vitest.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** A server that runs. */
interface Server {
  readonly url: string
  stop(): void
}

/** Runs a program to its end, as the user postgres if this is root, because PostgreSQL does not run as root. @throws {Error} if it fails. */
function run(program: string, ...args: readonly string[]): string {
  const command = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--', program, ...args] : [program, ...args]
  const [first = '', ...rest] = command
  const { status, stdout, stderr, error } = spawnSync(first, rest, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (status !== 0) throw new Error(`expected ${program} to end with 0; came ${status ?? error?.message}: ${stderr}`)
  return stdout
}

function findPrograms(): string {
  const found = globSync('/usr/lib/postgresql/*/bin').sort((left, right) => versionOf(left) - versionOf(right))
  const newest = found.at(-1)
  if (newest === undefined)
    throw new Error('expected PostgreSQL of Debian’s packages; found none. Run: apt-get install postgresql')
  return newest
}

const versionOf = (path: string): number => Number(/postgresql\/(\d+)/.exec(path)?.[1] ?? 0)

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number }
      server.close(() => resolve(port))
    })
  })
}

async function startServer(): Promise<Server> {
  const programs = findPrograms()
  const folder = mkdtempSync(join(tmpdir(), 'istmo-on-server-'))
  const data = join(folder, 'data')
  chmodSync(folder, 0o711)
  mkdirSync(data)
  if (process.getuid?.() === 0) chownSync(data, Number(run('id', '-u')), Number(run('id', '-g')))
  const port = await freePort()
  run(join(programs, 'initdb'), '-D', data, '-U', 'istmo', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8')
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${data} -c fsync=off -c max_connections=200`
  const control = join(programs, 'pg_ctl')
  run(control, '-D', data, '-l', join(data, 'server.log'), '-w', '-o', settings, 'start')
  return {
    url: `postgres://istmo@127.0.0.1:${port}/postgres`,
    stop: () => {
      run(control, '-D', data, '-m', 'immediate', '-w', 'stop')
      rmSync(folder, { recursive: true })
    },
  }
}

const given = process.env.ISTMO_TEST_DATABASE_URL
const server = given === undefined ? await startServer() : { url: given, stop: () => undefined }
try {
  const args = ['related', 'subgraphs/kit/testing.ts', '--run', ...process.argv.slice(2)]
  const env = { ...process.env, ISTMO_TEST_DATABASE_URL: server.url }
  process.exitCode = spawnSync('vitest', args, { cwd: ROOT, env, stdio: 'inherit' }).status ?? 1
} finally {
  server.stop()
}

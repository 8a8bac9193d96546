/** A PostgreSQL server of the bench's own, from Debian's package, on 127.0.0.1. It does not touch the system's cluster. */
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../trust/authority.ts'
import { pin } from '../trust/processes.ts'

/** A server that runs. */
export interface BenchServer {
  /** Its first process. */
  readonly pid: number
  readonly version: string
  /** Returns the URL of one of its databases. */
  urlOf(database: string): string
  /** Ends it, and removes its files unless they were to be kept. */
  close(): Promise<void>
}

/** What it needs to hold the tables of the bench in memory; the rest is as PostgreSQL comes, with commits on the disk. */
const SETTINGS = ['shared_buffers=768MB', 'max_wal_size=4GB', 'max_connections=100', 'listen_addresses=127.0.0.1']

/**
 * Starts the server.
 * @param folder where its files are, and remain; undefined for files that are removed.
 * @param cores on which it runs, as `taskset -c` takes them.
 */
export async function startPostgres(folder: string | undefined, cores: string): Promise<BenchServer> {
  const [bin] = globSync('/usr/lib/postgresql/*/bin').sort().reverse()
  if (bin === undefined) throw new Error('expected PostgreSQL from Debian: apt-get install postgresql')
  const place = folder ?? (await mkdtemp(join(tmpdir(), 'istmo-bench-pg-')))
  const data = join(place, 'data')
  await chmodAll(place)
  if (!existsSync(data)) {
    await mkdir(data)
    if (process.getuid?.() === 0) execFileSync('chown', ['postgres', data])
    run(`${bin}/initdb`, '-D', data, '-U', 'istmo', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8')
  }
  const port = await freePort()
  const settings = [...SETTINGS, `unix_socket_directories=${data}`].map((one) => `-c ${one}`).join(' ')
  run(`${bin}/pg_ctl`, '-D', data, '-l', join(data, 'server.log'), '-w', 'start', '-o', `-p ${port} ${settings}`)
  const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
  // Its later processes, one for each connection, inherit the cores.
  pin(cores, pid)
  return {
    ...{ pid, version: run(`${bin}/postgres`, '--version').trim() },
    urlOf: (database) => `postgres://istmo@127.0.0.1:${port}/${database}`,
    async close() {
      run(`${bin}/pg_ctl`, '-D', data, '-m', 'fast', '-w', 'stop')
      if (folder === undefined) await rm(place, { recursive: true })
    },
  }
}

/** The user `postgres` must reach its own folder. */
async function chmodAll(place: string): Promise<void> {
  await mkdir(place, { recursive: true })
  await chmod(place, 0o755)
}

/** PostgreSQL does not run as root. */
function run(command: string, ...args: readonly string[]): string {
  const [program = '', ...rest] =
    process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--', command, ...args] : [command, ...args]
  return execFileSync(program, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

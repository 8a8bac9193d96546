/** Loads a gateway with wrk, in a process of its own. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const SCRIPT = join(import.meta.dirname, 'wrk.lua')

/** How long wrk waits for an answer, in seconds, if the window is not longer. */
const TIMEOUT_SECONDS = 30

/** A request, as wrk sends it. */
export interface RawRequest {
  /** Default: `/graphql`. */
  readonly path?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What wrk measured in one window. */
export interface Load {
  readonly perSecond: number
  readonly requests: number
  /** How many bytes an answer had, with its headers. */
  readonly bytesEach: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** How hard wrk loads a gateway. */
export interface LoadPlan {
  /** The cores on which it runs, as `taskset -c` takes them. */
  readonly cores: string
  readonly connections: number
  readonly seconds: number
}

/** Writes requests to a file that wrk can send to any port of this machine. */
export async function writeRequests(file: string, requests: readonly RawRequest[]): Promise<void> {
  const all = requests.map(({ path = '/graphql', headers, body }) => {
    const given = { host: '127.0.0.1', 'content-type': 'application/json', accept: 'application/json', ...headers }
    const lines = Object.entries({ ...given, 'content-length': Buffer.byteLength(body) })
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const text = `POST ${path} HTTP/1.1\r\n${head}\r\n${body}`
    return `${Buffer.byteLength(text)}\n${text}`
  })
  await writeFile(file, all.join(''))
}

/**
 * Loads a gateway with the requests of a file.
 * @throws {Error} if an answer did not come, or came with another status than 200.
 */
export async function loadWithWrk(port: number, file: string, plan: LoadPlan): Promise<Load> {
  const { cores, connections, seconds } = plan
  const options = [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--timeout',
    `${Math.max(TIMEOUT_SECONDS, seconds)}s`,
    '-s',
    SCRIPT,
  ]
  const url = `http://127.0.0.1:${port}/graphql`
  const { stdout } = await promisify(execFile)('taskset', ['-c', cores, 'wrk', ...options, url, '--', file])
  const line = stdout.split('\n').find((one) => one.startsWith('{'))
  if (line === undefined) throw new Error(`expected the figures of wrk; came ${stdout}`)
  return readFigures(line)
}

/**
 * Reads the line that `wrk.lua` prints.
 * @throws {Error} if an answer did not come, or came with another status than 200.
 */
export function readFigures(line: string): Load {
  const { requests, durationUs, bytes, failed, refused, p50Us, p99Us } = JSON.parse(line) as Record<string, number> & {
    readonly requests: number
  }
  if (failed !== 0 || refused !== 0) {
    throw new Error(
      `expected answers with status 200; came ${requests}, of them ${refused} with another, and ${failed} failures`,
    )
  }
  return {
    perSecond: requests / (Number(durationUs) / 1_000_000),
    requests,
    bytesEach: Number(bytes) / requests,
    p50Ms: Number(p50Us) / 1_000,
    p99Ms: Number(p99Us) / 1_000,
  }
}

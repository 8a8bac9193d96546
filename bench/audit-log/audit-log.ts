/**
 * `npm run bench:audit-log`: measures what the audit log costs. A gateway with an audit log and one without it run side by side, with one
 * country in memory that answers at once. Also measures how many entries a second the log itself can append.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'

const PROJECT = join(import.meta.dirname, '../..')
const ROUNDS = 5
const ROUND_MS = 4_000
const WARM_UP_MS = 3_000
const CLIENTS = 64
const LOG_SECONDS = 5
const QUERY = '{ statutes(first: 1) { edges { node { id } } } }'

/** Starts a country that answers each leg at once with a page without rows. */
async function startCountry(): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(
        '{"data":{"statutes":{"edges":[],"_iE":[],"_iP":{"_iN":false,"_iV":false},"pageInfo":{"hasNextPage":false}}}}',
      )
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

interface Contender {
  readonly child: ChildProcess
  readonly pool: Pool
  readonly throughputs: number[]
  readonly latencies: number[]
  /** Processor time per request, in microseconds. */
  readonly cpu: number[]
}

async function startGateway(flags: readonly string[]): Promise<Contender> {
  const base = [
    '--development',
    '--supergraph',
    join(PROJECT, 'supergraph.graphql'),
    '--port',
    '0',
    '--anonymous',
    '--log-level',
    'error',
  ]
  const rates = ['--caller-rate', '0', '--country-rate', '0', '--rows-per-day', '0']
  const child = spawn(process.execPath, ['cli/istmo.ts', 'gateway', ...base, ...rates, ...flags], {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const text of child.stdout.setEncoding('utf8')) {
    const url = /Istmo listens on (\S+)\/graphql/.exec(String(text))?.[1]
    if (url !== undefined)
      return { child, pool: new Pool(url, { connections: CLIENTS }), throughputs: [], latencies: [], cpu: [] }
  }
  throw new Error('the gateway ended before it listened')
}

/** Sends requests with all clients for `ms` milliseconds. With `isNoted`, adds the results to the contender. */
async function load(
  { child, pool, throughputs, latencies, cpu }: Contender,
  ms: number,
  isNoted: boolean,
): Promise<void> {
  const until = performance.now() + ms
  const cpuFrom = await cpuMicroseconds(child)
  let answers = 0
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (performance.now() < until) {
        const from = performance.now()
        const headers = { 'content-type': 'application/json' }
        const { statusCode, body } = await pool.request({
          path: '/graphql',
          method: 'POST',
          headers,
          body: JSON.stringify({ query: QUERY }),
        })
        const text = await body.text()
        if (statusCode !== 200 || text.includes('"errors"'))
          throw new Error(`expected an answer; came ${statusCode}: ${text}`)
        answers++
        if (isNoted) latencies.push(performance.now() - from)
      }
    }),
  )
  if (!isNoted) return
  throughputs.push((answers * 1_000) / ms)
  cpu.push(((await cpuMicroseconds(child)) - cpuFrom) / answers)
}

/** Reads the processor time of a process and all its threads. Unlike elapsed time, it does not grow when the machine is busy. */
async function cpuMicroseconds({ pid }: ChildProcess): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

async function entriesPerSecond(folder: string, signerKey: string, inFlight: number): Promise<number> {
  const log = await openLog({ folder, signer: parseSignerKey(signerKey) })
  const until = performance.now() + LOG_SECONDS * 1_000
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (performance.now() < until) await log.append(canonicalBytes(SAMPLE_REQUEST))
    }),
  )
  const size = log.size()
  await log.close()
  return size / LOG_SECONDS
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

function printRow(name: string, { throughputs, latencies, cpu }: Contender, base: Contender): void {
  const rate = quantile(throughputs, 0.5)
  const ratio = (rate / quantile(base.throughputs, 0.5)).toFixed(2)
  const figures = [
    rate.toFixed(0),
    ratio,
    quantile(latencies, 0.5).toFixed(1),
    quantile(latencies, 0.99).toFixed(1),
    quantile(cpu, 0.5).toFixed(0),
  ]
  process.stdout.write(`| ${[name, ...figures].join(' | ')} |\n`)
}

const folder = await mkdtemp(join(tmpdir(), 'istmo-bench-'))
const country = await startCountry()
const domains = Object.fromEntries(['cases', 'persons', 'legal'].map((name) => [name, { url: country.url }]))
const key = generateSignerKey('istmo.example/gateway', SIGNATURE_TYPES.ed25519)
await writeFile(join(folder, 'key'), key)
await rotateKeyFile(join(folder, 'refs'), Date.now())
const countries = await mkdtemp(join(folder, 'countries-'))
await writeFile(join(countries, 'HN.yaml'), JSON.stringify({ country: 'HN', name: { es: 'HN', en: 'HN' }, domains }))
const auditLogFlags = [
  '--audit-log-dir',
  join(folder, 'audit-log'),
  '--audit-log-key',
  join(folder, 'key'),
  '--audit-log-ref-keys',
  join(folder, 'refs'),
]
const unlogged = await startGateway(['--countries', countries])
const logged = await startGateway(['--countries', countries, ...auditLogFlags])
const contenders = [unlogged, logged]
for (const contender of contenders) await load(contender, WARM_UP_MS, false)
for (let round = 0; round < ROUNDS; round++) for (const contender of contenders) await load(contender, ROUND_MS, true)
process.stdout.write(
  '| gateway | requests a second | ÷ without | p50 ms | p99 ms | CPU µs a request |\n|---|---|---|---|---|---|\n',
)
printRow('without an audit log', unlogged, unlogged)
printRow('with an audit log', logged, unlogged)
for (const { child, pool } of contenders) {
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
  await pool.close()
}
for (const inFlight of [1, 64]) {
  const rate = await entriesPerSecond(join(folder, `log-${inFlight}`), key, inFlight)
  process.stdout.write(`\n${rate.toFixed(0)} entries a second, ${inFlight} in flight\n`)
}
country.server.closeAllConnections()
country.server.close()
await rm(folder, { recursive: true })

/**
 * `npm run bench:audit-log`: measures what the audit log costs a gateway. A bare gateway with an audit log and one without it answer the same operations over
 * the subgraphs of bench/gateways, in turn, each on one core. Also measures how many entries a second the log itself can append.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { decodeNotes, historyPaths } from '../../audit/log/history.ts'
import { openLog } from '../../audit/log/log.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { askExpected, checkAnswers, type Expected, plainRequests } from '../gateways/ask.ts'
import { BARE, ISTMO_LINE } from '../gateways/dress.ts'
import { plainSupergraph } from '../gateways/graph/graph.ts'
import { OPERATIONS, type Operation, VARIANTS } from '../gateways/operations.ts'
import { startStub } from '../gateways/start-stub.ts'
import { cpuOfTree } from '../gateways/usage.ts'
import { loadWithWrk, writeRequests } from '../gateways/wrk.ts'
import { end, endWithBench, type Pins, type Running, startProgram } from '../trust/processes.ts'

const TICK_MS = 10
const WARM_UP_SECONDS = 3
const LOG_SECONDS = 5

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'a,c' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    'gateway-cores': { type: 'string', default: '0' },
    'other-cores': { type: 'string', default: '1' },
  },
})
const pins: Pins = { gateways: values['gateway-cores'], others: values['other-cores'] }

/** The figures of one window. */
interface Figures {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Processor time per request, in microseconds: of the whole process, and of the thread that answers requests. */
  readonly cpuUs: number
  readonly ownUs: number
}

interface Contender {
  readonly title: string
  readonly running: Running
}

/** Reads the processor time of a process's first thread, in milliseconds: it answers the requests. */
async function cpuOfFirstThread(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/task/${pid}/stat`, 'utf8')).split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

async function measure({ running }: Contender, operation: Operation, file: string): Promise<Figures> {
  const pid = Number(running.child.pid)
  const read = async () => ({ cpuMs: cpuOfTree(pid), ownMs: await cpuOfFirstThread(pid) })
  const from = await read()
  const plan = { cores: pins.others, connections: operation.connections, seconds: Number(values.seconds) }
  const { requests, perSecond, p50Ms, p99Ms } = await loadWithWrk(Number(running.said), file, plan)
  const to = await read()
  const each = (ms: number): number => (ms * 1_000) / requests
  return { perSecond, p50Ms, p99Ms, cpuUs: each(to.cpuMs - from.cpuMs), ownUs: each(to.ownMs - from.ownMs) }
}

/** Checks the answers of each gateway, and loads it before it is measured. */
async function prepare(contenders: readonly Contender[], operation: Operation, file: string): Promise<void> {
  const all = plainRequests(operation, VARIANTS)
  const portOf = ({ running }: Contender): number => Number(running.said)
  const expected: Expected = await askExpected(portOf(contenders[0] as Contender), operation)
  await writeRequests(file, all)
  const plan = { cores: pins.others, connections: operation.connections, seconds: WARM_UP_SECONDS }
  for (const contender of contenders) {
    await checkAnswers(portOf(contender), all, expected)
    await loadWithWrk(portOf(contender), file, plan)
  }
}

async function measureOperation(contenders: readonly Contender[], operation: Operation, folder: string): Promise<void> {
  const file = join(folder, `${operation.name}.requests`)
  await prepare(contenders, operation, file)
  const figures = contenders.map((): Figures[] => [])
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [at, contender] of contenders.entries()) figures[at]?.push(await measure(contender, operation, file))
  }
  const [base = []] = figures
  const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
  for (const [at, { title }] of contenders.entries()) {
    const own = figures[at] ?? []
    const of = (name: keyof Figures, digits = 0): string => median(own.map((each) => each[name])).toFixed(digits)
    const ratio = median(own.map(({ perSecond }, round) => perSecond / (base[round]?.perSecond ?? 0))).toFixed(2)
    const cells = [
      operation.name,
      title,
      of('perSecond'),
      ratio,
      of('p50Ms', 1),
      of('p99Ms', 1),
      of('cpuUs'),
      of('ownUs'),
    ]
    process.stdout.write(`| ${cells.join(' | ')} |\n`)
  }
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

async function startGateway(title: string, supergraph: string, flags: readonly string[]): Promise<Contender> {
  return {
    title,
    running: await startProgram(pins.gateways, [...BARE, '--supergraph', supergraph, ...flags], ISTMO_LINE),
  }
}

/** Writes the keys of an audit log. Returns the flags of a gateway that has one, whatever room strangers' entries take. */
async function auditLogFlags(folder: string, key: string): Promise<readonly string[]> {
  await writeFile(join(folder, 'key'), key)
  await rotateKeyFile(join(folder, 'refs'), Date.now())
  const keys = ['--audit-log-key', join(folder, 'key'), '--audit-log-ref-keys', join(folder, 'refs')]
  return ['--audit-log-dir', join(folder, 'log'), ...keys, '--stranger-log-rate', '0', '--strangers-log-rate', '0']
}

/** Counts how many entries a closed log has for each commit: each commit has a checkpoint in the history. */
async function entriesPerCommit(log: string): Promise<number> {
  const size = Number((await readFile(join(log, 'checkpoint'), 'utf8')).split('\n')[1])
  const files = await Promise.all(
    historyPaths(size).map((path) => readFile(join(log, path)).catch(() => Buffer.alloc(0))),
  )
  const notes = files.flatMap((bytes) => decodeNotes(bytes).notes)
  return size / notes.length
}

endWithBench()
const folder = await mkdtemp(join(tmpdir(), 'istmo-bench-'))
const { ports, stop } = await startStub(pins)
const supergraph = join(folder, 'supergraph.graphql')
await writeFile(
  supergraph,
  plainSupergraph((domain) => `http://127.0.0.1:${ports[domain]}/`),
)
const key = generateSignerKey('istmo.example/gateway', SIGNATURE_TYPES.ed25519)
const contenders = [
  await startGateway('without an audit log', supergraph, []),
  await startGateway('with an audit log', supergraph, await auditLogFlags(folder, key)),
]
const titles = [
  'operation',
  'gateway',
  'requests a second',
  '÷ without',
  'p50 ms',
  'p99 ms',
  'CPU µs',
  'of its own thread',
]
process.stdout.write(`| ${titles.join(' | ')} |\n|${'---|'.repeat(titles.length)}\n`)
const names = values.only.split(',')
for (const operation of OPERATIONS.filter(({ name }) => names.includes(name))) {
  await measureOperation(contenders, operation, folder)
}
for (const { running } of contenders) await end(running)
await stop()
process.stdout.write(
  `\n${(await entriesPerCommit(join(folder, 'log', 'log'))).toFixed(1)} entries a commit of the gateway\n`,
)
for (const inFlight of [1, 64]) {
  const rate = await entriesPerSecond(join(folder, `log-${inFlight}`), key, inFlight)
  process.stdout.write(`\n${rate.toFixed(0)} entries a second, ${inFlight} in flight\n`)
}
await rm(folder, { recursive: true })

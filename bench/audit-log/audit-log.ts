/**
 * `npm run bench:audit-log`: measures what the audit log costs a gateway. A bare gateway with an audit log and one without it answer the same operations over
 * the subgraphs of bench/gateways, in turn, each on one core. Also measures how many entries a second the log itself can append.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { decodeNotes, historyPaths } from '../../audit/log/history.ts'
import { openLog } from '../../audit/log/log.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { AUDIT_LOG_FOLDERS } from '../../service/audit-log/recorder.ts'
import { askExpected, checkAnswers, plainRequests } from '../gateways/ask.ts'
import { CONTENDERS } from '../gateways/contenders.ts'
import { type Started, withContenders } from '../gateways/open.ts'
import { OPERATIONS, type Operation, variantsOf } from '../gateways/operations.ts'
import { cpuOfTree } from '../gateways/usage.ts'
import { loadWithWrk, writeRequests } from '../gateways/wrk.ts'
import { endWithBench, type Pins } from '../trust/processes.ts'

/** The contender with an audit log. */
const LOGGED = 'istmo-log'

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

/** Reads the processor time of a process's first thread, in milliseconds: it answers the requests. */
async function cpuOfFirstThread(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/task/${pid}/stat`, 'utf8')).split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

async function measure({ running, port }: Started, operation: Operation, file: string): Promise<Figures> {
  const pid = Number(running.child.pid)
  const read = async () => ({ cpuMs: cpuOfTree(pid), ownMs: await cpuOfFirstThread(pid) })
  const from = await read()
  const plan = { cores: pins.others, connections: operation.connections, seconds: Number(values.seconds) }
  const { requests, perSecond, p50Ms, p99Ms } = await loadWithWrk(port, file, plan)
  const to = await read()
  const each = (ms: number): number => (ms * 1_000) / requests
  return { perSecond, p50Ms, p99Ms, cpuUs: each(to.cpuMs - from.cpuMs), ownUs: each(to.ownMs - from.ownMs) }
}

/** Checks the answers of each gateway against those of the first one, and loads it before it is measured. */
async function prepare(gateways: readonly Started[], operation: Operation, file: string): Promise<void> {
  const all = plainRequests(operation, variantsOf(operation))
  const right = await askExpected(gateways[0]?.port ?? 0, operation)
  await writeRequests(file, all)
  const plan = { cores: pins.others, connections: operation.connections, seconds: WARM_UP_SECONDS }
  for (const { port } of gateways) {
    await checkAnswers(
      port,
      all,
      right.map((data) => ({ data, denied: [] })),
    )
    await loadWithWrk(port, file, plan)
  }
}

async function measureOperation(gateways: readonly Started[], operation: Operation, folder: string): Promise<void> {
  const file = join(folder, `${operation.name}.requests`)
  await prepare(gateways, operation, file)
  const figures = gateways.map((): Figures[] => [])
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [at, gateway] of gateways.entries()) figures[at]?.push(await measure(gateway, operation, file))
  }
  const [base = []] = figures
  const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
  for (const [at, { contender }] of gateways.entries()) {
    const own = figures[at] ?? []
    const of = (name: keyof Figures, digits = 0): string => median(own.map((each) => each[name])).toFixed(digits)
    const ratio = median(own.map(({ perSecond }, round) => perSecond / (base[round]?.perSecond ?? 0))).toFixed(2)
    const cells = [
      operation.name,
      contender.title,
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

/** Counts how many entries a log has for each commit, as far as it is published: each commit has a checkpoint in the history. */
async function entriesPerCommit(log: string): Promise<number> {
  const size = Number((await readFile(join(log, 'checkpoint'), 'utf8')).split('\n')[1])
  const files = await Promise.all(
    historyPaths(size).map((path) => readFile(join(log, path)).catch(() => Buffer.alloc(0))),
  )
  const notes = files.flatMap((bytes) => decodeNotes(bytes).notes)
  return size / notes.length
}

/** Measures the operations with the gateways of the bench that are bare, without and with an audit log. */
async function measureGateways(): Promise<void> {
  const contenders = CONTENDERS.filter(({ name }) => name === 'istmo' || name === LOGGED)
  await withContenders({ pins, size: 0, contenders }, async ({ started, folder }) => {
    const names = values.only.split(',')
    for (const operation of OPERATIONS.filter(({ name }) => names.includes(name))) {
      await measureOperation(started, operation, folder)
    }
    const commits = await entriesPerCommit(join(folder, 'logged', 'log', AUDIT_LOG_FOLDERS.log))
    process.stdout.write(`\n${commits.toFixed(1)} entries a commit of the gateway\n`)
  })
}

endWithBench()
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
await measureGateways()
const folder = await mkdtemp(join(tmpdir(), 'istmo-bench-'))
const key = generateSignerKey('istmo.example/gateway', SIGNATURE_TYPES.ed25519)
for (const inFlight of [1, 64]) {
  const rate = await entriesPerSecond(join(folder, `log-${inFlight}`), key, inFlight)
  process.stdout.write(`\n${rate.toFixed(0)} entries a second, ${inFlight} in flight\n`)
}
await rm(folder, { recursive: true })

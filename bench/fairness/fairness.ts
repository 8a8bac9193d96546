/**
 * `npm run bench:fairness`: how long a bystander waits while others misbehave, each against its own quiet time. A real gateway with rules and an
 * audit log runs on one core, and the countries, attackers and the bystander on the other. Exits with 1 if an answer to the bystander is
 * wrong or a process ends.
 */
import { cpus, release, tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import type { Attack, Tally } from './attack.ts'
import { askHot, quantile, type Seen, watch } from './bystander.ts'
import type { HostileWay } from './countries.ts'
import { measurePlanningStart } from './planning.ts'
import type { StageReport } from './stages.ts'
import { type GatewayStart, startWorld, type World } from './world.ts'

/** An attack that a bystander meets. */
interface Case {
  readonly kind: Attack['kind']
  readonly clients: number
  readonly rights: 'analyst' | 'none'
  /** How many callers the clients are. */
  readonly callers: number
  readonly way?: HostileWay
}

const CASES: Readonly<Record<string, Case>> = {
  'new documents': { kind: 'new documents', clients: 8, rights: 'none', callers: 1 },
  introspection: { kind: 'introspection', clients: 8, rights: 'none', callers: 1 },
  'dense answers': { kind: 'classes', clients: 6, rights: 'analyst', callers: 1, way: 'dense' },
  'answers that are too dense': { kind: 'classes', clients: 6, rights: 'analyst', callers: 1, way: 'refused' },
  'deep answers': { kind: 'classes', clients: 6, rights: 'analyst', callers: 1, way: 'deep' },
  'endless answers': { kind: 'classes', clients: 6, rights: 'analyst', callers: 1, way: 'endless' },
  '64 callers': { kind: 'hot questions', clients: 64, rights: 'analyst', callers: 64 },
}

const DOCUMENTS = { long: 10_000, short: 500 }
const SECONDS = { long: 15, short: 6 }

const FAIRNESS = {
  name: 'npm run bench:fairness --',
  description: 'Measures how long a caller waits while another caller or a country misbehaves.',
  options: {
    isShort: { flag: 'short', value: null, meaning: 'runs each case for a few seconds only' },
    only: {
      flag: 'only',
      value: 'part',
      meaning: 'runs some parts, with commas between them: all cases of the table, single ones, planning, or memory',
      expected: `some of table, planning, memory, ${Object.keys(CASES).join(', ')}`,
      parse: (text: string) => {
        const parts = text.split(',')
        return parts.every((part) => part in CASES || ['table', 'planning', 'memory'].includes(part))
          ? parts
          : undefined
      },
    },
    profile: {
      flag: 'profile',
      value: 'folder',
      meaning: 'where the gateway writes CPU profiles of its threads',
      expected: 'the path of a folder',
    },
    logBelow: {
      flag: 'log-below',
      value: 'folder',
      meaning: 'below which folder the audit log is; with one in memory (/dev/shm), the disk has no part in the times',
      expected: 'the path of a folder',
    },
    nodeFlags: {
      flag: 'node-flags',
      value: 'flags',
      meaning: 'options of Node for the gateway, with spaces between them',
      expected: 'options of Node',
    },
    gatewayCores: { flag: 'gateway-cores', value: 'cores', meaning: 'the cores of the gateway', default: '0' },
    otherCores: { flag: 'other-cores', value: 'cores', meaning: 'the cores of all other processes', default: '1' },
  },
} as const satisfies CommandSpec

interface Bench {
  readonly world: World
  readonly pool: Pool
  readonly token: string
  readonly expected: string
  readonly seconds: number
  /** What each case shows of the slowest questions, as it comes. */
  readonly stages: [name: string, when: string, report: StageReport][]
}

/** Runs one case: the quiet time first, then the attack. @returns whether each answer to the bystander was right. */
async function runCase(name: string, attack: Case, bench: Bench): Promise<boolean> {
  const { world, pool, token, expected, seconds, stages } = bench
  const subjects = Array.from({ length: attack.callers }, (_, i) => `${name} ${i}`)
  const tokens = await Promise.all(subjects.map((subject) => world.token(subject, attack.rights)))
  await world.become(attack.way ?? 'well')
  await world.probe()
  const quiet = await watch({ pool, token }, expected, seconds)
  const quietLoop = await world.probe()
  const { kind, clients } = attack
  const attacking = world.attack({ kind, clients, tokens, seconds: seconds + 2, requests: null, seed: name })
  await sleep(1_500)
  const seen = await watch({ pool, token }, expected, seconds)
  const tally = await attacking
  const loop = await world.probe()
  world.checkRunning()
  const ratio = quantile(seen.latencies, 0.99) / quantile(quiet.latencies, 0.99)
  const delays = [quietLoop.maxMs, loop.p99Ms, loop.maxMs, seen.ownDelay.p99Ms, seen.ownDelay.maxMs].map((ms) =>
    ms.toFixed(0),
  )
  stages.push([name, 'quiet', quietLoop.stages], [name, 'attacked', loop.stages])
  printRow([name, ...timesOf(quiet), ...timesOf(seen), ratio.toFixed(1), ...delays, describe(tally)])
  return isRight(quiet) && isRight(seen)
}

const timesOf = ({ latencies }: Seen): readonly string[] =>
  [0.5, 0.99].map((share) => quantile(latencies, share).toFixed(1))

function describe({ answers }: Tally): string {
  const parts = Object.entries(answers).sort(([, a], [, b]) => b - a)
  return parts.map(([key, count]) => `${key}: ${count}`).join(', ')
}

function isRight({ wrong }: Seen): boolean {
  for (const [fault, count] of Object.entries(wrong)) process.stdout.write(`\nWRONG, ${count} times: ${fault}\n`)
  return Object.keys(wrong).length === 0
}

/** Prints what the slowest fiftieth of the bystander's questions waited for. */
function printStages({ stages }: Bench): void {
  process.stdout.write(
    '\n| while | | within the gateway: p50 ms | p99 ms | slowest 2 %: to the first leg ms | to a connection ms | to the last answer ms | to the entry and the end ms | times late | late ms | of that own work ms | waited for its core ms | syncs | p50 ms | p99 ms | max ms | collections | p99 ms | max ms |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n',
  )
  for (const [name, when, { inside, slowest, late, coreWaitMs, syncs, collections }] of stages) {
    const { planned = 0, sent = 0, legs = 0, recorded = 0 } = slowest ?? {}
    const times = [inside.p50, inside.p99, planned, sent, legs, recorded].map((ms) => ms.toFixed(1))
    const disk = [syncs.p50, syncs.p99, syncs.max].map((ms) => ms.toFixed(1))
    const garbage = [collections.p99, collections.max].map((ms) => ms.toFixed(1))
    const lateness = [late.count, late.totalMs.toFixed(0), late.ownMs.toFixed(0)]
    printRow([
      name,
      when,
      ...times,
      ...lateness,
      coreWaitMs.toFixed(0),
      syncs.count,
      ...disk,
      collections.count,
      ...garbage,
    ])
  }
}

function printRow(cells: readonly (string | number)[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

/** Sends documents that come once, from so many callers that no budget ends. @returns whether each of them was planned. */
async function measureMemory({ world }: Bench, documents: number): Promise<boolean> {
  const subjects = Array.from({ length: 500 }, (_, i) => `one of many ${i}`)
  const tokens = await Promise.all(subjects.map((subject) => world.token(subject)))
  process.stdout.write(
    '\n| documents of 20 KB | RSS MiB | heap MiB | heap of the planning thread MiB | seconds | answers |\n',
  )
  process.stdout.write('|---|---|---|---|---|---|\n')
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1)
  const startedAt = performance.now()
  let isWhole = true
  const steps = 5
  for (let step = 0; step <= steps; step++) {
    const requests = step === 0 ? 0 : documents / steps
    const plan = {
      kind: '20 KB documents',
      clients: 4,
      tokens,
      seconds: 600,
      requests,
      seed: `memory ${step}`,
    } as const
    const tally = requests === 0 ? null : await world.attack(plan)
    const { rss, heapUsed, planningHeap } = await world.probe()
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0)
    const times = tally && quantile(tally.latencies['200'] ?? [], 0.5).toFixed(0)
    const answers = tally === null ? '' : `${describe(tally)}; p50 ${times} ms`
    const memory = [rss, heapUsed, planningHeap].map(mebibytes)
    printRow([(documents / steps) * step, ...memory, seconds, answers])
    isWhole &&= tally === null || tally.answers['200'] === requests
    world.checkRunning()
  }
  return isWhole
}

/** Measures what a new document costs that one caller asks for, and what the planning thread itself costs. */
async function measurePlanning({ world }: Bench, documents: number): Promise<boolean> {
  const { startMs, rss } = await measurePlanningStart()
  const tokens = [await world.token('planner')]
  process.stdout.write('\n| a question of one client | p50 ms | p99 ms | answers |\n|---|---|---|---|\n')
  for (const kind of ['hot questions', '20 KB documents'] as const) {
    const plan = { kind, clients: 1, tokens, seconds: 60, requests: documents, seed: 'planning' }
    const tally = await world.attack(plan)
    const times = tally.latencies['200'] ?? []
    printRow([kind, quantile(times, 0.5).toFixed(1), quantile(times, 0.99).toFixed(1), describe(tally)])
  }
  process.stdout.write(
    `\nA planning thread starts in ${startMs.toFixed(0)} ms and takes ${(rss / 2 ** 20).toFixed(0)} MiB.\n`,
  )
  return true
}

interface Options {
  readonly isShort: boolean
  readonly only: readonly string[] | undefined
  readonly profile: string | undefined
  readonly logBelow: string | undefined
  readonly nodeFlags: string | undefined
  readonly gatewayCores: string
  readonly otherCores: string
}

async function run(options: Options): Promise<boolean> {
  const { isShort, only, gatewayCores, otherCores } = options
  const length = isShort ? 'short' : 'long'
  const isAsked = (part: string): boolean => only === undefined || only.includes(part)
  const startedAt = performance.now()
  const world = await startWorld({ gateway: gatewayCores, others: otherCores }, toGatewayStart(options))
  const startMs = performance.now() - startedAt
  const pool = new Pool(world.url, { connections: 64 })
  try {
    printMachine(startMs)
    const token = await world.token('bystander')
    // The second use puts the question into the cache.
    await askHot({ pool, token })
    const expected = await askHot({ pool, token })
    checkExpected(expected)
    const bench = { world, pool, token, expected, seconds: SECONDS[length], stages: [] }
    // The machine and the compiler need some time before a quiet time is one.
    await watch({ pool, token }, expected, isShort ? 2 : 10)
    let isGood = true
    process.stdout.write(
      '\n| while | quiet: p50 ms | p99 ms | attacked: p50 ms | p99 ms | p99 ÷ quiet | event loop late, quiet: max ms | attacked: p99 ms | max ms | bystander itself late: p99 ms | max ms | what attackers got |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n',
    )
    for (const [name, attack] of Object.entries(CASES)) {
      if (isAsked('table') || isAsked(name)) isGood = (await runCase(name, attack, bench)) && isGood
    }
    printStages(bench)
    await world.become('well')
    if (isAsked('planning')) isGood = (await measurePlanning(bench, 200)) && isGood
    if (isAsked('memory')) isGood = (await measureMemory(bench, DOCUMENTS[length])) && isGood
    return isGood
  } finally {
    await pool.close()
    await world.close()
  }
}

function toGatewayStart({ profile, nodeFlags = '', logBelow = tmpdir() }: Options): GatewayStart {
  return { profileFolder: profile, nodeFlags: nodeFlags.split(' ').filter((flag) => flag !== ''), below: logBelow }
}

function printMachine(startMs: number): void {
  const [cpu] = cpus()
  process.stdout.write(
    `${cpus().length} × ${cpu?.model}, Linux ${release()}, Node ${process.version}. The processes started in ${startMs.toFixed(0)} ms.\n`,
  )
}

/** Checks once that the answer is complete. @throws {Error} if it is not. */
function checkExpected(text: string): void {
  const { data, errors } = JSON.parse(text)
  const reaches = data?.cases?.outcomes?.map(({ reach }: { reach: string }) => reach)
  const isWhole = errors === undefined && data?.cases?.edges?.length === 20 && String(reaches) === 'ANSWERED,ANSWERED'
  if (!isWhole) throw new Error(`expected a complete answer of two countries; came ${text.slice(0, 500)}`)
}

await runCommand(FAIRNESS, process.argv.slice(2), async ({ isShort, ...options }) =>
  (await run({ isShort: isShort === true, ...options })) ? 0 : 1,
)

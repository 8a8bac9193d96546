/** How long answers take at 70 % of the top rate, when requests come at fixed times. */
import { findExpected, prepare, writeFor } from '../gateways/measure.ts'
import { type Opened, type Started, withContenders } from '../gateways/open.ts'
import type { Operation } from '../gateways/operations.ts'
import { cpuOfTree, waitedForCore, watchOthers } from '../gateways/usage.ts'
import { type LoadPlan, loadWithWrk } from '../gateways/wrk.ts'
import { median } from '../trust/table.ts'
import { runGenerator, type Summary } from './open-loop/run-generator.ts'
import { contendersOf, type GrowthPlan, operationOf, report, type Section, tableOf } from './part.ts'
import { write } from './verdict.ts'

/** The control: a server that is written by hand, and asked in the same way. How long its requests wait is no gateway's doing. */
const CONTROL = 'limit'

/** Which gateways are asked what, one after the other in each round. */
const ASKED: readonly (readonly [operation: string, gateways: readonly string[]])[] = [
  ['a', [CONTROL, 'istmo']],
  ['b', [CONTROL, 'stock', 'istmo']],
  ['c', [CONTROL, 'stock', 'istmo', 'dress']],
]

/** The share of the top rate at which requests come. */
const SHARE = 0.7

/** The most that p99 may be, as a multiple of p50. */
const MOST_P99 = 4

/** No request is refused because others are in progress. */
export const NO_MOST_IN_FLIGHT = ['--max-in-flight', '100000', '--max-in-flight-of-all', '100000']

/** A gateway that takes more of its core than this has no time left. The generator takes a while to start, in which it has nothing to do. */
const MOST_BUSY = 0.8

/** If other work took more of the machine than this, or the generator was later than this share of p99, the page says so. */
const [MOST_OTHER_WORK, MOST_LATE] = [0.05, 0.2]

/** What came in one round. */
interface Round extends Summary {
  readonly top: number
  readonly otherShare: number
  /** How much of its core the gateway took while requests came at fixed times, from 0 to 1. */
  readonly busyShare: number
  /** For which share of the time the gateway, and the subgraphs, could run and had no core. */
  readonly waitedShares: readonly [gateway: number, stub: number]
}

/** What one gateway did with one operation. */
export interface Row {
  readonly operation: string
  readonly contender: string
  readonly title: string
  readonly rounds: readonly Round[]
}

/** Measures each operation at fixed times. */
export async function measureLatency(plan: GrowthPlan): Promise<Section> {
  const contenders = contendersOf(CONTROL, 'stock', 'istmo', 'dress')
  const open = { pins: plan.pins, size: 0, contenders, flags: NO_MOST_IN_FLIGHT }
  const rows = await withContenders(open, async (opened) => {
    const all: Row[] = []
    for (const [operation, names] of ASKED) all.push(...(await measureOne(operationOf(operation), names, opened, plan)))
    return all
  })
  return writeSection(rows)
}

async function measureOne(
  operation: Operation,
  names: readonly string[],
  { started, folder }: Opened,
  { seconds, rounds, pins }: GrowthPlan,
): Promise<readonly Row[]> {
  const load = { cores: pins.others, connections: operation.connections, seconds }
  const expected = await findExpected(operation, started)
  const asked = started.filter(({ contender }) => names.includes(contender.name))
  const rows = asked.map((one) => ({ one, rounds: [] as Round[] }))
  for (const { one } of rows) await prepare(operation, one, expected, folder, load, seconds)
  for (let round = 0; round < rounds; round++) {
    // Each in each round, so that what disturbs the machine for a while disturbs all of them.
    for (const row of rows) row.rounds.push(await measureRound(operation, row.one, folder, load))
  }
  return rows.map(({ one: { contender }, rounds: own }) => {
    return { operation: operation.name, contender: contender.name, title: contender.title, rounds: own }
  })
}

async function measureRound(operation: Operation, one: Started, folder: string, load: LoadPlan): Promise<Round> {
  const file = await writeFor(operation, one, folder, 200)
  const others = watchOthers()
  const { perSecond: top } = await loadWithWrk(one.port, file, load)
  const { cores, seconds } = load
  const [pid, stubPid] = [Number(one.running.child.pid), one.stub.pid]
  const read = () => ({
    at: performance.now(),
    busy: cpuOfTree(pid),
    own: waitedForCore(pid),
    stub: waitedForCore(stubPid),
  })
  const from = read()
  const seen = await runGenerator(cores, { port: one.port, file, perSecond: top * SHARE, seconds })
  const to = read()
  const shareOf = (name: 'busy' | 'own' | 'stub'): number => (to[name] - from[name]) / (to.at - from.at)
  report(`(${operation.name}) ${one.contender.title}: p50 ${write(seen.p50Ms)}, p99 ${write(seen.p99Ms)} ms`)
  return {
    ...seen,
    top,
    busyShare: shareOf('busy'),
    waitedShares: [shareOf('own'), shareOf('stub')],
    otherShare: others(),
  }
}

/** Writes what was measured. Only Istmo is judged; what the control did in the same rounds stands beside it. */
export function writeSection(rows: readonly Row[]): Section {
  const cells = rows.map((row) => {
    const middle = (of: (round: Round) => number) => write(median(row.rounds.map(of)))
    const rates = [middle(({ top }) => top), middle(({ top }) => top * SHARE)]
    const times = [middle(({ p50Ms }) => p50Ms), middle(({ p99Ms }) => p99Ms), write(ratioOf(row))]
    const shares = [
      middle(({ busyShare }) => busyShare * 100),
      middle(({ waitedShares: [ofGateway] }) => ofGateway * 100),
      middle(({ waitedShares: [, ofStub] }) => ofStub * 100),
    ]
    return [whatOf(row), ...rates, ...times, middle(({ lateP99Ms }) => lateP99Ms), ...shares]
  })
  const head = [
    ...['operation and gateway', 'top rate, a second', 'asked a second', 'p50 ms', 'p99 ms', 'p99 ÷ p50'],
    ...['generator late, p99 ms', 'gateway busy, %', 'gateway without a core, %', 'subgraphs without a core, %'],
  ]
  return {
    title: `The time of an answer at ${SHARE * 100} % of the top rate`,
    about:
      'In each round, wrk finds the top rate (a closed loop). Then a generator in a process of its own sends requests at fixed times, whatever the answers do, and measures each from the time at which it was due. «Generator late» is how long after that time it sent: this is part of p50 and p99. Each answer is compared with the first one to the same request, which is checked. What is judged is the median over the rounds of p99 ÷ p50. The limit and stock are asked in the same way, in the same rounds, at the same share of their own top rates. The limit is a control: it knows nothing of GraphQL, so what its requests wait for is the machine, the subgraphs, the generator, or Node. «Without a core» is for which share of the time the main thread could run and Linux gave the core to others, who are other work or the threads of the same process.',
    table: tableOf(head, cells),
    judged: rows.filter(isJudged).map((row) => ({
      ...{ what: `${whatOf(row)}: p99 ÷ p50`, value: ratioOf(row), most: MOST_P99, unit: '×' },
      beside: besideOf(rows.find(({ operation, contender }) => operation === row.operation && contender === CONTROL)),
    })),
    doubts: rows.flatMap((row) => row.rounds.flatMap((one, at) => listDoubts(`${whatOf(row)}, round ${at + 1}`, one))),
  }
}

const whatOf = ({ operation, title }: Row): string => `(${operation}) ${title}`

const isJudged = ({ contender }: Row): boolean => contender === 'istmo' || contender === 'dress'

/** The median of p99 ÷ p50; NaN if no round says something. */
const ratioOf = ({ rounds }: Row): number => median(rounds.filter(isLoaded).map(({ p99Ms, p50Ms }) => p99Ms / p50Ms))

/** Whether a round says something about the gateway: requests did not wait in the generator while the gateway had time for them. */
const isLoaded = ({ withoutConnection, busyShare }: Round): boolean => withoutConnection === 0 || busyShare >= MOST_BUSY

const besideOf = (control: Row | undefined): string =>
  control === undefined ? '' : `the limit in the same rounds: ${write(ratioOf(control))}`

function listDoubts(what: string, round: Round): readonly string[] {
  const { otherShare, lateP99Ms, p99Ms, withoutConnection } = round
  return [
    ...(otherShare > MOST_OTHER_WORK ? [`other work took ${(otherShare * 100).toFixed(0)} % of the machine`] : []),
    ...(lateP99Ms > p99Ms * MOST_LATE ? [`the generator itself was ${write(lateP99Ms)} ms late (p99)`] : []),
    ...(isLoaded(round)
      ? []
      : [`the generator had no free connection for ${withoutConnection} requests, so it says nothing`]),
  ].map((doubt) => `${what}: ${doubt}`)
}

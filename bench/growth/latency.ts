/** How long answers take at 70 % of the top rate, when requests come at fixed times. */
import { join } from 'node:path'
import { findExpected, prepare } from '../gateways/measure.ts'
import { type Opened, type Started, withContenders } from '../gateways/open.ts'
import type { Operation } from '../gateways/operations.ts'
import { watchOthers } from '../gateways/usage.ts'
import { loadWithWrk, writeRequests } from '../gateways/wrk.ts'
import { median } from '../trust/table.ts'
import { runGenerator, type Summary } from './open-loop/run-generator.ts'
import { contendersOf, type GrowthPlan, operationOf, report, type Section, tableOf } from './part.ts'
import { write } from './verdict.ts'

/** Which gateway is asked what. */
const ASKED = [
  ['a', 'istmo'],
  ['b', 'istmo'],
  ['c', 'istmo'],
  ['c', 'dress'],
] as const

/** The share of the top rate at which requests come. */
const SHARE = 0.7

/** The most that p99 may be, as a multiple of p50. */
const MOST_P99 = 4

/** No request is refused because others are in progress. */
export const NO_MOST_IN_FLIGHT = ['--max-in-flight', '100000', '--max-in-flight-of-all', '100000']

/** If other work took more of the machine than this, or the generator was later than this share of p99, the page says so. */
const [MOST_OTHER_WORK, MOST_LATE] = [0.05, 0.2]

interface Row {
  readonly what: string
  readonly rounds: readonly (Summary & { readonly top: number; readonly otherShare: number })[]
}

/** Measures each operation at fixed times. */
export async function measureLatency(plan: GrowthPlan): Promise<Section> {
  const contenders = contendersOf('limit', 'istmo', 'dress')
  const open = { pins: plan.pins, size: 0, contenders, flags: NO_MOST_IN_FLIGHT }
  const rows = await withContenders(open, async (opened) => {
    const all: Row[] = []
    for (const [operation, name] of ASKED) all.push(await measureOne(operationOf(operation), name, opened, plan))
    return all
  })
  return writeSection(rows)
}

async function measureOne(operation: Operation, name: string, { started, folder }: Opened, plan: GrowthPlan) {
  const { seconds, rounds: count, pins } = plan
  const one = started.find(({ contender }) => contender.name === name) as Started
  const load = { cores: pins.others, connections: operation.connections, seconds }
  await prepare(operation, one, await findExpected(operation, started), folder, load, seconds)
  const rounds: Row['rounds'][number][] = []
  const file = join(folder, `${operation.name}-${name}.fixed`)
  for (let round = 0; round < count; round++) {
    await writeRequests(file, await one.requests(operation, 200))
    const others = watchOthers()
    const { perSecond: top } = await loadWithWrk(one.port, file, load)
    const seen = await runGenerator(pins.others, { port: one.port, file, perSecond: top * SHARE, seconds })
    rounds.push({ ...seen, top, otherShare: others() })
    report(`(${operation.name}) ${one.contender.title}: p50 ${write(seen.p50Ms)}, p99 ${write(seen.p99Ms)} ms`)
  }
  return { what: `(${operation.name}) ${one.contender.title}`, rounds }
}

function writeSection(rows: readonly Row[]): Section {
  const ratioOf = ({ rounds }: Row): number => median(rounds.map(({ p99Ms, p50Ms }) => p99Ms / p50Ms))
  const cells = rows.map((one) => {
    const middle = (of: (round: Row['rounds'][number]) => number) => write(median(one.rounds.map(of)))
    const times = [middle(({ p50Ms }) => p50Ms), middle(({ p99Ms }) => p99Ms), write(ratioOf(one))]
    return [
      one.what,
      middle(({ top }) => top),
      middle(({ top }) => top * SHARE),
      ...times,
      middle((round) => round.lateP99Ms),
    ]
  })
  const head = ['operation and gateway', 'top rate, a second', 'asked a second', 'p50 ms', 'p99 ms', 'p99 ÷ p50']
  return {
    title: `The time of an answer at ${SHARE * 100} % of the top rate`,
    about:
      'In each round, wrk finds the top rate (a closed loop). Then a generator in a process of its own sends requests at fixed times, whatever the answers do, and measures each from the time at which it was due. «Generator late» is how long after that time it sent: this is part of p50 and p99. Each answer is compared with the first one to the same request, which is checked. What is judged is the median over the rounds of p99 ÷ p50.',
    table: tableOf([...head, 'generator late, p99 ms'], cells),
    judged: rows.map((one) => ({ what: `${one.what}: p99 ÷ p50`, value: ratioOf(one), most: MOST_P99, unit: '×' })),
    doubts: rows.flatMap(({ what, rounds }) =>
      rounds.flatMap((one, at) => listDoubts(`${what}, round ${at + 1}`, one)),
    ),
  }
}

function listDoubts(what: string, { otherShare, lateP99Ms, p99Ms }: Row['rounds'][number]): readonly string[] {
  const others =
    otherShare > MOST_OTHER_WORK ? [`${what}: other work took ${(otherShare * 100).toFixed(0)} % of the machine`] : []
  const late =
    lateP99Ms > p99Ms * MOST_LATE ? [`${what}: the generator itself was ${write(lateP99Ms)} ms late (p99)`] : []
  return [...others, ...late]
}

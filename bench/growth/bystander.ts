/** Whether a caller with a known operation waits while others send operations that must be planned. */
import { join } from 'node:path'
import type { Expected } from '../gateways/ask.ts'
import { answerPruned } from '../gateways/denied.ts'
import { findExpected, prepare } from '../gateways/measure.ts'
import { type Opened, type Started, withContenders } from '../gateways/open.ts'
import type { Operation } from '../gateways/operations.ts'
import { watchOthers } from '../gateways/usage.ts'
import { writeRequests } from '../gateways/wrk.ts'
import { median, ratioByRound } from '../trust/table.ts'
import { NO_MOST_IN_FLIGHT } from './latency.ts'
import { NO_PLANNING_BUDGET } from './memory.ts'
import { askNew, newOperation } from './new-operations.ts'
import { runGenerator, type Summary } from './open-loop/run-generator.ts'
import { contendersOf, type GrowthPlan, operationOf, report, type Section, tableOf } from './part.ts'
import { write } from './verdict.ts'

/** How often the bystander asks in a second, and how many clients send new operations. */
const [PER_SECOND, CLIENTS] = [100, 4]

/** The officers take turns: the first of so many is the bystander, and the others send new operations. */
const OFFICERS = 8

/** The most that the bystander's p99 may be, as a multiple of that when nobody else asks. */
const MOST_P99 = 3

/** If other work took more of the machine than this in a round, the page says so. */
const MOST_OTHER_WORK = 0.05

interface Round {
  readonly quiet: Summary
  readonly beside: Summary
  readonly planned: number
  readonly otherShare: number
}

/** Measures the bystander. */
export async function measureBystander(plan: GrowthPlan): Promise<Section> {
  const flags = [...NO_PLANNING_BUDGET, ...NO_MOST_IN_FLIGHT]
  const open = { pins: plan.pins, size: 0, contenders: contendersOf('limit', 'dress'), flags }
  const rounds = await withContenders(open, (opened) => measureRounds(opened, plan))
  return writeSection(rounds)
}

async function measureRounds({ started, folder }: Opened, { seconds, rounds: count, pins }: GrowthPlan) {
  const known = operationOf('b')
  const dress = started.find(({ contender }) => contender.name === 'dress') as Started
  const load = { cores: pins.others, connections: known.connections, seconds }
  const expected = await findExpected(known, started)
  await prepare(known, dress, expected, folder, load, seconds)
  const file = join(folder, 'bystander.requests')
  const rounds: Round[] = []
  let number = 0
  for (let round = 0; round < count; round++) {
    const all = await dress.requests(known, 200)
    await writeRequests(
      file,
      all.filter((_, at) => at % OFFICERS === 0),
    )
    const others = watchOthers()
    const ask = () => runGenerator(pins.others, { port: dress.port, file, perSecond: PER_SECOND, seconds })
    const quiet = await ask()
    const sending = sendNew(dress, known, expected, number)
    const beside = await ask()
    const planned = await sending.stop()
    number += planned + CLIENTS
    rounds.push({ quiet, beside, planned, otherShare: others() })
    report(`bystander: p99 ${write(quiet.p99Ms)} ms, ${write(beside.p99Ms)} ms beside ${planned} new operations`)
  }
  return rounds
}

/** Lets the other officers send new operations, until they are stopped. */
function sendNew({ port, requests }: Started, known: Operation, expected: Expected, first: number) {
  let number = first
  let isOver = false
  const next = async () => {
    if (isOver) return null
    const own = number++
    const { operation, asKnown } = newOperation(known, own)
    const who = 1 + (own % (OFFICERS - 1))
    const request = (await requests(operation, OFFICERS))[who]
    const right = answerPruned(known.size, expected[who] ?? '')
    return request === undefined ? null : { request, asKnown, right }
  }
  const asking = askNew(port, CLIENTS, next)
  // It is awaited when the sending stops, and may fail before.
  asking.catch(() => {})
  return {
    stop: () => {
      isOver = true
      return asking
    },
  }
}

function writeSection(rounds: readonly Round[]): Section {
  const [quiet, beside] = [rounds.map((one) => one.quiet.p99Ms), rounds.map((one) => one.beside.p99Ms)]
  const middle = (of: (round: Round) => number): string => write(median(rounds.map(of)))
  const rows = [
    ['nobody', middle((one) => one.quiet.p50Ms), middle((one) => one.quiet.p99Ms), '0'],
    [
      `${CLIENTS} clients with new operations`,
      ...[middle((one) => one.beside.p50Ms), middle((one) => one.beside.p99Ms), middle(({ planned }) => planned)],
    ],
  ]
  return {
    title: 'A bystander',
    about: `Production dress. One officer asks (b), which is known, ${PER_SECOND} times a second at fixed times. In each round first nobody else asks, and then ${CLIENTS} clients of the other officers send (b) with an alias of its own in each, which the planning thread must plan. Each again as soon as its answer came; no budget ends this. Gateway and planning thread share one core. What is judged is the median over the rounds of the ratio of both p99.`,
    table: tableOf(['who else asks', 'p50 ms', 'p99 ms', 'new operations in a window'], rows),
    judged: [{ what: 'bystander: p99 ÷ quiet p99', value: ratioByRound(beside, quiet), most: MOST_P99, unit: '×' }],
    doubts: rounds.flatMap(({ otherShare }, at) =>
      otherShare > MOST_OTHER_WORK
        ? [`the bystander, round ${at + 1}: other work took ${(otherShare * 100).toFixed(0)} % of the machine`]
        : [],
    ),
  }
}

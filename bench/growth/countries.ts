/** What README's question costs over more and more countries, and whether one slow country delays more than itself. */
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { ask } from '../gateways/ask.ts'
import { answerPruned, answerWhole } from '../gateways/denied.ts'
import { checkSame } from '../gateways/equal.ts'
import { findExpected, measureOperation } from '../gateways/measure.ts'
import { type Opened, type Started, withContenders } from '../gateways/open.ts'
import { acrossBorders, type Operation } from '../gateways/operations.ts'
import { ALL_COUNTRIES } from '../gateways/product-records.ts'
import type { Measured } from '../gateways/results.ts'
import type { SlowStart } from '../gateways/stub/country.ts'
import { median } from '../trust/table.ts'
import { contendersOf, type GrowthPlan, listOtherWork, report, type Section, tableOf } from './part.ts'
import { type Judged, type Point, slopeOf, write } from './verdict.ts'

const SIZES = [1, 4, 20, 50, 100]

/** A mandate does not name more countries, so the dress cannot be asked about more. */
const MOST_OF_MANDATE = 60

/** The most processor time that one more leg may take, in microseconds. */
const MOST_LEG_US = 20

/** How late the slow country is, in milliseconds, and how many questions are timed. */
const [DELAY_MS, TIMED, TIMED_QUICK] = [200, 60, 10]

/** One gateway over one number of countries. */
interface Row {
  readonly measured: Measured
  readonly countries: number
  readonly legs: number
  readonly cpuUs: number
  /** The time of an answer when no country is late, and when one is, without the time by which it was late. */
  readonly quickMs: number
  readonly slowMs: number
}

/** Measures README's question over 1 to 100 countries. */
export async function measureCountries(plan: GrowthPlan): Promise<Section> {
  const rows: Row[] = []
  for (const size of SIZES) {
    const open = {
      pins: plan.pins,
      size,
      contenders: contendersOf(...(size > MOST_OF_MANDATE ? ['istmo'] : ['istmo', 'dress'])),
    }
    rows.push(...(await withContenders(open, (opened) => measureSize(size, opened, plan))))
  }
  return writeSection(rows)
}

async function measureSize(size: number, { started, folder }: Opened, plan: GrowthPlan): Promise<readonly Row[]> {
  const operation = acrossBorders(size)
  const all = await measureOperation(operation, started, folder, plan)
  const rows: Row[] = []
  for (const [at, measured] of all.entries()) {
    const one = started[at] as Started
    const times = await timeAnswers(operation, one, plan.isQuick ? TIMED_QUICK : TIMED)
    const cpuUs = median(measured.windows.map((window) => window.cpuUs))
    rows.push({ measured, countries: size, legs: measured.fetches, cpuUs, ...times })
    report(`${size} countries, ${one.contender.title}: ${write(times.slowMs)} ms besides the delay`)
  }
  return rows
}

/**
 * Asks one question after the other: first with no country late, and then with one. Checks the answers. While a country is late, all processes sleep, and what
 * wakes up is slower than what works. So they sleep as long before each question that no country delays.
 */
async function timeAnswers(operation: Operation, started: Started, count: number) {
  const quick = await askInTurn(operation, started, count, DELAY_MS)
  // The last country is asked for its cases once, whatever comes of them.
  const country = ALL_COUNTRIES[operation.size - 1] as string
  await setSlow(started, { country, domain: 'cases', delayMs: DELAY_MS })
  const slow = await askInTurn(operation, started, count, 0)
  const delays = await setSlow(started, { country: '', domain: '', delayMs: 0 })
  if (delays.length !== count) {
    throw new Error(`expected one late answer for each of ${count} questions; came ${delays.length}`)
  }
  return { quickMs: median(quick), slowMs: median(slow.map((ms, at) => ms - (delays[at] ?? Number.NaN))) }
}

async function askInTurn(
  operation: Operation,
  started: Started,
  count: number,
  pauseMs: number,
): Promise<readonly number[]> {
  const { port, requests, isRuled } = started
  const expected = await findExpected(operation, [started])
  const times: number[] = []
  for (const [at, one] of (await requests(operation, count)).entries()) {
    if (pauseMs > 0) await sleep(pauseMs)
    const from = performance.now()
    const answer = await ask(port, one)
    times.push(performance.now() - from)
    const data = expected[at % expected.length] ?? ''
    checkSame(answer, isRuled ? answerPruned(operation.size, data) : answerWhole(data))
  }
  return times
}

/** Makes one country late from now on. @returns how long each answer of the one before was late, in milliseconds. */
async function setSlow({ stub }: Started, slow: SlowStart): Promise<readonly number[]> {
  const url = `http://127.0.0.1:${stub.control}/`
  const before = await request(url)
  const { delays } = (await before.body.json()) as { readonly delays: readonly number[] }
  const { body } = await request(url, { method: 'POST', body: JSON.stringify(slow) })
  await body.text()
  return delays
}

function writeSection(rows: readonly Row[]): Section {
  const gateways = [...Map.groupBy(rows, ({ measured }) => measured.title).values()]
  const cells = gateways.flatMap((own) =>
    own.map((one, at) => {
      const before = own[at - 1]
      const slope = before === undefined ? '' : write(slopeOf(pointOf(before), pointOf(one)))
      const figures = [one.legs, one.cpuUs, one.cpuUs / one.legs].map(write)
      const times = [one.quickMs, one.slowMs, mostMs(one)].map(write)
      return [one.measured.title, one.countries, ...figures, slope, ...times]
    }),
  )
  const head = ['gateway', 'countries', 'legs', 'CPU µs a request', 'CPU µs a leg', 'one more leg, µs']
  const times = ['time of an answer, ms', 'with one slow country, without its delay, ms', 'at most, ms']
  return {
    title: 'README’s question over more countries',
    about: `Clients ask as in (d4) and (d20) of [RESULTS.md](RESULTS.md). «One more leg» is what the requests cost more than with fewer countries, for each leg more. It is judged from the fewest to the most countries: ${SIZES.at(-1)} bare, and 50 in dress, because a mandate names at most ${MOST_OF_MANDATE}. Then one client asks, and the last country gives its cases ${DELAY_MS} ms late. Before each question that no country delays, the client waits as long, because what has slept is slower. The time of an answer without this delay may be that with no slow country and ${MOST_LEG_US} µs for each leg; the worst row is judged. Medians.`,
    table: tableOf([...head, ...times], cells),
    judged: gateways.flatMap(judgeGateway),
    doubts: listOtherWork(
      rows.map(({ measured, countries }) => ({ ...measured, operation: `${countries} countries` })),
    ),
  }
}

const pointOf = ({ legs, cpuUs }: Row): Point => ({ amount: legs, cost: cpuUs })

const mostMs = ({ quickMs, legs }: Row): number => quickMs + (legs * MOST_LEG_US) / 1_000

function judgeGateway(own: readonly Row[]): readonly Judged[] {
  const [first, last] = [own[0] as Row, own.at(-1) as Row]
  const { title } = first.measured
  const worst = own.reduce((one, other) => (one.slowMs / mostMs(one) >= other.slowMs / mostMs(other) ? one : other))
  const leg = { what: `${title}: CPU of one more leg`, value: slopeOf(pointOf(first), pointOf(last)) }
  const wait = `${title}: time with one slow of ${worst.countries} countries, without its delay`
  return [
    { ...leg, most: MOST_LEG_US, unit: 'µs' },
    { what: wait, value: worst.slowMs, most: mostMs(worst), unit: 'ms' },
  ]
}

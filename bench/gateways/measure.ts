/** Measures one operation: each contender in each round, in turn. */
import { join } from 'node:path'
import { request } from 'undici'
import { askExpected, checkAnswers, type Expected } from './ask.ts'
import { answerPruned, answerWhole } from './denied.ts'
import { canonicalText } from './equal.ts'
import type { Started } from './open.ts'
import { type Operation, variantsOf } from './operations.ts'
import { answerOfAll } from './product-answer.ts'
import type { Measured } from './results.ts'
import { measureWindow, type Window } from './window.ts'
import { type LoadPlan, loadWithWrk, writeRequests } from './wrk.ts'

/** Whose answers are the right ones. */
export const LIMIT = 'limit'

/** How long each gateway is loaded at a time before it is measured, in seconds. */
const WARM_UP_SECONDS = 3

/**
 * A gateway is warm after so many requests or seconds. V8 compiles what runs often, and a request of the production dress runs through ten times more
 * functions than one of the bare gateway: after 3 s it was still 1.4 times as dear as after 20 s.
 */
const WARM = { requests: 30_000, seconds: 20 }

/** No window is longer than this because its answers take long, in seconds. */
const MOST_SECONDS = 120

/** How many requests are made at a time while answers are checked: a signed request is good for a minute, and answers to long lists take longer. */
const PORTION = 20

/** How many times more requests are made than a gateway that takes each only once answered in the same time before. */
const SPARE = 3

/**
 * The same for the warm-up, in which more clients ask than before. Not more than needed, because a signed request is good for a minute, and on a busy
 * machine it takes a while to sign many.
 */
const FIRST_SPARE = 5

/** How long and how often is measured, and on which cores wrk runs. */
export interface MeasurePlan {
  readonly seconds: number
  readonly rounds: number
  readonly pins: { readonly others: string }
  /** How many answers a window must have the time for. A window is longer if these take longer. Default: it is as long as the others. */
  readonly leastAnswers?: number
}

/** A contender whose answers are checked, and which is warm. */
export interface Ready {
  readonly started: Started
  readonly fetches: number
  readonly bytesEach: number
  /** How long an answer took while nobody else asked, in seconds. */
  readonly secondsEach: number
  /** How many requests are made for a window. */
  count: number
  readonly windows: Window[]
}

/** Hears that a contender cannot be measured, and why. */
export type LeaveOut = (contender: Started['contender'], error: unknown) => void

const failAll: LeaveOut = ({ title }, cause) => {
  throw new Error(`${title}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
}

/**
 * Checks the answers of each contender, warms it up, and loads each in each round.
 * @param folder where the requests are written.
 * @param leaveOut is told of a contender whose answer is not that of the limit. The others are measured. Default: it rejects with the error.
 */
export async function measureOperation(
  operation: Operation,
  started: readonly Started[],
  folder: string,
  { seconds, rounds, pins, leastAnswers = 0 }: MeasurePlan,
  leaveOut: LeaveOut = failAll,
): Promise<readonly Measured[]> {
  const expected = await findExpected(operation, started)
  const load = { cores: pins.others, connections: operation.connections, seconds }
  const warmUp = { ...load, seconds: Math.min(WARM_UP_SECONDS, seconds) }
  const ready = new Set<Ready>()
  for (const one of started) {
    await prepare(operation, one, expected, folder, warmUp, seconds).then(
      (prepared) => void ready.add(prepared),
      (error: unknown) => leaveOut(one.contender, error),
    )
  }
  for (let round = 0; round < rounds; round++) {
    for (const each of ready) {
      try {
        const enough = secondsFor(leastAnswers, each.secondsEach)
        const window = await measureOnce(operation, each, folder, { ...load, seconds: Math.max(seconds, enough) })
        const rate = `${window.perSecond.toFixed(0)} requests a second, ${window.cpuUs.toFixed(0)} µs of CPU each`
        process.stderr.write(`(${operation.name}) round ${round + 1}: ${each.started.contender.title}: ${rate}\n`)
      } catch (error) {
        ready.delete(each)
        leaveOut(each.started.contender, error)
      }
    }
  }
  return [...ready].map(({ started: { contender }, fetches, windows }) => {
    const { name, title } = contender
    return { operation: operation.name, contender: name, title, fetches, windows }
  })
}

/**
 * Returns how many whole seconds a window needs for some answers, at most {@link MOST_SECONDS}. With more clients at the same time, an answer takes longer
 * than by itself, and the last answers do not come within the window: twice the time is enough.
 * @param secondsEach how long an answer takes while nobody else asks.
 */
export function secondsFor(answers: number, secondsEach: number): number {
  return Math.min(MOST_SECONDS, Math.ceil(2 * answers * secondsEach))
}

async function measureOnce(
  operation: Operation,
  { started: one, bytesEach, count, windows }: Ready,
  folder: string,
  load: LoadPlan,
): Promise<Window> {
  const requests = await writeFor(operation, one, folder, count)
  const pid = Number(one.running.child.pid)
  const loaded = { port: one.port, pid, stubPid: one.stub.pid, requests, bytesEach, mayTellNonce: one.isSentOnce }
  const window = await measureWindow(loaded, load)
  windows.push(window)
  return window
}

/** Finds the right data of each variant: that of the limit or, of the product's own graph, those that are put together by hand. */
export async function findExpected(operation: Operation, started: readonly Started[]): Promise<Expected> {
  const { size, variables } = operation
  if (size > 0) {
    const people = Array.from({ length: variantsOf(operation) }, (_, variant) => String(variables(variant).id))
    return people.map((person) => canonicalText(answerOfAll(size, person)))
  }
  const limit = started.find(({ contender }) => contender.name === LIMIT)
  if (limit === undefined) throw new Error('expected the limit among the contenders')
  return askExpected(limit.port, operation)
}

/**
 * Checks the answer to each variant, and warms the gateway up.
 * @param seconds how long the windows are.
 * @throws {Error} if an answer is not the right one.
 */
export async function prepare(
  operation: Operation,
  started: Started,
  expected: Expected,
  folder: string,
  warmUp: LoadPlan,
  seconds: number,
): Promise<Ready> {
  const { port, stub, isSentOnce } = started
  const variants = variantsOf(operation)
  const before = await countFetches(stub.control)
  const { bytesEach, secondsEach } = await checkAll(operation, started, expected)
  const fetches = ((await countFetches(stub.control)) - before) / variants
  const load = async (count: number): Promise<number> => {
    const file = await writeFor(operation, started, folder, count)
    return (await loadWithWrk(port, file, warmUp)).perSecond
  }
  const first = Math.ceil((warmUp.seconds / secondsEach) * FIRST_SPARE) + operation.connections
  // Answers to the longest list take longer than a warm-up, in which none comes then.
  const countFor = (rate: number, s: number): number =>
    Math.ceil(Math.max(rate, 1 / secondsEach) * s * SPARE) + operation.connections
  let perSecond = await load(isSentOnce ? first : variants)
  let warmed = perSecond * warmUp.seconds
  // A short look has short windows, and no time for this.
  for (let s = warmUp.seconds; warmed < WARM.requests && s < Math.min(WARM.seconds, 2 * seconds); s += warmUp.seconds) {
    perSecond = await load(isSentOnce ? countFor(perSecond, warmUp.seconds) : variants)
    warmed += perSecond * warmUp.seconds
  }
  const most = countFor(perSecond, seconds)
  return { started, fetches, bytesEach, secondsEach, count: isSentOnce ? most : variants, windows: [] }
}

/**
 * Checks the answer to each variant.
 * @returns the mean of the responses' bytes, and the seconds for which an answer was awaited, without the time to make its request.
 * @throws {Error} if an answer is not the right one.
 */
async function checkAll(
  operation: Operation,
  started: Started,
  expected: Expected,
): Promise<{ readonly bytesEach: number; readonly secondsEach: number }> {
  const { port, requests, isRuled } = started
  const right = expected.map((data) => (isRuled ? answerPruned(operation.size, data) : answerWhole(data)))
  let [bytes, ms] = [0, 0]
  for (let from = 0; from < right.length; from += PORTION) {
    const part = right.slice(from, from + PORTION)
    const asked = await requests(operation, part.length, from)
    const before = performance.now()
    const mean = await checkAnswers(port, asked, part)
    ms += performance.now() - before
    bytes += part.length * mean
  }
  return { bytesEach: bytes / right.length, secondsEach: ms / 1_000 / right.length }
}

/** Writes requests of an operation to a file. @returns the file. */
export async function writeFor(operation: Operation, { contender, requests }: Started, folder: string, count: number) {
  const file = join(folder, `${operation.name}-${contender.name}.requests`)
  await writeRequests(file, await requests(operation, count))
  return file
}

async function countFetches(control: number): Promise<number> {
  const { body } = await request(`http://127.0.0.1:${control}/`)
  return ((await body.json()) as { readonly requests: number }).requests
}

/**
 * Merges legs of one request that are ready at the same time and go to one endpoint with the same rights (docs/decisions/0071). Each leg gets
 * the part of the answer that it asked for, as if it had been sent by itself.
 */
import { setImmediate } from 'node:timers'
import { isObject } from '../../contract/json-value.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { copyJson } from '../gather/copy-json.ts'
import type { Leg, LegAnswer, RequestContext, SendLeg, SubgraphError } from '../types/flow.ts'
import { combineParts, groupByQuestion, type Part, partOfOne, type Waiting, writeParts } from './combine-legs.ts'
import type { MergedAnswer, SendMerged, SplicedAsk } from './merged-answer.ts'

/** How far legs are merged. */
export interface MergeSettings {
  /** How many entities a merged leg may ask about. */
  readonly mostEntities: number
  /** Whether legs with different texts are merged, and not only legs that differ in their entities. */
  readonly mergesTexts: boolean
}

/**
 * Creates the function that sends the legs of one request. A leg waits until the answers that have already come are read, and no longer: also those that
 * came while the gateway did what there was to do in this turn.
 */
export function createLegMerger(
  sendLeg: SendLeg,
  request: RequestContext,
  { mostEntities, mergesTexts }: MergeSettings,
): SendMerged {
  let waiting: Waiting[] = []
  const sendWaiting = (): void => {
    const ready = groupByQuestion(waiting, mostEntities)
    waiting = []
    const requests = mergesTexts ? combineParts(ready, mostEntities) : ready.map((part) => [part])
    for (const parts of requests) sendReady(parts, sendLeg, request)
  }
  // Immediates run when all sockets that have data are read. Each fetch that depends on one of these answers has made its legs then.
  const lookOnceMore = (): void => {
    setImmediate(sendWaiting)
  }
  return (leg, mayWait, spliced) => {
    const representations = representationsOf(leg, mayWait, spliced)
    if (representations === null) return sendAlone(leg, sendLeg, request)
    return new Promise((resolve, reject) => {
      const one: Waiting = { leg, representations, spliced: spliced ?? null, resolve, reject }
      if (!mayWait) {
        sendReady([partOfOne(one)], sendLeg, request)
        return
      }
      if (waiting.length === 0) setImmediate(lookOnceMore)
      waiting.push(one)
    })
  }
}

/** Returns the entities of a leg; null if it goes as it is. */
function representationsOf({ kind, variables }: Leg, mayWait: boolean, spliced: SplicedAsk | undefined) {
  if (spliced !== undefined) return spliced.representations
  if (!mayWait || kind !== 'query') return null
  const { representations } = variables
  return Array.isArray(representations) ? (representations as readonly unknown[]) : null
}

async function sendAlone(leg: Leg, sendLeg: SendLeg, request: RequestContext): Promise<MergedAnswer> {
  const answer = await sendLeg(leg, request)
  return { answer, sent: [{ leg, failure: answer.kind === 'failed' ? answer.outcome : null }] }
}

/** Sends parts as one request. A part that goes by itself needs nothing of what merged ones do, and most do. */
function sendReady(parts: readonly Part[], sendLeg: SendLeg, request: RequestContext): void {
  const [only, ...others] = parts
  const [taker, ...otherTakers] = only?.takers ?? []
  if (taker?.rows !== null || others.length > 0 || otherTakers.length > 0) {
    void sendParts(parts, sendLeg, request)
    return
  }
  const { resolve, reject } = taker.waiting
  try {
    const { leg } = writeParts(parts)
    sendAlone(leg, sendLeg, request).then(resolve, reject)
  } catch (error) {
    reject(error)
  }
}

async function sendParts(parts: readonly Part[], sendLeg: SendLeg, request: RequestContext): Promise<void> {
  const [first, ...others] = parts
  if (first === undefined) return
  try {
    const { leg, keys } = writeParts(parts)
    if (others.length === 0) {
      deliver(first, await sendAlone(leg, sendLeg, request))
      return
    }
    const startedAt = performance.now()
    const answered = await sendAlone(leg, sendLeg, request)
    if (!isLost(answered.answer)) {
      for (const [at, part] of parts.entries()) {
        deliver(part, { ...answered, answer: takePart(answered.answer, keys[at] ?? '') })
      }
      return
    }
    // Without merging, a fault of one leg would not cost the others their answer.
    const takenMs = performance.now() - startedAt
    await Promise.all(parts.map((part) => sendAgain(part, answered, takenMs, sendLeg, request)))
  } catch (error) {
    for (const { waiting } of parts.flatMap(({ takers }) => takers)) waiting.reject(error)
  }
}

const NO_DATA: Outcome = { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' }

/** Outcome codes of a leg that was lost because of what it asked. Time, connection and caller would be the same for each part. */
const LOST_CODES: ReadonlySet<string | null> = new Set(['BAD_ANSWER', 'REFUSED_BY_NODE', 'QUESTION_NOT_SIGNED'])

/** Whether a merged leg has no answer, although one of its parts might have one. */
function isLost(answer: LegAnswer): boolean {
  if (answer.kind === 'failed') return LOST_CODES.has(answer.outcome.code)
  return !isObject(answer.data) && answer.isTaken !== true
}

/** Sends a part by itself in what is left of its time. */
async function sendAgain(
  part: Part,
  lost: MergedAnswer,
  takenMs: number,
  sendLeg: SendLeg,
  request: RequestContext,
): Promise<void> {
  const before = lost.sent.map(({ leg, failure }) => ({ leg, failure: failure ?? NO_DATA }))
  const { endpoint } = part.leg
  const deadlineMs = Math.floor(endpoint.deadlineMs - takenMs)
  if (deadlineMs <= 0) {
    const late: Outcome = { reach: 'TIMED_OUT', code: 'LEG_DEADLINE' }
    deliver(part, { answer: { kind: 'failed', outcome: late }, sent: before })
    return
  }
  const { leg } = writeParts([part])
  const again = await sendAlone({ ...leg, endpoint: { ...endpoint, deadlineMs } }, sendLeg, request)
  deliver(part, { ...again, sent: [...before, ...again.sent] })
}

/** Gives each leg of a part its answer. */
function deliver({ takers, representations }: Part, { answer, sent }: MergedAnswer): void {
  const taken = new Set<number>()
  for (const { waiting, rows } of takers) {
    waiting.resolve({ answer: rows === null ? answer : takeRows(answer, rows, representations.length, taken), sent })
  }
}

/** Takes one part out of the answer to a merged leg. An error that is at no part's entities concerns each part. */
function takePart(answer: LegAnswer, key: string): LegAnswer {
  if (answer.kind === 'failed' || answer.isTaken) return answer
  const { data, errors } = answer
  const entities = isObject(data) && Object.hasOwn(data, key) ? data[key] : null
  return { ...answer, data: { _entities: entities }, errors: errors.length === 0 ? errors : takeErrors(errors, key) }
}

function takeErrors(errors: readonly SubgraphError[], key: string): readonly SubgraphError[] {
  return errors.flatMap((error) => {
    const path: readonly unknown[] = Array.isArray(error.path) ? error.path : []
    if (path[0] === key) return [{ ...error, path: ['_entities', ...path.slice(1)] }]
    return typeof path[0] === 'string' && PART_KEY.test(path[0]) ? [] : [error]
  })
}

/** The response keys of parts: see `mergeDocuments`. */
const PART_KEY = /^_e\d+$/

/**
 * Takes the rows of one leg out of the answer to a part. A list of another length than was asked for becomes none.
 * @param taken the rows that another leg has taken: this leg gets copies of them, because fetches add to what they hold.
 */
function takeRows(answer: LegAnswer, rows: readonly number[], expected: number, taken: Set<number>): LegAnswer {
  if (answer.kind === 'failed' || answer.isTaken) return answer
  const { data } = answer
  const list: unknown = isObject(data) && Object.hasOwn(data, '_entities') ? data._entities : null
  const takeRow = (row: number): unknown => {
    const value: unknown = (list as readonly unknown[])[row]
    if (taken.has(row)) return copyJson(value)
    taken.add(row)
    return value
  }
  const entities = Array.isArray(list) && list.length === expected ? rows.map(takeRow) : null
  const errors = answer.errors.flatMap((error) => moveError(error, rows))
  return { ...answer, data: data === null ? null : { _entities: entities }, errors }
}

/** Moves an error to the row of its entity in the leg. An error of an entity that the leg did not ask about is left out. */
function moveError(error: SubgraphError, rows: readonly number[]): SubgraphError[] {
  const path: readonly unknown[] = Array.isArray(error.path) ? error.path : []
  const [key, index, ...below] = path
  if (key !== '_entities' || typeof index !== 'number') return [error]
  const row = rows.indexOf(index)
  return row < 0 ? [] : [{ ...error, path: [key, row, ...below] }]
}

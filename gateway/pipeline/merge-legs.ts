/**
 * Merges legs of one request that are ready at the same time and go to one endpoint with the same rights (docs/decisions/0071). Each leg gets
 * the part of the answer that it asked for, as if it had been sent by itself.
 */
import { setImmediate } from 'node:timers'
import { getOrAdd } from '../../contract/get-or-add.ts'
import { isObject } from '../../contract/json-value.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { copyJson } from '../gather/copy-json.ts'
import type { Leg, LegAnswer, RequestContext, SendLeg, SubgraphError } from '../types/flow.ts'
import type { AnswerPart } from '../types/splice.ts'
import { type MergedDocument, mergeDocuments, REPRESENTATIONS } from './merge-documents.ts'

/** A leg that was really sent. `failure`: how it failed; null if it was answered. */
export interface SentLeg {
  readonly leg: Leg
  readonly failure: Outcome | null
}

/** The answer to a leg, and what was really sent for it: the same leg, or one that asks for several legs together. */
export interface MergedAnswer {
  readonly answer: LegAnswer
  readonly sent: readonly SentLeg[]
}

/** What a leg asks whose answer is spliced. */
interface SplicedAsk {
  /** The index of its fetch. */
  readonly fetch: number
  /** The entities, each as JSON. The leg itself has none. */
  readonly representations: readonly string[]
  /** Takes the body of the answer (`Splicing.takeParts`). It is the same function for all legs of a request. */
  readonly takeParts: (parts: readonly AnswerPart[], body: Buffer, maxValues: number) => boolean
}

/**
 * Sends a leg.
 * @param mayWait whether other legs may be ready at the same time, so that it waits for those.
 * @param spliced what it asks, if its answer is spliced.
 */
export type SendMerged = (leg: Leg, mayWait: boolean, spliced?: SplicedAsk) => Promise<MergedAnswer>

/** How far legs are merged. */
export interface MergeSettings {
  /** How many entities a merged leg may ask about. */
  readonly mostEntities: number
  /** Whether legs with different texts are merged, and not only legs that differ in their entities. */
  readonly mergesTexts: boolean
}

/** A leg that waits to be sent. */
interface Waiting {
  readonly leg: Leg
  /** Its entities. If the answer is spliced, each is JSON. */
  readonly representations: readonly unknown[]
  /** Null if the answer is not spliced. */
  readonly spliced: SplicedAsk | null
  readonly resolve: (answered: MergedAnswer) => void
  readonly reject: (error: unknown) => void
}

/** Legs that ask the same question about different entities: they are one leg about all of them. */
export interface Part {
  /** The first of them. */
  readonly leg: Leg
  readonly representations: readonly unknown[]
  /** Each waiting leg with the rows of its entities in the part's answer; null if it is the only one. */
  readonly takers: readonly Taker[]
}

interface Taker {
  readonly waiting: Waiting
  readonly rows: readonly number[] | null
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
  const send = async (leg: Leg): Promise<MergedAnswer> => {
    const answer = await sendLeg(leg, request)
    return { answer, sent: [{ leg, failure: answer.kind === 'failed' ? answer.outcome : null }] }
  }
  const sendWaiting = (): void => {
    const ready = groupByQuestion(waiting, mostEntities)
    waiting = []
    const requests = mergesTexts ? combineParts(ready, mostEntities) : ready.map((part) => [part])
    for (const parts of requests) void sendParts(parts, send)
  }
  return (leg, mayWait, spliced) => {
    const representations = spliced?.representations ?? entitiesOf(leg, mayWait)
    if (representations === null) return send(leg)
    return new Promise((resolve, reject) => {
      const one: Waiting = { leg, representations, spliced: spliced ?? null, resolve, reject }
      if (!mayWait) {
        void sendParts([partOfOne(one)], send)
        return
      }
      // Immediates run when all sockets that have data are read. Each fetch that depends on one of these answers has made its legs then.
      if (waiting.length === 0) setImmediate(() => setImmediate(sendWaiting))
      waiting.push(one)
    })
  }
}

/** Returns the entities of a leg; null if it goes as it is. */
function entitiesOf({ kind, variables }: Leg, mayWait: boolean): readonly unknown[] | null {
  const { representations } = variables
  return mayWait && kind === 'query' && Array.isArray(representations) ? representations : null
}

// Which legs go as one request.

/** Unites legs that differ only in their entities, in their order, so that no part has more than `most` entities, unless a single leg has. */
function groupByQuestion(ready: readonly Waiting[], most: number): readonly Part[] {
  if (ready.length === 1) return ready.map(partOfOne)
  const byQuestion = Map.groupBy(ready, ({ leg, spliced }) => {
    const { [REPRESENTATIONS]: _, ...others } = leg.variables
    return `${targetOf(leg, spliced)}\u0000${JSON.stringify(others)}${leg.query}`
  })
  return [...byQuestion.values()].flatMap((same) => (same.length === 1 ? same.map(partOfOne) : unite(same, most)))
}

/** Makes the part of a leg that asks by itself. */
function partOfOne(waiting: Waiting): Part {
  const { leg, representations } = waiting
  return { leg, representations, takers: [{ waiting, rows: null }] }
}

/** Returns a text that is equal for legs that go to one endpoint, say the same of who asks, and whose answers are read in the same way. */
function targetOf({ domain, country, rights, isForNobody = false }: Leg, spliced: SplicedAsk | null): string {
  return spliced === null ? JSON.stringify([domain, country, rights, isForNobody]) : domain
}

/** Returns a text that is equal for equal entities. */
function keyOf(representation: unknown): string {
  return typeof representation === 'string' ? representation : JSON.stringify(representation)
}

/** Unites legs of one question, with their entities, each once. */
function unite(same: readonly Waiting[], most: number): readonly Part[] {
  const parts: (Part & {
    readonly takers: Taker[]
    readonly representations: unknown[]
    places: Map<string, number>
  })[] = []
  for (const waiting of same) {
    const keys = waiting.representations.map(keyOf)
    let part = parts.at(-1)
    if (part === undefined || new Set([...part.places.keys(), ...keys]).size > most) {
      part = { leg: waiting.leg, representations: [], takers: [], places: new Map() }
      parts.push(part)
    }
    const { representations, places, takers } = part
    const addEntity = (at: number) => () => representations.push(waiting.representations[at]) - 1
    takers.push({ waiting, rows: keys.map((key, at) => getOrAdd(places, key, addEntity(at))) })
  }
  return parts.flatMap((part) =>
    part.takers.length === 1 ? part.takers.map(({ waiting }) => partOfOne(waiting)) : [part],
  )
}

/** Puts parts together that one request can ask for, in their order. */
function combineParts(parts: readonly Part[], most: number): readonly (readonly Part[])[] {
  const combined: Part[][] = []
  for (const ofTarget of Map.groupBy(parts, (part) => targetOf(part.leg, splicedOf(part))).values()) {
    let last: Part[] = []
    for (const part of ofTarget) {
      if (last.length > 0 && canMerge([...last, part], most)) last.push(part)
      else {
        last = [part]
        combined.push(last)
      }
    }
  }
  return combined
}

/** What is spliced of a part. All its legs are spliced, or none. */
function splicedOf({ takers }: Part): SplicedAsk | null {
  return takers[0]?.waiting.spliced ?? null
}

function canMerge(parts: readonly Part[], most: number): boolean {
  const entities = parts.reduce((count, { representations }) => count + representations.length, 0)
  if (entities > most || uniteVariables(parts) === null) return false
  return mergeDocuments(parts.map(({ leg }) => leg.query)) !== null
}

/** Unites the variables besides the representations. Null if two legs give a variable different values. */
function uniteVariables(parts: readonly Part[]): Record<string, unknown> | null {
  const united: Record<string, unknown> = {}
  for (const [name, value] of parts.flatMap(({ leg }) => Object.entries(leg.variables))) {
    if (name === REPRESENTATIONS) continue
    if (Object.hasOwn(united, name) && JSON.stringify(united[name]) !== JSON.stringify(value)) return null
    united[name] = value
  }
  return united
}

/** Makes one leg of a part, or of parts that were combined. `keys`: by part the response key of its entities. */
export function writeParts(parts: readonly Part[]): { readonly leg: Leg; readonly keys: readonly string[] } {
  const [first] = parts
  const others = uniteVariables(parts)
  const document = first && (parts.length === 1 ? documentOf(first) : mergeDocuments(parts.map(({ leg }) => leg.query)))
  if (first === undefined || !document || others === null) throw new Error('expected legs that can be merged')
  const { query, keys, variables: names } = document
  const { leg, takers } = first
  const spliced = splicedOf(first)
  if (spliced !== null) {
    const lists = parts.map(({ representations }) => `[${representations.join(',')}]`)
    const members = names.map((name, at) => `"${name}":${lists[at]}`)
    for (const name of Object.keys(others)) members.unshift(`${JSON.stringify(name)}:${JSON.stringify(others[name])}`)
    const written = { variables: lazyVariables(others, names, lists), variablesJson: `{${members.join(',')}}` }
    return { keys, leg: { ...leg, query, entityVariables: names, ...written, takeBody: takerOf(parts, keys, spliced) } }
  }
  if (parts.length === 1 && takers.length === 1) return { leg, keys }
  const variables = { ...others, ...Object.fromEntries(names.map((name, at) => [name, parts[at]?.representations])) }
  return { leg: { ...leg, query, variables, ...(names.length > 1 && { entityVariables: names }) }, keys }
}

function documentOf({ leg: { query } }: Part): MergedDocument {
  return { query, keys: ['_entities'], variables: [REPRESENTATIONS] }
}

/** Adds variables that are JSON, and are parsed only if somebody reads them. */
function lazyVariables(others: Record<string, unknown>, names: readonly string[], lists: readonly string[]) {
  for (const [at, name] of names.entries()) {
    Object.defineProperty(others, name, { enumerable: true, get: () => JSON.parse(lists[at] ?? '') })
  }
  return others
}

/** Makes the function that takes the body of the answer to parts that are spliced. */
function takerOf(
  parts: readonly Part[],
  keys: readonly string[],
  { takeParts }: SplicedAsk,
): NonNullable<Leg['takeBody']> {
  const answerParts = parts.map(({ representations, takers }, at) => ({
    key: keys[at] ?? '',
    count: representations.length,
    takers: takers.map(({ waiting, rows }) => ({ fetch: waiting.spliced?.fetch ?? -1, rows })),
  }))
  return (body, maxValues) => takeParts(answerParts, body, maxValues)
}

// What comes back.

/** Sends parts as one request. */
async function sendParts(parts: readonly Part[], send: (leg: Leg) => Promise<MergedAnswer>): Promise<void> {
  try {
    const { leg, keys } = writeParts(parts)
    const startedAt = performance.now()
    const answered = await send(leg)
    if (parts.length > 1 && isLost(answered.answer)) {
      // Without merging, a fault of one leg would not cost the others their answer.
      const takenMs = performance.now() - startedAt
      await Promise.all(parts.map((part) => sendAgain(part, answered, takenMs, send)))
      return
    }
    for (const [at, part] of parts.entries()) {
      const { answer } = answered
      deliver(part, { ...answered, answer: parts.length > 1 ? takePart(answer, keys[at] ?? '') : answer })
    }
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
  send: (leg: Leg) => Promise<MergedAnswer>,
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
  const again = await send({ ...leg, endpoint: { ...endpoint, deadlineMs } })
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

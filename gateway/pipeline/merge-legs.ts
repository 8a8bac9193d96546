/**
 * Merges legs of one request that are ready at the same time and go to one endpoint with the same rights (docs/decisions/0071). Each leg gets
 * the part of the answer that it asked for, as if it had been sent by itself.
 */
import { setImmediate } from 'node:timers'
import type { Outcome } from '../../contract/outcome.ts'
import { copyJson } from '../gather/copy-json.ts'
import type { Leg, LegAnswer, RequestContext, SendLeg, SubgraphError } from '../types/flow.ts'
import { mergeDocuments } from './merge-documents.ts'

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

/** Sends a leg. `mayWait`: whether other legs may be ready at the same time, so that it waits for those. */
export type SendMerged = (leg: Leg, mayWait: boolean) => Promise<MergedAnswer>

/** A leg that waits to be sent. */
interface Waiting {
  readonly leg: Leg
  readonly representations: readonly unknown[]
  readonly resolve: (answered: MergedAnswer) => void
  readonly reject: (error: unknown) => void
}

/** Legs that ask the same question about different entities: they are one leg about all of them. */
interface Part {
  readonly leg: Leg
  readonly representations: readonly unknown[]
  /** Each waiting leg with the rows of its entities in the part's answer; null if it is the only one. */
  readonly takers: readonly { readonly waiting: Waiting; readonly rows: readonly number[] | null }[]
}

/**
 * Creates the function that sends the legs of one request. A leg waits until the answers that have already come are read, and no longer.
 * @param mostEntities how many entities a merged leg may ask about.
 */
export function createLegMerger(sendLeg: SendLeg, request: RequestContext, mostEntities: number): SendMerged {
  let waiting: Waiting[] = []
  const sendWaiting = (): void => {
    const ready = waiting
    waiting = []
    for (const parts of combineParts(groupByQuestion(ready, mostEntities), mostEntities)) {
      void sendParts(parts, sendLeg, request)
    }
  }
  return (leg, mayWait) => {
    const { representations } = leg.variables
    if (!mayWait || leg.kind !== 'query' || !Array.isArray(representations)) return sendAlone(leg, sendLeg, request)
    return new Promise((resolve, reject) => {
      // Immediates run when all sockets that have data are read. Each fetch that depends on one of these answers has made its legs then.
      if (waiting.length === 0) setImmediate(sendWaiting)
      waiting.push({ leg, representations, resolve, reject })
    })
  }
}

async function sendAlone(leg: Leg, sendLeg: SendLeg, request: RequestContext): Promise<MergedAnswer> {
  const answer = await sendLeg(leg, request)
  return { answer, sent: [{ leg, failure: answer.kind === 'failed' ? answer.outcome : null }] }
}

/** Unites legs that differ only in their entities, in their order, so that no part has more than `most` entities, unless a single leg has. */
function groupByQuestion(ready: readonly Waiting[], most: number): readonly Part[] {
  if (ready.length === 1) return ready.map(partOfOne)
  const byQuestion = Map.groupBy(ready, ({ leg }) => questionOf(leg))
  return [...byQuestion.values()].flatMap((same) =>
    same.length === 1 ? same.map(partOfOne) : groupByEntities(same, most),
  )
}

function partOfOne(waiting: Waiting): Part {
  const { leg, representations } = waiting
  return { leg, representations, takers: [{ waiting, rows: null }] }
}

/** Returns a text that is equal for legs that differ only in their entities. */
function questionOf({ query, variables, ...leg }: Leg): string {
  const { representations: _, ...others } = variables
  return JSON.stringify([targetOf(leg), query, others])
}

/** Returns a text that is equal for legs that go to one endpoint and say the same of who asks. */
function targetOf({ domain, country, rights, isForNobody = false }: Omit<Leg, 'query' | 'variables'>): string {
  return JSON.stringify([domain, country, rights, isForNobody])
}

/** Legs of one question with their entities, each once. `places`: the place of each entity, by its text. */
interface EntityGroup {
  readonly legs: { readonly waiting: Waiting; readonly texts: readonly string[] }[]
  readonly places: Map<string, number>
  readonly entities: unknown[]
}

function groupByEntities(same: readonly Waiting[], most: number): readonly Part[] {
  const groups: EntityGroup[] = []
  for (const waiting of same) {
    const texts = waiting.representations.map(textOf)
    const last = groups.at(-1)
    const added = new Set(texts.filter((text) => last?.places.has(text) !== true)).size
    const isRoom = last !== undefined && last.entities.length + added <= most
    const group: EntityGroup = isRoom ? last : { legs: [], places: new Map(), entities: [] }
    if (!isRoom) groups.push(group)
    group.legs.push({ waiting, texts })
    for (const [i, text] of texts.entries()) {
      if (group.places.has(text)) continue
      group.places.set(text, group.entities.length)
      group.entities.push(waiting.representations[i])
    }
  }
  return groups.flatMap(({ legs, places, entities }) => {
    const [first, ...others] = legs
    if (first === undefined) return []
    if (others.length === 0) return [partOfOne(first.waiting)]
    const takers = legs.map(({ waiting, texts }) => ({ waiting, rows: texts.map((text) => places.get(text) ?? -1) }))
    const { leg } = first.waiting
    const united = { ...leg, variables: { ...leg.variables, representations: entities } }
    return [{ leg: united, representations: entities, takers }]
  })
}

/** Returns a text that is equal for equal representations. That of most, which have a type and an id, is made without a canonical form. */
function textOf(representation: unknown): string {
  if (typeof representation === 'object' && representation !== null) {
    const { __typename: typeName, id } = representation as Record<string, unknown>
    const hasOnlyId = typeof typeName === 'string' && typeof id === 'string' && Object.keys(representation).length === 2
    if (hasOnlyId) return `${typeName.length} ${typeName}${id}`
  }
  return JSON.stringify(representation)
}

/** Puts parts together that one request can ask for, in their order. */
function combineParts(parts: readonly Part[], most: number): readonly (readonly Part[])[] {
  if (parts.length === 1) return [parts]
  const combined: Part[][] = []
  for (const ofTarget of Map.groupBy(parts, ({ leg }) => targetOf(leg)).values()) {
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

function canMerge(parts: readonly Part[], most: number): boolean {
  const entities = parts.reduce((count, { representations }) => count + representations.length, 0)
  if (entities > most || uniteVariables(parts) === null) return false
  return mergeDocuments(parts.map(({ leg }) => leg.query)) !== null
}

/** Unites the variables besides the representations. Null if two legs give a variable different values. */
function uniteVariables(parts: readonly Part[]): Record<string, unknown> | null {
  const united: Record<string, unknown> = {}
  for (const { leg } of parts) {
    for (const [name, value] of Object.entries(leg.variables)) {
      if (name === 'representations') continue
      if (Object.hasOwn(united, name) && !isSame(united[name], value)) return null
      united[name] = value
    }
  }
  return united
}

function isSame(one: unknown, other: unknown): boolean {
  return Object.is(one, other) || JSON.stringify(one) === JSON.stringify(other)
}

async function sendParts(parts: readonly Part[], sendLeg: SendLeg, request: RequestContext): Promise<void> {
  const [first, ...others] = parts
  if (first === undefined) return
  try {
    if (others.length === 0) {
      deliver(first, await sendAlone(first.leg, sendLeg, request))
      return
    }
    const startedAt = performance.now()
    const { leg, keys } = mergeParts(parts)
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

function mergeParts(parts: readonly Part[]): { readonly leg: Leg; readonly keys: readonly string[] } {
  const document = mergeDocuments(parts.map(({ leg }) => leg.query))
  const variables = uniteVariables(parts)
  const [first] = parts
  if (first === undefined || document === null || variables === null)
    throw new Error('expected legs that can be merged')
  for (const [at, name] of document.variables.entries()) variables[name] = parts[at]?.representations
  const { query, keys, variables: entityVariables } = document
  return { leg: { ...first.leg, query, variables, entityVariables }, keys }
}

const NO_DATA: Outcome = { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' }

/** Outcome codes of a leg that was lost because of what it asked. Time, connection and caller would be the same for each part. */
const LOST_CODES: ReadonlySet<string | null> = new Set(['BAD_ANSWER', 'REFUSED_BY_NODE', 'QUESTION_NOT_SIGNED'])

/** Whether a merged leg has no answer, although one of its parts might have one. */
function isLost(answer: LegAnswer): boolean {
  return answer.kind === 'failed' ? LOST_CODES.has(answer.outcome.code) : !isObject(answer.data)
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
  const again = await sendAlone({ ...part.leg, endpoint: { ...endpoint, deadlineMs } }, sendLeg, request)
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
  if (answer.kind === 'failed') return answer
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
  if (answer.kind === 'failed') return answer
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads the answer of one leg: checks it, and divides it into one part for each top field and each entity. */
import type { Outcome } from '../../contract/outcome.ts'
import { ANSWERED, worseOutcome } from '../../contract/outcome.ts'
import type { LegAnswer } from '../types/flow.ts'
import type { Entity, LegField, PlannedLeg } from '../types/leg.ts'
import type { TopField } from '../types/operation.ts'
import type { FieldShape } from '../types/shape.ts'
import { AnswerRejected } from './answer-rejected.ts'
import { checkPart, type Issue } from './check-answer.ts'
import type { PartContext, RequestedPage } from './check-record.ts'
import { type ErrorTree, errorTree } from './error-tree.ts'
import type { GatherState } from './gather-state.ts'
import { listDeniedPlaces } from './list-denied-places.ts'
import { standsStill } from './merge-connection.ts'

/** A country's part of one field, for one entity or for the root. */
export interface ReadPart {
  readonly value: unknown
  readonly outcome: Outcome
  /** The part is null because of a failure, not because the country answered null. */
  readonly isFailed: boolean
  /** What is wrong in the value, or denied by the country, with its place in the value. */
  readonly issues: readonly Issue[]
  /** Whether the value has more issues than the answer may report. */
  readonly isCut: boolean
}

/** A leg's answer after it was checked. */
export interface ReadLeg {
  readonly outcome: Outcome
  /** By ordinal of the top field. Each list has one part for each of the leg's entities, or one part in a root fetch. */
  readonly parts: ReadonlyMap<number, readonly ReadPart[]>
}

/** How many coordinates one line of the operator's log names at most. */
const MAX_COORDINATES = 10

const NO_ISSUES = { issues: [], isCut: false } as const

const REFUSED_BY_NODE: Outcome = { reach: 'DENIED', code: 'REFUSED_BY_NODE' }
const BAD_ANSWER: Outcome = { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' }

/** Reads the answer of one leg. It never throws: the outcome says if the answer was rejected, and `state.rejections` says why. */
export function readLeg(leg: PlannedLeg, answer: LegAnswer, state: GatherState): ReadLeg {
  if (answer.kind === 'failed') return { outcome: answer.outcome, parts: new Map() }
  try {
    return readAnswer(leg, answer.data, errorTree(answer.errors), state)
  } catch (error) {
    // Any error makes only this country's answer bad, even one that reading causes itself: the answer may be too deep for the stack.
    const code = error instanceof AnswerRejected ? error.code : 'BAD_ANSWER'
    const reason =
      error instanceof AnswerRejected ? error.message : `the answer could not be read (${(error as Error).name})`
    state.rejections.push({ country: leg.country, reason })
    return { outcome: { reach: 'UNAVAILABLE', code }, parts: new Map() }
  }
}

function readAnswer(leg: PlannedLeg, data: unknown, errors: ErrorTree | undefined, state: GatherState): ReadLeg {
  if (data === null || typeof data !== 'object') {
    state.rejections.push({ country: leg.country, reason: 'expected data; came none' })
    return { outcome: failedOutcome(errors), parts: new Map() }
  }
  const rows = leg.entities === null ? [{ raw: data, errors }] : readEntityRows(leg, data, errors, state)
  const badCoordinates = new Set<string>()
  const parts = new Map<number, ReadPart[]>()
  let worst = ANSWERED
  for (const field of leg.fields) {
    const fieldParts = rows.map((row) => readPart(field, row, leg, state, badCoordinates))
    for (const part of fieldParts) if (part.outcome.reach === 'ANSWERED') worst = worseOutcome(worst, part.outcome)
    parts.set(field.field.bit, fieldParts)
  }
  if (badCoordinates.size > 0) {
    const coordinates = [...badCoordinates].slice(0, MAX_COORDINATES).join(', ')
    state.rejections.push({ country: leg.country, reason: `expected values that fit at ${coordinates}; came others` })
  }
  return { outcome: worst, parts }
}

/** The object that one entity, or the root, has in the answer, with the country's errors below it. */
interface Row {
  readonly raw: unknown
  readonly errors: ErrorTree | undefined
}

function readEntityRows(leg: PlannedLeg, data: object, errors: ErrorTree | undefined, state: GatherState): Row[] {
  const list = (data as { _entities?: unknown })._entities
  const expected = leg.entities?.length ?? 0
  if (!Array.isArray(list) || list.length !== expected) {
    throw new AnswerRejected('BAD_ANSWER', `expected ${expected} entities, one per representation`)
  }
  const errorsBelow = errors?.child('_entities')
  return list.map((raw: unknown, i) => {
    const representation = state.entities?.[leg.entities?.[i] ?? -1]?.representation
    if (raw !== null) checkEntity(raw, representation, state)
    return { raw, errors: errorsBelow?.child(i) }
  })
}

/** Checks that an entity has the type and the id of the representation at the same index. */
function checkEntity(raw: unknown, representation: Entity['representation'] | undefined, state: GatherState): void {
  const { keys } = state.fetch
  const entity = raw as Record<string, unknown>
  if (typeof raw !== 'object' || Array.isArray(raw) || entity[keys.typename] !== representation?.__typename) {
    throw new AnswerRejected('BAD_ANSWER', 'expected an entity of the type asked about')
  }
  if (entity[keys.id] !== representation?.id) {
    throw new AnswerRejected('FOREIGN_RECORD', 'expected the entity asked about; came another')
  }
}

/** Reads one part. Adds to `badCoordinates` each coordinate at which a value does not have the form that the contract demands. */
function readPart(
  { field, partly }: LegField,
  { raw, errors }: Row,
  leg: PlannedLeg,
  state: GatherState,
  badCoordinates: Set<string>,
): ReadPart {
  const isOwner = state.fetch.mode === 'OWNER' || field.spread?.who === 'OWNER'
  if (raw === null && isOwner && !errors) return { value: null, outcome: ANSWERED, isFailed: false, ...NO_ISSUES }
  if (raw === null) {
    badCoordinates.add(field.shape.coordinate)
    return failedPart(errors)
  }
  const { key } = field.shape
  const value = Object.hasOwn(raw as object, key) ? (raw as Record<string, unknown>)[key] : undefined
  const errorsBelow = errors?.child(key)
  const part = checkPart(field.shape, value, errorsBelow, partContext(field, leg, state))
  for (const { coordinate } of part.issues) badCoordinates.add(coordinate)
  if (part.value === null && (field.merge !== null || part.issues.length > 0)) {
    badCoordinates.add(field.shape.coordinate)
    return failedPart(errorsBelow)
  }
  rejectStandstill(field, part.value, state)
  rejectOtherRecord(field, part.value, state)
  const denied = listDeniedPlaces(state.denials.get(leg.country)?.get(field.bit) ?? [], part.value)
  const issues = denied.length > 0 ? [...part.issues, ...denied] : part.issues
  const dropped: Outcome = { reach: 'ANSWERED', code: part.rowsDropped > 0 ? 'ROWS_DROPPED' : null }
  return { value: part.value, outcome: worseOutcome(dropped, partly), isFailed: false, issues, isCut: part.isCut }
}

/** Rejects a page that has a next page but no edges, because a client would ask for the same page forever. */
function rejectStandstill(field: TopField, value: unknown, state: GatherState): void {
  const page = state.targets.find((target) => target.field === field)?.page
  if (field.merge?.kind !== 'CONNECTION' || !page || page.first === 0) return
  if (standsStill(field.merge, value as Record<string, unknown>)) {
    throw new AnswerRejected('BAD_ANSWER', `${field.shape.coordinate} has no edges though it has a next page`)
  }
}

/** Rejects a record with another id than the one that a root OWNER field asked for. */
function rejectOtherRecord(field: TopField, value: unknown, state: GatherState): void {
  const requestedId = state.targets.find((target) => target.field === field)?.recordId ?? null
  if (requestedId === null || value === null || typeof value !== 'object') return
  const answeredId = (value as Record<string, unknown>)[state.fetch.keys.id]
  if (answeredId !== undefined && answeredId !== requestedId) {
    throw new AnswerRejected('BAD_ANSWER', `${field.shape.coordinate} has another record than the requested one`)
  }
}

function failedPart(errors: ErrorTree | undefined): ReadPart {
  return { value: null, outcome: failedOutcome(errors), isFailed: true, ...NO_ISSUES }
}

function failedOutcome(errors: ErrorTree | undefined): Outcome {
  return errors?.isDenied() ? REFUSED_BY_NODE : BAD_ANSWER
}

function partContext(top: TopField, leg: PlannedLeg, state: GatherState): PartContext {
  const target = state.targets.find(({ field }) => field === top)
  return {
    country: leg.country,
    keys: state.fetch.keys,
    pageOf: (field: FieldShape): RequestedPage | null => {
      if (!field.page) return null
      const page = field === top.shape && target?.page ? target.page : state.pageOf(field.page, false)
      const after = page.silent[leg.country] ?? page.base
      return { order: page.order, first: page.first, after: after || null }
    },
  }
}

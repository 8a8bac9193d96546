/** Reads the answer of one leg: checks it, and divides it into one part for each top field and each entity. */

import { isObject, listItems, type PlacedValue } from '../../contract/json-value.ts'
import type { LegNote } from '../../contract/leg-notes.ts'
import { ANSWERED, type Outcome, worseOutcome } from '../../contract/outcome.ts'
import type { LegAnswer } from '../types/flow.ts'
import type { DeniedField, Entity, FieldTarget, LegField, PlannedLeg } from '../types/leg.ts'
import type { TopField } from '../types/operation.ts'
import type { FieldShape } from '../types/shape.ts'
import { checkPart, type Issue, type Part } from './check-answer.ts'
import type { PartContext, RequestedPage } from './check-record.ts'
import { type ErrorTree, errorTree, type FailureReason } from './error-tree.ts'
import { AnswerRejected, MAX_ISSUES, ownProperty } from './findings.ts'
import type { GatherState } from './gather-state.ts'
import { standsStill } from './merge-connection.ts'
import { isQuotaReached, isShortPage } from './short-pages.ts'

/** A country's part of one field, for one entity or for the root. */
export interface ReadPart extends Omit<Part, 'rowsDropped'> {
  readonly outcome: Outcome
  /** The part is null because of a failure, not because the country answered null. */
  readonly isFailed: boolean
  /** The country gives the caller no more rows today, so the part may be a page that was cut. */
  readonly isQuotaReached: boolean
}

/** A leg's answer after it was checked. */
export interface ReadLeg {
  readonly outcome: Outcome
  /** By ordinal of the top field. Each list has one part for each of the leg's entities, or one part in a root fetch. */
  readonly parts: ReadonlyMap<number, readonly ReadPart[]>
}

/** How many coordinates one line of the operator's log names at most. */
const MAX_COORDINATES = 10

const NO_ISSUES = { issues: [], isCut: false, isQuotaReached: false } as const

const DROPPED: Outcome = { reach: 'ANSWERED', code: 'ROWS_DROPPED' }

const FAILED_OUTCOMES: Readonly<Record<FailureReason, Outcome>> = {
  denied: { reach: 'DENIED', code: 'REFUSED_BY_NODE' },
  spent: { reach: 'DENIED', code: 'QUOTA_SPENT' },
  unreachable: { reach: 'UNAVAILABLE', code: 'CONNECTION' },
  broken: { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' },
}

/** A leg while its answer is read. What it collects counts only if the answer is not rejected. */
interface LegReading {
  readonly leg: PlannedLeg
  readonly state: GatherState
  /** Coordinates at which a value does not have the form that the contract demands. */
  readonly badCoordinates: Set<string>
  /** The answer has the note that the caller's quota of rows was reached. */
  readonly isQuotaReached: boolean
}

/**
 * Reads the answer of one leg. If the gateway rejects the answer, the outcome says so, `state.rejections` says why, and nothing else of
 * the answer remains.
 * @throws any error that is not a rejection: it is a fault of the gateway, and no country may be blamed for it.
 */
export function readLeg(leg: PlannedLeg, answer: LegAnswer, state: GatherState): ReadLeg {
  if (answer.kind === 'failed') return { outcome: answer.outcome, parts: new Map() }
  try {
    return readAnswer({ leg, state, badCoordinates: new Set(), isQuotaReached: isQuotaReached(answer) }, answer)
  } catch (error) {
    if (!(error instanceof AnswerRejected)) throw error
    state.rejections.push({ country: leg.country, reason: error.message })
    return { outcome: { reach: 'UNAVAILABLE', code: error.code }, parts: new Map() }
  }
}

function readAnswer(reading: LegReading, answer: LegAnswer & { kind: 'answered' }): ReadLeg {
  const { leg, state, badCoordinates } = reading
  const { data } = answer
  if (!answer.errors.every((error) => typeof error === 'object' && error !== null)) {
    throw new AnswerRejected('BAD_ANSWER', 'expected errors that are objects; came others')
  }
  const errors = errorTree(answer.errors)
  if (data === null || typeof data !== 'object') {
    state.rejections.push({ country: leg.country, reason: 'expected data; came none' })
    return { outcome: failedOutcome(errors), parts: new Map() }
  }
  const noted = notedOutcome(answer.notes ?? [])
  const rows = leg.entities === null ? [{ raw: data, errors }] : readEntityRows(leg, data, errors, state)
  const parts = new Map<number, ReadPart[]>()
  let worst = ANSWERED
  for (const field of leg.fields) {
    const asked = askedField(field, reading)
    const fieldParts: ReadPart[] = []
    for (const row of rows) {
      const part = withNote(readPart(asked, row, reading), noted)
      if (part.outcome !== worst && part.outcome.reach === 'ANSWERED') worst = worseOutcome(worst, part.outcome)
      fieldParts.push(part)
    }
    parts.set(field.field.bit, fieldParts)
  }
  if (badCoordinates.size > 0) {
    const coordinates = [...badCoordinates].slice(0, MAX_COORDINATES).join(', ')
    state.rejections.push({ country: leg.country, reason: `expected values that fit at ${coordinates}; came others` })
  }
  return { outcome: worst, parts }
}

/** Returns the outcome that the country's notes give it: the worst of their codes. */
function notedOutcome(notes: readonly LegNote[]): Outcome {
  return notes.reduce<Outcome>((worst, { code }) => worseOutcome(worst, { reach: 'ANSWERED', code }), ANSWERED)
}

/** A note says nothing of a single field, so it counts in each part of the leg that has an answer. */
function withNote(part: ReadPart, noted: Outcome): ReadPart {
  if (noted.code === null || part.outcome.reach !== 'ANSWERED') return part
  return { ...part, outcome: worseOutcome(part.outcome, noted) }
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
  const rows: Row[] = []
  for (let i = 0; i < expected; i++) {
    const raw: unknown = list[i]
    const representation = state.entities?.[leg.entities?.[i] ?? -1]?.representation
    if (raw !== null) checkEntity(raw, representation, state)
    rows.push({ raw, errors: errorsBelow?.child(i) })
  }
  return rows
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

/** A field of a leg, with what is the same for each of its parts. */
interface AskedField {
  readonly field: TopField
  readonly partly: Outcome
  /** The outcome of a part from which no row was dropped. */
  readonly complete: Outcome
  readonly isOwner: boolean
  readonly target: FieldTarget | undefined
  readonly denied: readonly DeniedField[]
  readonly context: PartContext
}

function askedField({ field, partly }: LegField, { leg, state }: LegReading): AskedField {
  const target = state.targets.find((each) => each.field === field)
  return {
    field,
    partly,
    complete: worseOutcome(ANSWERED, partly),
    target,
    context: partContext(field, target, leg, state),
    isOwner: state.fetch.mode === 'OWNER' || field.spread?.who === 'OWNER',
    denied: state.denials.get(leg.country)?.get(field.bit) ?? [],
  }
}

/** Reads one part. Adds its bad coordinates to the reading. */
function readPart(asked: AskedField, { raw, errors }: Row, reading: LegReading): ReadPart {
  const { field, target } = asked
  const { leg, state, badCoordinates } = reading
  if (raw === null && asked.isOwner && !errors) return { value: null, outcome: ANSWERED, isFailed: false, ...NO_ISSUES }
  if (raw === null) {
    // The country is not to blame for a value that the quota of rows has no room for.
    if (errors?.reason() !== 'spent') badCoordinates.add(field.shape.coordinate)
    return failedPart(errors)
  }
  const { key } = field.shape
  const value = ownProperty(raw as Record<string, unknown>, key)
  const errorsBelow = errors?.child(key)
  const part = checkPart(field.shape, value, errorsBelow, asked.context)
  if (part.value === null && errorsBelow?.reason() === 'spent') return failedPart(errorsBelow)
  for (const { coordinate } of part.issues) badCoordinates.add(coordinate)
  if (part.value === null && (field.merge !== null || part.issues.length > 0)) {
    badCoordinates.add(field.shape.coordinate)
    return failedPart(errorsBelow)
  }
  if (target !== undefined) {
    rejectStandstill(target, part.value)
    rejectOtherRecord(target, part.value, state)
  }
  if (!reading.isQuotaReached && isCutShort(target, value)) {
    state.rejections.push({ country: leg.country, reason: `${field.shape.coordinate} has pages that are too short` })
    return failedPart(undefined)
  }
  const denied = asked.denied.length > 0 ? listDeniedPlaces(asked.denied, part.value) : []
  const issues = denied.length > 0 ? [...part.issues, ...denied] : part.issues
  const outcome = part.rowsDropped > 0 ? worseOutcome(DROPPED, asked.partly) : asked.complete
  const { isQuotaReached } = reading
  return { value: part.value, outcome, isFailed: false, issues, isCut: part.isCut, isQuotaReached }
}

/** Rejects a page that has a next page but no edges, because a client would ask for the same page forever. */
function rejectStandstill({ field, page }: FieldTarget, value: unknown): void {
  if (field.merge?.kind !== 'CONNECTION' || !page || page.first === 0) return
  if (standsStill(field.merge, value as Record<string, unknown>)) {
    throw new AnswerRejected('BAD_ANSWER', `${field.shape.coordinate} has no edges though it has a next page`)
  }
}

/**
 * Whether the page still has fewer edges than the gateway asked for, and a next page, after the gateway has asked on
 * (short-pages.ts). Rows of other countries would have to wait for it, so the country is left out of this page. A country that is the
 * only one holds up nobody.
 */
function isCutShort(target: FieldTarget | undefined, value: unknown): boolean {
  const merge = target?.field.merge
  if (!target?.page || target.countries.length < 2 || merge?.kind !== 'CONNECTION') return false
  return isShortPage(merge, value, target.page.first)
}

/** Rejects a record with another id than the one that a root OWNER field asked for. */
function rejectOtherRecord({ field, recordId: requestedId }: FieldTarget, value: unknown, state: GatherState): void {
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
  return FAILED_OUTCOMES[errors?.reason() ?? 'broken']
}

function partContext(top: TopField, target: FieldTarget | undefined, leg: PlannedLeg, state: GatherState): PartContext {
  return {
    country: leg.country,
    keys: state.fetch.keys,
    takesForeignId: (id) => state.takesForeignId?.(leg.country, id) ?? true,
    pageOf: (field: FieldShape): RequestedPage | null => {
      if (!field.page) return null
      const page = field === top.shape && target?.page ? target.page : state.pageOf(field.page, false)
      const after = page.silent[leg.country] ?? page.base
      return { order: page.order, first: page.first, after: after || null }
    },
  }
}

/**
 * Lists the places in a country's part where a value is missing because the country's rules deny the field.
 * @param denied the denied fields of one top field, with their paths from the top field on.
 * @param value the part's value, in which each list has its final items.
 */
export function listDeniedPlaces(denied: readonly DeniedField[], value: unknown): readonly Issue[] {
  return denied.flatMap(({ coordinate, path }) =>
    listPlaces(value, path.slice(1)).map(
      (at): Issue => ({ code: 'FORBIDDEN_BY_COUNTRY', coordinate, path: at, count: null }),
    ),
  )
}

/** Lists the places of a path in a value, with list indices, at most as many as an answer reports. A null on the way ends it. */
function listPlaces(value: unknown, path: readonly string[]): (readonly (string | number)[])[] {
  let level: readonly PlacedValue[] = listItems({ value, at: [] })
  for (const [i, key] of path.entries()) {
    const objects = level.filter((each) => isObject(each.value) && Object.hasOwn(each.value, key))
    if (i === path.length - 1) return objects.slice(0, MAX_ISSUES).map(({ at }) => [...at, key])
    level = objects.flatMap((object) =>
      listItems({ value: (object.value as Record<string, unknown>)[key], at: [...object.at, key] }),
    )
  }
  return []
}

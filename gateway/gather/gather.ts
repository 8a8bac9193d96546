/**
 * Puts the answers of a fetch's legs into the answer so far. Failures become data: outcomes, complaints, nulls.
 */
import type { Outcome } from '../../contract/outcome.ts'
import { ANSWERED, worseOutcome } from '../../contract/outcome.ts'
import { ownerOf } from '../../contract/record-id.ts'
import type { AnswerError } from '../types/answer-error.ts'
import type { LegAnswer } from '../types/flow.ts'
import type { Entity, FieldTarget, LegField, Page, PlannedLeg } from '../types/leg.ts'
import type { SpreadFetch, TopField } from '../types/operation.ts'
import type { FieldShape, PageArguments } from '../types/shape.ts'
import { AnswerRejected, checkPart, type PartContext, type RequestedPage } from './check-answer.ts'
import { type ErrorTree, errorTree } from './error-tree.ts'
import { mergeParts } from './merge.ts'
import { type CountryPart, standsStill } from './merge-connection.ts'

/** A leg with its answer. */
export interface AnsweredLeg {
  readonly leg: PlannedLeg
  readonly answer: LegAnswer
}

/** What a gathered fetch tells besides the data that it put into the tree. */
export interface Gathered {
  readonly answerErrors: readonly AnswerError[]
  /** The outcome of each country that this fetch concerned. */
  readonly outcomes: ReadonlyMap<string, Outcome>
  /** Particulars for the operator's log, where a leg was refused. No foreign text. */
  readonly refusals: readonly { readonly country: string; readonly reason: string }[]
}

/** What gathering needs besides the answers. */
export interface GatherInput {
  readonly fetch: SpreadFetch
  readonly targets: readonly FieldTarget[]
  /** Of OWNER entities: by owner and ordinal of the top field, why the field was not asked. */
  readonly unasked: ReadonlyMap<string, ReadonlyMap<number, Outcome>>
  readonly entities: readonly Entity[] | null
  readonly answers: readonly AnsweredLeg[]
  /** The answer so far; objects in it are added to. */
  readonly tree: Record<string, unknown>
  /** The page that a connection below a top field was asked for, from its own arguments. */
  readonly pageOf: (page: PageArguments, takesSilent: boolean) => Page
}

/** A country's part of one field, for one entity or for the root. */
interface ReadPart {
  readonly value: unknown
  readonly outcome: Outcome
  /** The part is null because of a failure, not because the country says null. */
  readonly isFailed: boolean
}

interface ReadLeg {
  readonly outcome: Outcome
  /** By ordinal of the top field, by index in `entities` (0 in a root fetch). */
  readonly parts: ReadonlyMap<number, readonly ReadPart[]>
}

/** Gathers one fetch into `input.tree`. */
export function gatherFetch(input: GatherInput): Gathered {
  const state: GatherState = { ...input, answerErrors: [], outcomes: new Map(), refusals: [] }
  const legs = new Map(input.answers.map(({ leg, answer }) => [leg.country, readLeg(leg, answer, state)]))
  if (input.fetch.mode === 'OWNER') placeOwned(legs, state)
  else {
    for (const target of input.targets) {
      if (target.field.spread?.who === 'OWNER') placeRootOwner(target, legs, state)
      else placeField(target, legs, state)
    }
  }
  for (const [country, leg] of legs) note(country, leg.outcome, state)
  return state
}

interface GatherState extends GatherInput {
  readonly answerErrors: AnswerError[]
  readonly outcomes: Map<string, Outcome>
  readonly refusals: { country: string; reason: string }[]
}

function readLeg(leg: PlannedLeg, answer: LegAnswer, state: GatherState): ReadLeg {
  if (answer.kind === 'failed') return { outcome: answer.outcome, parts: new Map() }
  try {
    return readAnswer(leg, answer.data, errorTree(answer.errors), state)
  } catch (error) {
    // An answer that cannot be read at all, too deep for the stack say, costs its own country alone like any other bad one.
    const code = error instanceof AnswerRejected ? error.code : 'BAD_ANSWER'
    const reason =
      error instanceof AnswerRejected ? error.message : `the answer could not be read (${(error as Error).name})`
    state.refusals.push({ country: leg.country, reason })
    return { outcome: { reach: 'UNAVAILABLE', code }, parts: new Map() }
  }
}

function readAnswer(leg: PlannedLeg, data: unknown, errors: ErrorTree | undefined, state: GatherState): ReadLeg {
  if (data === null || typeof data !== 'object') {
    const code = errors?.refused()
      ? { reach: 'DENIED', code: 'REFUSED_BY_NODE' }
      : { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' }
    state.refusals.push({ country: leg.country, reason: 'expected data; came none' })
    return { outcome: code as Outcome, parts: new Map() }
  }
  const rows = leg.entities === null ? [{ raw: data, errors }] : entityRows(leg, data, errors, state)
  const unfit = new Set<string>()
  const parts = new Map<number, ReadPart[]>()
  let worst = ANSWERED
  for (const { field, partly } of leg.fields) {
    const read = rows.map((row) => readPart({ field, partly }, row.raw, row.errors, leg, state, unfit))
    for (const part of read) if (part.outcome.reach === 'ANSWERED') worst = worseOutcome(worst, part.outcome)
    parts.set(field.bit, read)
  }
  if (unfit.size > 0) {
    const coordinates = [...unfit].slice(0, MAX_TOLD).join(', ')
    state.refusals.push({ country: leg.country, reason: `expected values that fit at ${coordinates}; came others` })
  }
  return { outcome: worst, parts }
}

/** How many coordinates one line of the log names. */
const MAX_TOLD = 10

interface Row {
  readonly raw: unknown
  readonly errors: ErrorTree | undefined
}

function entityRows(leg: PlannedLeg, data: object, errors: ErrorTree | undefined, state: GatherState): Row[] {
  const list = (data as { _entities?: unknown })._entities
  const expected = leg.entities?.length ?? 0
  if (!Array.isArray(list) || list.length !== expected) {
    throw new AnswerRejected('BAD_ANSWER', `expected ${expected} entities, one per representation`)
  }
  const below = errors?.child('_entities')
  return list.map((raw: unknown, i) => {
    const representation = state.entities?.[leg.entities?.[i] ?? -1]?.representation
    if (raw !== null) checkEntity(raw, representation, state)
    return { raw, errors: below?.child(i) }
  })
}

/** The same id, at the same place. */
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

function readPart(
  { field, partly }: LegField,
  raw: unknown,
  errors: ErrorTree | undefined,
  leg: PlannedLeg,
  state: GatherState,
  unfit: Set<string>,
): ReadPart {
  const isOwner = state.fetch.mode === 'OWNER' || field.spread?.who === 'OWNER'
  if (raw === null && isOwner && !errors) return { value: null, outcome: ANSWERED, isFailed: false }
  if (raw === null) {
    unfit.add(field.shape.coordinate)
    return failedPart(errors)
  }
  const value = Object.hasOwn(raw as object, field.shape.key)
    ? (raw as Record<string, unknown>)[field.shape.key]
    : undefined
  const below = errors?.child(field.shape.key)
  const part = checkPart(field.shape, value, below, partContext(field, leg, state))
  const at = positionOf(field, state)
  const isNull = part.value === null
  const isFailed = isNull && (field.merge !== null || part.issues.length > 0)
  for (const { coordinate } of part.issues) unfit.add(coordinate)
  if (isFailed) {
    unfit.add(field.shape.coordinate)
    return failedPart(below)
  }
  rejectStandstill(field, part.value, state)
  rejectOtherRecord(field, part.value, state)
  for (const issue of part.issues) {
    state.answerErrors.push({ ...issue, country: leg.country, path: [...at, ...issue.path] })
  }
  const dropped: Outcome = { reach: 'ANSWERED', code: part.rowsDropped > 0 ? 'ROWS_DROPPED' : null }
  return { value: part.value, outcome: worseOutcome(dropped, partly), isFailed: false }
}

/** A country that has more gives at least one row, else no page would ever end. */
function rejectStandstill(field: TopField, value: unknown, state: GatherState): void {
  const page = state.targets.find((target) => target.field === field)?.page
  if (field.merge?.kind !== 'CONNECTION' || !page || page.first === 0) return
  if (standsStill(field.merge, value as Record<string, unknown>)) {
    throw new AnswerRejected('BAD_ANSWER', `${field.shape.coordinate} has no edges though it has a next page`)
  }
}

/** Whoever is asked for one record by its id gives that one, or none. */
function rejectOtherRecord(field: TopField, value: unknown, state: GatherState): void {
  const asked = state.targets.find((target) => target.field === field)?.recordId ?? null
  if (asked === null || value === null || typeof value !== 'object') return
  const given = (value as Record<string, unknown>)[state.fetch.keys.id]
  if (given !== undefined && given !== asked) {
    throw new AnswerRejected('BAD_ANSWER', `${field.shape.coordinate} gave another record than the one asked for`)
  }
}

function failedPart(errors: ErrorTree | undefined): ReadPart {
  const outcome: Outcome = errors?.refused()
    ? { reach: 'DENIED', code: 'REFUSED_BY_NODE' }
    : { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' }
  return { value: null, outcome, isFailed: true }
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

/** Puts OWNER entities in place: a copy for every object that the entity stands for. */
function placeOwned(legs: ReadonlyMap<string, ReadLeg>, state: GatherState): void {
  const positions = new Map<string, Map<number, number>>()
  for (const { leg } of state.answers) {
    positions.set(leg.country, new Map(leg.entities?.map((entity, row) => [entity, row])))
  }
  for (const [i, entity] of (state.entities ?? []).entries()) {
    const owner = ownerOf(textOf(entity.representation.id))
    const leg = legs.get(owner)
    for (const field of fieldsOf(entity, state)) {
      const part = leg?.parts.get(field.bit)?.[positions.get(owner)?.get(i) ?? -1]
      const denied = state.unasked.get(owner)?.get(field.bit)
      if (part && !part.isFailed) assign(entity, field, part.value)
      else if (part) addOwnerError(field, owner, part.outcome, state)
      else if (leg?.outcome.reach === 'ANSWERED') note(owner, denied ? PARTLY_DENIED : PARTLY_NOT_PUBLISHED, state)
      else addOwnerError(field, owner, leg?.outcome ?? denied ?? NOT_PUBLISHED, state)
    }
  }
}

function fieldsOf(entity: Entity, state: GatherState): readonly TopField[] {
  return state.fetch.fields.filter((field) => field.typeName === entity.representation.__typename)
}

/** A failed OWNER leg has no `outcomes` to stand in: one complaint per position, its code the reach. */
function addOwnerError(field: TopField, country: string, outcome: Outcome, state: GatherState): void {
  note(country, outcome, state)
  // What the country's rules refuse was told when the leg was made, with the coordinate that they refuse.
  if (outcome.reach === 'ANSWERED' || outcome.code === 'FORBIDDEN_BY_COUNTRY') return
  const path = positionOf(field, state)
  state.answerErrors.push({ code: outcome.reach, country, coordinate: field.shape.coordinate, path })
}

/** Puts an EVERY field in place, of the root or of each entity. */
function placeField(target: FieldTarget, legs: ReadonlyMap<string, ReadLeg>, state: GatherState): void {
  const { field } = target
  const rows: readonly (Entity | null)[] = state.entities ?? [null]
  const several = state.fetch.mode === 'EVERY' && rows.length > 1
  for (const [i, entity] of rows.entries()) {
    if (entity && entity.representation.__typename !== field.typeName) continue
    const parts = countryParts(target, i, several, legs, state)
    const path = positionOf(field, state)
    if (!field.merge) continue
    const merged = mergeParts(field.merge, parts, target.page, path)
    state.answerErrors.push(...merged.answerErrors)
    if (entity) assign(entity, field, merged.value)
    else state.tree[field.shape.key] = merged.value
  }
}

function countryParts(
  target: FieldTarget,
  row: number,
  several: boolean,
  legs: ReadonlyMap<string, ReadLeg>,
  state: GatherState,
): CountryPart[] {
  const all = [...target.countries, ...target.unasked.keys()].sort()
  return all.map((country) => {
    const unasked = target.unasked.get(country)
    const leg = legs.get(country)
    const part = leg?.parts.get(target.field.bit)?.[row]
    const read = part?.outcome ?? unasked ?? leg?.outcome ?? { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' }
    const outcome = several && missedEarlier(target.field, country, state) ? worseOutcome(read, MISSED) : read
    note(country, outcome, state)
    return { country, outcome, value: (part?.value ?? null) as CountryPart['value'] }
  })
}

/** An owner that no leg went to: it does not publish the domain, or none of the fields. */
const NOT_PUBLISHED: Outcome = { reach: 'NOT_PUBLISHED', code: null }

/** The owner answered, but was not asked this field: it does not publish it, or does not give it to this caller. */
const PARTLY_NOT_PUBLISHED: Outcome = { reach: 'ANSWERED', code: 'PARTLY_NOT_PUBLISHED' }
const PARTLY_DENIED: Outcome = { reach: 'ANSWERED', code: 'PARTLY_DENIED' }

const MISSED: Outcome = { reach: 'ANSWERED', code: 'EARLIER_PAGES_MISSING' }

/** Under several records a cursor's word on silent countries cannot be used: their earlier rows are missing. */
function missedEarlier(field: TopField, country: string, state: GatherState): boolean {
  if (!field.shape.page) return false
  return Object.hasOwn(state.pageOf(field.shape.page, true).silent, country)
}

function placeRootOwner(target: FieldTarget, legs: ReadonlyMap<string, ReadLeg>, state: GatherState): void {
  const { field } = target
  const [owner = ''] = [...target.countries, ...target.unasked.keys()]
  const leg = legs.get(owner)
  const part = leg?.parts.get(field.bit)?.[0]
  state.tree[field.shape.key] = part && !part.isFailed ? part.value : null
  const outcome = part?.outcome ?? target.unasked.get(owner) ?? leg?.outcome ?? ANSWERED
  if (!part || part.isFailed) addOwnerError(field, owner, outcome, state)
  else note(owner, outcome, state)
}

/** Where a top field stands in the answer, by response keys: the list levels of the path stand for many rows. */
function positionOf(field: TopField, state: GatherState): string[] {
  return [...state.fetch.path.filter((step) => step !== '@'), field.shape.key]
}

function assign(entity: Entity, field: TopField, value: unknown): void {
  const [first, ...others] = entity.objects
  if (first) first[field.shape.key] = value
  for (const object of others) object[field.shape.key] = structuredClone(value)
}

function note(country: string, outcome: Outcome, state: GatherState): void {
  const known = state.outcomes.get(country)
  state.outcomes.set(country, known ? worseOutcome(known, outcome) : outcome)
}

/** An id as it came from whatever subgraph: an object may have no text. */
function textOf(id: unknown): string {
  return typeof id === 'string' ? id : ''
}

/** Puts the parts that were read from the legs into the answer so far. */

import { isDeepStrictEqual } from 'node:util'
import type { ErrorCode } from '../../contract/errors.ts'
import { setMember } from '../../contract/json-value.ts'
import { ANSWERED, type Outcome, worseOutcome } from '../../contract/outcome.ts'
import { isRecordId, ownerOf } from '../../contract/record-id.ts'
import type { AnswerError } from '../types/flow.ts'
import type { Entity, FieldTarget, Page } from '../types/leg.ts'
import type { MergeRule, MergeSpec, ObjectMerge, OutcomesKey } from '../types/merge.ts'
import type { TopField } from '../types/operation.ts'
import { copyJson } from './copy-json.ts'
import type { CountryLegs } from './country-legs.ts'
import { addError, type GatherState, MORE_ERRORS, noteOutcome } from './gather-state.ts'
import { type CountryPart, mergeConnection } from './merge-connection.ts'
import { mapPaths } from './merged-path.ts'
import type { ReadPart } from './read-leg.ts'

type Path = readonly (string | number)[]

/** The place of the answer itself. */
const ROOT: readonly Path[] = [[]]

/** By country code. */
type ReadLegs = ReadonlyMap<string, CountryLegs>

/** A country's part of an EVERY field, with what is wrong in it. */
type FieldPart = CountryPart & Pick<ReadPart, 'issues' | 'isCut'>

/** The gateway sent the owner no leg, because it does not publish the domain or any of the fields. */
const NOT_PUBLISHED: Outcome = { reach: 'NOT_PUBLISHED', code: null }

/** The owner answered. The gateway did not ask it for this field, because it does not publish the field. */
const PARTLY_NOT_PUBLISHED: Outcome = { reach: 'ANSWERED', code: 'PARTLY_NOT_PUBLISHED' }

/** The owner answered. The gateway did not ask it for this field, because its rules deny the field to this caller. */
const PARTLY_DENIED: Outcome = { reach: 'ANSWERED', code: 'PARTLY_DENIED' }

/** Outcome codes of a country that answered without all of its rows, and for which no other error stands at the rows. */
const MISSING_ROWS: ReadonlySet<string> = new Set(['EARLIER_PAGES_MISSING', 'COVERAGE_PARTIAL', 'QUOTA_REACHED'])

const EARLIER_PAGES_MISSING: Outcome = { reach: 'ANSWERED', code: 'EARLIER_PAGES_MISSING' }

/** Puts the fields of OWNER entities in place: a copy into each object that has the entity's representation. */
export function placeEntityFields(legs: ReadLegs, state: GatherState): void {
  for (const [i, entity] of (state.entities ?? []).entries()) {
    const { id, __typename: typeName } = entity.representation
    const owner = isRecordId(id) ? ownerOf(id) : null
    for (const field of state.fetch.fields) {
      if (field.typeName !== typeName) continue
      if (owner === null) addOwnerlessErrors(field, entity.paths, state)
      else placeEntityField(i, entity, field, owner, legs, state)
    }
  }
}

function placeEntityField(
  index: number,
  entity: Entity,
  field: TopField,
  owner: string,
  legs: ReadLegs,
  state: GatherState,
): void {
  const leg = legs.get(owner)
  const part = leg?.partAt(field.bit, index)
  if (part && !part.isFailed) {
    assignField(entity, field, part.value)
    if (hasNoIssues(part, owner, field, state)) return
    for (const above of entity.paths) addIssues(part, owner, [...above, field.shape.key], field, state)
    return
  }
  const legOutcome = leg?.outcomeAt(index)
  const unasked = state.unasked.get(owner)?.get(field.bit)
  if (part) addOwnerErrors(field, owner, part.outcome, entity.paths, state)
  else if (legOutcome?.reach === 'ANSWERED') {
    noteOutcome(owner, unasked ? PARTLY_DENIED : PARTLY_NOT_PUBLISHED, state)
    addDenials(field, owner, entity.paths, state)
  } else addOwnerErrors(field, owner, legOutcome ?? unasked ?? NOT_PUBLISHED, entity.paths, state)
}

/** Adds an error for each place of the field. The id is not that of a record, so no country is to blame and none has an outcome. */
function addOwnerlessErrors(field: TopField, places: readonly Path[], state: GatherState): void {
  const { coordinate, key } = field.shape
  for (const above of places) {
    addError({ code: 'BAD_ANSWER', country: null, coordinate, path: [...above, key] }, field.bit, state)
  }
}

/** Puts an OWNER field of the root in place. */
export function placeRootOwnerField(target: FieldTarget, legs: ReadLegs, state: GatherState): void {
  const { field } = target
  const [owner = ''] = [...target.countries, ...target.unasked.keys()]
  const leg = legs.get(owner)
  const part = leg?.partAt(field.bit, null)
  state.tree[field.shape.key] = part && !part.isFailed ? part.value : null
  const outcome = part?.outcome ?? target.unasked.get(owner) ?? leg?.outcomeAt(null) ?? ANSWERED
  if (!part || part.isFailed) addOwnerErrors(field, owner, outcome, ROOT, state)
  else {
    noteOutcome(owner, outcome, state)
    addIssues(part, owner, [field.shape.key], field, state)
  }
}

/** Puts an EVERY field in place: in the root, or in each entity. */
export function placeEveryField(target: FieldTarget, legs: ReadLegs, state: GatherState): void {
  const { field } = target
  const rows: readonly (Entity | null)[] = state.entities ?? [null]
  const concerned = listConcerned(target, legs, state)
  for (const [i, entity] of rows.entries()) {
    if (entity && entity.representation.__typename !== field.typeName) continue
    const row = entity ? i : null
    const parts = listCountryParts(field.bit, concerned, row, state)
    if (!field.merge) continue
    const merged = mergeParts(field.merge, parts, target.page, state.firstRows.hasTaken(field.bit, row))
    if (entity) assignField(entity, field, merged.value)
    else state.tree[field.shape.key] = merged.value
    for (const above of entity?.paths ?? ROOT) {
      const path = [...above, field.shape.key]
      for (const error of merged.answerErrors) addError({ ...error, path: [...path, ...error.path] }, field.bit, state)
      addPartErrors(field.merge, parts, target, path, state)
    }
  }
}

/** A country that an EVERY field concerns, with what is the same in each row. */
interface Concerned {
  readonly country: string
  readonly leg: CountryLegs | undefined
  readonly unasked: Outcome | undefined
  readonly missesPages: boolean
}

/** Lists the countries that an EVERY field concerns, sorted. */
function listConcerned({ field, countries, unasked }: FieldTarget, legs: ReadLegs, state: GatherState): Concerned[] {
  const hasManyRows = state.fetch.mode === 'EVERY' && (state.entities?.length ?? 1) > 1
  return [...countries, ...unasked.keys()].sort().map((country) => ({
    country,
    leg: legs.get(country),
    unasked: unasked.get(country),
    missesPages: hasManyRows && wasSilentBefore(field, country, state),
  }))
}

const NO_ANSWER: Outcome = { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' }
const NO_ISSUES: ReadPart['issues'] = []

/** Lists each country's part of an EVERY field (by its ordinal) for one row, in the order of the countries. Notes the outcomes. */
function listCountryParts(
  bit: number,
  concerned: readonly Concerned[],
  row: number | null,
  state: GatherState,
): FieldPart[] {
  return concerned.map(({ country, leg, unasked, missesPages }) => {
    const part = leg?.partAt(bit, row)
    const read = part?.outcome ?? unasked ?? leg?.outcomeAt(row) ?? NO_ANSWER
    const outcome = missesPages ? worseOutcome(read, EARLIER_PAGES_MISSING) : read
    noteOutcome(country, outcome, state)
    const value = (part?.value ?? null) as CountryPart['value']
    const isQuotaReached = part?.isQuotaReached ?? false
    return { country, outcome, value, isQuotaReached, issues: part?.issues ?? NO_ISSUES, isCut: part?.isCut ?? false }
  })
}

/**
 * Whether the cursor says that a country was silent on earlier pages. A cursor is of one connection. If a leg asks about several records,
 * the gateway cannot use what the cursor says about silent countries, so their earlier rows are missing.
 */
function wasSilentBefore(field: TopField, country: string, state: GatherState): boolean {
  if (!field.shape.page) return false
  return Object.hasOwn(state.pageOf(field.shape.page, true).silent, country)
}

/** Adds the errors of one EVERY field at one place: what is wrong in the rows, and which countries are missing. */
function addPartErrors(
  spec: MergeSpec,
  parts: readonly FieldPart[],
  { field, page }: FieldTarget,
  path: Path,
  state: GatherState,
): void {
  const mapPath = mapPaths(spec, parts, page)
  for (const part of parts) {
    const { country } = part
    if (!hasNoIssues(part, country, field, state))
      addIssues(part, country, path, field, state, (at) => mapPath(at, part))
    const code = spec.outcomes.length === 0 ? missingCode(part) : null
    if (code !== null) addError({ code, country, coordinate: field.shape.coordinate, path }, field.bit, state)
  }
}

/**
 * Returns the code that says that rows of a country are missing; null if none are, or if another error says it. It is needed where the
 * operation does not ask for `outcomes`.
 */
function missingCode({ outcome: { reach, code }, issues }: FieldPart): ErrorCode | null {
  if (reach !== 'ANSWERED') return code === 'FORBIDDEN_BY_COUNTRY' ? null : reach
  if (code === 'ROWS_DROPPED') return issues.some((issue) => issue.code === code) ? null : code
  return code !== null && MISSING_ROWS.has(code) ? code : null
}

/** Adds one error for each place of an OWNER field, with the reach as its code: the field has no `outcomes` that could say it. */
function addOwnerErrors(
  field: TopField,
  country: string,
  outcome: Outcome,
  places: readonly Path[],
  state: GatherState,
): void {
  noteOutcome(country, outcome, state)
  addDenials(field, country, places, state)
  const { reach } = outcome
  // The country's denials are reported already, with the coordinate that each of them denies.
  if (reach === 'ANSWERED' || outcome.code === 'FORBIDDEN_BY_COUNTRY') return
  for (const above of places) {
    const path = [...above, field.shape.key]
    addError({ code: reach, country, coordinate: field.shape.coordinate, path }, field.bit, state)
  }
}

/** Adds an error for each place of a field, if the country denies the field or a part of it and gave no value. */
function addDenials(field: TopField, country: string, places: readonly Path[], state: GatherState): void {
  for (const { coordinate } of state.denials.get(country)?.get(field.bit) ?? []) {
    for (const above of places) {
      const path = [...above, field.shape.key]
      addError({ code: 'FORBIDDEN_BY_COUNTRY', country, coordinate, path }, field.bit, state)
    }
  }
}

/**
 * Adds the errors of one country's part of a field, at one place of the field. A denial that no row in the answer shows is reported at the
 * field itself.
 * @param mapPath returns an issue's place in the merged value; null if its row is not in the answer.
 */
function addIssues(
  part: Pick<ReadPart, 'issues' | 'isCut'>,
  country: string,
  path: Path,
  field: TopField,
  state: GatherState,
  mapPath: (path: Path) => Path | null = (at) => at,
): void {
  const shown = new Set<string>()
  for (const { code, coordinate, count, path: at } of part.issues) {
    const below = mapPath(at)
    if (below === null) continue
    if (code === 'FORBIDDEN_BY_COUNTRY') shown.add(coordinate)
    const error = { code, country, coordinate, path: [...path, ...below] }
    addError(count === null ? error : { ...error, count }, field.bit, state)
  }
  for (const { coordinate } of state.denials.get(country)?.get(field.bit) ?? []) {
    if (!shown.has(coordinate)) {
      addError({ code: 'FORBIDDEN_BY_COUNTRY', country, coordinate, path }, field.bit, state)
    }
  }
  if (part.isCut) addError(MORE_ERRORS, field.bit, state)
}

/** Whether `addIssues` has nothing to add, so that nobody needs to know the places of the field. */
function hasNoIssues(
  part: Pick<ReadPart, 'issues' | 'isCut'>,
  country: string,
  { bit }: TopField,
  state: GatherState,
): boolean {
  return part.issues.length === 0 && !part.isCut && state.denials.get(country)?.get(bit) === undefined
}

/** Assigns a value to each object of an entity: the value itself to the first, copies to the others. */
function assignField(entity: Entity, field: TopField, value: unknown): void {
  const [first, ...others] = entity.objects
  if (first) first[field.shape.key] = value
  for (const object of others) object[field.shape.key] = copyJson(value)
}

// Merges the countries' values of an EVERY field into one (`@merge`, istmo.graphql). Pure.

/** A merged EVERY field, with an error for each place where the countries disagree. Paths begin below the field. */
interface Merged {
  readonly value: Record<string, unknown>
  readonly answerErrors: readonly AnswerError[]
}

/**
 * Merges the parts of one EVERY field.
 * @param parts one for each country that the field concerns, sorted by country code.
 * @param page null for a field that is not a connection.
 * @param hasMoreRows whether a connection had rows behind those of the page that are not in the parts any more (first-rows.ts).
 */
export function mergeParts(
  spec: MergeSpec,
  parts: readonly CountryPart[],
  page: Page | null,
  hasMoreRows = false,
): Merged {
  const answerErrors: AnswerError[] = []
  const value =
    spec.kind === 'CONNECTION' && page !== null
      ? mergeConnection(spec, parts, page, hasMoreRows)
      : mergeObject(spec as ObjectMerge, parts, [], answerErrors)
  for (const key of spec.typename) value[key] = spec.typeName
  for (const key of spec.outcomes) value[key.key] = formatOutcomes(parts, key)
  return { value, answerErrors }
}

function formatOutcomes(parts: readonly CountryPart[], { fields }: OutcomesKey): Record<string, unknown>[] {
  const keys = [...fields]
  return parts.map(({ country, outcome }) => {
    const entry: Record<string, unknown> = {}
    for (const [key, name] of keys) setMember(entry, key, outcomeField(name, country, outcome))
    return entry
  })
}

function outcomeField(name: string, country: string, { reach, code }: Outcome): unknown {
  if (name === 'country') return country
  if (name === 'reach') return reach
  if (name === 'code') return code
  return name === '__typename' ? 'CountryOutcome' : null
}

function mergeObject(
  spec: ObjectMerge,
  parts: readonly CountryPart[],
  path: readonly string[],
  answerErrors: AnswerError[],
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const key of spec.typename) result[key] = spec.typeName
  for (const field of spec.fields) {
    const pathBelow = [...path, field.key]
    const values = parts.map((part) => ({ ...part, value: part.value?.[field.key] ?? null }))
    if (typeof field.rule !== 'string') {
      result[field.key] = mergeObject(field.rule as ObjectMerge, values as CountryPart[], pathBelow, answerErrors)
      continue
    }
    const merged = mergeValues(field.rule, values)
    result[field.key] = merged.value
    if (merged.disagree) {
      answerErrors.push({ code: 'COUNTRIES_DISAGREE', country: null, coordinate: field.coordinate, path: pathBelow })
    }
  }
  return result
}

interface CountryValue {
  readonly outcome: Outcome
  readonly value: unknown
}

/**
 * Merges plain values by a rule. A value is missing if its country's outcome is not ANSWERED, or if it is null.
 * @returns `disagree` is true if the rule is `EQUAL` and the values differ; then `value` is null.
 */
export function mergeValues(
  rule: MergeRule,
  parts: readonly CountryValue[],
): { readonly value: unknown; readonly disagree: boolean } {
  const values = parts
    .filter(({ outcome, value }) => outcome.reach === 'ANSWERED' && value !== null)
    .map(({ value }) => value)
  const isMissing = values.length < parts.length
  switch (rule) {
    case 'JOIN':
      return agreed(values.flat())
    case 'ALL':
      if (values.includes(false)) return agreed(false)
      return agreed(isMissing || values.length === 0 ? null : true)
    case 'ANY':
      if (values.includes(true)) return agreed(true)
      return agreed(isMissing ? null : false)
    case 'SUM':
      return agreed(isMissing ? null : values.reduce<number>((sum, value) => sum + Number(value), 0))
    case 'EQUAL': {
      const [first = null] = values
      return values.every((value) => isDeepStrictEqual(value, first)) ? agreed(first) : { value: null, disagree: true }
    }
  }
}

function agreed(value: unknown): { readonly value: unknown; readonly disagree: boolean } {
  return { value, disagree: false }
}

/** Puts the parts that were read from the legs into the answer so far. */
import type { Outcome } from '../../contract/outcome.ts'
import { ANSWERED, worseOutcome } from '../../contract/outcome.ts'
import { isRecordId, ownerOf } from '../../contract/record-id.ts'
import type { Entity, FieldTarget } from '../types/leg.ts'
import type { TopField } from '../types/operation.ts'
import type { CountryLegs } from './country-legs.ts'
import { type GatherState, noteOutcome, positionOf } from './gather-state.ts'
import { mergeParts } from './merge.ts'
import type { CountryPart } from './merge-connection.ts'

/** By country code. */
type ReadLegs = ReadonlyMap<string, CountryLegs>

/** The gateway sent the owner no leg, because it does not publish the domain or any of the fields. */
const NOT_PUBLISHED: Outcome = { reach: 'NOT_PUBLISHED', code: null }

/** The owner answered. The gateway did not ask it for this field, because it does not publish the field. */
const PARTLY_NOT_PUBLISHED: Outcome = { reach: 'ANSWERED', code: 'PARTLY_NOT_PUBLISHED' }

/** The owner answered. The gateway did not ask it for this field, because its rules deny the field to this caller. */
const PARTLY_DENIED: Outcome = { reach: 'ANSWERED', code: 'PARTLY_DENIED' }

const EARLIER_PAGES_MISSING: Outcome = { reach: 'ANSWERED', code: 'EARLIER_PAGES_MISSING' }

/** Puts the fields of OWNER entities in place: a copy into each object that has the entity's representation. */
export function placeEntityFields(legs: ReadLegs, state: GatherState): void {
  for (const [i, entity] of (state.entities ?? []).entries()) {
    const { id } = entity.representation
    for (const field of state.fetch.fields) {
      if (field.typeName !== entity.representation.__typename) continue
      if (isRecordId(id)) placeEntityField(i, field, ownerOf(id), legs, state)
      else addOwnerlessError(field, state)
    }
  }
}

function placeEntityField(index: number, field: TopField, owner: string, legs: ReadLegs, state: GatherState): void {
  const leg = legs.get(owner)
  const part = leg?.partAt(field.bit, index)
  const legOutcome = leg?.outcomeAt(index)
  const unasked = state.unasked.get(owner)?.get(field.bit)
  const entity = state.entities?.[index]
  if (part && !part.isFailed && entity) assignField(entity, field, part.value)
  else if (part) addOwnerError(field, owner, part.outcome, state)
  else if (legOutcome?.reach === 'ANSWERED') {
    noteOutcome(owner, unasked ? PARTLY_DENIED : PARTLY_NOT_PUBLISHED, state)
  } else addOwnerError(field, owner, legOutcome ?? unasked ?? NOT_PUBLISHED, state)
}

/** Adds one error for the field's position. The id is not that of a record, so no country is to blame and none has an outcome. */
function addOwnerlessError(field: TopField, state: GatherState): void {
  const { coordinate } = field.shape
  state.answerErrors.push({ code: 'BAD_ANSWER', country: null, coordinate, path: positionOf(field, state) })
}

/** Puts an OWNER field of the root in place. */
export function placeRootOwnerField(target: FieldTarget, legs: ReadLegs, state: GatherState): void {
  const { field } = target
  const [owner = ''] = [...target.countries, ...target.unasked.keys()]
  const leg = legs.get(owner)
  const part = leg?.partAt(field.bit, null)
  state.tree[field.shape.key] = part && !part.isFailed ? part.value : null
  const outcome = part?.outcome ?? target.unasked.get(owner) ?? leg?.outcomeAt(null) ?? ANSWERED
  if (!part || part.isFailed) addOwnerError(field, owner, outcome, state)
  else noteOutcome(owner, outcome, state)
}

/** Puts an EVERY field in place: in the root, or in each entity. */
export function placeEveryField(target: FieldTarget, legs: ReadLegs, state: GatherState): void {
  const { field } = target
  const rows: readonly (Entity | null)[] = state.entities ?? [null]
  for (const [i, entity] of rows.entries()) {
    if (entity && entity.representation.__typename !== field.typeName) continue
    const parts = listCountryParts(target, entity ? i : null, legs, state)
    if (!field.merge) continue
    const merged = mergeParts(field.merge, parts, target.page, positionOf(field, state))
    state.answerErrors.push(...merged.answerErrors)
    if (entity) assignField(entity, field, merged.value)
    else state.tree[field.shape.key] = merged.value
  }
}

/** Lists each country's part of an EVERY field for one row, sorted by country code. Notes the outcomes. */
function listCountryParts(target: FieldTarget, row: number | null, legs: ReadLegs, state: GatherState): CountryPart[] {
  const hasManyRows = state.fetch.mode === 'EVERY' && (state.entities?.length ?? 1) > 1
  const countries = [...target.countries, ...target.unasked.keys()].sort()
  return countries.map((country) => {
    const unasked = target.unasked.get(country)
    const leg = legs.get(country)
    const part = leg?.partAt(target.field.bit, row)
    const read = part?.outcome ?? unasked ?? leg?.outcomeAt(row) ?? { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' }
    const missesPages = hasManyRows && wasSilentBefore(target.field, country, state)
    const outcome = missesPages ? worseOutcome(read, EARLIER_PAGES_MISSING) : read
    noteOutcome(country, outcome, state)
    return { country, outcome, value: (part?.value ?? null) as CountryPart['value'] }
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

/** Adds one error for the field's position, with the reach as its code: an OWNER field has no `outcomes` that could say it. */
function addOwnerError(field: TopField, country: string, outcome: Outcome, state: GatherState): void {
  noteOutcome(country, outcome, state)
  // The spread room has already reported what the country's rules deny, with the coordinate that they deny.
  if (outcome.reach === 'ANSWERED' || outcome.code === 'FORBIDDEN_BY_COUNTRY') return
  const path = positionOf(field, state)
  state.answerErrors.push({ code: outcome.reach, country, coordinate: field.shape.coordinate, path })
}

/** Assigns a value to each object of an entity: the value itself to the first, copies to the others. */
function assignField(entity: Entity, field: TopField, value: unknown): void {
  const [first, ...others] = entity.objects
  if (first) first[field.shape.key] = value
  for (const object of others) object[field.shape.key] = structuredClone(value)
}

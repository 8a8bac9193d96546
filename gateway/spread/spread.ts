/**
 * Spreads a fetch over the countries (docs/design/spread.md, Step 3: one leg per country). Pure.
 */
import { encodeCursor, type Place } from '../../contract/cursor.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { ownerOf, parseRecordId } from '../../contract/record-id.ts'
import type { AnswerError } from '../types/answer-error.ts'
import type { DomainView } from '../types/flow.ts'
import type { Entity, FieldTarget, LegField, Page, PlannedLeg } from '../types/leg.ts'
import type { SpreadFetch, TopField } from '../types/operation.ts'
import { argumentValues, pageOf } from './check-arguments.ts'
import { legDocument } from './leg-document.ts'
import { type PrunedField, pruneField } from './prune-leg.ts'
import type { Publication } from './publication.ts'

/** What spreading depends on besides the fetch. */
export interface SpreadInput {
  readonly variables: Readonly<Record<string, unknown>>
  /** Who publishes the fetch's domain, and what of it. */
  readonly publishers: ReadonlyMap<string, Publication>
  /** What a country of `publishers` gives the caller. */
  readonly viewOf: (country: string) => DomainView
  /** The mandate's countries: the default set of an EVERY field with a rule; null without a mandate. */
  readonly mandateCountries: readonly string[] | null
  /** Of a fetch with a path; null in a root fetch. */
  readonly entities: readonly Entity[] | null
}

/** The legs of a fetch, and for each EVERY or root field whom it concerns. */
export interface Spread {
  readonly legs: readonly PlannedLeg[]
  /** By ordinal of the top field; empty for a fetch of OWNER entities. */
  readonly targets: readonly FieldTarget[]
  /** Of a fetch of OWNER entities: by owner and ordinal of the top field, why the field is not asked. */
  readonly unasked: ReadonlyMap<string, ReadonlyMap<number, Outcome>>
  /** What countries refuse of what they would else be asked. */
  readonly answerErrors: readonly AnswerError[]
}

const NOT_PUBLISHED: Outcome = { reach: 'NOT_PUBLISHED', code: null }
const FORBIDDEN: Outcome = { reach: 'DENIED', code: 'FORBIDDEN_BY_COUNTRY' }

/** The making of one fetch's legs. */
interface Spreading extends SpreadInput {
  readonly fetch: SpreadFetch
  readonly answerErrors: AnswerError[]
}

/** A top field and a country that is asked it, with what the country gives of it. */
interface CountryField {
  readonly field: TopField
  readonly given: Extract<PrunedField, { readonly kind: 'included' }>
  readonly page: Page | null
}

/**
 * Makes the legs of one fetch. Legs stand in code order.
 * @throws {IstmoError} for arguments that `checkArguments` refuses; the executor has called that before.
 */
export function spreadFetch(fetch: SpreadFetch, input: SpreadInput): Spread {
  const spreading: Spreading = { ...input, fetch, answerErrors: [] }
  const { answerErrors } = spreading
  if (fetch.mode === 'OWNER') return { ...ownerLegs(spreading), targets: [], answerErrors }
  const asked = new Map<string, CountryField[]>()
  const targets = fetch.fields.map((field) => fieldTarget(field, spreading, asked))
  const all = input.entities?.map((_, i) => i) ?? null
  const legs = [...asked.keys()].sort().flatMap((country) => makeLeg(country, asked.get(country) ?? [], all, spreading))
  return { legs, targets, unasked: new Map(), answerErrors }
}

function ownerLegs(spreading: Spreading): Pick<Spread, 'legs' | 'unasked'> {
  const { fetch, entities } = spreading
  const byOwner = new Map<string, number[]>()
  for (const [i, entity] of (entities ?? []).entries()) {
    const owner = ownerOf(textOf(entity.representation.id))
    const indices = byOwner.get(owner)
    if (indices) indices.push(i)
    else byOwner.set(owner, [i])
  }
  const unasked = new Map<string, ReadonlyMap<number, Outcome>>()
  const legs = [...byOwner.keys()].sort().flatMap((country) => {
    const publication = spreading.publishers.get(country)
    if (!publication) return []
    const asked: CountryField[] = []
    const not = new Map<number, Outcome>()
    for (const field of fetch.fields) {
      const given = pruneFor(field, country, publication, spreading)
      if (given.kind === 'included') asked.push({ field, given, page: null })
      else if (given.kind !== 'not-published') not.set(field.bit, outcomeOf(given, country, spreading))
    }
    unasked.set(country, not)
    return makeLeg(country, asked, byOwner.get(country) ?? [], spreading)
  })
  return { legs, unasked }
}

function makeLeg(
  country: string,
  asked: readonly CountryField[],
  entities: readonly number[] | null,
  spreading: Spreading,
): PlannedLeg[] {
  const { fetch } = spreading
  if (asked.length === 0 || entities?.length === 0) return []
  const id = spreading.publishers.get(country)?.id ?? ''
  const document = legDocument(
    fetch,
    asked.map(({ field: { bit, typeName }, given: { node, key } }) => ({ bit, typeName, node, key: `${id} ${key}` })),
  )
  const representations = entities?.map((i) => spreading.entities?.[i]?.representation)
  const own: Record<string, unknown> = { [`${fetch.keys.prefix}Countries`]: [country] }
  for (const { field, page } of asked) {
    if (page) own[`${fetch.keys.prefix}After${field.bit}`] = afterFor(page, country)
  }
  const values: Record<string, unknown> = representations ? { representations } : {}
  for (const name of document.variables) {
    if (Object.hasOwn(own, name)) values[name] = own[name]
    else if (Object.hasOwn(spreading.variables, name)) values[name] = spreading.variables[name]
  }
  const fields = asked.map(
    ({ field, given }): LegField => ({ field, partly: { reach: 'ANSWERED', code: given.partly } }),
  )
  const scopes = namesOf(asked, ({ given }) => given.scopes)
  const policies = namesOf(asked, ({ given }) => given.policies)
  return [{ country, query: document.query, variables: values, fields, entities, scopes, policies }]
}

function namesOf(asked: readonly CountryField[], names: (asked: CountryField) => readonly string[]): readonly string[] {
  const [only, ...others] = asked
  if (only !== undefined && others.length === 0) return names(only)
  return [...new Set(asked.flatMap(names))].sort()
}

/** Where a country is asked from: where it stood when it was silent, else where all stand. */
function afterFor(page: Page, country: string): string | null {
  const place: Place | 0 | null = page.silent[country] ?? page.base
  return place ? encodeCursor({ order: page.order, key: place.key, id: place.id }) : null
}

function fieldTarget(field: TopField, spreading: Spreading, asked: Map<string, CountryField[]>): FieldTarget {
  const { fetch, variables, entities } = spreading
  const { spread } = field
  if (!spread) throw new Error(`expected @answeredBy on ${field.shape.coordinate}, a field that countries answer`)
  const values = argumentValues(spread.definition, spread.node, variables)
  const value = values[spread.argument]
  if (spread.who === 'OWNER') {
    const isCountry = /^[A-Z]{2}$/.test(String(value))
    const owner = isCountry ? String(value) : parseRecordId(value).owner
    return { ...target(field, [owner], null, spreading, asked), recordId: isCountry ? null : String(value) }
  }
  const countries = countrySet(value, spread.ruled, spreading)
  const page = field.shape.page ? pageOf(field.shape.page, values, true) : null
  const several = fetch.mode === 'EVERY' && (entities?.length ?? 0) > 1
  return target(field, countries, page && several ? { ...page, silent: {} } : page, spreading, asked)
}

/** Splits a set of countries into those that are asked, and those that are not with the reason. */
function target(
  field: TopField,
  set: readonly string[],
  page: Page | null,
  spreading: Spreading,
  asked: Map<string, CountryField[]>,
): FieldTarget {
  const unasked = new Map<string, Outcome>()
  const countries = set.filter((country) => {
    const publication = spreading.publishers.get(country)
    const given: PrunedField = publication
      ? pruneFor(field, country, publication, spreading)
      : { kind: 'not-published' }
    if (given.kind !== 'included') {
      unasked.set(country, outcomeOf(given, country, spreading))
      return false
    }
    const known = asked.get(country) ?? []
    known.push({ field, given, page })
    asked.set(country, known)
    return true
  })
  return { field, countries, unasked, page, recordId: null }
}

/** What a country gives of a field; what it refuses within it is told to the caller. */
function pruneFor(field: TopField, country: string, publication: Publication, spreading: Spreading): PrunedField {
  const { fetch, viewOf, variables } = spreading
  const given = pruneField(fetch, field, publication, viewOf(country), variables)
  if (given.kind !== 'included' && given.kind !== 'denied') return given
  const above = fetch.path.filter((step) => step !== '@')
  for (const { coordinate, path } of given.refused) {
    spreading.answerErrors.push({ code: 'FORBIDDEN_BY_COUNTRY', country, coordinate, path: [...above, ...path] })
  }
  return given
}

function outcomeOf(given: Exclude<PrunedField, { kind: 'included' }>, country: string, { viewOf }: Spreading): Outcome {
  if (given.kind === 'not-published') return NOT_PUBLISHED
  const notRecognised = given.kind === 'not-recognised' ? viewOf(country).notRecognised : null
  return notRecognised === null ? FORBIDDEN : { reach: 'DENIED', code: notRecognised }
}

/** The countries of an EVERY field: its argument's, else by default the mandate's or all that publish the domain. */
function countrySet(value: unknown, ruled: boolean, input: SpreadInput): string[] {
  const set = Array.isArray(value)
    ? value.map(String)
    : ((ruled ? input.mandateCountries : null) ?? [...input.publishers.keys()])
  return [...new Set(set)].sort()
}

/** An id as it came from whatever subgraph: an object may have no text. */
function textOf(id: unknown): string {
  return typeof id === 'string' ? id : ''
}

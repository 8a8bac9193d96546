/**
 * Step 3 of spread.md: a fetch becomes one leg per country. Pure.
 */
import { encodeCursor, type Place } from '../../contract/cursor.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { ownerOf, parseRecordId } from '../../contract/record-id.ts'
import type { Entity, FieldTarget, LegField, Page, PlannedLeg, SpreadFetch, TopField } from '../planned.ts'
import { argumentValues, pageOf } from './check-arguments.ts'
import { legDocument } from './leg-document.ts'
import type { Publication } from './publication.ts'

/** What spreading depends on besides the fetch. */
export interface SpreadInput {
  readonly variables: Readonly<Record<string, unknown>>
  /** Who publishes the fetch's domain, and what of it. */
  readonly publishers: ReadonlyMap<string, Publication>
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
}

const NOT_PUBLISHED: Outcome = { reach: 'NOT_PUBLISHED', code: null }

/**
 * Makes the legs of one fetch. Legs stand in code order.
 * @throws {IstmoError} for arguments that `checkArguments` refuses; the executor has called that before.
 */
export function spreadFetch(fetch: SpreadFetch, input: SpreadInput): Spread {
  if (fetch.mode === 'OWNER') return { legs: ownerLegs(fetch, input), targets: [] }
  const targets = fetch.fields.map((field) => fieldTarget(field, fetch, input))
  const all = input.entities?.map((_, i) => i) ?? null
  const legs = countriesOf(targets).flatMap((country) => {
    const asked = targets.filter((target) => target.countries.includes(country))
    return makeLeg(fetch, country, asked, all, input)
  })
  return { legs, targets }
}

function ownerLegs(fetch: SpreadFetch, input: SpreadInput): PlannedLeg[] {
  const byOwner = new Map<string, number[]>()
  for (const [i, entity] of (input.entities ?? []).entries()) {
    const owner = ownerOf(String(entity.representation.id))
    const indices = byOwner.get(owner)
    if (indices) indices.push(i)
    else byOwner.set(owner, [i])
  }
  return [...byOwner.keys()].sort().flatMap((country) => {
    const publication = input.publishers.get(country)
    if (!publication) return []
    const published = fetch.fields.filter((field) => isPublished(field, publication))
    const asked = published.map((field) => ({ field, countries: [country], unasked: new Map(), page: null }))
    return makeLeg(fetch, country, asked, byOwner.get(country) ?? [], input)
  })
}

function makeLeg(
  fetch: SpreadFetch,
  country: string,
  asked: readonly FieldTarget[],
  entities: readonly number[] | null,
  input: SpreadInput,
): PlannedLeg[] {
  const publication = input.publishers.get(country)
  if (!publication || asked.length === 0 || entities?.length === 0) return []
  const bits = asked.map((target) => target.field.bit)
  const document = legDocument(fetch, bits, publication)
  const representations = entities?.map((i) => input.entities?.[i]?.representation)
  const own: Record<string, unknown> = { [`${fetch.keys.prefix}Countries`]: [country] }
  for (const { field, page } of asked) {
    if (page) own[`${fetch.keys.prefix}After${field.bit}`] = afterFor(page, country)
  }
  const values: Record<string, unknown> = representations ? { representations } : {}
  for (const name of document.variables) {
    if (Object.hasOwn(own, name)) values[name] = own[name]
    else if (Object.hasOwn(input.variables, name)) values[name] = input.variables[name]
  }
  const fields: LegField[] = asked.map(({ field }) => ({ field, cut: document.cut.has(field.bit) }))
  return [{ country, query: document.query, variables: values, fields, entities }]
}

/** Where a country is asked from: where it stood when it was silent, else where all stand. */
function afterFor(page: Page, country: string): string | null {
  const place: Place | 0 | null = page.silent[country] ?? page.base
  return place ? encodeCursor({ order: page.order, key: place.key, id: place.id }) : null
}

function fieldTarget(field: TopField, fetch: SpreadFetch, input: SpreadInput): FieldTarget {
  const { spread } = field
  if (!spread) throw new Error(`expected @answeredBy on ${field.shape.coordinate}, a field that countries answer`)
  const values = argumentValues(spread.definition, spread.node, input.variables)
  const value = values[spread.argument.name]
  if (spread.who === 'OWNER') {
    const owner = /^[A-Z]{2}$/.test(String(value)) ? String(value) : parseRecordId(value).owner
    return target(field, [owner], null, input)
  }
  const countries = countrySet(value, spread.ruled, input)
  const page = field.shape.page ? pageOf(field.shape.page, values, true) : null
  const several = fetch.mode === 'EVERY' && (input.entities?.length ?? 0) > 1
  return target(field, countries, page && several ? { ...page, silent: {} } : page, input)
}

/** Splits a set of countries into those that are asked and those that do not publish the field. */
function target(field: TopField, set: readonly string[], page: Page | null, input: SpreadInput): FieldTarget {
  const unasked = new Map<string, Outcome>()
  const countries = set.filter((country) => {
    const publication = input.publishers.get(country)
    const asked = publication !== undefined && isPublished(field, publication)
    if (!asked) unasked.set(country, NOT_PUBLISHED)
    return asked
  })
  return { field, countries, unasked, page }
}

function isPublished(field: TopField, publication: Publication): boolean {
  return publication.publishes(field.typeName, field.shape.fieldName)
}

/** The countries of an EVERY field: its argument's, else by default the mandate's or all that publish the domain. */
function countrySet(value: unknown, ruled: boolean, input: SpreadInput): string[] {
  const set = Array.isArray(value)
    ? value.map(String)
    : ((ruled ? input.mandateCountries : null) ?? [...input.publishers.keys()])
  return [...new Set(set)].sort()
}

function countriesOf(targets: readonly FieldTarget[]): string[] {
  return [...new Set(targets.flatMap((target) => target.countries))].sort()
}

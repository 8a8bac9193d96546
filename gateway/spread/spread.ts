/**
 * Spreads a fetch over the countries (docs/design/spread.md, Step 3: one leg per country). Pure.
 */

import { encodeCursor, type Place } from '../../contract/cursor.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { ownerOf, parseRecordId } from '../../contract/record-id.ts'
import type { DomainView } from '../types/flow.ts'
import type { Denials, DeniedField, Entity, FieldTarget, Page, PlannedLeg } from '../types/leg.ts'
import type { SpreadFetch, TopField } from '../types/operation.ts'
import { argumentValues, pageOf } from './check-arguments.ts'
import { type CountryField, documentOf, isRefusedByName, legTemplate } from './leg-template.ts'
import { type PrunedField, pruneField } from './prune-field.ts'
import type { Publication } from './publication.ts'

/** What `spreadFetch` needs besides the fetch. */
export interface SpreadInput {
  readonly variables: Readonly<Record<string, unknown>>
  /** By country code: what the country publishes of the fetch's domain. */
  readonly publishers: ReadonlyMap<string, Publication>
  /** Returns how a country of `publishers` treats the caller. */
  readonly viewOf: (country: string) => DomainView
  /** The countries of `publishers` that the gateway asks for nothing at the moment, each with the outcome that says why. Default: none. */
  readonly unavailable?: Pick<ReadonlyMap<string, Outcome>, 'get'>
  /** Codes of all participants, of this domain or of others. */
  readonly participants: ReadonlySet<string>
  /** The mandate's countries, which the gateway asks by default for an EVERY field with a rule; null without a mandate. */
  readonly mandateCountries: readonly string[] | null
  /** The entities that the fetch asks about; null in a root fetch. */
  readonly entities: readonly Entity[] | null
}

/** The legs of a fetch, and the countries that each EVERY or root field concerns. */
export interface Spread {
  readonly legs: readonly PlannedLeg[]
  /** By ordinal of the top field; empty for a fetch of OWNER entities. */
  readonly targets: readonly FieldTarget[]
  /** For a fetch of OWNER entities, by owner and by ordinal of the top field: why the gateway does not ask for the field. */
  readonly unasked: ReadonlyMap<string, ReadonlyMap<number, Outcome>>
  /** The fields that countries deny to the caller. */
  readonly denials: Denials
}

const NOT_PUBLISHED: Outcome = { reach: 'NOT_PUBLISHED', code: null }
const FORBIDDEN: Outcome = { reach: 'DENIED', code: 'FORBIDDEN_BY_COUNTRY' }

/** A fetch while its legs are made. */
interface Spreading extends SpreadInput {
  readonly fetch: SpreadFetch
  readonly denials: Map<string, Map<number, readonly DeniedField[]>>
  /** The values of the arguments of top fields, which are the same for all countries. */
  readonly topValues: Map<TopField, Readonly<Record<string, unknown>>>
}

/**
 * Makes the legs of one fetch, sorted by country code.
 * @throws {IstmoError} for arguments that `checkArguments` rejects. The engine calls `checkArguments` first.
 */
export function spreadFetch(fetch: SpreadFetch, input: SpreadInput): Spread {
  const spreading: Spreading = { ...input, fetch, denials: new Map(), topValues: new Map() }
  const { denials } = spreading
  if (fetch.mode === 'OWNER') return { ...makeOwnerLegs(spreading), targets: [], denials }
  const byCountry: FieldsByCountry = new Map()
  const targets = fetch.fields.map((field) => makeTarget(field, spreading, byCountry))
  const allEntities = input.entities?.map((_, i) => i) ?? null
  const legs = [...byCountry]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([country, fields]) => makeLegs(country, fields, allEntities, spreading))
  return { legs, targets, unasked: new Map(), denials }
}

/** The fields of each country's leg, by country code. */
type FieldsByCountry = Map<string, CountryField[]>

function makeOwnerLegs(spreading: Spreading): Pick<Spread, 'legs' | 'unasked'> {
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
    const unavailable = spreading.unavailable?.get(country)
    if (unavailable) {
      unasked.set(country, new Map(fetch.fields.map(({ bit }) => [bit, unavailable])))
      return []
    }
    const fields: CountryField[] = []
    const unaskedFields = new Map<number, Outcome>()
    for (const field of fetch.fields) {
      const pruned = pruneFor(field, country, publication, spreading)
      if (pruned.kind === 'included') fields.push({ field, pruned, page: null })
      else if (pruned.kind !== 'not-published') unaskedFields.set(field.bit, outcomeOf(pruned, country, spreading))
    }
    unasked.set(country, unaskedFields)
    return makeLegs(country, fields, byOwner.get(country) ?? [], spreading)
  })
  return { legs, unasked }
}

/**
 * The most entities that one leg asks about. A node accepts 1,000; fewer keep its answer small, and if one leg fails, only its own
 * entities lack their fields.
 */
export const MAX_LEG_ENTITIES = 200

/** Makes the legs of one country: one, or several if it is asked about many entities, or if it refuses legs that name the caller. */
function makeLegs(
  country: string,
  countryFields: readonly CountryField[],
  entities: readonly number[] | null,
  spreading: Spreading,
): PlannedLeg[] {
  if (countryFields.length === 0 || entities?.length === 0) return []
  return splitByName(countryFields, spreading.viewOf(country)).flatMap((fields) =>
    chunksOf(entities).map((chunk) => makeLeg(country, fields, chunk, spreading)),
  )
}

/**
 * Splits the fields of a country that refuses legs which name the caller: what has no rule goes in a leg of its own, which names nobody and is answered
 * (docs/design/trust.md, The leg token).
 */
function splitByName(fields: readonly CountryField[], view: DomainView): readonly (readonly CountryField[])[] {
  if (!isRefusedByName(view)) return [fields]
  const parts = [fields.filter(({ pruned }) => !pruned.hasRule), fields.filter(({ pruned }) => pruned.hasRule)]
  return parts.filter(({ length }) => length > 0)
}

function chunksOf(entities: readonly number[] | null): readonly (readonly number[] | null)[] {
  if (entities === null) return [null]
  const chunks: number[][] = []
  for (let at = 0; at < entities.length; at += MAX_LEG_ENTITIES) chunks.push(entities.slice(at, at + MAX_LEG_ENTITIES))
  return chunks
}

function makeLeg(
  country: string,
  countryFields: readonly CountryField[],
  entities: readonly number[] | null,
  spreading: Spreading,
): PlannedLeg {
  const { fetch, variables } = spreading
  const { fields, document, scopes, policies, isForNobody } = legTemplate(country, countryFields, spreading)
  const values: Record<string, unknown> = {}
  if (entities !== null) values.representations = entities.map((i) => spreading.entities?.[i]?.representation)
  const { prefix } = fetch.keys
  for (const name of document.variables) {
    const own = name.startsWith(prefix) ? gatewayVariable(name, country, countryFields, fetch) : undefined
    if (own !== undefined) values[name] = own
    else if (Object.hasOwn(variables, name)) values[name] = variables[name]
  }
  const asked = { country, query: document.query, variables: values, fields, entities, scopes, policies }
  return isForNobody ? { ...asked, isForNobody } : asked
}

/** Returns the value of a variable that the gateway sets: the country, or where its page begins. Undefined for a variable of the client. */
function gatewayVariable(
  name: string,
  country: string,
  countryFields: readonly CountryField[],
  fetch: SpreadFetch,
): unknown {
  if (name === `${fetch.keys.prefix}Countries`) return [country]
  const paged = countryFields.find(({ field, page }) => page !== null && afterVariable(fetch, field) === name)
  return paged?.page ? afterFor(paged.page, country) : undefined
}

/**
 * Narrows a leg to one of its connections, and to one of its entities, and asks for the page behind a place.
 * @param entity an index that is in `leg.entities`; null in a root fetch.
 */
export function continueLeg(
  fetch: SpreadFetch,
  leg: PlannedLeg,
  field: TopField,
  entity: number | null,
  page: { readonly order: string; readonly after: Place },
): PlannedLeg {
  const fields = leg.fields.filter((each) => each.field === field)
  const document = documentOf(fetch, fields)
  const names = new Set(document.variables)
  const values = Object.fromEntries(Object.entries(leg.variables).filter(([name]) => names.has(name)))
  const { key, id } = page.after
  values[afterVariable(fetch, field)] = encodeCursor({ order: page.order, key, id })
  if (entity === null) return { ...leg, query: document.query, fields, variables: values }
  const representations = leg.variables.representations as readonly unknown[]
  values.representations = [representations[leg.entities?.indexOf(entity) ?? 0]]
  return { ...leg, query: document.query, fields, variables: values, entities: [entity] }
}

function afterVariable(fetch: SpreadFetch, field: TopField): string {
  return `${fetch.keys.prefix}After${field.bit}`
}

/** Makes the cursor from which a country continues: its own place if it was silent on earlier pages, else the common place. */
function afterFor(page: Page, country: string): string | null {
  const place: Place | 0 | null = page.silent[country] ?? page.base
  return place ? encodeCursor({ order: page.order, key: place.key, id: place.id }) : null
}

function makeTarget(field: TopField, spreading: Spreading, byCountry: FieldsByCountry): FieldTarget {
  const { fetch, variables, entities } = spreading
  const { spread } = field
  if (!spread) throw new Error(`expected @answeredBy on ${field.shape.coordinate}, a field that countries answer`)
  const values = argumentValues(spread.definition, spread.node, variables)
  spreading.topValues.set(field, values)
  const value = values[spread.argument]
  if (spread.who === 'OWNER') {
    const isCountry = /^[A-Z]{2}$/.test(String(value))
    const owner = isCountry ? String(value) : parseRecordId(value).owner
    return { ...splitTarget(field, [owner], null, spreading, byCountry), recordId: isCountry ? null : String(value) }
  }
  const countries = listCountries(value, field, spread.isGuarded, spreading)
  const page = field.shape.page ? pageOf(field.shape.page, values, true) : null
  const hasManyEntities = fetch.mode === 'EVERY' && (entities?.length ?? 0) > 1
  return splitTarget(field, countries, page && hasManyEntities ? { ...page, silent: {} } : page, spreading, byCountry)
}

/** Splits a set of countries into those that the gateway asks, which it adds to `byCountry`, and those that it does not ask. */
function splitTarget(
  field: TopField,
  set: readonly string[],
  page: Page | null,
  spreading: Spreading,
  byCountry: FieldsByCountry,
): FieldTarget {
  const unasked = new Map<string, Outcome>()
  const countries = set.filter((country) => {
    const publication = spreading.publishers.get(country)
    const unavailable = spreading.unavailable?.get(country)
    if (publication && unavailable) {
      unasked.set(country, unavailable)
      return false
    }
    const pruned: PrunedField = publication
      ? pruneFor(field, country, publication, spreading)
      : { kind: 'not-published' }
    if (pruned.kind !== 'included') {
      unasked.set(country, outcomeOf(pruned, country, spreading))
      return false
    }
    getOrAdd(byCountry, country, () => []).push({ field, pruned, page })
    return true
  })
  return { field, countries, unasked, page, recordId: null }
}

/** Prunes a field for a country. Notes each field that the country denies. */
function pruneFor(field: TopField, country: string, publication: Publication, spreading: Spreading): PrunedField {
  const { fetch, viewOf, variables, denials } = spreading
  const topValues = spreading.topValues.get(field)
  const pruned = pruneField({ fetch, field, publication, view: viewOf(country), variables, topValues })
  if ((pruned.kind === 'included' || pruned.kind === 'denied') && pruned.denied.length > 0) {
    getOrAdd(denials, country, () => new Map()).set(field.bit, pruned.denied)
  }
  return pruned
}

function outcomeOf(
  pruned: Exclude<PrunedField, { kind: 'included' }>,
  country: string,
  { viewOf }: Spreading,
): Outcome {
  if (pruned.kind === 'not-published') return NOT_PUBLISHED
  const notRecognised = pruned.kind === 'not-recognised' ? viewOf(country).notRecognised : null
  return notRecognised === null ? FORBIDDEN : { reach: 'DENIED', code: notRecognised }
}

/**
 * Lists the countries that an EVERY field concerns, sorted. Its argument names them. Without the argument, they are the mandate's
 * countries if a rule guards the field, else all participants. A participant that the argument does not name and that does not publish
 * the field is left out: nobody asked it. A country that the mandate names and that does not take part stays, so that its outcome says so.
 */
function listCountries(value: unknown, field: TopField, isGuarded: boolean, input: SpreadInput): string[] {
  if (Array.isArray(value)) return [...new Set(value.map(String))].sort()
  const { publishers, participants, mandateCountries } = input
  const set = (isGuarded ? mandateCountries : null) ?? [...publishers.keys()]
  const concerned = set.filter((country) => {
    const publication = publishers.get(country)
    return publication ? publication.publishes(field.typeName, field.shape.fieldName) : !participants.has(country)
  })
  return [...new Set(concerned)].sort()
}

/** Returns an id as text. A subgraph may send an object that cannot be converted to a string. */
function textOf(id: unknown): string {
  return typeof id === 'string' ? id : ''
}

import type { World } from '../check.ts'
import { asObject, dataOf, type Reply } from '../leg.ts'
import { asArray, idOf, type Node } from '../read.ts'

/** Searches and hits, as the checks ask for them. */

const SEARCH = `query ($countries: [CountryCode!], $search: PersonSearch!) {
  persons(countries: $countries, search: $search, first: 100) { edges { cursor band score node { id } } } }`
const HITS = `query ($countries: [CountryCode!], $search: PersonHitSearch!) {
  personHits(countries: $countries, search: $search) { hits { country hit band } } }`
const LIST_HITS = `query ($countries: [CountryCode!], $searches: [PersonHitSearch!]!) {
  personListHits(countries: $countries, searches: $searches) { hits { item country band } } }`

/** A person whom the sample has, and what a search can know of the person. */
export interface Searchable {
  readonly id: string
  readonly name: string | null
  readonly birthDate: string | null
  readonly identifier: { readonly category: string; readonly jurisdiction: string; readonly value: string } | null
}

/** What a person's record gives a search. */
export function toSearchable(person: Node): Searchable {
  const [legal] = asArray(person.names)
    .map(asObject)
    .filter(({ category }) => category === 'LEGAL')
  const [identifier] = asArray(person.identifiers).map(asObject)
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
  return {
    id: String(idOf(person)),
    name: text(legal?.full),
    birthDate: text(person.birthDate),
    identifier:
      identifier === undefined
        ? null
        : {
            category: String(identifier.category),
            jurisdiction: String(identifier.jurisdiction),
            value: String(identifier.value),
          },
  }
}

/** The persons whom the sample has. */
export function searchables(world: World): readonly Searchable[] {
  const persons = world.sample.records.find(({ type }) => type.name === 'Person' && type.domain === 'persons')
  return (persons?.nodes ?? []).map(toSearchable)
}

/** Searches for persons as a caller. */
export function searchPersons(world: World, search: object, as = world.callers.reader): Promise<Reply> {
  return world.ask({ domain: 'persons', query: SEARCH, variables: { countries: [world.facts.country], search }, as })
}

/** Asks for a hit as a caller. */
export function askHit(world: World, search: object, as = world.callers.reader): Promise<Reply> {
  return world.ask({ domain: 'persons', query: HITS, variables: { countries: [world.facts.country], search }, as })
}

/** Asks for the hits of a list. */
export function askListHits(world: World, searches: readonly object[]): Promise<Reply> {
  return world.ask({
    domain: 'persons',
    query: LIST_HITS,
    variables: { countries: [world.facts.country], searches },
    as: world.callers.reader,
  })
}

/** The ids and the bands that a search found. */
export function foundBy(reply: Reply): ReadonlyMap<string, unknown> {
  const edges = asArray(asObject(dataOf(reply)?.persons).edges).map(asObject)
  return new Map(edges.map(({ node, band }) => [String(idOf(node)), band]))
}

/** The hits of an answer. */
export function hitsIn(reply: Reply): readonly Readonly<Record<string, unknown>>[] {
  const { hits } = asObject(dataOf(reply)?.personHits ?? dataOf(reply)?.personListHits)
  return asArray(hits).map(asObject)
}

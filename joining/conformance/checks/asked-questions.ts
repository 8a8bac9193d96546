import type { Domain } from '../../../contract/domain.ts'
import type { World } from '../check.ts'
import { publishes } from '../read.ts'

/** What an officer could sign: questions that are the same text in the schema that clients see and in that of a domain. */

/** A question that has a rule, in one domain, and what a gateway could make of it that the officer did not ask. */
export interface Asked {
  readonly domain: Domain
  /** The coordinates that the documents ask for. */
  readonly coordinates: readonly string[]
  readonly byId: string
  /** The same with one more field. */
  readonly wider: string
  readonly list: string
  /** The variables of `list` besides `c`, the country, and others. */
  readonly values: readonly [signed: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>]
}

const ASKED: readonly Asked[] = [
  {
    domain: 'cases',
    coordinates: ['Query.case', 'Query.cases', 'Case.status'],
    byId: 'query ($id: ID!) { case(id: $id) { id } }',
    wider: 'query ($id: ID!) { case(id: $id) { id status } }',
    list: 'query ($c: [CountryCode!], $f: CaseFilter) { cases(countries: $c, filter: $f, first: 1) { edges { node { id } } } }',
    values: [{ f: { status: ['OPEN'] } }, { f: { status: ['ARCHIVED'] } }],
  },
  {
    domain: 'persons',
    coordinates: ['Query.person', 'Query.persons', 'Person.birthDate'],
    byId: 'query ($id: ID!) { person(id: $id) { id } }',
    wider: 'query ($id: ID!) { person(id: $id) { id birthDate } }',
    list: 'query ($c: [CountryCode!], $s: PersonSearch!) { persons(countries: $c, search: $s, first: 1) { edges { node { id } } } }',
    values: [{ s: { name: 'Ana Conformance' } }, { s: { name: 'Eva Conformance' } }],
  },
  {
    domain: 'legal',
    coordinates: ['Query.mlaRequest', 'Query.mlaRequests'],
    byId: 'query ($id: ID!) { mlaRequest(id: $id) { id } }',
    wider: 'query ($id: ID!) { mlaRequest(id: $id) { id status } }',
    list: 'query ($c: [CountryCode!], $s: [MlaStatus!]) { mlaRequests(countries: $c, status: $s, first: 1) { edges { node { id } } } }',
    values: [{ s: ['GRANTED'] }, { s: ['REFUSED'] }],
  },
]

/** The questions of the domains that the country serves, if it publishes what they ask for. */
export const askedOf = (world: World): readonly Asked[] =>
  ASKED.filter(
    ({ domain, coordinates }) => world.schemas.has(domain) && coordinates.every((each) => publishes(world, each)),
  )

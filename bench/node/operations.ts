/** What is asked of the node and of the plain subgraph: three legs as a gateway sends them, each with 200 variants of its variables. */
import type { Domain } from '../../contract/domain.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { makePerson } from '../names/make-persons.ts'

/** How many variants of the variables each operation has. */
export const VARIANTS = 200

/** The country whose node is measured. */
export const COUNTRY = 'GT'

/** How many persons are in the database in which names are searched for. */
export const SEARCHED_PERSONS = 1_000_000

const REPRESENTATIONS = 100

/** The name of a database. */
export type DatabaseName = 'istmo_bench_country' | 'istmo_bench_names'

/** What a leg asks. */
export interface LegOperation {
  readonly domain: Domain
  readonly query: string
  /** The variables of each variant. */
  readonly variants: readonly Readonly<Record<string, unknown>>[]
}

/** One operation. */
export interface NodeOperation extends LegOperation {
  readonly name: 'entities' | 'page' | 'search'
  readonly what: string
  readonly database: DatabaseName
}

const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Person {
  __typename id birthDate sex nationalities names { category full givenNames surnames } } } }`

const PAGE = `query ($countries: [CountryCode!], $filter: CaseFilter, $first: Int) {
  cases(countries: $countries, filter: $filter, first: $first) { edges { cursor node {
    __typename id caseTrackingId category status filedOn closedOn subdivision court
    offences { iccs nationalLabel attempted organisedCrime disposition } } }
  pageInfo { hasNextPage endCursor } } }`

const SEARCH = `query ($countries: [CountryCode!], $search: PersonSearch!, $first: Int) {
  persons(countries: $countries, search: $search, first: $first) { edges { cursor band score matchedName node {
    __typename id birthDate names { category full } } } pageInfo { hasNextPage endCursor } } }`

/** Makes the operations. The ids are those of the persons in the country's database. */
export async function makeOperations(url: string): Promise<readonly NodeOperation[]> {
  const ids = await readPersons(url)
  const variants = (make: (at: number) => Readonly<Record<string, unknown>>) =>
    Array.from({ length: VARIANTS }, (_, at) => make(at))
  const country = { domain: 'persons', database: 'istmo_bench_country' } as const
  return [
    {
      ...{
        name: 'entities',
        what: `\`_entities\` with ${REPRESENTATIONS} persons and their names`,
        ...country,
        query: ENTITIES,
      },
      variants: variants((at) => ({
        representations: Array.from({ length: REPRESENTATIONS }, (_, i) => ({
          __typename: 'Person',
          id: ids[(at * 37 + i * 61) % ids.length],
        })),
      })),
    },
    {
      ...{ name: 'page', what: 'a page of 50 cases with their charges', ...country, domain: 'cases', query: PAGE },
      variants: variants((at) => ({ countries: [COUNTRY], filter: { filedTo: dayOf(at) }, first: 50 })),
    },
    {
      ...{ name: 'search', what: `a search by name over ${SEARCHED_PERSONS.toLocaleString('en')} persons` },
      ...{ domain: 'persons', database: 'istmo_bench_names', query: SEARCH },
      variants: variants((at) => ({ countries: [COUNTRY], search: { name: searchedName(at) }, first: 20 })),
    },
  ]
}

/** The persons whom a leg without a right to victims and minors may see. */
async function readPersons(url: string): Promise<readonly string[]> {
  const db = await openDatabase({ url })
  try {
    const rows = await db.query<{ id: string }>('select id from persons.person where not protected order by id')
    return rows.map(({ id }) => id)
  } finally {
    await db.close()
  }
}

function dayOf(at: number): string {
  return new Date(Date.UTC(2025, 11, 31) - at * 6 * 86_400_000).toISOString().slice(0, 10)
}

/** One given name and one surname of somebody who is in the database. */
function searchedName(at: number): string {
  const { given, surnames } = makePerson((at * 4_999) % SEARCHED_PERSONS)
  return `${given[0]} ${surnames[0]}`
}

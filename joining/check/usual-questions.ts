import type { Domain } from '../../contract/domain.ts'
import type { Database } from '../../subgraphs/kit/types.ts'

/** A question that officers ask every day. */
export interface UsualQuestion {
  /** The field, and what is asked with it. */
  readonly name: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  /** Whether it has to read all rows: a statistic. */
  readonly readsAll?: true
}

const PAGE = 'edges { cursor node { id provenance { agency } } } pageInfo { hasNextPage endCursor }'

/** Lists the usual questions of a domain, about records that the database has. */
export async function listQuestions(db: Database, domain: Domain, country: string): Promise<readonly UsualQuestion[]> {
  return QUESTIONS[domain](db, [country])
}

const QUESTIONS: Readonly<
  Record<Domain, (db: Database, countries: readonly string[]) => Promise<readonly UsualQuestion[]>>
> = { cases: listOfCases, persons: listOfPersons, legal: listOfLaw }

async function listOfCases(db: Database, countries: readonly string[]): Promise<readonly UsualQuestion[]> {
  // The person with the most cases is the slowest to answer, but to count them all would take longer than the question.
  const [row] = await db.query<{ id: string | null; person: string | null }>(
    `select (select id from cases.case_file order by id desc limit 1) as id,
       (select person_id from (select person_id from cases.participant where not protected and person_id is not null limit 100000) recorded
        group by 1 order by count(*) desc, 1 limit 1) as person`,
  )
  const { id = null, person = null } = row ?? {}
  const page = (name: string, filter: string): UsualQuestion => ({
    name: `Query.cases, ${name}`,
    query: `query ($countries: [CountryCode!]) { cases(countries: $countries, ${filter}first: 50) { ${PAGE} } }`,
    variables: { countries },
  })
  const representations = [{ __typename: 'Person', id: person }]
  const ofPerson = { name: 'Person.cases', query: CASES_OF_PERSON, variables: { countries, representations } }
  return [
    page('newest first', ''),
    page('by ICCS code', 'filter: { iccs: ["01"] }, '),
    page('by status', 'filter: { status: [OPEN] }, '),
    {
      name: 'Query.warrants, newest first',
      query: `query ($countries: [CountryCode!]) { warrants(countries: $countries, first: 50) { ${PAGE} } }`,
      variables: { countries },
    },
    {
      name: 'Query.caseCounts',
      query: 'query ($countries: [CountryCode!]) { caseCounts(countries: $countries) { counts { cases } } }',
      variables: { countries },
      readsAll: true,
    },
    ...(id === null ? [] : [{ name: 'Query.case', query: CASE, variables: { id } }]),
    ...(person === null ? [] : [ofPerson]),
  ]
}

const CASE = `query ($id: ID!) { case(id: $id) {
  id status filedOn offences { iccs } participants(first: 50) { edges { node { role person { id } } } } linkedCases { id }
  warrants(first: 50) { edges { node { id } } } } }`

const CASES_OF_PERSON = `query ($representations: [_Any!]!, $countries: [CountryCode!]) {
  _entities(representations: $representations) { ... on Person { cases(countries: $countries, first: 50) { ${PAGE} } } } }`

async function listOfPersons(db: Database, countries: readonly string[]): Promise<readonly UsualQuestion[]> {
  const [sample] = await db.query<{ id: string; name: string | null; born: string | null }>(
    `select person.id, person.birth_date as born,
       (select full_name from persons.person_name named where named.person_id = person.id order by ordinal limit 1) as name
     from (select * from persons.person where not protected order by id desc limit 1000) person
     where exists (select from persons.person_name named where named.person_id = person.id and cardinality(named.parts) >= 2)
     order by person.birth_date is null, person.id desc limit 1`,
  )
  if (sample === undefined) return []
  const { id, name, born } = sample
  const byName = { name: 'Query.persons, by name', query: SEARCH, variables: { countries, search: { name } } }
  const hits = { name: 'Query.personHits', query: HITS, variables: { countries, search: { name, birthDate: born } } }
  return [
    { name: 'Query.person', query: PERSON, variables: { id } },
    ...(name === null ? [] : [byName]),
    ...(name === null || born === null ? [] : [hits]),
  ]
}

const SEARCH = `query ($countries: [CountryCode!], $search: PersonSearch!) {
  persons(countries: $countries, search: $search, first: 50) { ${PAGE} } }`

const HITS = `query ($countries: [CountryCode!], $search: PersonHitSearch!) {
  personHits(countries: $countries, search: $search) { hits { hit band } } }`

const PERSON = `query ($id: ID!) { person(id: $id) {
  id names { full } identifiers { value } addresses { country } memberships { group } sameAs { id }
  associates(first: 50) { edges { node { relationship } } } } }`

async function listOfLaw(db: Database, countries: readonly string[]): Promise<readonly UsualQuestion[]> {
  const [row] = await db.query<{ code: string }>(
    'select iccs[1] as code from legal.statute where iccs is not null limit 1',
  )
  return [
    {
      name: 'Query.statutes, by ICCS code',
      query:
        'query ($countries: [CountryCode!], $iccs: [IccsCode!]) { statutes(countries: $countries, iccs: $iccs, first: 50) { edges { node { id } } } }',
      variables: { countries, iccs: [row?.code ?? '01'] },
    },
    {
      name: 'Query.mlaRequests',
      query: `query ($countries: [CountryCode!]) { mlaRequests(countries: $countries, first: 50) { ${PAGE} } }`,
      variables: { countries },
    },
  ]
}

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

/** Lists the usual questions of a domain, about records that the database has. */
export async function listQuestions(db: Database, domain: Domain, country: string): Promise<readonly UsualQuestion[]> {
  const countries = [country]
  switch (domain) {
    case 'cases':
      return listOfCases(await sampleCases(db), countries)
    case 'persons':
      return listOfPersons(await samplePerson(db), countries)
    case 'legal':
      return listOfLaw(await sampleLaw(db), countries)
  }
}

const PAGE = 'edges { cursor node { id provenance { agency } } } pageInfo { hasNextPage endCursor }'

interface CaseSample {
  readonly id: string | null
  readonly person: string | null
}

async function sampleCases(db: Database): Promise<CaseSample> {
  // The person with the most cases is the slowest to answer, but to count them all would take longer than the question.
  const [row] = await db.query<CaseSample>(
    `select (select id from cases.case_file order by id desc limit 1) as id,
       (select person_id from (select person_id from cases.participant where not protected and person_id is not null limit 100000) recorded
        group by 1 order by count(*) desc, 1 limit 1) as person`,
  )
  return row ?? { id: null, person: null }
}

function listOfCases({ id, person }: CaseSample, countries: readonly string[]): readonly UsualQuestion[] {
  const page = (filter: string) =>
    `query ($countries: [CountryCode!]) { cases(countries: $countries, ${filter}first: 50) { ${PAGE} } }`
  return [
    { name: 'Query.cases, newest first', query: page(''), variables: { countries } },
    { name: 'Query.cases, by ICCS code', query: page('filter: { iccs: ["01"] }, '), variables: { countries } },
    { name: 'Query.cases, by status', query: page('filter: { status: [OPEN] }, '), variables: { countries } },
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
    ...(person === null
      ? []
      : [
          {
            name: 'Person.cases',
            query: CASES_OF_PERSON,
            variables: { countries, representations: [{ __typename: 'Person', id: person }] },
          },
        ]),
  ]
}

const CASE = `query ($id: ID!) { case(id: $id) {
  id status filedOn offences { iccs } participants(first: 50) { edges { node { role person { id } } } } linkedCases { id }
  warrants(first: 50) { edges { node { id } } } } }`

const CASES_OF_PERSON = `query ($representations: [_Any!]!, $countries: [CountryCode!]) {
  _entities(representations: $representations) { ... on Person { cases(countries: $countries, first: 50) { ${PAGE} } } } }`

interface PersonSample {
  readonly id: string
  readonly name: string | null
  readonly born: string | null
}

async function samplePerson(db: Database): Promise<PersonSample | null> {
  const [row] = await db.query<PersonSample>(
    `select person.id, person.birth_date as born,
       (select full_name from persons.person_name named where named.person_id = person.id order by ordinal limit 1) as name
     from (select * from persons.person where not protected order by id desc limit 1000) person
     where exists (select from persons.person_name named where named.person_id = person.id and cardinality(named.parts) >= 2)
     order by person.birth_date is null, person.id desc limit 1`,
  )
  return row ?? null
}

function listOfPersons(sample: PersonSample | null, countries: readonly string[]): readonly UsualQuestion[] {
  if (sample === null) return []
  const { id, name, born } = sample
  const search = `query ($countries: [CountryCode!], $search: PersonSearch!) {
    persons(countries: $countries, search: $search, first: 50) { ${PAGE} } }`
  const hits = `query ($countries: [CountryCode!], $search: PersonHitSearch!) {
    personHits(countries: $countries, search: $search) { hits { hit band } } }`
  return [
    { name: 'Query.person', query: PERSON, variables: { id } },
    ...(name === null
      ? []
      : [{ name: 'Query.persons, by name', query: search, variables: { countries, search: { name } } }]),
    ...(name === null || born === null
      ? []
      : [{ name: 'Query.personHits', query: hits, variables: { countries, search: { name, birthDate: born } } }]),
  ]
}

const PERSON = `query ($id: ID!) { person(id: $id) {
  id names { full } identifiers { value } addresses { country } memberships { group } sameAs { id }
  associates(first: 50) { edges { node { relationship } } } } }`

interface LawSample {
  readonly code: string | null
}

async function sampleLaw(db: Database): Promise<LawSample> {
  const [row] = await db.query<LawSample>(
    'select (select iccs[1] from legal.statute where iccs is not null limit 1) as code',
  )
  return row ?? { code: null }
}

function listOfLaw({ code }: LawSample, countries: readonly string[]): readonly UsualQuestion[] {
  return [
    {
      name: 'Query.statutes, by ICCS code',
      query:
        'query ($countries: [CountryCode!], $iccs: [IccsCode!]) { statutes(countries: $countries, iccs: $iccs, first: 50) { edges { node { id } } } }',
      variables: { countries, iccs: [code ?? '01'] },
    },
    {
      name: 'Query.mlaRequests',
      query: `query ($countries: [CountryCode!]) { mlaRequests(countries: $countries, first: 50) { ${PAGE} } }`,
      variables: { countries },
    },
  ]
}

import type { Domain } from '../../../contract/domain.ts'
import { type RowVisibility, readAs } from '../../../subgraphs/kit/read-as.ts'
import type { Database } from '../../../subgraphs/kit/types.ts'
import { chooseTaskForce, createAskNode, type RanStatement } from '../ask-node.ts'
import { type DatabaseContext, deadlineOf } from '../context.ts'
import type { Finding } from '../finding.ts'

/** From how many rows on a table must not be read whole for a page. */
const MANY_ROWS = 50_000

/** The table by which a task force is chosen. */
const SHARED: Readonly<Record<Domain, string>> = {
  cases: 'cases.case_file',
  persons: 'persons.person',
  legal: 'legal.mla_request',
}

/**
 * Asks the usual questions over the country's rows, as the task force that sees most of them, and compares how long each takes with the time that a leg
 * has. The slowest of three runs counts, after one that warms up.
 */
export async function checkTimings(context: DatabaseContext): Promise<readonly Finding[]> {
  const { db, modules, country } = context
  const findings: Finding[] = []
  for (const module of modules) {
    const { domain } = module
    const visibility = { taskForce: await chooseTaskForce(context, SHARED[domain]), showsProtected: false }
    const ask = createAskNode(module, db, country)
    for (const { name, query, variables, readsAll } of await listQuestions(db, domain, country)) {
      const runs = [await ask(query, variables, visibility)]
      const failed = runs[0]?.inside[0] ?? runs[0]?.answer.errors?.[0]
      if (failed !== undefined) {
        const reason = (failed as { readonly message?: string }).message ?? String(failed)
        findings.push({ id: 'ANSWER_FAILS', place: name, details: { reason } })
        continue
      }
      while (runs.length < 4) runs.push(await ask(query, variables, visibility))
      const ms = Math.max(...runs.slice(1).map((run) => run.ms))
      const deadlineMs = deadlineOf(context, domain)
      if (ms > deadlineMs / 2) {
        findings.push({ id: ms > deadlineMs ? 'ANSWER_LATE' : 'ANSWER_SLOW', place: name, details: { ms, deadlineMs } })
      }
      if (!readsAll) findings.push(...(await findWholeReads(db, name, runs[0]?.statements ?? [], visibility)))
    }
  }
  return findings
}

/** Looks at the plans of a question's statements for large tables that they read whole. */
async function findWholeReads(
  db: Database,
  question: string,
  statements: readonly RanStatement[],
  visibility: RowVisibility,
): Promise<readonly Finding[]> {
  const found = new Map<string, Finding>()
  for (const { text, params } of statements) {
    const [row] = await readAs(db, visibility).query<{ 'QUERY PLAN': readonly { readonly Plan: Plan }[] }>(
      `explain (format json, verbose) ${text}`,
      params,
    )
    const plan = row?.['QUERY PLAN'][0]?.Plan
    for (const { schema, name } of plan === undefined ? [] : listWholeReads(plan)) {
      const table = `${schema}.${name}`
      const [size] = await db.query<{ rows: number }>(
        'select reltuples::float8 as rows from pg_class where oid = to_regclass($1)',
        [table],
      )
      const rows = size?.rows ?? 0
      if (rows >= MANY_ROWS)
        found.set(table, { id: 'PLAN_READS_ALL', place: table, details: { question, table, rows } })
    }
  }
  return [...found.values()]
}

/** A node of a plan in PostgreSQL's JSON form. */
export interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly Schema?: string
  readonly Plans?: readonly Plan[]
}

/** Lists the tables that a plan reads whole. Below a limit, it reads until it has enough rows. */
export function listWholeReads(plan: Plan): readonly { readonly schema: string; readonly name: string }[] {
  if (plan['Node Type'] === 'Limit') return []
  const below = (plan.Plans ?? []).flatMap(listWholeReads)
  const name = plan['Relation Name']
  if (plan['Node Type'] !== 'Seq Scan' || name === undefined) return below
  return [{ schema: plan.Schema ?? 'public', name }, ...below]
}

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

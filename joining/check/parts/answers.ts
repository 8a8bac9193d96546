import type { Domain } from '../../../contract/domain.ts'
import { readWords } from '../../../contract/read-words.ts'
import { sayBoth } from '../../../contract/said.ts'
import { type RowVisibility, readAs } from '../../../subgraphs/kit/read-as.ts'
import type { Database } from '../../../subgraphs/kit/types.ts'
import { type AskNode, chooseTaskForce, createAskNode, type RanStatement } from '../ask-node.ts'
import { type DatabaseContext, deadlineOf } from '../context.ts'
import { type Finding, NotChecked } from '../finding.ts'
import { checkWords } from '../words.ts'
import { queryUnhurried } from './rows.ts'

/** How many pages of 100 are read at most. Of a name with more hits, nobody can say that a person is missing. */
const MOST_PAGES = 5

const SEARCH = `query ($countries: [CountryCode!], $search: PersonSearch!, $after: String) {
  persons(countries: $countries, search: $search, first: 100, after: $after) {
    edges { node { id } } pageInfo { hasNextPage endCursor }
  }
}`

/** A name of a person in the database. It goes to no message. */
interface Sample {
  readonly id: string
  readonly name: string
  readonly born: string | null
}

/**
 * Searches for some persons as the node does: by the name as it is recorded, without its accents, and with a typing error. And searches for
 * protected persons, whom no search may find.
 * @throws {NotChecked} without the domain `persons`, or without a person to search for.
 */
export async function checkSearch(context: DatabaseContext): Promise<readonly Finding[]> {
  const { db, modules, country, options } = context
  const module = modules.find(({ domain }) => domain === 'persons')
  if (module === undefined) throw new NotChecked('--domains persons')
  const taskForce = await chooseTaskForce(context, 'persons.person')
  const seen = await listSamples(db, taskForce, 'not person.protected', options.sample)
  if (seen.length === 0)
    throw new NotChecked(sayBoth((language) => checkWords(language)('details.searchable', { taskForce })))
  const ask = createAskNode(module, db, country)
  const find = (sample: Sample, name: string) => findPerson(ask, country, sample, name, taskForce)
  const findings: Finding[] = []
  const add = (id: string, persons: readonly Sample[], details = {}): void => {
    const examples = persons.slice(0, options.examples).map((one) => one.id)
    if (persons.length > 0) findings.push({ id, place: 'Query.persons', details, count: persons.length, examples })
  }
  for (const [way, write] of Object.entries(WAYS)) {
    // Of too many hits, nobody can say that the person is missing.
    const isMissed = async (one: Sample): Promise<boolean> => {
      const names = write(one.name)
      for (const name of names) if ((await find(one, name)) !== 'not found') return false
      return names.length > 0
    }
    const said = sayBoth((language) => checkWords(language)(`details.ways.${way as keyof typeof WAYS}`))
    add('SEARCH_MISSES', await filterAsync(seen, isMissed), { way: said })
  }
  const hidden = await listSamples(db, taskForce, 'person.protected', options.sample)
  const isShown = async (one: Sample): Promise<boolean> => (await find(one, one.name)) === 'found'
  add('SEARCH_SHOWS_PROTECTED', await filterAsync(hidden, isShown))
  return findings
}

/** How a name is written in a search: one of the names of a way at least must find the person. There are none if the name cannot be written so. */
const WAYS = {
  exact: (name: string) => [name],
  withoutAccents: (name: string) => [withoutAccents(name)].filter((plain) => plain !== name),
  withTypo: withTypos,
} as const satisfies Readonly<Record<string, (name: string) => readonly string[]>>

/** Returns a name without accents and with N for Ñ. */
function withoutAccents(name: string): string {
  return name.normalize('NFD').replace(/[\u0300-\u036f]/g, '')
}

/**
 * Writes the longest word of a name with one letter less, in three ways: without one letter it may be another name, which a search rightly keeps apart
 * (persons/search.ts).
 */
export function withTypos(name: string): readonly string[] {
  const words = name.split(/\s+/)
  const longest = words.toSorted((left, right) => right.length - left.length)[0] ?? ''
  if (longest.length < 6 || !/^\p{L}+$/u.test(longest)) return []
  const at = words.indexOf(longest)
  return [2, 3, longest.length - 3].map((letter) => {
    const wrong = longest.slice(0, letter) + longest.slice(letter + 1)
    return words.with(at, wrong).join(' ')
  })
}

function listSamples(db: Database, taskForce: string, which: string, most: number): Promise<readonly Sample[]> {
  return queryUnhurried<Sample>(
    db,
    `select person.id, named.full_name as name, person.birth_date as born
     from persons.person person join persons.person_name named on named.person_id = person.id
     where ${which} and named.category = 'LEGAL' and named.full_name ~ '^[^0-9,"(]+$' and cardinality(named.parts) >= 2
       and coalesce($1 = any(person.shared_with) or '*' = any(person.shared_with) and person.handling <@ '{H0,H1}'::text[], false)
     order by md5(person.id), named.ordinal limit $2`,
    [taskForce, most],
  )
}

interface FoundPage {
  readonly edges: readonly { readonly node: { readonly id: string } }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

/** Searches for a person by a name, and by the birth date if there is one, and reads pages until the person is found. */
async function findPerson(
  ask: AskNode,
  country: string,
  { id, born }: Sample,
  name: string,
  taskForce: string,
): Promise<'found' | 'not found' | 'too many'> {
  const search = { name, ...(born !== null && { birthDate: born }) }
  let after: string | null = null
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const variables = { countries: [country], search, after }
    const { answer, inside } = await ask(SEARCH, variables, { taskForce, showsProtected: true })
    if (inside.length > 0) throw inside[0]
    const { persons } = answer.data as { persons: FoundPage | null }
    if (persons === null) throw new Error(answer.errors?.[0]?.message ?? 'expected a page of persons; came none')
    if (persons.edges.some(({ node }) => node.id === id)) return 'found'
    if (!persons.pageInfo.hasNextPage) return 'not found'
    after = persons.pageInfo.endCursor
  }
  return 'too many'
}

async function filterAsync<Item>(
  items: readonly Item[],
  has: (item: Item) => Promise<boolean>,
): Promise<readonly Item[]> {
  const found: Item[] = []
  for (const item of items) if (await has(item)) found.push(item)
  return found
}

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
interface UsualQuestion {
  /** The field, and what is asked with it. */
  readonly name: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  /** Whether it has to read all rows: a statistic. */
  readonly readsAll?: true
}

/** What usual-questions.yaml has. */
interface UsualQuestions {
  readonly page: string
  readonly domains: Readonly<
    Record<
      Domain,
      {
        readonly sample: string
        readonly questions: readonly (UsualQuestion & { readonly needs?: readonly string[] })[]
      }
    >
  >
}

/** Lists the usual questions of a domain, about records that the database has. */
async function listQuestions(db: Database, domain: Domain, country: string): Promise<readonly UsualQuestion[]> {
  const { page, domains } = readWords<UsualQuestions>(new URL('usual-questions.yaml', import.meta.url))
  const { sample, questions } = domains[domain]
  const [row] = await db.query<Record<string, unknown>>(sample)
  const values: Readonly<Record<string, unknown>> = { ...row, countries: [country] }
  const fill = (_: string, value: unknown) =>
    typeof value === 'string' && value.startsWith('$') ? values[value.slice(1)] : value
  return questions
    .filter(({ needs = [] }) => needs.every((name) => values[name] !== null && values[name] !== undefined))
    .map(({ query, variables, ...question }) => ({
      ...question,
      query: query.replace('PAGE', page),
      variables: JSON.parse(JSON.stringify(variables), fill),
    }))
}

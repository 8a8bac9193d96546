import { type Said, said } from '../../../contract/said.ts'
import type { RowVisibility } from '../../../subgraphs/kit/read-as.ts'
import type { Database } from '../../../subgraphs/kit/types.ts'
import { type AskNode, createAskNode } from '../ask-node.ts'
import { chooseTaskForce } from '../choose-task-force.ts'
import type { CheckContext } from '../context.ts'
import { type Finding, NotChecked } from '../finding.ts'

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
 * @throws {NotChecked} without a database, without the domain `persons`, or without a person to search for.
 */
export async function checkSearch(context: CheckContext): Promise<readonly Finding[]> {
  const { db, modules, country, options, lacksDatabase } = context
  if (db === null) throw new NotChecked(lacksDatabase)
  const module = modules.find(({ domain }) => domain === 'persons')
  if (module === undefined) throw new NotChecked('--domains persons')
  const taskForce = await chooseTaskForce(context, db, 'persons.person')
  const visibility: RowVisibility = { taskForce, showsProtected: true }
  const seen = await listSamples(db, taskForce, 'not person.protected', options.sample)
  if (seen.length === 0) {
    const lacks = said(
      `a person with a name of two words, shared with ${taskForce}`,
      `una persona con un nombre de dos palabras, compartida con ${taskForce}`,
    )
    throw new NotChecked(lacks)
  }
  const ask = createAskNode(module, db, country)
  const findings: Finding[] = []
  for (const [way, change] of WAYS) {
    const missed = await listAsync(
      seen,
      async (one) => !(await findsOneOf(ask, country, one, change(one.name), visibility)),
    )
    if (missed.length === 0) continue
    const examples = missed.slice(0, options.examples).map(({ id }) => id)
    findings.push({ id: 'SEARCH_MISSES', place: 'Query.persons', details: { way }, count: missed.length, examples })
  }
  const hidden = await listSamples(db, taskForce, 'person.protected', options.sample)
  const shown = await listAsync(hidden, (one) => findsOneOf(ask, country, one, [one.name], visibility, 'must not'))
  if (shown.length > 0) {
    const examples = shown.slice(0, options.examples).map(({ id }) => id)
    findings.push({ id: 'SEARCH_SHOWS_PROTECTED', place: 'Query.persons', count: shown.length, examples })
  }
  return findings
}

/** How a name is written in a search: one of these ways at least must find the person. There are none if the name cannot be written so. */
const WAYS: readonly (readonly [way: Said, change: (name: string) => readonly string[]])[] = [
  [said('exact', 'exacto'), (name) => [name]],
  [said('without accents', 'sin tildes'), (name) => [withoutAccents(name)].filter((plain) => plain !== name)],
  [said('with a typing error', 'con un error de tecleo'), (name) => withTypos(name)],
]

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

async function listSamples(db: Database, taskForce: string, which: string, most: number): Promise<readonly Sample[]> {
  return db.transaction(async (transaction) => {
    await transaction.execute('set local statement_timeout = 0')
    return transaction.query<Sample>(
      `select person.id, named.full_name as name, person.birth_date as born
       from persons.person person join persons.person_name named on named.person_id = person.id
       where ${which} and named.category = 'LEGAL' and named.full_name ~ '^[^0-9,"(]+$' and cardinality(named.parts) >= 2
         and coalesce($1 = any(person.shared_with) or '*' = any(person.shared_with) and person.handling <@ '{H0,H1}'::text[], false)
       order by md5(person.id), named.ordinal limit $2`,
      [taskForce, most],
    )
  })
}

/** Whether a search in one of these ways finds the person. Of too many hits, the answer is the one that proves nothing. */
async function findsOneOf(
  ask: AskNode,
  country: string,
  { id, born }: Sample,
  names: readonly string[],
  visibility: RowVisibility,
  must: 'must' | 'must not' = 'must',
): Promise<boolean> {
  if (names.length === 0) return must === 'must'
  for (const name of names) {
    const search = { name, ...(born !== null && { birthDate: born }) }
    const found = await finds(ask, { countries: [country], search }, id, visibility)
    if (found === true || (found === 'too many' && must === 'must')) return true
  }
  return false
}

async function finds(
  ask: AskNode,
  variables: Readonly<Record<string, unknown>>,
  id: string,
  visibility: RowVisibility,
): Promise<boolean | 'too many'> {
  let after: string | null = null
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { answer, inside } = await ask(SEARCH, { ...variables, after }, visibility)
    if (inside.length > 0) throw inside[0]
    const { persons } = answer.data as { persons: FoundPage | null }
    if (persons === null) throw new Error(answer.errors?.[0]?.message ?? 'expected a page of persons; came none')
    if (persons.edges.some(({ node }) => node.id === id)) return true
    if (!persons.pageInfo.hasNextPage) return false
    after = persons.pageInfo.endCursor
  }
  return 'too many'
}

interface FoundPage {
  readonly edges: readonly { readonly node: { readonly id: string } }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

async function listAsync<Item>(
  items: readonly Item[],
  has: (item: Item) => Promise<boolean>,
): Promise<readonly Item[]> {
  const found: Item[] = []
  for (const item of items) if (await has(item)) found.push(item)
  return found
}

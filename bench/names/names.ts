import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { createRandom } from '../../demo/generator/random.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { createTestExecutor } from '../../subgraphs/kit/testing.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { personsModule } from '../../subgraphs/persons/module.ts'
import { askCountries } from './ask-countries.ts'
import { fillCountry } from './fill-country.ts'
import { type BenchPerson, makePerson, misspell } from './make-persons.ts'

/**
 * Measures the search for persons by name in a country of 1,000,000 persons on a PostgreSQL server, through the domain's own resolvers, as
 * the role that row-level security binds. It checks the answers: each search finds whom it is about, and nobody of another name.
 *
 * Run: `DATABASE_URL=postgres://user@127.0.0.1:5432/postgres npm run bench:names`. It creates the database `istmo_bench_names` and drops it;
 * with `--keep` it stays and the next run uses it. `--persons` and `--runs` change the sizes. `--countries HN,SV` copies the database for these
 * countries and asks all of them, GT too, for a list through a gateway.
 */

const { values: options } = parseArgs({
  options: {
    persons: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '100' },
    keep: { type: 'boolean', default: false },
    countries: { type: 'string', default: '' },
  },
})
const PERSONS = Number(options.persons)
const RUNS = Number(options.runs)
const NAME = 'istmo_bench_names'

/** A kind of search. `of` makes the searched name of a person; null: the person has no such name. */
const KINDS: readonly (readonly [string, (person: BenchPerson, n: number) => string | null])[] = [
  ['the complete name', ({ full }) => full],
  ['one given name and one surname', ({ given, surnames }) => `${given[0]} ${surnames[0]}`],
  ['the most frequent name', () => 'María García'],
  [
    'one given name and both surnames',
    ({ given, surnames }) => (surnames.length > 1 ? `${given[0]} ${surnames[0]} ${surnames[1]}` : null),
  ],
  ['surnames first', ({ given, surnames }) => `${surnames.join(' ')}, ${given.join(' ')}`],
  [
    'a typing error',
    ({ given, surnames }, n) =>
      (surnames[0] ?? '').length > 5 ? `${given[0]} ${misspell(surnames[0] ?? '', createRandom(n))}` : null,
  ],
  [
    'by sound',
    ({ given, surnames }) =>
      /[zv]/.test(surnames[0] ?? '') ? `${given[0]} ${surnames[0]?.replace(/z/g, 's').replace(/v/g, 'b')}` : null,
  ],
  [
    'a short form',
    ({ given, surnames }) =>
      /^(José|Francisco|Manuel)$/.test(given[0] ?? '')
        ? `${{ José: 'Chepe', Francisco: 'Paco', Manuel: 'Meme' }[given[0] ?? '']} ${surnames[0]}`
        : null,
  ],
  ['initials', ({ given, surnames }) => `${given.map((name) => `${name.charAt(0)}.`).join(' ')} ${surnames[0]}`],
  ['one word, not a frequent name', (_person, n) => ['Zzyzx', 'Quetzalteco', 'Baktunes'][n % 3] ?? null],
  ['one word, a frequent name', ({ surnames }) => surnames[0] ?? null],
]

const PAGE = `query ($search: PersonSearch!, $first: Int) { persons(countries: ["GT"], search: $search, first: $first) {
  edges { band score matchedName node { id } } } }`
const LIST = `query ($searches: [PersonHitSearch!]!) { personListHits(countries: ["GT"], searches: $searches) { hits { item band } } }`

type Ask = ReturnType<typeof createTestExecutor>
interface Edge {
  readonly matchedName: string
  readonly node: { readonly id: string }
}

async function askPage(ask: Ask, search: object, first = 20): Promise<readonly Edge[]> {
  const answer = await ask(PAGE, { search, first })
  if (answer.errors) throw new Error(JSON.stringify(answer.errors))
  return (answer.data as { persons: { edges: Edge[] } }).persons.edges
}

function percentile(times: readonly number[], share: number): string {
  const sorted = times.toSorted((a, b) => a - b)
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1)
}

async function measureKind(ask: Ask, [title, nameOf]: (typeof KINDS)[number]): Promise<void> {
  const times: number[] = []
  let missed = 0
  let decoys = 0
  for (let n = 0, done = 0; done < RUNS && n < RUNS * 60; n++) {
    const person = makePerson((n * 7919) % PERSONS)
    const name = nameOf(person, n)
    if (name === null) continue
    done++
    const startedAt = performance.now()
    await askPage(ask, { name })
    times.push(performance.now() - startedAt)
    if (title.startsWith('one word') || title.startsWith('the most')) continue
    const search = { name, birthDate: person.birthDate }
    const found = await askPage(ask, search, 100)
    if (!found.some(({ node }) => node.id === person.id)) missed++
    // The same search under a given name that is in no list of names finds nobody.
    const other = await askPage(ask, {
      ...search,
      name: name.replaceAll(/\p{L}{2,}/gu, (word) => `${word.slice(0, 1)}qqx${word.slice(3)}`),
    })
    decoys += other.length
  }
  const shown = [0.5, 0.95, 0.99].map((share) => percentile(times, share)).join(' | ')
  console.log(`| ${title} | ${shown} | ${missed} | ${decoys} |`)
}

function makeList(): readonly object[] {
  return Array.from({ length: 200 }, (_, i) => {
    const { full, given, surnames, birthDate } = makePerson((i * 4999) % PERSONS)
    return { name: i % 2 ? full : `${given[0]} ${surnames[0]}`, birthDate }
  })
}

async function measureList(ask: Ask): Promise<void> {
  const searches = makeList()
  const times: number[] = []
  for (let run = 0; run < 20; run++) {
    const startedAt = performance.now()
    const answer = await ask(LIST, { searches })
    times.push(performance.now() - startedAt)
    const { hits } = (answer.data as { personListHits: { hits: { item: number }[] } }).personListHits
    if (hits.length !== searches.length) console.log(`expected ${searches.length} hits; came ${hits.length}`)
  }
  console.log(
    `| a list of 200 names with dates of birth | ${percentile(times, 0.5)} | ${percentile(times, 0.95)} | | | |`,
  )
}

/** Copies the database for more countries, and asks all of them for the list through a gateway. Nothing may be connected to the database. */
async function measureCountries(admin: Database, countries: readonly string[]): Promise<void> {
  const databases = new Map([['GT', url.href]])
  for (const country of countries) {
    const copy = new URL(url)
    copy.pathname = `/${NAME}_${country.toLowerCase()}`
    databases.set(country, copy.href)
    await copyDatabase(admin, copy, country)
  }
  const searches = makeList()
  try {
    const answers = await askCountries(databases, searches, 15)
    const wrong = answers.filter(({ hits }) => hits.length !== searches.length * databases.size)
    if (wrong.length > 0) console.log(`expected each country to find each name; ${wrong.length} answers lack some`)
    const times = answers.map(({ ms }) => ms)
    const shown = [0.5, 0.95].map((share) => percentile(times, share)).join(' | ')
    console.log(`| the same list through a gateway, ${databases.size} countries | ${shown} | | | |`)
  } finally {
    if (!options.keep)
      for (const country of countries)
        await admin.execute(`drop database ${NAME}_${country.toLowerCase()} with (force)`)
  }
}

async function copyDatabase(admin: Database, copy: URL, country: string): Promise<void> {
  const name = copy.pathname.slice(1)
  if ((await admin.query('select from pg_database where datname = $1', [name])).length > 0) return
  await admin.execute(`create database ${name} template ${NAME} strategy file_copy`)
  const db = await openDatabase({ url: copy.href })
  // The copy belongs to another country. Its records keep their ids, which a list does not give.
  await db.query(`update istmo.setting set value = $1 where name = 'country'`, [country])
  await db.close()
}

const server = process.env.DATABASE_URL
if (!server)
  throw new Error('expected DATABASE_URL with a PostgreSQL server on which this program may create a database')
const url = new URL(server)
url.pathname = `/${NAME}`
const admin = await openDatabase({ url: server })
const [existing] = await admin.query('select from pg_database where datname = $1', [NAME])
if (!existing) {
  await admin.execute(`create database ${NAME} encoding 'UTF8' template template0`)
  const startedAt = performance.now()
  await fillCountry(url.href, PERSONS)
  console.log(`loaded ${PERSONS} persons in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
}
const db = await openDatabase({ url: url.href })
try {
  const ask = createTestExecutor(personsModule, db, 'GT')
  await askPage(ask, { name: 'Juan Pérez' })
  console.log('| search | p50 ms | p95 ms | p99 ms | not found | wrong |\n|---|---|---|---|---|---|')
  for (const kind of KINDS) await measureKind(ask, kind)
  await measureList(ask)
  await db.close()
  const countries = options.countries.split(',').filter((country) => country !== '')
  if (countries.length > 0) await measureCountries(admin, countries)
} finally {
  if (!options.keep) await admin.execute(`drop database ${NAME} with (force)`)
  await admin.close()
}

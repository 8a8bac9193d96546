import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { ifThere } from '../../audit/if-there.ts'
import type { Answer, Client, Grounds } from '../../clients/client.ts'
import { isDocument, isIdentifierCategory } from '../../contract/identifiers.ts'
import { parseJson } from '../../contract/json-value.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { formatLine } from '../decisions/decisions.ts'
import { appendWhole } from '../officer/officer-client.ts'

/** Asks about persons question by question, within bounds, and keeps what came after each. */

/** What is asked, and how much of it. */
export interface SuggestRequest {
  readonly persons: readonly OwnPerson[]
  /** The file of candidates. */
  readonly out: string
  /** How many questions may be sent at most. */
  readonly atMost: number
  /** How many searches one question has at most: 1 to 500. */
  readonly searches: number
  readonly now: () => number
}

/** What is left to ask. */
export interface Plan {
  /** The questions, each with the countries that it asks; null for all. */
  readonly questions: readonly {
    readonly searches: ReturnType<typeof divideIntoQuestions>[number]
    readonly countries: readonly string[] | null
  }[]
  /** How many persons were asked about before, and all countries have answered. */
  readonly before: number
  /** Persons with neither an identifier nor a name with a birth date. */
  readonly tooWide: readonly string[]
}

/** How the questions went. */
export type SuggestReport = Awaited<ReturnType<typeof suggestLinks>>

/** Plans the questions. What an earlier run has asked is not asked again, but of countries that did not answer. */
export async function planQuestions({ persons, out, searches }: Omit<SuggestRequest, 'now' | 'atMost'>): Promise<Plan> {
  const asked = await readAsked(out)
  const open = persons.filter(({ id }) => asked.get(id)?.length !== 0)
  // Persons whom the same countries have still to answer for go into one question.
  const groups = Map.groupBy(open, ({ id }) => (asked.get(id) ?? []).join(' '))
  const questions = [...groups].flatMap(([codes, group]) => {
    const countries = codes === '' ? null : codes.split(' ')
    return divideIntoQuestions(group, searches).map((each) => ({ searches: each, countries }))
  })
  const askable = new Set(questions.flatMap((question) => question.searches.map(({ person }) => person)))
  return {
    questions,
    before: persons.length - open.length,
    tooWide: open.map(({ id }) => id).filter((id) => !askable.has(id)),
  }
}

/**
 * Asks the questions of a plan.
 * @param onQuestion is told after each question how many of the planned ones are done
 * @returns counts, with the persons that the bound left for the next run; the countries that did not answer, each with its last code; and why no more was asked.
 * @throws {Error} if the files cannot be written. What was asked until then is kept.
 */
export async function suggestLinks(
  { questions }: Plan,
  { persons, out, atMost, now }: SuggestRequest,
  asking: Asking,
  onQuestion: (done: number) => void = () => undefined,
) {
  const names = new Map(persons.map(({ id, names: [name] }) => [id, name ?? '']))
  const silent = new Map<string, string>()
  const total = { questions: 0, persons: 0, candidates: 0 }
  let done = 0
  let stopped: NotAsked | null = null
  const { wait = sleep } = asking
  for (const { searches, countries } of questions) {
    if (total.questions >= atMost) break
    if (done > 0) await wait(asking.pauseMs)
    const about = [...new Set(searches.map(({ person }) => person))]
    let once: AskedOnce
    try {
      once = await askAboutPersons(searches, countries, atMost - total.questions, asking)
    } catch (error) {
      if (!(error instanceof NotAsked)) throw error
      stopped = error
      break
    }
    for (const { country, why } of once.open) silent.set(country, why)
    const { answered, requestId } = once
    const candidates = once.candidates.map((each) => ({ ...each, name: names.get(each.id) ?? '' }))
    const open = once.open.map(({ country }) => country)
    await appendAsked(out, candidates, { persons: about, answered, open, requestId, at: new Date(now()).toISOString() })
    total.questions += once.questions
    total.persons += about.length
    total.candidates += once.candidates.length
    onQuestion(++done)
  }
  const left = new Set(questions.slice(done).flatMap((question) => question.searches.map(({ person }) => person))).size
  return { ...total, left, silent, stopped }
}

/** The file of candidates, which a person completes, and the file beside it that says who was asked about. */

/** The columns. A person completes `otherId` and the last three. */
const HEAD =
  'kind,id,name,country,band,matched,contactPoint,otherId,matchedName,askedOn,requestId,confirmed,confirmedBy,confirmedOn\n'

const CODES = z.array(z.string().regex(/^[A-Z]{2}$/u)).readonly()

const ASKED = z.strictObject({
  persons: z.array(z.string()).readonly(),
  /** The countries that have answered, and those that have not. */
  answered: CODES,
  open: CODES,
  requestId: z.string(),
  /** RFC 3339. */
  at: z.string(),
})

/** What was asked about some persons. */
export type AskedPersons = z.infer<typeof ASKED>

/** Returns the path of the file that says who was asked about. */
export function askedFileOf(path: string): string {
  return `${path}.asked.jsonl`
}

/**
 * Reads who was asked about before, with the countries that still have to answer: an empty list if none has.
 * @throws {UsageError} if the file of candidates is not one, so that nothing is appended to another file.
 */
export async function readAsked(path: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const candidates = await ifThere(readFile(path, 'utf8'))
  const bare = candidates?.replace(/^\uFEFF/u, '')
  if (bare !== undefined && bare !== '' && !bare.startsWith(HEAD)) {
    throw new UsageError(
      `--out: expected a file with the columns that this command writes; ${path} has others, or a spreadsheet saved it in another form. Name another file`,
    )
  }
  const asked = new Map<string, readonly string[]>()
  const lines = ((await ifThere(readFile(askedFileOf(path), 'utf8'))) ?? '').split('\n')
  for (const [at, line] of lines.entries()) {
    if (line === '') continue
    const parsed = ASKED.safeParse(parseJson(line))
    // A crash may have cut the last line: then its persons are asked about again.
    if (!parsed.success && at >= lines.length - 2) continue
    if (!parsed.success)
      throw new UsageError(
        `${askedFileOf(path)}, line ${at + 1}: expected a line that this command wrote; came another`,
      )
    for (const person of parsed.data.persons) asked.set(person, parsed.data.open)
  }
  return asked
}

/** Appends what one question brought: first the candidates, then who was asked about. After a crash between them, candidates can be there twice. */
export async function appendAsked(
  path: string,
  candidates: readonly (Candidate & { readonly name: string })[],
  asked: AskedPersons,
): Promise<void> {
  const day = asked.at.slice(0, 10)
  const lines = candidates.map((candidate) => {
    const { id, name, country, band, matched, contactPoint, otherId, matchedName, requestId } = candidate
    const found = [id, name, country, band, matched, contactPoint, otherId, matchedName, day, requestId]
    return formatLine(['PERSON', ...found, '', '', ''])
  })
  await appendWhole(path, lines.join(''), HEAD)
  await appendWhole(askedFileOf(path), `${JSON.stringify(asked)}\n`)
}

/**
 * Makes the hit searches of a person: one for each document, and one for the legal name with the birth date. A telephone, a plate or an account may be another
 * person's too, and a country whose SDL is older could not read a list with one of them.
 */

/** One search, as `PersonHitSearch` of the contract, and what it searches by, for the person who decides. */
export interface HitSearch {
  readonly person: string
  /** `NATIONAL_ID GT`, or `name and birth date`. */
  readonly by: string
  readonly search: Readonly<Record<string, unknown>>
}

/** The most searches about one person: a document more tells a country little, and each tells it something of the person. */
const MAX_PER_PERSON = 6

/** The words for a search by name. */
export const BY_NAME = 'name and birth date'

/** Makes the searches of a person; none if the person has neither a document nor a name with a birth date, because such a search is too wide. */
export function makeSearches({ id, names, birthDate, identifiers }: OwnPerson): readonly HitSearch[] {
  const [name] = names
  const byDocument = identifiers
    .filter(({ category }) => isIdentifierCategory(category) && isDocument(category))
    .map((identifier) => ({
      person: id,
      by: `${identifier.category} ${identifier.jurisdiction}`,
      search: { identifier },
    }))
  const byName =
    name !== undefined && birthDate !== null ? [{ person: id, by: BY_NAME, search: { name, birthDate } }] : []
  return [...byName, ...byDocument].slice(0, MAX_PER_PERSON)
}

/**
 * Divides persons into questions of at most `most` searches each. A person's searches stay together, so that a person is asked about once.
 * @returns the searches of each question.
 */
export function divideIntoQuestions(persons: readonly OwnPerson[], most: number): readonly (readonly HitSearch[])[] {
  const questions: HitSearch[][] = []
  for (const person of persons) {
    const searches = makeSearches(person)
    if (searches.length === 0) continue
    const last = questions.at(-1)
    if (last !== undefined && last.length + searches.length <= most) last.push(...searches)
    else questions.push([...searches])
  }
  return questions
}

/** Asks other countries whether they know persons, as an officer, and says which candidates there are. */

/** Somebody whom another country knows, and who may be a person of ours. */
interface Candidate {
  /** The id of our person. */
  readonly id: string
  readonly country: string
  readonly band: string
  /** What of our person the country knows: `NATIONAL_ID GT; name and birth date`. */
  readonly matched: string
  readonly contactPoint: string
  /** The id in the other country; empty unless its answer showed it. */
  readonly otherId: string
  /** The name that matched there; empty unless its answer showed it. */
  readonly matchedName: string
  /** The id of the question in the gateway's log. */
  readonly requestId: string
}

/** How countries answered one question. */
interface AskedOnce {
  readonly candidates: readonly Candidate[]
  /** The countries that have answered, or publish nothing that could be asked. */
  readonly answered: readonly string[]
  /** The countries that did not, with their code or reach. */
  readonly open: readonly { readonly country: string; readonly why: string }[]
  readonly requestId: string
  /** How many questions the gateway took. */
  readonly questions: number
}

/** What asks. */
export interface Asking {
  readonly client: Pick<Client, 'ask'>
  readonly grounds: Grounds
  /** The own country, which is not asked about its own persons. */
  readonly own: string
  /** Whether to read the records of candidates too, as far as the officer may. */
  readonly isReading: boolean
  /** The pause before each question but the first, in milliseconds. */
  readonly pauseMs: number
  /** Waits. Default: a timer. */
  readonly wait?: (ms: number) => Promise<unknown>
}

/** A question was not answered, and asking on would not help. */
class NotAsked extends Error {
  override readonly name = 'NotAsked'
  /** The codes of the answer's errors. */
  readonly codes: readonly string[]
  constructor(message: string, codes: readonly string[]) {
    super(message)
    this.codes = codes
  }
}

/** One list of hits. It has no text or number of its own: each country sees the whole document. */
const HITS = `query LinkHits($countries: [CountryCode!], $searches: [PersonHitSearch!]!) {
  personListHits(countries: $countries, searches: $searches) {
    hits { item country band contactPoint }
    outcomes { country reach code }
  }
}`

/** The records behind one hit. */
const PERSONS = `query LinkPersons($countries: [CountryCode!], $search: PersonSearch!, $first: Int!) {
  persons(countries: $countries, search: $search, first: $first) {
    edges { band matchedName node { id } }
    outcomes { country reach code }
  }
}`

/** How many records behind one hit are read. */
const FIRST = 3

/** How often a question is sent again that came too early, and how long the first wait is, in milliseconds. */
const RETRIES = 5
const FIRST_WAIT_MS = 5_000

/** The codes of answers that came too early. */
const TOO_EARLY: ReadonlySet<string> = new Set(['RATE_LIMITED', 'GATEWAY_BUSY', 'PLANNING_BUDGET_SPENT'])

/** The bands, the best first. */
const BANDS = ['EXACT_IDENTIFIER', 'STRONG', 'WEAK']

interface Outcome {
  readonly country: string
  readonly reach: string
  readonly code: string | null
}
interface Hit {
  readonly item: number
  readonly country: string
  readonly band: string
  readonly contactPoint: string | null
}
interface Edge {
  readonly band: string | null
  readonly matchedName: string | null
  readonly node: { readonly id: string }
}

/**
 * Asks one question about some persons, and, if wished, one for each candidate.
 * @param countries whom to ask; null for all of the grounds
 * @param most how many questions may be sent at most: at least 1
 * @throws {NotAsked} if the gateway or each country refuses the question.
 */
export async function askAboutPersons(
  searches: readonly HitSearch[],
  countries: readonly string[] | null,
  most: number,
  asking: Asking,
): Promise<AskedOnce> {
  const asked = countries ?? asking.grounds.countries ?? null
  const others = asked === null ? null : asked.filter((country) => country !== asking.own)
  const answer = await askPatiently(
    HITS,
    { countries: others, searches: searches.map(({ search }) => search) },
    others,
    asking,
  )
  const { hits, outcomes } = (answer.data as { personListHits: { hits: readonly Hit[]; outcomes: readonly Outcome[] } })
    .personListHits
  const requestId = answer.requestId ?? ''
  const found = joinHits(
    hits.filter(({ country }) => country !== asking.own),
    searches,
    requestId,
  )
  let questions = 1
  const candidates: Candidate[] = []
  for (const { candidate, best } of found) {
    if (!asking.isReading || questions >= most) {
      candidates.push(candidate)
      continue
    }
    questions++
    candidates.push(...(await readCandidate(candidate, best, asking)))
  }
  const settled = outcomes.filter(
    ({ country, reach }) => country === asking.own || reach === 'ANSWERED' || reach === 'NOT_PUBLISHED',
  )
  return {
    candidates,
    requestId,
    questions,
    answered: settled.map(({ country }) => country).filter((country) => country !== asking.own),
    open: outcomes
      .filter((outcome) => !settled.includes(outcome))
      .map(({ country, reach, code }) => ({ country, why: code ?? reach })),
  }
}

/** Joins the hits of one person in one country. */
function joinHits(hits: readonly Hit[], searches: readonly HitSearch[], requestId: string) {
  const groups = Map.groupBy(hits, ({ item, country }) => `${searches[item]?.person ?? ''} ${country}`)
  return [...groups.values()].flatMap((group) => {
    const sorted = [...group].sort((a, b) => BANDS.indexOf(a.band) - BANDS.indexOf(b.band) || a.item - b.item)
    const [best] = sorted
    const search = best === undefined ? undefined : searches[best.item]
    if (best === undefined || search === undefined) return []
    const matched = [...new Set(sorted.map(({ item }) => searches[item]?.by ?? ''))].join('; ')
    const { country, band, contactPoint } = best
    const base = { id: search.person, country, band, matched, contactPoint: contactPoint ?? '' }
    return [{ candidate: { ...base, otherId: '', matchedName: '', requestId }, best: search }]
  })
}

/** Reads the records behind a candidate. Without the right to read them, the candidate stays as it is. */
async function readCandidate(
  candidate: Candidate,
  { search }: HitSearch,
  asking: Asking,
): Promise<readonly Candidate[]> {
  const countries = [candidate.country]
  try {
    const answer = await askPatiently(PERSONS, { countries, search, first: FIRST }, countries, asking)
    const { edges } = (answer.data as { persons: { edges: readonly Edge[] } }).persons
    if (edges.length === 0) return [candidate]
    return edges.map(({ band, matchedName, node }) => ({
      ...candidate,
      band: band ?? candidate.band,
      matchedName: matchedName ?? '',
      otherId: node.id,
      requestId: answer.requestId ?? candidate.requestId,
    }))
  } catch (error) {
    if (error instanceof NotAsked) return [candidate]
    throw error
  }
}

/** Asks, and asks again what came too early. @throws {NotAsked} if there is no answer. */
async function askPatiently(
  document: string,
  variables: Readonly<Record<string, unknown>>,
  countries: readonly string[] | null,
  { client, grounds, pauseMs, wait = sleep }: Asking,
): Promise<Answer> {
  const stated = countries === null ? grounds : { ...grounds, countries }
  for (let tried = 0; ; tried++) {
    const answer = await client.ask(document, variables, stated)
    const field = Object.values((answer.data ?? {}) as Readonly<Record<string, unknown>>)[0]
    if (field !== null && field !== undefined) return answer
    const codes = (answer.errors ?? []).map(({ extensions }) => String(extensions?.code ?? 'unknown'))
    if (!codes.some((code) => TOO_EARLY.has(code)) || tried === RETRIES) {
      const [first] = answer.errors ?? []
      throw new NotAsked(first?.message ?? `the gateway answered ${answer.status} and nothing else`, codes)
    }
    await wait(Math.max(pauseMs, FIRST_WAIT_MS) * 2 ** tried)
  }
}

/** Reads the persons about whom other countries may be asked, with what identifies them. */

/** One identifier of a person. */
export interface OwnIdentifier {
  readonly category: string
  /** The country that issued it. */
  readonly jurisdiction: string
  readonly value: string
}

/** A person of the own country. */
export interface OwnPerson {
  readonly id: string
  /** The names, the legal one first. */
  readonly names: readonly string[]
  /** `YYYY-MM-DD`; null if it is not known. */
  readonly birthDate: string | null
  readonly identifiers: readonly OwnIdentifier[]
}

/** Which persons are asked about. All that are given must hold. */
export interface PersonFilter {
  /** The ids of persons. */
  readonly ids: readonly string[] | null
  /** The id of a case in which they take part. */
  readonly caseId: string | null
  /** Recorded on this day or later, `YYYY-MM-DD`. */
  readonly since: string | null
}

/**
 * Finds persons, sorted by id. A question tells other countries that this one looks for the person. So it leaves out whoever is protected, whoever is
 * only a victim or a witness of the case, and whoever is shared with nobody.
 * @returns the persons, how many were left out for which reason, and which of the given ids are those of no person here.
 */
export async function readOwnPersons(db: Pick<Database, 'query'>, filter: PersonFilter) {
  const hasCases = await hasTable(db, 'cases.participant')
  const isHidden = hasCases
    ? `p.protected or (
        exists (select from cases.participant m where m.person_id = p.id and m.protected)
        and not exists (select from cases.participant m where m.person_id = p.id and not m.protected))`
    : 'p.protected'
  const ofCase = hasCases
    ? `exists (select from cases.participant m where m.person_id = p.id and m.case_id = $2::text and not m.protected)`
    : 'false'
  const rows = await db.query<PersonRow>(
    `select p.id, p.birth_date as "birthDate", (${isHidden}) as "isProtected",
       coalesce(cardinality(p.shared_with), 0) = 0 as "isUnshared",
       array(select n.full_name from persons.person_name n where n.person_id = p.id
         order by n.category <> 'LEGAL', n.ordinal) as names,
       coalesce((select json_agg(json_build_object('category', i.category, 'jurisdiction', i.jurisdiction, 'value', i.value)
         order by i.category, i.jurisdiction, i.value) from persons.identifier i where i.person_id = p.id), '[]')::text as identifiers
     from persons.person p
     where ($1::text[] is null or p.id = any($1)) and ($2::text is null or ${ofCase}) and ($3::date is null or p.recorded_at >= $3)
     order by p.id`,
    [filter.ids, filter.caseId, filter.since],
  )
  const found = new Set(rows.map(({ id }) => id))
  const open = rows.filter(({ isProtected, isUnshared }) => !isProtected && !isUnshared)
  return {
    persons: open.map(({ id, names, birthDate, identifiers }) => ({
      id,
      names,
      birthDate,
      identifiers: JSON.parse(identifiers),
    })),
    protected: rows.filter(({ isProtected }) => isProtected).length,
    unshared: rows.filter(({ isProtected, isUnshared }) => !isProtected && isUnshared).length,
    unknown: (filter.ids ?? []).filter((id) => !found.has(id)),
  }
}

interface PersonRow {
  readonly id: string
  readonly birthDate: string | null
  readonly isProtected: boolean
  readonly isUnshared: boolean
  readonly names: readonly string[]
  readonly identifiers: string
}

/** Whether the database has a table: a country may serve a domain from another database. */
export async function hasTable(db: Pick<Database, 'query'>, name: string): Promise<boolean> {
  const [row] = await db.query<{ found: string | null }>('select to_regclass($1)::text as found', [name])
  return row?.found != null
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Client, Grounds } from '../../clients/client.ts'
import { isDocument, isIdentifierCategory } from '../../contract/identifiers.ts'
import type { OwnPerson } from './read-own-persons.ts'

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
export interface Candidate {
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
export interface AskedOnce {
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
export class NotAsked extends Error {
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

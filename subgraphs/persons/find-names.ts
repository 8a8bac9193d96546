import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { MAX_NAME_WORDS } from '../../contract/searched-name.ts'
import type { Reader } from '../kit/types.ts'
import { GRADES, type Grade, isSlip, type OtherWord, otherWords, type SoundedWord } from './alike-words.ts'
import {
  type Agreement,
  GRADE_COST,
  matchName,
  type NameMatch,
  type RecordedPart,
  type Role,
  SCORE,
} from './match-names.ts'
import { type RecordedSound, type SearchKeys, searchKeys } from './name-keys.ts'
import { nearBirthDates } from './near-birth-dates.ts'
import type { PersonSearch } from './search.ts'
import { JOINED_PARTICLES, readWordings, type SearchedWord, type Wording } from './searched-name.ts'

/** Finds the recorded names that match searched ones, in three statements for any number of searches. */

/** The statements call functions for a list, so one plan is good for each name. */
const KEEP = 'keep'

/** A recorded name that matches, of a person whom the leg may see. */
export interface FoundName extends NameMatch {
  readonly personId: string
  /** The place of the name among the person's names. */
  readonly ordinal: number
  /** How the person's date of birth compares with the searched one; null if none is searched for. */
  readonly birth: 'same' | 'near' | 'silent' | null
  /** Whether the searched identifier is recorded for the person. */
  readonly identified: boolean
}

/** A recorded word, and how a searched word agrees with it. */
type AlikeWords = ReadonlyMap<string, Grade>

/** What one search found. */
export interface BestNames {
  readonly names: readonly FoundName[]
  /**
   * Whether the name is too little to be searched for without a date of birth: one frequent name, or nothing but initials. It depends only on
   * the search, so it says nothing about the records.
   */
  readonly isTooLittle: boolean
}

/** A search with the words of its name. */
interface NameSearch {
  readonly search: PersonSearch
  readonly wordings: readonly Wording[]
}

/** For how many searches of a list one statement finds names. Legs of other callers read before the next one. */
const SEARCHES_AT_ONCE = 50

/**
 * Finds the names that match each hit search: of all persons by name and birth date, or only of those who have an identifier. Beside the name, a search
 * has one of the two. A search without a name finds none. Element *i* belongs to search *i*.
 * @param today the day of UTC, which decides what dates are near (near-birth-dates.ts).
 * @throws {IstmoError} `BAD_USER_INPUT` if a name has more than {@link MAX_NAME_WORDS} words; the message names the search.
 */
export async function findNames(
  db: Reader,
  searches: readonly Omit<PersonSearch, 'nationality'>[],
  today: string,
  placeOf: PlaceOf,
): Promise<readonly (readonly FoundName[])[]> {
  const { named, known } = await prepareNames(db, searches, placeOf)
  const bySource = new Map<PersonSearch, readonly FoundName[]>()
  for (let at = 0; at < named.length; at += SEARCHES_AT_ONCE) {
    const part = named.slice(at, at + SEARCHES_AT_ONCE)
    const candidates = await findCandidates(
      db,
      part.map((one) => ({ ...one, ...(one.search.identifier ? keysOfOwners : keysOf)(one, known) })),
      today,
    )
    const bySearch = Map.groupBy(candidates, ({ item }) => item)
    for (const [item, one] of part.entries()) {
      bySource.set(one.search, judgeCandidates(bySearch.get(item) ?? [], one, known))
      await db.pause?.()
    }
  }
  return searches.map((search) => bySource.get(search) ?? [])
}

/**
 * Finds the names that match one search, first those that answer best.
 * @param isEnough says whether the names found so far are enough. A name that is not among them has a score of at most `rest`, if it
 * answers as well as they do.
 */
export async function findBestNames(
  db: Reader,
  search: PersonSearch,
  isEnough: (found: readonly FoundName[], rest: number) => boolean,
): Promise<BestNames> {
  const { named, known } = await prepareNames(db, [search], () => 'Query.persons(search:)')
  const [one] = named
  if (!one) return { names: [], isTooLittle: false }
  const tooLittle = isTooLittle(one)
  const keys = keysOf(one, known)
  if (keys.bestKeys !== null) {
    const best = await findCandidates(db, [{ ...one, keys: keys.bestKeys, firstKeys: [], bornKeys: [] }])
    const found = judgeCandidates(best, one, known)
    // Each other name has two words more at least.
    const rest =
      1000 - 2 * SCORE.recordedWordLeft - (one.wordings[0]?.some(({ isInitial }) => isInitial) ? GRADE_COST.INITIAL : 0)
    if (isEnough(found, rest)) return { names: found, isTooLittle: tooLittle }
  }
  const names = judgeCandidates(await findCandidates(db, [{ ...one, ...keys }]), one, known)
  return { names, isTooLittle: tooLittle }
}

function isTooLittle({ search, wordings: [written = []] }: NameSearch): boolean {
  if (search.birthDate !== undefined || search.identifier) return false
  const words = written.filter(({ isInitial }) => !isInitial)
  return words.length === 0 || (words.length === 1 && words[0]?.kind !== null)
}

interface Prepared {
  readonly named: readonly NameSearch[]
  readonly known: ReadonlyMap<string, Known>
}

async function prepareNames(db: Reader, searches: readonly PersonSearch[], placeOf: PlaceOf): Promise<Prepared> {
  const named = await readNames(db, searches, placeOf)
  return { named, known: named.length === 0 ? new Map() : await findAlikeWords(db, named) }
}

function keysOf({ wordings }: NameSearch, known: ReadonlyMap<string, Known>): SearchKeys {
  return searchKeys({ wordings, soundsOf: ({ word }) => known.get(word)?.sounds ?? [] })
}

/** The keys that only those who have the searched identifier are asked for. */
function keysOfOwners(one: NameSearch, known: ReadonlyMap<string, Known>): SearchKeys {
  const { keys, bornKeys, ...rest } = keysOf(one, known)
  return { ...rest, keys: [], bornKeys: [...keys, ...bornKeys] }
}

/** Returns what messages call a search of a list: `Query.persons(search:)`. */
export type PlaceOf = (item: number) => string

async function readNames(
  db: Reader,
  searches: readonly PersonSearch[],
  placeOf: PlaceOf,
): Promise<readonly NameSearch[]> {
  const named = [...new Set(searches.filter(({ name }) => name !== undefined))]
  if (named.length === 0) return []
  const rows = await db.query<{ tokens: string[] }>(
    'select persons.name_tokens(u.name) as tokens from unnest($1::text[]) with ordinality as u(name, i) order by i',
    [named.map(({ name }) => name)],
    KEEP,
  )
  return named.map((search, i) => {
    const tokens = rows[i]?.tokens ?? []
    const words = tokens.filter((token) => /^[wdp]/.test(token)).length
    // Words of nicknames are tokens too.
    const [most, came] = words > MAX_NAME_WORDS ? [MAX_NAME_WORDS, words] : [2 * MAX_NAME_WORDS, tokens.length]
    if (came <= most) return { search, wordings: readWordings(tokens) }
    const place = `${placeOf(searches.indexOf(search))}.name`
    throw new IstmoError('BAD_USER_INPUT', detail('NAME_WORDS', { place, most, came }))
  })
}

/** The recorded words that agree with a searched word. */
interface Known {
  readonly alike: AlikeWords
  readonly sounds: readonly RecordedSound[]
}

async function findAlikeWords(db: Reader, named: readonly NameSearch[]): Promise<ReadonlyMap<string, Known>> {
  const words = named.flatMap(({ wordings }) => wordings.flat()).filter(({ isInitial }) => !isInitial)
  const unique = new Map<string, SearchedWord>()
  for (const word of words) if (word.hasParticle || !unique.has(word.word)) unique.set(word.word, word)
  const others = new Map([...unique.values()].map((word) => [word.word, othersOf(word)]))
  // Typing errors are looked for in the searched words only.
  const asked = new Map([...others.values()].flat().map(({ word }) => [word, false]))
  for (const word of others.keys()) asked.set(word, true)
  const rows = await db.query<RecordedWord>(
    'select * from persons.recorded_words($1::text[], $2::boolean[])',
    [[...asked.keys()], [...asked.values()]],
    KEEP,
  )
  const byAsked = Map.groupBy(rows, (row) => row.asked)
  return new Map([...others].map(([word, list]) => [word, gradeWords(word, list, byAsked)]))
}

/** A recorded word that may agree with a word that was asked for. */
interface RecordedWord extends SoundedWord {
  readonly asked: string
  readonly asked_sound: string
}

function gradeWords(
  word: string,
  others: readonly OtherWord[],
  byAsked: ReadonlyMap<string, readonly RecordedWord[]>,
): Known {
  const alike = new Map<string, Grade>()
  const sounds = new Map<string, RecordedSound>()
  const note = (recorded: RecordedWord, grade: Grade | null): void => {
    if (grade === null) return
    const before = alike.get(recorded.word)
    if (before === undefined || GRADES.indexOf(grade) < GRADES.indexOf(before)) alike.set(recorded.word, grade)
    const isUnsure = grade === 'SLIP' || grade === 'SHORT_FORM'
    if (!isUnsure || !sounds.has(recorded.sound)) sounds.set(recorded.sound, { sound: recorded.sound, isUnsure })
  }
  for (const row of byAsked.get(word) ?? []) note(row, ownGrade(row))
  for (const other of others) for (const row of byAsked.get(other.word) ?? []) note(row, otherGrade(row, other, word))
  return { alike, sounds: [...sounds.values()] }
}

function ownGrade({ asked, asked_sound: sound, ...recorded }: RecordedWord): Grade | null {
  if (recorded.word === asked) return 'SAME'
  if (recorded.sound === sound && recorded.word.length > 1) return 'SOUND'
  return isSlip({ word: asked, sound }, recorded) ? 'SLIP' : null
}

function otherGrade(row: RecordedWord, { word, grade }: OtherWord, searched: string): Grade | null {
  // Another search of the list may ask for the words that are a slip apart from this one.
  if (row.sound !== row.asked_sound) return null
  if (row.word === word) return grade
  if (row.word.length === 1) return null
  if (grade === 'SHORT_FORM') return 'SHORT_FORM'
  return grade === 'ABBREVIATED' && word.length > searched.length ? 'SOUND' : null
}

function othersOf({ word, hasParticle }: SearchedWord): readonly OtherWord[] {
  const joined = hasParticle
    ? JOINED_PARTICLES.map((particle) => ({ word: particle + word, grade: 'JOINED' as const }))
    : []
  return [...joined, ...otherWords(word)]
}

function nearDatesOf({ birthDate }: PersonSearch, today: string): readonly string[] {
  return birthDate === undefined ? [] : nearBirthDates(birthDate, today)
}

interface Candidate {
  readonly item: number
  readonly person_id: string
  readonly ordinal: number
  readonly parts: string
  readonly birth: FoundName['birth']
  readonly identified: boolean
}

/** @param hitsOf the day of UTC for hit searches; null for a search for persons. */
function findCandidates(
  db: Reader,
  searches: readonly (NameSearch & Pick<SearchKeys, 'keys' | 'firstKeys' | 'bornKeys'>)[],
  hitsOf: string | null = null,
): Promise<readonly Candidate[]> {
  const asked = searches.map(({ search, keys, firstKeys, bornKeys }) => ({
    keys,
    // With a date that is only near, a name must agree, or the identifier.
    nearKeys: search.birthDate === undefined ? [] : search.identifier ? keys : firstKeys,
    // Without a date of birth and an identifier, such a key finds nobody.
    bornKeys: search.birthDate === undefined && !search.identifier ? [] : bornKeys,
    born: search.birthDate ?? null,
    hitNear: hitsOf === null ? null : nearDatesOf(search, hitsOf),
    nationality: search.nationality ?? null,
    category: search.identifier?.category ?? null,
    jurisdiction: search.identifier?.jurisdiction ?? null,
    value: search.identifier?.value ?? null,
  }))
  return db.query<Candidate>(
    `select (s.i - 1)::int as item, c.* from jsonb_array_elements($1::jsonb) with ordinality as s(j, i)
     cross join lateral persons.candidate_names(array(select jsonb_array_elements_text(s.j -> 'keys')),
       array(select jsonb_array_elements_text(s.j -> 'nearKeys')), array(select jsonb_array_elements_text(s.j -> 'bornKeys')), (s.j ->> 'born')::date, s.j ->> 'nationality',
       s.j ->> 'category', s.j ->> 'jurisdiction', s.j ->> 'value',
       case when jsonb_typeof(s.j -> 'hitNear') = 'array' then array(select jsonb_array_elements_text(s.j -> 'hitNear'))::date[] end) as c`,
    [JSON.stringify(asked)],
    KEEP,
  )
}

const LEADERS = new Set(['maria', 'jose'])

function judgeCandidates(
  candidates: readonly Candidate[],
  { wordings }: NameSearch,
  known: ReadonlyMap<string, Known>,
): readonly FoundName[] {
  const meanings = new Map<string, Meaning>()
  const matches = new Map<string, NameMatch | null>()
  return candidates.flatMap(({ person_id: personId, ordinal, parts, birth, identified }): FoundName[] => {
    const read = parts.split(' ').map((part): Meaning => {
      const known = meanings.get(part)
      if (known) return known
      const made = readPart(part)
      meanings.set(part, made)
      return made
    })
    const signature = read.map(({ mark }) => mark).join(' ')
    let match = matches.get(signature)
    if (match === undefined) {
      match = matchName(
        read.map(({ part }) => part),
        wordings,
      )
      matches.set(signature, match)
    }
    return match === null ? [] : [{ ...match, personId, ordinal, birth, identified }]
  })

  function readPart(text: string): Meaning {
    const [role, word] = [text.slice(0, 1) as Role, text.slice(1)]
    const agreements = wordings.map((wording) =>
      wording.flatMap((searched, place): Agreement[] => {
        const grade = gradeOf(searched, word)
        return grade === undefined ? [] : [{ place, grade }]
      }),
    )
    const isLeader = LEADERS.has(word)
    const mark = `${role}${isLeader ? '!' : ''}${agreements.map((list) => list.map(({ place, grade }) => place + grade).join('+')).join('/')}`
    return { mark, part: { role, agreements, isLeader } }
  }

  function gradeOf(searched: SearchedWord, word: string): Grade | undefined {
    if (!searched.isInitial) return known.get(searched.word)?.alike.get(word)
    return word.startsWith(searched.word) ? 'INITIAL' : undefined
  }
}

/** A recorded word as this search sees it. Names whose words have the same marks match equally. */
interface Meaning {
  readonly mark: string
  readonly part: RecordedPart
}

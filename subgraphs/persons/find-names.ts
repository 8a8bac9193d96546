import { IstmoError } from '../../contract/errors.ts'
import type { Reader } from '../kit/types.ts'
import { type Grade, GRADES, isSlip, otherWords } from './alike-words.ts'
import { type Agreement, matchName, type NameMatch, type RecordedPart, type Role } from './match-names.ts'
import { type RecordedSound, searchKeys } from './name-keys.ts'
import { MAX_NAME_WORDS, type PersonSearch } from './search.ts'
import { JOINED_PARTICLES, readWordings, type SearchedWord, type Wording } from './searched-name.ts'

/** Finds the recorded names that match searched ones, in three statements for any number of searches. */

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

/** A search with the words of its name. */
interface NameSearch {
  readonly search: PersonSearch
  readonly wordings: readonly Wording[]
}

/**
 * Finds the names that match each search. A search without a name finds none. Element *i* belongs to search *i*.
 * @throws {IstmoError} `BAD_USER_INPUT` if a name has more than {@link MAX_NAME_WORDS} words.
 */
export async function findNames(
  db: Reader,
  searches: readonly PersonSearch[],
): Promise<readonly (readonly FoundName[])[]> {
  const named = await readNames(db, searches)
  if (named.length === 0) return searches.map(() => [])
  const alike = await findAlikeWords(db, named)
  const candidates = await findCandidates(db, named, alike)
  const bySearch = Map.groupBy(candidates, ({ item }) => item)
  return searches.map((search) => {
    const item = named.findIndex((one) => one.search === search)
    const found = bySearch.get(item)
    return found ? judgeCandidates(found, named[item] as NameSearch, alike) : []
  })
}

async function readNames(db: Reader, searches: readonly PersonSearch[]): Promise<readonly NameSearch[]> {
  const named = [...new Set(searches.filter(({ name }) => name !== undefined))]
  if (named.length === 0) return []
  const rows = await db.query<{ tokens: string[] }>(
    'select persons.name_tokens(u.name) as tokens from unnest($1::text[]) with ordinality as u(name, i) order by i',
    [named.map(({ name }) => name)],
  )
  return named.map((search, i) => {
    const tokens = rows[i]?.tokens ?? []
    if (tokens.length <= MAX_NAME_WORDS) return { search, wordings: readWordings(tokens) }
    throw new IstmoError('BAD_USER_INPUT', `search.name takes at most ${MAX_NAME_WORDS} words; came ${tokens.length}`)
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
  const asked = new Map<string, boolean>()
  for (const [word, list] of others) {
    for (const other of list) if (!asked.has(other.word)) asked.set(other.word, false)
    asked.set(word, true)
  }
  const rows = await db.query<{ asked: string; asked_sound: string; word: string | null; sound: string | null }>(
    'select * from persons.recorded_words($1::text[], $2::boolean[])',
    [[...asked.keys()], [...asked.values()]],
  )
  const byAsked = Map.groupBy(rows, (row) => row.asked)
  return new Map(
    [...others].map(([word, list]) => {
      const alike = new Map<string, Grade>()
      const sounds = new Map<string, RecordedSound>()
      const note = (known: string, sound: string, grade: Grade): void => {
        const before = alike.get(known)
        if (before === undefined || GRADES.indexOf(grade) < GRADES.indexOf(before)) alike.set(known, grade)
        const isASlip = grade === 'SLIP'
        if (!isASlip || !sounds.has(sound)) sounds.set(sound, { sound, isSlip: isASlip })
      }
      for (const row of byAsked.get(word) ?? []) {
        if (row.word === null || row.sound === null) continue
        const searched = { word, sound: row.asked_sound }
        const recorded = { word: row.word, sound: row.sound }
        if (recorded.word === word) note(word, recorded.sound, 'SAME')
        else if (recorded.sound === searched.sound && recorded.word.length > 1) note(recorded.word, recorded.sound, 'SOUND')
        else if (isSlip(searched, recorded)) note(recorded.word, recorded.sound, 'SLIP')
      }
      for (const other of list) {
        for (const row of byAsked.get(other.word) ?? []) {
          // Another search of the list may ask for the words that are a slip apart from this one.
          if (row.word === null || row.sound === null || row.sound !== row.asked_sound) continue
          if (row.word === other.word) note(row.word, row.sound, other.grade)
          else if (other.grade === 'SHORT_FORM' && row.word.length > 1) note(row.word, row.sound, 'SHORT_FORM')
          else if (other.grade === 'ABBREVIATED' && other.word.length > word.length && row.word.length > 1) note(row.word, row.sound, 'SOUND')
        }
      }
      return [word, { alike, sounds: [...sounds.values()] }]
    }),
  )
}

function othersOf({ word, hasParticle }: SearchedWord): readonly { readonly word: string; readonly grade: Grade }[] {
  const joined = hasParticle ? JOINED_PARTICLES.map((particle) => ({ word: particle + word, grade: 'JOINED' as const })) : []
  return [...joined, ...otherWords(word)]
}

interface Candidate {
  readonly item: number
  readonly person_id: string
  readonly ordinal: number
  readonly parts: string
  readonly birth: FoundName['birth']
  readonly identified: boolean
}

function findCandidates(
  db: Reader,
  named: readonly NameSearch[],
  alike: ReadonlyMap<string, Known>,
): Promise<readonly Candidate[]> {
  const asked = named.map(({ search, wordings }) => ({
    ...searchKeys({ wordings, soundsOf: ({ word }) => alike.get(word)?.sounds ?? [] }),
    born: search.birthDate ?? null,
    nationality: search.nationality ?? null,
    category: search.identifier?.category ?? null,
    jurisdiction: search.identifier?.jurisdiction ?? null,
    value: search.identifier?.value ?? null,
  }))
  return db.query<Candidate>(
    `select (s.i - 1)::int as item, c.* from jsonb_array_elements($1::jsonb) with ordinality as s(j, i)
     cross join lateral persons.candidate_names(array(select jsonb_array_elements_text(s.j -> 'keys')),
       array(select jsonb_array_elements_text(s.j -> 'bornKeys')), (s.j ->> 'born')::date, s.j ->> 'nationality',
       s.j ->> 'category', s.j ->> 'jurisdiction', s.j ->> 'value') as c`,
    [JSON.stringify(asked)],
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
    if (word === searched.word) return 'SAME'
    return word.startsWith(searched.word) ? 'INITIAL' : undefined
  }
}

/** A recorded word as this search sees it. Names whose words have the same marks match equally. */
interface Meaning {
  readonly mark: string
  readonly part: RecordedPart
}

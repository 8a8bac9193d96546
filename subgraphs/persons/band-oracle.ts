import { BANDS, type Band, type PersonSearch } from './search.ts'

/**
 * The table of bands (search.ts) again, in memory and as plainly as possible. The tests compare the search in SQL with it. It
 * shares no code with the search.
 */

/** A person of a test's world; days are `YYYY-MM-DD`. */
export interface WorldPerson {
  readonly id: string
  readonly protected: boolean
  readonly birthDate: string | null
  readonly nationalities: readonly string[] | null
  readonly names: readonly WorldName[]
  readonly identifiers: readonly { readonly category: string; readonly jurisdiction: string; readonly value: string }[]
}

/** A recorded name. If `givenNames` and `surnames` are null, only the complete name is known. */
export interface WorldName {
  readonly full: string
  readonly givenNames: readonly string[] | null
  readonly surnames: readonly string[] | null
}

/** Finds persons and their bands: the best band first, then by id. Ids are ASCII. */
export function findPersons(
  world: readonly WorldPerson[],
  search: PersonSearch,
): readonly { readonly id: string; readonly band: Band }[] {
  return world
    .flatMap((person) => {
      const band = bandFor(person, search)
      return band === null ? [] : [{ id: person.id, band }]
    })
    .sort((a, b) => BANDS.indexOf(a.band) - BANDS.indexOf(b.band) || (a.id < b.id ? -1 : 1))
}

type Verdict = 'agrees' | 'near' | 'silent' | 'contradicts' | 'not asked'

function bandFor(person: WorldPerson, search: PersonSearch): Band | null {
  if (person.protected) return null
  if (search.nationality !== undefined && !person.nationalities?.includes(search.nationality)) return null
  const identifier = judgeIdentifier(person, search)
  const name = judgeName(person, search)
  const birth = judgeBirth(person, search)
  if ([identifier, name, birth].includes('contradicts')) return null
  if (identifier === 'agrees') return 'EXACT_IDENTIFIER'
  if (name === 'not asked') {
    if (identifier === 'silent') return null
    return birth === 'agrees' || birth === 'not asked' ? 'WEAK' : null
  }
  if (name === 'agrees') return birth === 'agrees' || birth === 'not asked' ? 'STRONG' : 'WEAK'
  return birth === 'near' ? null : 'WEAK'
}

function judgeIdentifier({ identifiers }: WorldPerson, { identifier: asked }: PersonSearch): Verdict {
  if (!asked) return 'not asked'
  const comparable = identifiers.filter(
    (one) => one.category === asked.category && one.jurisdiction === asked.jurisdiction,
  )
  if (comparable.length === 0) return 'silent'
  const plain = (value: string): string => fold(value).replaceAll(' ', '')
  return comparable.some((one) => plain(one.value) === plain(asked.value)) ? 'agrees' : 'contradicts'
}

function judgeBirth({ birthDate }: WorldPerson, { birthDate: asked }: PersonSearch): Verdict {
  if (asked === undefined) return 'not asked'
  if (birthDate === null) return 'silent'
  if (birthDate === asked) return 'agrees'
  const [a, b] = [birthDate.split('-'), asked.split('-')]
  const same = a.filter((part, i) => part === b[i]).length
  return same === 2 || (a[0] === b[0] && a[1] === b[2] && a[2] === b[1]) ? 'near' : 'contradicts'
}

function judgeName({ names }: WorldPerson, { name: asked }: PersonSearch): Verdict {
  if (asked === undefined) return 'not asked'
  const searched = wordsOf(asked)
  if (names.some((name) => agrees(searched, name))) return 'agrees'
  return names.some((name) => isNear(searched, name)) ? 'near' : 'contradicts'
}

function agrees(searched: readonly string[], name: WorldName): boolean {
  const words = wordsOf(name.full)
  const core = coreOf(name)
  const all = searched.every((word) => words.includes(word))
  return (
    (all && (searched.length >= 2 || words.length === 1)) ||
    (core.length >= 2 && core.every((word) => searched.includes(word)))
  )
}

function isNear(searched: readonly string[], name: WorldName): boolean {
  const words = wordsOf(name.full)
  const core = coreOf(name)
  const met = searched.filter((word) => core.some((other) => areAlike(word, other)))
  return (
    searched.every((word) => words.some((other) => areAlike(word, other))) ||
    (met.length >= 2 && core.every((word) => searched.some((other) => areAlike(word, other))))
  )
}

function coreOf({ full, givenNames, surnames }: WorldName): readonly string[] {
  const known = givenNames?.length && surnames?.length
  return wordsOf(known ? `${givenNames[0]} ${surnames.join(' ')}` : full)
}

const PARTICLES = ['de', 'del', 'la', 'las', 'los', 'y', 'e', 'da', 'do', 'dos', 'das']

function wordsOf(name: string): readonly string[] {
  const all = [...new Set(fold(name).split(' '))].filter((word) => word !== '')
  const telling = all.filter((word) => !PARTICLES.includes(word))
  return telling.length > 0 ? telling : all
}

// Handles only the letters of Spanish.
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
}

function areAlike(a: string, b: string): boolean {
  return similarity(a, b) >= 0.45 || strikesOf(a).some((struck) => strikesOf(b).includes(struck))
}

function strikesOf(word: string): readonly string[] {
  return word.length < 4 ? [word] : [word, ...Array.from(word, (_, i) => word.slice(0, i) + word.slice(i + 1))]
}

// As pg_trgm does: the share of common trigrams among all, with two blanks before the word and one after, in single precision.
function similarity(a: string, b: string): number {
  const trigrams = (word: string): Set<string> => {
    const padded = `  ${word} `
    return new Set(Array.from({ length: padded.length - 2 }, (_, i) => padded.slice(i, i + 3)))
  }
  const [left, right] = [trigrams(a), trigrams(b)]
  const common = [...left].filter((trigram) => right.has(trigram)).length
  return Math.fround(common / (left.size + right.size - common))
}

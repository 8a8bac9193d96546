import type { IdentifierCategory } from '../../contract/identifiers.ts'
import { BANDS, type Band } from '../../subgraphs/persons/search.ts'
import { answerName, type NameAnswer, type WorldName } from './name-oracle.ts'

/**
 * The table of bands (search.ts) again, in memory and as plainly as possible. The tests compare the search in SQL with it. It
 * shares no code with the search.
 */

/** An identifier as somebody writes it. */
export interface WorldIdentifier {
  readonly category: IdentifierCategory
  readonly jurisdiction: string
  readonly value: string
}

/** A search as somebody writes it. */
export interface WorldSearch {
  readonly name?: string
  readonly birthDate?: string
  readonly identifier?: WorldIdentifier
  readonly nationality?: string
}

/** A person of a test's world; days are `YYYY-MM-DD`. */
export interface WorldPerson {
  readonly id: string
  readonly protected: boolean
  readonly birthDate: string | null
  readonly nationalities: readonly string[] | null
  readonly names: readonly WorldName[]
  readonly identifiers: readonly WorldIdentifier[]
}

/** A person found: the band, the score, and the recorded name that matched best, if a name was searched for. */
export interface FoundInWorld {
  readonly id: string
  readonly band: Band
  readonly score: number
  readonly matchedName: string | null
}

/** Finds persons: the best band first, then the best score, then by id. Ids are ASCII. */
export function findPersons(world: readonly WorldPerson[], search: WorldSearch): readonly FoundInWorld[] {
  return world
    .flatMap((person) => answerFor(person, search) ?? [])
    .sort((a, b) => compareAnswers(a, b) || (a.id < b.id ? -1 : 1))
}

/**
 * The best band of a hit search on this day (`YYYY-MM-DD`); null if it finds nobody. Whoever has the document is a hit, whatever else is asked. Of what
 * several may share, the name counts too. If nobody has it, a name and a birth date together decide. The nationality is not compared.
 */
export function bestHit(
  world: readonly WorldPerson[],
  { name, birthDate, identifier }: WorldSearch,
  today: string,
): Band | null {
  const isOwner = (person: WorldPerson): boolean =>
    !person.protected && identifier !== undefined && judgeIdentifier(person, { identifier }) === 'same'
  const owners = world.filter(isOwner)
  if (owners.length > 0 && identifier && !SHARED.includes(identifier.category)) return 'EXACT_IDENTIFIER'
  const hasName = ({ names }: WorldPerson): boolean =>
    name !== undefined && names.some((one) => answerName(one, name) !== null)
  const bands: Band[] = owners.map((owner) => (hasName(owner) ? 'STRONG' : 'WEAK'))
  if (name !== undefined && birthDate !== undefined)
    bands.push(...world.flatMap((person) => answerFor(person, { name, birthDate }, today)?.band ?? []))
  return BANDS.find((band) => bands.includes(band)) ?? null
}

function compareAnswers(a: FoundInWorld, b: FoundInWorld): number {
  return BANDS.indexOf(a.band) - BANDS.indexOf(b.band) || b.score - a.score
}

type Birth = 'same' | 'near' | 'silent' | 'other' | 'not asked'

/** @param hitDay the day of a hit search; null for a search for persons. */
function answerFor(person: WorldPerson, search: WorldSearch, hitDay: string | null = null): FoundInWorld | null {
  if (person.protected) return null
  if (search.nationality !== undefined && !person.nationalities?.includes(search.nationality)) return null
  const birth = judgeBirth(person, search, hitDay)
  const identifier = judgeIdentifier(person, search)
  if (birth === 'other' || identifier === 'other') return null
  const minus = { same: 0, 'not asked': 0, silent: 100, near: 200 }[birth]
  const answer = (band: Band | null, score: number, matchedName: string | null): FoundInWorld[] =>
    band === null ? [] : [{ id: person.id, band, score: Math.max(0, score - minus), matchedName }]
  const { name: asked } = search
  const isShared = search.identifier !== undefined && SHARED.includes(search.identifier.category)
  const named = isShared ? 'STRONG' : 'EXACT_IDENTIFIER'
  if (asked === undefined) {
    if (identifier === 'silent' || (search.identifier && identifier === 'not asked')) return null
    if (identifier === 'same') return answer(isShared ? 'WEAK' : 'EXACT_IDENTIFIER', 1000, null)[0] ?? null
    return answer(birth === 'same' || birth === 'not asked' ? 'WEAK' : null, 1000, null)[0] ?? null
  }
  const answers = person.names.flatMap((name) => {
    const found = answerName(name, asked)
    if (found === null) return []
    return answer(identifier === 'same' ? named : bandOfName(found, birth), found.score, name.full)
  })
  // The sort is stable, so the first of equal names stays first.
  return answers.toSorted(compareAnswers)[0] ?? null
}

function bandOfName({ verdict }: NameAnswer, birth: Birth): Band | null {
  const isSame = birth === 'same'
  switch (verdict) {
    case 'agrees':
      return isSame || birth === 'not asked' ? 'STRONG' : 'WEAK'
    case 'alike':
      return isSame ? 'STRONG' : birth === 'near' ? null : 'WEAK'
    case 'near':
      return birth === 'near' ? null : 'WEAK'
    case 'thin':
      return isSame ? 'WEAK' : null
  }
}

function judgeIdentifier(
  { identifiers }: WorldPerson,
  { identifier: asked }: WorldSearch,
): 'same' | 'silent' | 'other' | 'not asked' {
  if (!asked || isPlaceholder(asked)) return 'not asked'
  const comparable = identifiers.filter(
    (one) =>
      one.category === asked.category &&
      (one.jurisdiction === asked.jurisdiction || WORLDWIDE.includes(asked.category)) &&
      !isPlaceholder(one),
  )
  if (comparable.length === 0) return 'silent'
  if (comparable.some((one) => compared(one) === compared(asked))) return 'same'
  return DOCUMENTS.includes(asked.category) ? 'other' : 'silent'
}

/** What several persons may have. */
const SHARED: readonly IdentifierCategory[] = [
  ...(['TELEPHONE', 'EMAIL', 'VEHICLE_PLATE', 'BANK_ACCOUNT', 'SOCIAL_HANDLE', 'OTHER'] as const),
]
/** What has no country of its own. */
const WORLDWIDE: readonly IdentifierCategory[] = [
  ...(['TELEPHONE', 'EMAIL', 'VEHICLE_VIN', 'DEVICE_IMEI', 'FIREARM_SERIAL', 'SOCIAL_HANDLE'] as const),
]
/** Of these a person has one. */
const DOCUMENTS: readonly IdentifierCategory[] = [
  ...(['NATIONAL_ID', 'PASSPORT', 'TAX_ID', 'DRIVER_LICENCE', 'RESIDENCE_PERMIT', 'OTHER'] as const),
]
const CALLING_CODES: Readonly<Record<string, string>> = { GT: '502', HN: '504' }

function compared({ category, jurisdiction, value }: WorldIdentifier): string {
  if (category === 'EMAIL' || category === 'SOCIAL_HANDLE') return value.toLowerCase()
  if (category === 'TELEPHONE' && !value.startsWith('+')) return `${CALLING_CODES[jurisdiction]}${plain(value)}`
  return plain(value)
}

function isPlaceholder({ category, value }: WorldIdentifier): boolean {
  if (category === 'EMAIL' || category === 'SOCIAL_HANDLE') return false
  return ![...value].some((sign) => sign >= '1' && sign <= '9')
}

// Handles only the letters of Spanish.
function plain(value: string): string {
  return value
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '')
}

function judgeBirth({ birthDate }: WorldPerson, { birthDate: asked }: WorldSearch, hitDay: string | null): Birth {
  if (asked === undefined) return 'not asked'
  if (birthDate === null) return 'silent'
  if (birthDate === asked) return 'same'
  const [a, b] = [birthDate.split('-'), asked.split('-')]
  const isSwapped = a[0] === b[0] && a[1] === b[2] && a[2] === b[1]
  if (hitDay !== null) {
    const [year, thisYear] = [Number(a[0]), Number(hitDay.slice(0, 4))]
    if (birthDate > hitDay || year < thisYear - 120) return 'other'
    const isNextYear = Math.abs(year - Number(b[0])) === 1 && a[1] === b[1] && a[2] === b[2]
    return isSwapped || isNextYear ? 'near' : 'other'
  }
  return isSwapped || a.filter((part, i) => part === b[i]).length === 2 ? 'near' : 'other'
}

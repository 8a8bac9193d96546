/** The disclosures of most statements: texts, numbers and lists of them. */
import { sha256Url } from '../digest.ts'
import type { DisclosedClaim, ResolvedClaims } from '../sd-jwt.ts'
import { parseJsonArray } from '../unambiguous-json.ts'
import type { QuestionClaims } from './claims.ts'

/** Where a digest of a statement stands: the empty text is the top, with the case. */
type Place = '' | 'countries' | 'variables'

/** The path of each place. */
const PATHS: Readonly<Record<Place, DisclosedClaim['at']>> = {
  '': [],
  countries: ['countries'],
  variables: ['variables'],
}

/** A disclosure that fits a digest, and that digest. */
interface ReadDisclosure {
  readonly digest: string
  readonly claim: DisclosedClaim
}

/** What of a statement need not be found out again with each leg of its question: the legs show the same few disclosures. */
interface KnownStatement {
  readonly places: ReadonlyMap<string, Place>
  /** Disclosures that fit, by their text. Null: they are not remembered. */
  readonly read: Map<string, ReadDisclosure> | null
}

/** How many disclosures of one statement are remembered, and how long each may be. A longer one is read each time. */
const MAX_REMEMBERED = 16
const MAX_REMEMBERED_LENGTH = 512

/** Null for claims that have a digest twice. */
const statements = new WeakMap<QuestionClaims, KnownStatement | null>()

/**
 * Puts disclosures into a statement as `resolveDisclosures` does, without a walk through all claims. What it reads it remembers as long as the claims
 * are remembered.
 * @returns null for whatever is not as it should be, and for values that could hold digests themselves. Then `resolveDisclosures` decides.
 */
export function resolvePlainDisclosures(
  claims: QuestionClaims,
  disclosures: readonly string[],
): Pick<ResolvedClaims, 'disclosed' | 'undisclosed'> | null {
  return resolve(findStatement(claims), disclosures)
}

/** Puts disclosures into a statement as {@link resolvePlainDisclosures} does, without remembering anything. */
export function resolveOnce(
  claims: QuestionClaims,
  disclosures: readonly string[],
): ReturnType<typeof resolvePlainDisclosures> {
  return resolve(readPlaces(claims, null), disclosures)
}

function resolve(
  statement: KnownStatement | null,
  disclosures: readonly string[],
): ReturnType<typeof resolvePlainDisclosures> {
  if (statement === null) return null
  const shown = new Map<string, ReadDisclosure>()
  for (const disclosure of disclosures) {
    const read = statement.read?.get(disclosure) ?? readNew(disclosure, statement)
    if (read === null || shown.has(read.digest)) return null
    shown.set(read.digest, read)
  }
  const disclosed: DisclosedClaim[] = []
  const undisclosed = new Map<string, number>()
  const names = new Set<unknown>()
  for (const [digest, place] of statement.places) {
    const read = shown.get(digest)
    if (read === undefined) undisclosed.set(place, (undisclosed.get(place) ?? 0) + 1)
    else {
      if (place === 'variables' && names.has(read.claim.name)) return null
      if (place === 'variables') names.add(read.claim.name)
      disclosed.push(read.claim)
    }
  }
  return { disclosed, undisclosed }
}

function findStatement(claims: QuestionClaims): KnownStatement | null {
  const known = statements.get(claims)
  if (known !== undefined) return known
  const statement = readPlaces(claims, new Map())
  statements.set(claims, statement)
  return statement
}

function readPlaces(
  { countries, variables, _sd = [] }: QuestionClaims,
  read: KnownStatement['read'],
): KnownStatement | null {
  const places = new Map<string, Place>()
  for (const element of countries) places.set(element['...'], 'countries')
  for (const digest of variables._sd) places.set(digest, 'variables')
  for (const digest of _sd) places.set(digest, '')
  return places.size === countries.length + variables._sd.length + _sd.length ? { places, read } : null
}

function readNew(disclosure: string, { places, read }: KnownStatement): ReadDisclosure | null {
  const digest = sha256Url(disclosure)
  const place = places.get(digest)
  if (place === undefined) return null
  // A part of a text would keep the whole text in memory.
  const text = read === null ? disclosure : Buffer.from(disclosure).toString()
  const made = readPlain(text, place)
  if (made === null) return null
  const fitting = { digest, claim: { disclosure: text, at: PATHS[place], ...made } }
  if (read !== null && read.size < MAX_REMEMBERED && text.length <= MAX_REMEMBERED_LENGTH) read.set(text, fitting)
  return fitting
}

/** Reads the disclosure of a country, `[salt, value]`, or of a member, `[salt, name, value]`. */
function readPlain(disclosure: string, place: Place): Pick<DisclosedClaim, 'name' | 'value'> | null {
  const parts = parseJsonArray(disclosure) ?? []
  const [salt, name] = parts
  const value = parts.at(-1)
  if (typeof salt !== 'string' || parts.length !== (place === 'countries' ? 2 : 3) || !isPlainValue(value)) return null
  if (place === 'countries') return { name: null, value }
  if (typeof name !== 'string' || name === '_sd' || name === '...') return null
  return place === '' && name !== 'case' ? null : { name, value }
}

/** Whether a value is a scalar or a list of scalars, so that no digest can stand in it. */
function isPlainValue(value: unknown): boolean {
  return Array.isArray(value) ? value.every(isScalar) : isScalar(value)
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

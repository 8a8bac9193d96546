import { type HmacKey, hmacSha256OfTextBy } from '../hmac.ts'
import { isIdentifierCategory, isIssued, isOfOnePerson, normalIdentifier } from '../identifiers.ts'
import { wordsOfName } from '../searched-name.ts'
import type { HitSearchValue } from './list-hit-searches.ts'

/** A search that was counted: one row, or two if it has a birth date and an identifier that several persons may share. Each text is an HMAC under the key of the day, so nobody learns from it who was searched for. */
export interface HitRow {
  /** The search with all its criteria. */
  readonly search: string
  /** The searched date of birth, or the telephone or the like; null without one, or without a name. */
  readonly born: string | null
  /** First the name, then each two words of it. Empty where `born` is null. */
  readonly names: readonly string[]
}

/** More words than a search may have are not compared: no country answers such a search. */
const MAX_WORDS = 12

/** Hides the criteria of a search: the text by which it is known again ({@link HitRow.search}). */
export function hideSearch({ name, birthDate, identifier, nationality }: HitSearchValue, key: HmacKey): string {
  const { category, jurisdiction, value } = (identifier ?? {}) as HitSearchValue
  const criteria = [name, birthDate, category, jurisdiction, value, nationality].map((one) => one ?? null)
  return hide(key, 'search', JSON.stringify(criteria))
}

function hide(key: HmacKey, kind: string, text: string): string {
  return hmacSha256OfTextBy(key, `${kind} ${text}`, 'base64url').slice(0, 22)
}

/**
 * Writes a search as rows. A name of twelve words costs 68 HMACs, so whoever can refuse a search refuses it before.
 * @param hidden what {@link hideSearch} returned for it
 */
export function toHitRows(
  hidden: string,
  { name, birthDate, identifier }: HitSearchValue,
  key: HmacKey,
): readonly HitRow[] {
  const beside = [typeof birthDate === 'string' ? birthDate : null, nameShared(identifier)].filter(
    (one) => one !== null,
  )
  if (typeof name !== 'string' || beside.length === 0) return [{ search: hidden, born: null, names: [] }]
  const words = [...new Set(wordsOfName(name).slice(0, MAX_WORDS).map(soundOf))].sort()
  const pairs = words.flatMap((one, at) => words.slice(at + 1).map((other) => `${one} ${other}`))
  const names = [hide(key, 'name', words.join(' ')), ...pairs.map((pair) => hide(key, 'pair', pair))]
  return beside.map((one) => ({ search: hidden, born: hide(key, 'born', one), names }))
}

/** Names an identifier that several persons may share. With a name beside it, a hit says whose it is: so it is counted as a date of birth is. */
function nameShared(identifier: unknown): string | null {
  const { category, jurisdiction, value } = (identifier ?? {}) as HitSearchValue
  if (!isIdentifierCategory(category) || isOfOnePerson(category) || typeof value !== 'string') return null
  const asked = { category, jurisdiction: String(jurisdiction), value }
  return JSON.stringify([category, isIssued(asked) ? jurisdiction : null, normalIdentifier(asked) ?? value])
}

/** Letters that sound alike are one, so another spelling is the same name. */
function soundOf(word: string): string {
  return word
    .replace(/h/g, '')
    .replace(/v/g, 'b')
    .replace(/c(?=[eiy])|z/g, 's')
    .replace(/qu?|k/g, 'c')
    .replace(/g(?=[eiy])|x/g, 'j')
    .replace(/ll|y/g, 'i')
    .replace(/(.)\1+/gu, '$1')
}

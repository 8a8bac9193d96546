import { type HmacKey, hmacSha256OfTextBy } from '../hmac.ts'
import { wordsOfName } from '../searched-name.ts'
import type { HitSearchValue } from './list-hit-searches.ts'

/** A search that was counted. Each text is an HMAC under the key of the day, so nobody learns from it who was searched for. */
export interface HitRow {
  /** The search with all its criteria. */
  readonly search: string
  /** The searched date of birth; null without one, or without a name. */
  readonly born: string | null
  /** First the name, then each two words of it. Empty without a date of birth. */
  readonly names: readonly string[]
}

/** More words than a search may have are not compared: no country answers such a search. */
const MAX_WORDS = 12

/** Writes a search as a row. */
export function toHitRow(search: HitSearchValue, key: HmacKey): HitRow {
  const hide = (kind: string, text: string): string =>
    hmacSha256OfTextBy(key, `${kind} ${text}`, 'base64url').slice(0, 22)
  const { name, birthDate, identifier, nationality } = search
  const { category, jurisdiction, value } = (identifier ?? {}) as HitSearchValue
  const criteria = [name, birthDate, category, jurisdiction, value, nationality].map((one) => one ?? null)
  const row = { search: hide('search', JSON.stringify(criteria)), born: null, names: [] }
  if (typeof name !== 'string' || typeof birthDate !== 'string') return row
  const words = [...new Set(wordsOfName(name).slice(0, MAX_WORDS).map(soundOf))].sort()
  const pairs = words.flatMap((one, at) => words.slice(at + 1).map((other) => `${one} ${other}`))
  const names = [hide('name', words.join(' ')), ...pairs.map((pair) => hide('pair', pair))]
  return { ...row, born: hide('born', birthDate), names }
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

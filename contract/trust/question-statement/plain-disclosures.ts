/** The disclosures of most statements: texts, numbers and lists of them. */
import { sha256Url } from '../digest.ts'
import type { DisclosedClaim, ResolvedClaims } from '../sd-jwt.ts'
import { parseJsonArray } from '../unambiguous-json.ts'
import type { QuestionClaims } from './signed-part.ts'

/** Where a digest of a statement stands: the empty text is the top, with the case. */
type Place = '' | 'countries' | 'variables'

type Read = Pick<DisclosedClaim, 'name' | 'value'>

/**
 * Puts disclosures into a statement as `resolveDisclosures` does, without a walk through all claims.
 * @returns null for whatever is not as it should be, and for values that could hold digests themselves. Then `resolveDisclosures` decides.
 */
export function resolvePlainDisclosures(
  claims: QuestionClaims,
  disclosures: readonly string[],
): Pick<ResolvedClaims, 'disclosed' | 'undisclosed'> | null {
  const shown = new Map(disclosures.map((disclosure) => [sha256Url(disclosure), disclosure]))
  const disclosed: DisclosedClaim[] = []
  const undisclosed = new Map<string, number>()
  const met = new Set<string>()
  const names = new Set<unknown>()
  for (const [place, digests] of listDigests(claims)) {
    const at = place === '' ? [] : [place]
    for (const digest of digests) {
      if (met.has(digest)) return null
      met.add(digest)
      const disclosure = shown.get(digest)
      if (disclosure === undefined) undisclosed.set(place, (undisclosed.get(place) ?? 0) + 1)
      else {
        const read = readPlain(disclosure, place)
        if (read === null || (place === 'variables' && names.has(read.name))) return null
        if (place === 'variables') names.add(read.name)
        disclosed.push({ disclosure, at, ...read })
      }
    }
  }
  return disclosed.length === disclosures.length ? { disclosed, undisclosed } : null
}

function listDigests({ countries, variables, _sd = [] }: QuestionClaims): readonly [Place, readonly string[]][] {
  return [
    ['countries', countries.map((element) => element['...'])],
    ['variables', variables._sd],
    ['', _sd],
  ]
}

/** Reads the disclosure of a country, `[salt, value]`, or of a member, `[salt, name, value]`. */
function readPlain(disclosure: string, place: Place): Read | null {
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

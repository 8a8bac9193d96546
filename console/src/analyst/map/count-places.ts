import type { CaseRow } from '../../documents/types.ts'
import type { SessionAnswer } from '../../session/session.ts'

/** How many cases of a list happened in one subdivision. */
export interface PlaceCount {
  /** ISO 3166-2. */
  readonly code: string
  readonly country: string
  readonly cases: number
}

/** Cases of a country that name no subdivision. */
export interface PlacelessCount {
  readonly country: string
  readonly cases: number
  /** Whether a rule hides the subdivision; else the records do not say it. */
  readonly isHidden: boolean
}

/** Where the cases of a list happened. Each case counts once. */
export interface PlaceCounts {
  /** By country and code. */
  readonly places: readonly PlaceCount[]
  readonly placeless: readonly PlacelessCount[]
}

/** Counts the cases of a list by subdivision. What a country hides is told apart from what it does not know. */
export function countPlaces(rows: readonly CaseRow[], answers: readonly SessionAnswer<unknown>[]): PlaceCounts {
  const byId = new Map(rows.map((row) => [row.id, row]))
  const places = new Map<string, number>()
  const placeless = new Map<string, number>()
  for (const { id, country, subdivision } of byId.values()) {
    const owner = country ?? id.slice(0, 2)
    // A code of another country is that country's place: the case happened there.
    const [counted, key] = isSubdivision(subdivision) ? [places, subdivision] : [placeless, owner]
    counted.set(key, (counted.get(key) ?? 0) + 1)
  }
  const hiding = answers
    .flatMap(({ problems }) => problems)
    .filter(({ coordinate }) => coordinate === 'Case.subdivision')
  const isHidden = (country: string): boolean =>
    hiding.some((problem) => problem.country === null || problem.country === country)
  return {
    places: [...places]
      .map(([code, cases]) => ({ code, country: code.slice(0, 2), cases }))
      .sort((left, right) => (left.code < right.code ? -1 : 1)),
    placeless: [...placeless]
      .map(([country, cases]) => ({ country, cases, isHidden: isHidden(country) }))
      .sort((left, right) => (left.country < right.country ? -1 : 1)),
  }
}

function isSubdivision(code: string | null): code is string {
  return code !== null && /^[A-Z]{2}-[A-Z\d]{1,3}$/.test(code)
}

/** The steps of the map's colors, from few to many. */
export const STEPS = 5

/**
 * Returns the step of a number of cases, from 0 to {@link STEPS} - 1: each step ends where the numbers have grown by one and the same factor, so that a
 * capital does not make all other places look alike.
 * @param most the largest number on the map.
 */
export function stepOf(cases: number, most: number): number {
  if (cases <= 1 || most <= 1) return 0
  return Math.min(STEPS - 1, Math.floor((Math.log(cases) / Math.log(most)) * STEPS))
}

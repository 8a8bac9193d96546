import type { IndexDatabase } from './database.ts'
import { conditionsOf, type EntryFilter } from './filter.ts'

/**
 * Saved queries for what is unusual. They accuse nobody: who works nights asks at night. Each gives who, when, and how much, for an
 * auditor to look at.
 */

interface Pattern {
  /** For people. */
  readonly meaning: string
  /** From how much on it is told, where nothing else is said. */
  readonly threshold: number
  /** Counts over requests, `r`; the condition that a request counts, how much it counts, and the span that they are taken together in. */
  readonly counts: string
  readonly amount: string
  readonly span: 'hour' | 'day' | 'month'
}

/** The night, by the clock of the place: Central America keeps one offset all year. */
const HOUR_THERE = `extract(hour from at at time zone 'America/Guatemala')`

/** The patterns, by name. */
export const PATTERNS = {
  NIGHT_HOURS: {
    meaning: 'requests of one officer between 22:00 and 05:00, Central American time, in a month',
    threshold: 5,
    counts: `(${HOUR_THERE} >= 22 or ${HOUR_THERE} < 5)`,
    amount: '1',
    span: 'month',
  },
  MANY_PERSONS: {
    meaning: 'records of persons given to one officer in a day',
    threshold: 200,
    counts: 'persons > 0',
    amount: 'persons',
    span: 'day',
  },
  MANY_DENIALS: {
    meaning: 'requests of one officer in a day that were refused or in which something was denied',
    threshold: 10,
    counts: `(outcome in ('DENIED', 'REFUSED') or cardinality(denied) > 0)`,
    amount: '1',
    span: 'day',
  },
  PROBING_BY_HITS: {
    meaning: 'questions of one officer in an hour whether anybody knows somebody',
    threshold: 20,
    counts: `'PersonHits.hits' = any(coordinates)`,
    amount: '1',
    span: 'hour',
  },
} as const satisfies Readonly<Record<string, Pattern>>

/** The name of a pattern. */
export type PatternName = keyof typeof PATTERNS

/** Their names. */
export const PATTERN_NAMES = Object.keys(PATTERNS) as readonly PatternName[]

/** One officer in one span of time. */
export interface PatternFinding {
  readonly pattern: PatternName
  /** The officer's pseudonym. */
  readonly actorRef: string
  readonly actorCountry: string | null
  readonly agency: string | null
  /** The span's beginning. */
  readonly since: string
  readonly amount: number
}

/** Looks for a pattern among requests, the most first; at most `limit`. `threshold`: the pattern's own where it is undefined. */
export async function findPattern(
  { query }: IndexDatabase,
  pattern: PatternName,
  filter: EntryFilter,
  { threshold, limit }: { readonly threshold?: number; readonly limit: number },
): Promise<readonly PatternFinding[]> {
  const { counts, amount, span, threshold: usual }: Pattern = PATTERNS[pattern]
  const { text, params } = conditionsOf(filter)
  const found = await query<Omit<PatternFinding, 'pattern'>>(
    `select actor_ref as "actorRef", actor_country as "actorCountry", agency,
            date_trunc('${span}', at) as since, sum(${amount})::int as amount
     from entries where kind in ('request', 'leg') and actor_ref is not null and ${counts} and ${text}
     group by 1, 2, 3, 4 having sum(${amount}) >= $${params.push(threshold ?? usual)}
     order by amount desc, since desc, 1 limit $${params.push(limit)}`,
    params,
  )
  return found.map((each) => ({ pattern, ...each }))
}

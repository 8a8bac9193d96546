import type { IndexDatabase } from './database.ts'
import { conditionsOf, type EntryFilter } from './filter.ts'

/**
 * Saved queries for unusual behaviour. A finding accuses nobody: an officer who works at night asks at night. It says who, when
 * and how much, so that an auditor can look closer.
 */

interface Pattern {
  /** What the pattern finds, for people. */
  readonly meaning: string
  /** The default threshold: the smallest amount that is a finding. */
  readonly threshold: number
  /** The SQL condition that selects the requests. */
  readonly counts: string
  /** The SQL expression for how much one request adds. */
  readonly amount: string
  /** The span of time over which the amounts are added. */
  readonly span: 'hour' | 'day' | 'month'
}

/** The local hour in Central America, which has the same UTC offset all year. */
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
    meaning: 'requests of one officer in a day that were rejected or in which a field was denied',
    threshold: 10,
    counts: `(outcome in ('DENIED', 'REFUSED') or cardinality(denied) > 0)`,
    amount: '1',
    span: 'day',
  },
  PROBING_BY_HITS: {
    meaning:
      'requests of one officer in an hour that ask which countries have a record of a person, or of a list of persons',
    threshold: 20,
    counts: `coordinates && array['PersonHits.hits', 'PersonListHits.hits']`,
    amount: '1',
    span: 'hour',
  },
} as const satisfies Readonly<Record<string, Pattern>>

/** The name of a pattern. */
export type PatternName = keyof typeof PATTERNS

/** The names of all patterns. */
export const PATTERN_NAMES = Object.keys(PATTERNS) as readonly PatternName[]

/** One officer in one span of time. */
export interface PatternFinding {
  readonly pattern: PatternName
  /** The officer's pseudonym. */
  readonly actorRef: string
  readonly actorCountry: string | null
  readonly agency: string | null
  /** The beginning of the span, RFC 3339. */
  readonly since: string
  readonly amount: number
}

/**
 * Finds the officers whose requests match a pattern, the largest amount first.
 * @param threshold the smallest amount; without it, the pattern's default applies
 * @param limit the most findings
 */
export async function findPattern(
  { query }: IndexDatabase,
  pattern: PatternName,
  filter: EntryFilter,
  { threshold, limit }: { readonly threshold?: number; readonly limit: number },
): Promise<readonly PatternFinding[]> {
  const { counts, amount, span, threshold: defaultThreshold }: Pattern = PATTERNS[pattern]
  const { text, params } = conditionsOf(filter)
  const found = await query<Omit<PatternFinding, 'pattern'>>(
    `select actor_ref as "actorRef", actor_country as "actorCountry", agency,
            date_trunc('${span}', at) as since, sum(${amount})::int as amount
     from entries where kind in ('request', 'leg') and actor_ref is not null and ${counts} and ${text}
     group by 1, 2, 3, 4 having sum(${amount}) >= $${params.push(threshold ?? defaultThreshold)}
     order by amount desc, since desc, 1 limit $${params.push(limit)}`,
    params,
  )
  return found.map((each) => ({ pattern, ...each }))
}

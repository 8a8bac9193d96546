import type { EntryCount } from '../../../contract/audit-log/public-report/withhold-small.ts'

/** Counts of entries, as oversight gives them, made ready to be shown. */

/** The dimensions by which the auditor counts, except time (auditors/oversight/schema.graphql, CountBy). */
export const DIMENSIONS = [
  'purpose',
  'outcome',
  'actorCountry',
  'agency',
  'role',
  'taskForce',
  'country',
  'kind',
  'coordinate',
  'denied',
  'code',
  'client',
] as const

/** The dimensions in which one entry counts under several keys, so that the counts have no sum. */
export const SEVERAL_KEYS: ReadonlySet<string> = new Set(['country', 'coordinate', 'denied', 'code'])

/** The units of time, with their length in milliseconds; a month has none. */
export type TimeUnit = 'hour' | 'day' | 'month'

/** The most keys that oversight gives in one answer. */
export const MAX_KEYS = 100

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/**
 * Chooses the unit in which a span of time has at most {@link MAX_KEYS} keys, so that oversight gives all of them.
 * @param fromMs milliseconds since 1970; null: since ever
 */
export function chooseUnit(fromMs: number | null, untilMs: number): TimeUnit {
  if (fromMs === null) return 'month'
  const span = untilMs - fromMs
  if (span <= 4 * DAY_MS) return 'hour'
  return span <= MAX_KEYS * DAY_MS ? 'day' : 'month'
}

/**
 * Puts in the units of time that no entry has, with the count 0. Oversight names only those that have entries, and a chart without the others would hide
 * a silence.
 * @param counts in the order of time
 * @param span the time that was asked about, in milliseconds since 1970: from it, and up to before its end. Without an end, the last key is the end
 */
export function fillTime(
  counts: readonly EntryCount[],
  unit: TimeUnit,
  { fromMs, untilMs }: { readonly fromMs: number | null; readonly untilMs: number | null },
): readonly EntryCount[] {
  const keyed = counts.filter((each): each is EntryCount & { readonly key: string } => each.key !== null)
  const known = new Map(keyed.map(({ key, count }) => [key, count]))
  const first = fromMs === null ? keyed[0]?.key : toKey(fromMs, unit)
  const last = untilMs === null ? keyed.at(-1)?.key : toKey(untilMs - 1, unit)
  if (first === undefined || last === undefined) return []
  const filled: EntryCount[] = []
  for (let key = first; key <= last && filled.length < MAX_FILLED; key = nextKey(key, unit)) {
    filled.push({ key, count: known.get(key) ?? 0 })
  }
  return filled
}

/** The most rows of a table over time. A hundred years have 1,200 months. */
const MAX_FILLED = 1_200

/** Writes the key of a moment as oversight does, in UTC. */
function toKey(ms: number, unit: TimeUnit): string {
  const text = new Date(ms).toISOString()
  if (unit === 'month') return text.slice(0, 7)
  return unit === 'day' ? text.slice(0, 10) : `${text.slice(0, 13)}:00Z`
}

function nextKey(key: string, unit: TimeUnit): string {
  if (unit === 'month') {
    const [year = 0, month = 0] = key.split('-').map(Number)
    return toKey(Date.UTC(year, month, 1), 'month')
  }
  const ms = Date.parse(unit === 'day' ? `${key}T00:00:00Z` : key.replace('Z', ':00Z'))
  return toKey(ms + (unit === 'day' ? DAY_MS : HOUR_MS), unit)
}

/** The days of a key of time, as a filter has them: those of a month, or the day of an hour. */
export function spanOf(key: string): { readonly from: string; readonly until: string } {
  if (key.length > 7) return { from: key.slice(0, 10), until: key.slice(0, 10) }
  const last = Date.parse(`${nextKey(key, 'month')}-01T00:00:00Z`) - DAY_MS
  return { from: `${key}-01`, until: new Date(last).toISOString().slice(0, 10) }
}

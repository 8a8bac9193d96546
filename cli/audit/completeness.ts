/** Checks whether an export of one country has all parts of this country that it states, and whether they are all that the log has. */
import { formatMissing } from '../../audit/counts/count-check.ts'
import type { Finding } from '../../audit/finding.ts'
import { isCountryPart } from '../../contract/audit-log/country-part.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import type { CheckedLine, ExportStatement, ProvedLine } from './export-format.ts'

/**
 * How old the newest count of an export may be, in milliseconds: two heartbeats of the gateway. An older one could hide what came later.
 */
const MAX_COUNT_AGE_MS = 1_200_000

/** Collects the numbers of an export, line by line. */
export interface Completeness {
  /** Takes the next entry, and returns what is wrong with its place among the others. */
  readonly push: (entry: Entry, place: EntryPlace) => readonly Finding[]
  /** Compares the numbers with the statement at the end of the export. */
  readonly end: (
    statement: ExportStatement,
    check: (line: ProvedLine) => CheckedLine,
  ) => { readonly findings: readonly Finding[] } & Counted
}

/** What the gateway had counted. */
interface Counted {
  /** When the gateway counted the parts, RFC 3339; null if the export has no valid count. */
  readonly countedAt: string | null
  /** How many parts of the country there were then; 0 without a valid count. */
  readonly counted: number
}

const UNCOUNTED: Counted = { countedAt: null, counted: 0 }

/** Where an entry is: the shard of the log, by its origin, and the index there. */
interface EntryPlace {
  readonly origin: string
  readonly index: number
}

/** A range of numbers without gaps. */
type Interval = readonly [first: number, last: number]

/** What the lines say about a country's parts. */
interface SeenParts {
  readonly intervals: Interval[]
  /** The place of each part of the country at the end of an interval, to compare with a count. */
  readonly places: (EntryPlace & { readonly seq: number })[]
}

/** Creates the check of one export. */
export function createCompleteness(): Completeness {
  const parts = new Map<string, SeenParts>()
  const mentioned = new Map<string, string>()
  let open: { readonly id: string; readonly needsPart: boolean } | undefined
  let newestMs = 0

  const close = (): readonly Finding[] => {
    const before = open
    open = undefined
    return before?.needsPart ? [misplaced(`request ${before.id}`, 'the country’s part behind it', 'none')] : []
  }

  const pushPart = (country: string, seq: number, place: EntryPlace): readonly Finding[] => {
    const seen = parts.get(country) ?? { intervals: [], places: [] }
    parts.set(country, seen)
    const last = seen.intervals.at(-1)
    if (last !== undefined && seq <= last[1])
      return [misplaced(`${country} ${seq}`, `${country} ${last[1] + 1}`, `${seq} again`)]
    if (last !== undefined && seq === last[1] + 1) seen.intervals[seen.intervals.length - 1] = [last[0], seq]
    else seen.intervals.push([seq, seq])
    seen.places.push({ seq, ...place })
    return []
  }

  return {
    push(entry, place) {
      newestMs = Math.max(newestMs, Date.parse(entry.time))
      if ((entry.kind !== 'request' && entry.kind !== 'continuation') || entry.v !== 2) return close()
      for (const { country } of [...entry.legs, ...entry.denied]) if (country !== null) mentioned.set(country, entry.id)
      if (entry.kind === 'request') {
        const found = close()
        open = { id: entry.id, needsPart: entry.continuations > 0 }
        return found
      }
      const isPlaced = open?.id === entry.of
      const found = isPlaced ? [] : [misplaced(`continuation ${entry.id}`, `its request ${entry.of} before it`, 'none')]
      if (!isCountryPart(entry)) return found
      if (isPlaced) open = { id: entry.of, needsPart: false }
      mentioned.set(entry.country, entry.id)
      return [...found, ...pushPart(entry.country, entry.seq, place)]
    },
    end(statement, check) {
      const { country } = statement
      const findings = [...close()]
      if (country === null) return { findings, ...UNCOUNTED }
      for (const [other, id] of mentioned) {
        if (other !== country) findings.push(misplaced(`entry ${id}`, `nothing but ${country}`, `a part of ${other}`))
      }
      if (statement.isExtract) return { findings, ...UNCOUNTED }
      const seen = parts.get(country) ?? { intervals: [], places: [] }
      findings.push(...compareRange(statement, country, seen.intervals), ...checkEdges(statement, country, check))
      const counted = checkCount(statement, country, seen, newestMs, check)
      return { ...counted, findings: [...findings, ...counted.findings] }
    },
  }
}

/** Finds which of the numbers from the first to the last that the export states are missing in it. */
function compareRange(
  { first, last }: ExportStatement,
  country: string,
  intervals: readonly Interval[],
): readonly Finding[] {
  const missing: Finding[] = []
  let next = first
  for (const [from, to] of intervals) {
    if (from > next) missing.push(missingParts(country, next, from - 1))
    if (from < first || to > last) {
      missing.push(
        misplaced(`${country} ${from} to ${to}`, `${country} ${first} to ${last}, as the export states`, 'others'),
      )
    }
    next = Math.max(next, to + 1)
  }
  if (next <= last) missing.push(missingParts(country, next, last))
  return missing
}

/** Checks that nothing of the range of times is before the first number or behind the last. */
function checkEdges(
  { first, last, from, until, before, after }: ExportStatement,
  country: string,
  check: (line: ProvedLine) => CheckedLine,
): readonly Finding[] {
  const findings: Finding[] = []
  if (first > 1 && from === null) findings.push(missingParts(country, 1, first - 1))
  if (first > 1 && from !== null) {
    findings.push(...checkNeighbour(before, `${country} ${first - 1}`, (time) => time < from, check))
  }
  if (until !== null && after !== null) {
    findings.push(...checkNeighbour(after, `${country} ${last + 1}`, (time) => time >= until, check))
  }
  return findings
}

function checkNeighbour(
  line: ProvedLine | null,
  name: string,
  isOutside: (time: string) => boolean,
  check: (line: ProvedLine) => CheckedLine,
): readonly Finding[] {
  if (line === null)
    return [{ kind: 'COUNT', where: name, expected: 'it, to see where the range ends', came: 'nothing' }]
  const { entry, findings } = check(line)
  if (entry === undefined || !isCountryPart(entry) || `${entry.country} ${entry.seq}` !== name) {
    return [
      ...findings,
      { kind: 'COUNT', where: name, expected: 'it, to see where the range ends', came: 'another entry' },
    ]
  }
  if (isOutside(entry.time)) return findings
  return [...findings, { kind: 'COUNT', where: name, expected: 'a time outside the range', came: entry.time }]
}

/** Checks that the parts of the export are as many as the newest entry with counts says, and that this entry is new. */
function checkCount(
  statement: ExportStatement,
  country: string,
  { places }: SeenParts,
  newestMs: number,
  check: (line: ProvedLine) => CheckedLine,
): { readonly findings: readonly Finding[] } & Counted {
  const { counting, last, until, after, origin } = statement
  if (counting === null) return { findings: [], ...UNCOUNTED }
  const { entry, findings: wrong, origin: from = '', cosignedAt, index = 0 } = check(counting)
  if (entry === undefined || !('counts' in entry)) {
    const came = entry === undefined ? 'an unknown form' : `one of kind ${entry.kind} in ${from}`
    const expected = `an entry of ${origin} with counts`
    return { findings: [...wrong, { kind: 'COUNT', where: 'the count', expected, came }], ...UNCOUNTED }
  }
  const findings = [...wrong]
  const count = entry.counts[country] ?? 0
  const isBeyond = until !== null && after !== null
  if (count > last && !isBeyond) findings.push(missingParts(country, last + 1, count))
  for (const { seq, ...place } of places) {
    if (isBefore(place, { origin: from, index }) === seq <= count) continue
    const expected = `${country} ${count} as the last one before entry ${index}`
    findings.push({ kind: 'COUNT', where: `entry ${place.index}`, expected, came: `${country} ${seq}` })
  }
  const knownMs = Math.max(newestMs, median(cosignedAt) * 1_000)
  if (knownMs - Date.parse(entry.time) > MAX_COUNT_AGE_MS) {
    const expected = `one of the twenty minutes before ${new Date(knownMs).toISOString()}, when the log was seen last`
    findings.push({ kind: 'COUNT', where: 'the count', expected, came: `one of ${entry.time}` })
  }
  return { findings, countedAt: entry.time, counted: count }
}

/** Whether one entry of a log is before another one. The origins of its shards sort like their times. */
function isBefore(one: EntryPlace, other: EntryPlace): boolean {
  return one.origin === other.origin ? one.index < other.index : one.origin < other.origin
}

/** Returns the middle of the times, so that one witness whose clock runs wrong does not decide. Returns 0 without any. */
function median(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor((times.length - 1) / 2)] ?? 0
}

/** Says which parts of a country are missing. */
export function missingParts(country: string, first: number, last: number): Finding {
  const expected = first === last ? `${country} ${first}` : `${country} ${first} to ${last}`
  return { kind: 'COUNT', where: 'the export', expected, came: formatMissing(country, first, last) }
}

function misplaced(where: string, expected: string, came: string): Finding {
  return { kind: 'EXPORT', where, expected, came }
}

import { ENTRY_OUTCOMES, type EntryOutcome } from '../audit/index/entry-row.ts'
import type { EntryFilter } from '../audit/index/filter.ts'
import { PURPOSES, type Purpose } from '../contract/access-token.ts'
import { ENTRY_KINDS } from '../contract/audit-log/entry.ts'
import { isCountryCode } from '../contract/country-code.ts'
import { MOMENT_FORMS, readMoment } from '../contract/read-moment.ts'
import type { CommandLine, OptionSpec } from '../service/command-spec.ts'
import { UsageError } from '../service/usage-error.ts'

/** A schema coordinate of a member of a type, or of an argument of a field. */
const COORDINATE_FORM = /^[_A-Za-z]\w*\.[_A-Za-z]\w*(?:\([_A-Za-z]\w*:\))?$/

const time = {
  value: 'time',
  expected: MOMENT_FORMS,
  parse(text: string): string | undefined {
    const ms = readMoment(text)
    return ms === undefined ? undefined : new Date(ms).toISOString()
  },
} as const

/** The options that select a range of time. */
export const RANGE_OPTIONS = {
  from: { flag: 'from', meaning: 'the earliest time, included', ...time },
  until: { flag: 'until', meaning: 'the latest time, excluded', ...time },
} as const satisfies Readonly<Record<string, OptionSpec>>

const country = {
  value: 'code',
  expected: 'a code of ISO 3166-1 alpha-2 such as GT, or UN',
  parse: (text: string): string | undefined => (isCountryCode(text) ? text : undefined),
} as const

const coordinate = {
  value: 'coordinate',
  expected: 'a field as Type.field, or an argument as Type.field(argument:)',
  parse: (text: string): string | undefined => (COORDINATE_FORM.test(text) ? text : undefined),
} as const

/** The options that select entries, by the key of the filter. */
export const FILTER_OPTIONS = {
  country: { flag: 'country', meaning: 'a country that was asked', ...country },
  actorCountry: { flag: 'from-country', meaning: 'the caller’s country', ...country },
  agency: { flag: 'agency', value: 'name', meaning: 'the caller’s agency' },
  role: { flag: 'role', value: 'name', meaning: 'the caller’s role' },
  actorRef: { flag: 'actor', value: 'ref', meaning: 'the caller’s ref' },
  purpose: {
    flag: 'purpose',
    value: 'name',
    meaning: 'the purpose of the request',
    expected: `one of ${PURPOSES.join(', ')}`,
    parse: (text: string): Purpose | undefined => PURPOSES.find((each) => each === text),
  },
  taskForce: { flag: 'task-force', value: 'id', meaning: 'the task force in the mandate' },
  caseRef: { flag: 'case', value: 'ref', meaning: 'the ref of the case, or with --keys its id' },
  coordinate: {
    flag: 'field',
    meaning: 'a field or argument that was requested, for example Person.birthDate',
    ...coordinate,
  },
  denied: { flag: 'denied', meaning: 'a field or argument that was denied', ...coordinate },
  outcome: {
    flag: 'outcome',
    value: 'name',
    meaning: 'the outcome of the request',
    expected: `one of ${ENTRY_OUTCOMES.join(', ')}`,
    parse: (text: string): EntryOutcome | undefined => ENTRY_OUTCOMES.find((each) => each === text),
  },
  code: {
    flag: 'code',
    value: 'name',
    meaning: 'an error code of the answer or of a country',
    expected: 'a code such as FORBIDDEN_BY_COUNTRY or RATE_LIMITED, as docs/operating.md lists them',
    parse: (text: string): string | undefined => (/^[A-Z][A-Z_]{1,49}$/.test(text) ? text : undefined),
  },
  kind: {
    flag: 'kind',
    value: 'name',
    meaning: 'the kind of entry',
    expected:
      'a kind such as request, leg, misuse, refusals, oversight, suspension, key-rotation, salt-erasure or prune',
    parse: (text: string): string | undefined => ENTRY_KINDS.find((each) => each === text),
  },
  ...RANGE_OPTIONS,
} as const satisfies Partial<Record<keyof EntryFilter, OptionSpec>>

/** The parsed values of {@link FILTER_OPTIONS}. */
export type FilterLine = CommandLine<{
  readonly name: string
  readonly description: string
  readonly options: typeof FILTER_OPTIONS
}>

/** A range of time. Each end is a time in the form of entries; undefined if it has none. */
export interface TimeRange {
  readonly from: string | undefined
  readonly until: string | undefined
}

/**
 * Checks that something can be in a range.
 * @throws {UsageError} if nothing can be between `--from` and `--until`.
 */
export function checkRange({ from, until }: TimeRange): void {
  if (from !== undefined && until !== undefined && from >= until) {
    throw new UsageError(`--from, --until: expected a time and a later one; came none between ${from} and ${until}`)
  }
}

/** Whether a time of an entry is in a range. */
export function isInRange(time: string, { from, until }: TimeRange): boolean {
  return (from === undefined || time >= from) && (until === undefined || time < until)
}

/**
 * Makes the filter of the entries from the options.
 * @throws {UsageError} if nothing can be between `--from` and `--until`.
 */
export function readFilter(line: FilterLine): EntryFilter {
  checkRange(line)
  const keys = Object.keys(FILTER_OPTIONS) as (keyof typeof FILTER_OPTIONS)[]
  return Object.fromEntries(keys.flatMap((key) => (line[key] === undefined ? [] : [[key, line[key]]])))
}

import { ENTRY_OUTCOMES, type EntryOutcome } from '../../audit/index/entry-row.ts'
import type { EntryFilter } from '../../audit/index/filter.ts'
import type { CommandLine, OptionSpec } from '../../service/command-spec.ts'

const time = {
  value: 'time',
  expected: 'a time like 2026-11-24T00:00:00Z',
  parse(text: string): string | undefined {
    const ms = Date.parse(text)
    return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
  },
} as const

/** The options that select entries, by the key of the filter. */
export const FILTER_OPTIONS = {
  country: { flag: 'country', value: 'code', meaning: 'a country that was asked' },
  actorCountry: { flag: 'from-country', value: 'code', meaning: 'the caller’s country' },
  agency: { flag: 'agency', value: 'name', meaning: 'the caller’s agency' },
  role: { flag: 'role', value: 'name', meaning: 'the caller’s role' },
  actorRef: { flag: 'actor', value: 'ref', meaning: 'the caller’s ref' },
  purpose: { flag: 'purpose', value: 'name', meaning: 'the purpose of the request, for example INVESTIGATION' },
  taskForce: { flag: 'task-force', value: 'id', meaning: 'the task force in the mandate' },
  caseRef: { flag: 'case', value: 'ref', meaning: 'the ref of the case, or with --keys its id' },
  coordinate: {
    flag: 'field',
    value: 'coordinate',
    meaning: 'a field or argument that was requested, for example Person.birthDate',
  },
  denied: { flag: 'denied', value: 'coordinate', meaning: 'a field or argument that was denied' },
  outcome: {
    flag: 'outcome',
    value: 'name',
    meaning: 'the outcome of the request',
    expected: `one of ${ENTRY_OUTCOMES.join(', ')}`,
    parse: (text: string): EntryOutcome | undefined => ENTRY_OUTCOMES.find((each) => each === text),
  },
  code: { flag: 'code', value: 'name', meaning: 'an error code of the answer or of a country' },
  kind: { flag: 'kind', value: 'name', meaning: 'the kind of entry, for example request' },
  from: { flag: 'from', meaning: 'the earliest time, included', ...time },
  until: { flag: 'until', meaning: 'the latest time, excluded', ...time },
} as const satisfies Partial<Record<keyof EntryFilter, OptionSpec>>

/** The parsed values of {@link FILTER_OPTIONS}. */
export type FilterLine = CommandLine<{
  readonly name: string
  readonly description: string
  readonly options: typeof FILTER_OPTIONS
}>

/** Makes the filter of the entries from the options. */
export function readFilter(line: FilterLine): EntryFilter {
  const keys = Object.keys(FILTER_OPTIONS) as (keyof typeof FILTER_OPTIONS)[]
  return Object.fromEntries(keys.flatMap((key) => (line[key] === undefined ? [] : [[key, line[key]]])))
}

import { ENTRY_OUTCOMES, type EntryOutcome } from '../../audit/index/entry-row.ts'
import type { EntryFilter } from '../../audit/index/filter.ts'
import type { CommandLine, OptionSpec } from '../../service/command-spec.ts'

const time = {
  value: 'time',
  expected: 'a time as 2026-11-24T00:00:00Z',
  parse(text: string): string | undefined {
    const ms = Date.parse(text)
    return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
  },
} as const

/** The options that say which entries are looked for, by the key of the filter. */
export const FILTER_OPTIONS = {
  country: { flag: 'country', value: 'code', meaning: 'a country that was asked' },
  actorCountry: { flag: 'from-country', value: 'code', meaning: 'the country of who asked' },
  agency: { flag: 'agency', value: 'name', meaning: 'the agency of who asked' },
  role: { flag: 'role', value: 'name', meaning: 'the role of who asked' },
  actorRef: { flag: 'actor', value: 'ref', meaning: 'the pseudonym of who asked' },
  purpose: { flag: 'purpose', value: 'name', meaning: 'the purpose of the request, as INVESTIGATION' },
  taskForce: { flag: 'task-force', value: 'id', meaning: 'the mandate’s task force' },
  caseRef: { flag: 'case', value: 'ref', meaning: 'the pseudonym of the case' },
  coordinate: {
    flag: 'field',
    value: 'coordinate',
    meaning: 'a field or argument that was asked, as Person.birthDate',
  },
  denied: { flag: 'denied', value: 'coordinate', meaning: 'a field or argument that was denied' },
  outcome: {
    flag: 'outcome',
    value: 'name',
    meaning: 'what became of the request',
    expected: `one of ${ENTRY_OUTCOMES.join(', ')}`,
    parse: (text: string): EntryOutcome | undefined => ENTRY_OUTCOMES.find((each) => each === text),
  },
  code: { flag: 'code', value: 'name', meaning: 'a code of the answer or of a country' },
  kind: { flag: 'kind', value: 'name', meaning: 'the kind of entry, as request' },
  from: { flag: 'from', meaning: 'the first time that counts', ...time },
  until: { flag: 'until', meaning: 'the first time that no longer counts', ...time },
} as const satisfies Partial<Record<keyof EntryFilter, OptionSpec>>

/** The values of {@link FILTER_OPTIONS}, read. */
export type FilterLine = CommandLine<{
  readonly name: string
  readonly description: string
  readonly options: typeof FILTER_OPTIONS
}>

/** The filter that the options say. */
export function filterOf(line: FilterLine): EntryFilter {
  const keys = Object.keys(FILTER_OPTIONS) as (keyof typeof FILTER_OPTIONS)[]
  return Object.fromEntries(keys.flatMap((key) => (line[key] === undefined ? [] : [[key, line[key]]])))
}

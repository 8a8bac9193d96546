import { ENTRY_OUTCOMES, type EntryFilter } from '../audit/index/entry-row.ts'
import type { AsOf } from '../audit/verify/verify-witnessed.ts'
import { PURPOSES } from '../contract/access-token.ts'
import { ENTRY_KINDS } from '../contract/audit-log/entry.ts'
import { isCountryCode } from '../contract/country-code.ts'
import { parseDuration } from '../contract/duration.ts'
import { readMoment } from '../contract/read-moment.ts'
import { isRecordId } from '../contract/record-id.ts'
import { isUuidV7 } from '../contract/uuid-v7.ts'
import type { CommandLine } from '../service/command-spec.ts'
import { LIST, matching, NEEDED, NEEDED_LIST, oneOf, SWITCH, TEXT } from '../service/command-texts.ts'
import { UsageError } from '../service/usage-error.ts'

/** The options that several commands of `istmo audit` have. What the help says of them stands in commands.yaml. */

/** A country. */
export const COUNTRY = matching(isCountryCode)
const COORDINATE = matching(/^[_A-Za-z]\w*\.[_A-Za-z]\w*(?:\([_A-Za-z]\w*:\))?$/)
/** The name of a person as an office knows it, or a reason. */
export const UP_TO_200 = matching((text) => text.length > 0 && text.length <= 200)
/** The id of a record. */
export const RECORD = matching(isRecordId)
/** The id of an entry. */
export const ENTRY_ID = matching(isUuidV7)

const TIME = {
  parse(text: string): string | undefined {
    const ms = readMoment(text)
    return ms === undefined ? undefined : new Date(ms).toISOString()
  },
} as const

/** What allows a trust policy that one captured witness breaks, for made-up records. */
const DEVELOPMENT = { development: SWITCH } as const

/** Trust policies. */
export const POLICY_OPTION = { ...DEVELOPMENT, policy: NEEDED_LIST } as const

/** One trust policy. */
export const ONE_POLICY_OPTION = { ...DEVELOPMENT, policy: { ...NEEDED, says: 'onePolicy' } } as const

/** A log, and the trust policies for it. */
export const LOG_OPTIONS = { log: NEEDED, ...POLICY_OPTION } as const

/** The rotations of the log's key as files, for a command that has no log. */
export const ROTATION_OPTION = { rotation: LIST } as const

/** The argument that names an entry: its id, its index or the SHA-256 of an exported file. */
export const ENTRY_ARGUMENT = { entry: TEXT } as const

/** Who acts on data or logs. */
export const BY_OPTION = { by: UP_TO_200 } as const

/** The folder of the content store. */
export const KEPT_OPTION = { kept: TEXT } as const

/** Who reads, and where this is written down. A desk has most of them once for all. */
export const OWN_LOG_OPTIONS = { desk: TEXT, ownLog: TEXT, ownKey: TEXT, reader: UP_TO_200, reason: UP_TO_200 } as const

/** One log that is read at a desk: the trust policy may be the desk's. */
export const DESK_LOG_OPTIONS = { log: NEEDED, policy: { ...LIST, says: 'deskPolicy' }, ...OWN_LOG_OPTIONS } as const

/** A case or a caller as people know them. */
export const REF_OPTIONS = { keys: TEXT, caller: matching(/^\S+ \S/) } as const

/** A range of time. */
export const RANGE_OPTIONS = { from: TIME, until: TIME } as const

/** What selects entries, by the key of the filter. */
export const FILTER_OPTIONS = {
  country: COUNTRY,
  actorCountry: { flag: 'from-country', ...COUNTRY },
  agency: TEXT,
  role: TEXT,
  actorRef: { flag: 'actor' },
  purpose: oneOf(PURPOSES),
  taskForce: TEXT,
  caseRef: { flag: 'case' },
  coordinate: { flag: 'field', ...COORDINATE },
  denied: COORDINATE,
  outcome: oneOf(ENTRY_OUTCOMES),
  code: matching(/^[A-Z][A-Z_]{1,49}$/),
  kind: matching((text) => ENTRY_KINDS.some((each) => each === text)),
  ...RANGE_OPTIONS,
} as const

/** The options of `istmo audit verify`. */
export const VERIFY_OPTIONS = {
  ...ONE_POLICY_OPTION,
  only: LIST,
  kept: LIST,
  known: LIST,
  evidence: TEXT,
  offline: SWITCH,
  required: { flag: 'require-witness', ...LIST },
  maxAgeMs: { flag: 'max-age', parse: parseDuration },
  asOf: { parse: parsePoint },
  entries: SWITCH,
  noEntries: SWITCH,
  hashesOnly: SWITCH,
} as const

function parsePoint(text: string): AsOf | undefined {
  if (/^\d{1,15}$/.test(text)) return { size: Number(text) }
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(text)
  const ms = isTime ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? undefined : { timeS: Math.floor(ms / 1_000) }
}

/** The parsed values of {@link FILTER_OPTIONS}. */
export type FilterLine = CommandLine<{ readonly options: typeof FILTER_OPTIONS }>

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

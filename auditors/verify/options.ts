import type { AsOf } from '../../audit/verify/as-of.ts'
import { parseDuration } from '../../contract/duration.ts'
import { FILE, type OptionSpec } from '../../service/command-spec.ts'

/** The options of `istmo audit verify`. */

/** Which logs of the trust policy the reader asks about. */
export const ONLY_OPTION = {
  only: {
    flag: 'only',
    value: 'name',
    isRepeated: true,
    expected: 'the name of a log of the trust policy',
    meaning:
      'demand only the log of this name, such as that of one of several gateways; the answer names the logs of the trust policy that were not looked at',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>

/** The point in the past at which an older copy of a log must have been whole. */
export const AS_OF_OPTION = {
  asOf: {
    flag: 'as-of',
    value: 'point',
    expected: 'a number of entries, or a time of RFC 3339 with a time zone',
    meaning:
      'verify an older copy: it must have been the whole log when it had so many entries, or at this time. This says nothing of the log of today',
    parse: parsePoint,
  },
} as const satisfies Readonly<Record<string, OptionSpec>>

function parsePoint(text: string): AsOf | undefined {
  if (/^\d{1,15}$/.test(text)) return { size: Number(text) }
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(text)
  const ms = isTime ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? undefined : { timeS: Math.floor(ms / 1_000) }
}

/** Logs of up to so many entries are read entry by entry unless an option says otherwise. It takes about a minute. */
export const MAX_ENTRIES_BY_DEFAULT = 1_000_000

/** The options about what the entries say. */
export const ENTRIES_OPTIONS = {
  entries: {
    flag: 'entries',
    value: null,
    meaning: `read what each entry says, also in a log of more than ${MAX_ENTRIES_BY_DEFAULT} entries`,
  },
  noEntries: { flag: 'no-entries', value: null, meaning: 'do not read what the entries say, only their hashes' },
  hashesOnly: {
    flag: 'hashes-only',
    value: null,
    meaning: 'read no entries, only hashes and checkpoints: for who gets no entries, such as members and witnesses',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>

/** The options about witnesses and about what others have seen. */
export const WITNESS_OPTIONS = {
  kept: {
    flag: 'kept',
    ...FILE,
    isRepeated: true,
    meaning: 'a checkpoint or receipt of one of these logs that you saved earlier',
  },
  known: {
    flag: 'known',
    value: 'place',
    isRepeated: true,
    expected: 'the path of a file, or an http(s) URL',
    meaning:
      'checkpoints that somebody else knows, of any logs: a file, an export, or the URL of a `/status`. Contradictions are a split view',
  },
  evidence: {
    flag: 'evidence',
    value: 'folder',
    expected: 'the path of a folder',
    meaning: 'where the two checkpoints of a split view are written; by default the present folder',
  },
  offline: {
    flag: 'offline',
    value: null,
    meaning: 'ask no witness; then an older copy of a log may look complete',
  },
  required: {
    flag: 'require-witness',
    value: 'name',
    isRepeated: true,
    expected: 'the name of a witness in the trust policy',
    meaning: 'a witness that must have cosigned beside the quorum, such as that of your own country',
  },
  maxAgeMs: {
    flag: 'max-age',
    value: 'duration',
    expected: 'a duration, such as PT1H',
    meaning: 'how long ago a quorum may have cosigned last; without it, any time',
    parse: (text: string): number | undefined => parseDuration(text),
  },
} as const satisfies Readonly<Record<string, OptionSpec>>

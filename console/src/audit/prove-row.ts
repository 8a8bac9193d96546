import { type Entry, parseEntry } from '../../../contract/audit-log/entry.ts'
import { checkBundle } from './check-bundle.ts'
import type { ListedEntry } from './shown-entry.ts'
import type { Trust } from './trust.ts'
import type { EntryVerdict } from './verify-entry.ts'

/** An entry of a list, and what the browser found about its own proof. The page of the entry compares all of it, with its parts. */
export interface ProvedRow {
  readonly row: ListedEntry
  /** `NONE`: there is no proof here, or no trust policy to check it by. */
  readonly state: EntryVerdict | 'NONE'
  /** The id of the question that the entry belongs to: a request, or what a country was asked for it. */
  readonly question: string
}

/** Checks the proof of an entry of a list. Never throws. */
export function proveRow(row: ListedEntry, trust: Trust, nowMs: number): ProvedRow {
  const { proof = null, log, position, id } = row
  const entry = proof === null ? null : readEntry(proof.entry)
  const question = entry !== null && 'requestId' in entry ? (entry.requestId ?? id) : id
  if (proof === null || trust.policies.length === 0) return { row, state: 'NONE', question }
  const { faults } = checkBundle(proof, { trust, log, position, nowMs })
  const isSame = entry?.id === id && entry.kind === row.kind && entry.time === row.time
  if (!isSame || faults.some(({ kind }) => kind !== 'WITNESS_MISSING')) return { row, state: 'NOT_PROVEN', question }
  return { row, state: faults.length === 0 ? 'PROVEN' : 'UNWITNESSED', question }
}

/** Entries of an authority that come by the dozen beside questions: credentials that were given out. */
const CREDENTIALS: ReadonlySet<string> = new Set(['access-token', 'country-token'])

/**
 * Puts entries of one question together, at the place of the newest of them; the request stands before what countries were asked for it. The credentials that
 * an authority gave out in one minute stand together too.
 */
export function groupByQuestion(rows: readonly ProvedRow[]): readonly (readonly [ProvedRow, ...ProvedRow[]])[] {
  const keyOf = ({ row, question }: ProvedRow): string =>
    CREDENTIALS.has(row.kind) ? `${row.log} ${row.time.slice(0, 16)}` : question
  return [...Map.groupBy(rows, keyOf).values()].map((group) => {
    const first = group.find(({ row, question }) => row.id === question) ?? (group[0] as ProvedRow)
    return [first, ...group.filter((each) => each !== first)]
  })
}

function readEntry(text: string): Entry | null {
  try {
    return parseEntry(new TextEncoder().encode(text))
  } catch {
    return null
  }
}

import type { Finding } from '../../audit/finding.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'

/**
 * The lines of an export: JSON, one value a line. First the rotations of the log's key, then the entries in the order of the log, each with
 * its proof, and at the end one line with the member `export`, which says what the export must contain.
 */

/** An entry with its proof. */
export interface ProvedLine {
  readonly index: number
  readonly entry: unknown
  /** A C2SP tlog-proof of the entry. */
  readonly proof: string
}

/** What the last line of an export says. */
export interface ExportStatement {
  readonly origin: string
  /** The country for which it was made; null for somebody who may see all. */
  readonly country: string | null
  /** The range of times, RFC 3339; null for no limit. */
  readonly from: string | null
  readonly until: string | null
  /** Whether it was made with other filters. Then nobody can see whether entries are missing. */
  readonly isExtract: boolean
  /** The numbers of the country's parts in it, from the first to the last; `last` is one less than `first` if there is none. */
  readonly first: number
  readonly last: number
  /** The country's part before the first and the one after the last, if there are; they prove where the range begins and ends. */
  readonly before: ProvedLine | null
  readonly after: ProvedLine | null
  /** The newest entry of the log that states the counts; null if there is none. */
  readonly counting: ProvedLine | null
  /** Of a gateway with several workers: the newest start entry of the log, which says how many there are. Earlier versions wrote none. */
  readonly started?: ProvedLine | null
  /** How many entries of version 1 are left out, because they tell of other countries too. */
  readonly withheld: number
  /** The newest checkpoint of the log, as a note. */
  readonly checkpoint: string
}

/** A line whose proof was checked. */
export interface CheckedLine {
  /** What the proof says; undefined if it says nothing. */
  readonly index: number | undefined
  readonly origin: string | undefined
  /** The times of the cosignatures of its checkpoint, in seconds since the epoch. */
  readonly cosignedAt: readonly number[]
  /** Undefined if it has an unknown form. */
  readonly entry: Entry | undefined
  readonly findings: readonly Finding[]
}

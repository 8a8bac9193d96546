import type { Entry } from '../../contract/audit-log/entry.ts'
import type { Query } from './database.ts'

/**
 * Rows that are made from the entries of the audit log. The entry is written first. If its row cannot be written then, it is written
 * later, from the log. So a projection decides only by the entry: the same entries always make the same rows.
 */
export interface Projection {
  /** Statements that create its tables in the schema `istmo_authority`. */
  readonly tables: readonly string[]
  /** Writes the rows of one entry, whose index in the log is `index`. It ignores entries of other kinds. */
  readonly apply: (entry: Entry, query: Query, index: number) => Promise<void>
}

/** A log that a projector follows. */
export interface FollowedLog {
  readonly origin: string
  /** Returns how many entries are durable. */
  readonly size: () => number
  /** Reads the entries from index `from` on, in order, as far as they are durable now. */
  readonly read: (from: number) => AsyncIterable<{ readonly index: number; readonly entry: Entry | null }>
}

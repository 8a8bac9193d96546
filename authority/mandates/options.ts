import type { NoteVerifier } from '../../audit/note/key.ts'
import type { FoundSalt } from '../../audit/salts/slot.ts'
import type { LogSource } from '../../audit/verify/source.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import type { Recorder } from '../../service/audit-log/recorder.ts'
import type { MandateSettings } from './rules.ts'

/** What the mandates of an authority work with. */
export interface MandatesOptions {
  readonly settings: MandateSettings
  /** The authority's audit log. It must keep salts. */
  readonly recorder: Pick<Recorder, 'append' | 'keep' | 'newBase'>
  /** The name of the log. */
  readonly origin: string
  /** Reads the entries from an index on, as far as they are durable. An entry of an unknown kind is null. */
  readonly read: (from: number) => AsyncIterable<{ readonly index: number; readonly entry: Entry | null }>
  /** Reads a text of the content store by its SHA-256 in hexadecimal digits. */
  readonly readKept: (name: string) => Promise<string | undefined>
  readonly findSalt: (id: string) => Promise<FoundSalt>
  /** The files of the log, its key, and the witnesses of each country, for proofs. */
  readonly proofs: {
    readonly source: LogSource
    readonly log: NoteVerifier
    readonly witnessesOf: (country: string) => readonly NoteVerifier[]
  }
  /** Whether a person's key is suspended, by its thumbprint. It is asked on each use. */
  readonly isKeySuspended: (kid: string) => boolean
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
  /** Called with the mandate hash if the content store lacks a document, or has another. The mandate is left out. */
  readonly onDamaged: (hash: string) => void
}

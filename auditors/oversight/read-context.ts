import type { IndexDatabase } from '../../audit/index/database.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import type { LogState } from './logs.ts'
import type { Viewer } from './viewer.ts'

/** What the resolvers of one request read. */
export interface ReadContext {
  readonly db: IndexDatabase
  readonly readers: ReadonlyMap<string, LogReader>
  /** The logs with their problems. One whose first reading failed has no reader. */
  readonly states: readonly LogState[]
  readonly viewer: Viewer
  /** Called with the number of entries that a field shows. Throws if the answer has too many. */
  readonly show: (entries: number) => void
  /** Called for each proof. Throws if the answer has too many. */
  readonly prove: () => void
  /** Called for each entry that is read out of a log without a proof. Throws if the answer has too many. */
  readonly read: () => void
}

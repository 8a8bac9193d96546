import type { RecordKindName } from '../../contract/records/record-kind.ts'
import type { KindChange } from './merge.ts'

/** How many rows of one kind of record a run read, refused and wrote, or would write. */
export interface KindResult extends KindChange {
  readonly kind: RecordKindName
  /** Rows of the source, counted at the record that stands first in its section. */
  readonly read: number
  readonly refused: number
}

import { UnreadableEntryError } from '../../contract/audit-log/entry.ts'
import type { UnreadableEntry } from '../reader/read-parsed.ts'
import type { Assembler } from './assembler.ts'

/**
 * Lets an assembler skip entries which cannot be parsed, so that one of them does not end the reading of a log.
 * @param onUnreadable is called for each skipped entry
 */
export function createTolerantAssembler<Row>(
  assembler: Assembler<Row>,
  onUnreadable: (entry: UnreadableEntry) => void,
): Assembler<Row> {
  return {
    ...assembler,
    push: (placed) => {
      try {
        return assembler.push(placed)
      } catch (error) {
        if (!(error instanceof UnreadableEntryError)) throw error
        onUnreadable({ index: placed.index, reason: error.message })
        return []
      }
    },
  }
}

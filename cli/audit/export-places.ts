import type { Finding } from '../../audit/finding.ts'
import type { Policy } from '../../audit/note/policy.ts'
import { nameOfLog } from '../../audit/note/shard-name.ts'
import type { CheckedLine, ProvedLine } from './export-format.ts'

/**
 * The indexes in the lines of an export. No signature is over them, but readers use them to find entries in the log. The index of a line counts over
 * all shards of the log, and that of its proof counts in its own shard.
 */
export interface ExportPlaces {
  /** Takes an entry whose proof was checked, and returns what is wrong with the index of its line. */
  readonly push: (
    line: ProvedLine,
    checked: Pick<CheckedLine, 'index' | 'origin'>,
    policy: Policy,
  ) => readonly Finding[]
  /** Takes the rotation of a key, whose index is that in its own shard. `index` is that of its proof; undefined if it proves nothing. */
  readonly pushRotation: (line: ProvedLine, index: number | undefined) => readonly Finding[]
}

/** Creates the check for the lines of one export, with those of its statement. */
export function createPlaces(): ExportPlaces {
  /** The index of the first entry of each shard, as the first line of the shard says it. */
  const starts = new Map<string, number>()
  return {
    push(line, { index, origin }, policy) {
      if (index === undefined || origin === undefined) return []
      const isFirstShard = nameOfLog(origin, policy) === origin
      const known = starts.get(origin) ?? (isFirstShard ? 0 : undefined)
      const start = known ?? (isIndex(line.index) ? Math.max(0, line.index - index) : undefined)
      if (start !== undefined) starts.set(origin, start)
      return compare(line, (start ?? 0) + index)
    },
    pushRotation: (line, index) => (index === undefined ? [] : compare(line, index)),
  }
}

function compare(line: ProvedLine, expected: number): readonly Finding[] {
  if (line.index === expected) return []
  const came = isIndex(line.index) ? `${line.index}` : 'none'
  return [{ kind: 'EXPORT', where: 'index', expected: `${expected}, as its proof says`, came }]
}

/** A line comes from a file, so its index can be anything. */
function isIndex(index: unknown): index is number {
  return Number.isSafeInteger(index) && Number(index) >= 0
}

import { throwDamaged } from '../../../audit/finding.ts'
import { formatBase64 } from '../../../audit/note/base64.ts'
import type { CheckedCheckpoint } from '../../../audit/note/policy.ts'

/** A line with its checkpoint. */
export interface WitnessedLine {
  /** Where the line stands, for people. */
  readonly where: string
  readonly index: number
  readonly checked: CheckedCheckpoint
}

/** Finds how much of one shard of an export is cosigned. */
export interface Witnessing {
  readonly push: (line: WitnessedLine) => void
  /** Returns how many entries a quorum cosigned, and when; null if it never did. @throws {LogDamagedError} if a line is of another tree. */
  readonly finish: () => { readonly size: number; readonly timeMs: number | null }
}

/**
 * Creates the search. `export` proves each entry under a cosigned checkpoint if there is one that has it. So a line without a quorum
 * that is older than a cosigned line is not of the log that the witnesses saw: only the key of the log signed such a line.
 */
export function createWitnessing(): Witnessing {
  let [size, timeMs]: [number, number | null] = [0, null]
  const cosigned = new Set<string>()
  /** The first entry under each checkpoint without a quorum. */
  const others = new Map<string, WitnessedLine>()
  const nameOf = ({ checkpoint }: CheckedCheckpoint): string => `${checkpoint.size} ${formatBase64(checkpoint.root)}`
  return {
    push(line) {
      const name = nameOf(line.checked)
      const { checkpoint, quorumTimes } = line.checked
      if (quorumTimes === undefined) {
        if (line.index < (others.get(name)?.index ?? Number.POSITIVE_INFINITY)) others.set(name, line)
        return
      }
      cosigned.add(name)
      if (checkpoint.size < size) return
      ;[size, timeMs] = [checkpoint.size, Math.max(timeMs ?? 0, quorumTimes.complete * 1_000)]
    },
    finish() {
      for (const [name, { where, index }] of others) {
        if (cosigned.has(name) || index >= size) continue
        const expected = `a checkpoint in quorum, because a quorum cosigned ${size} entries`
        throwDamaged('NO_QUORUM', where, expected, 'one without a quorum')
      }
      return { size, timeMs }
    },
  }
}

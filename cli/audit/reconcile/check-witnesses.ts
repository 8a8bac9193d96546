import { type Difference, ofLog } from './classes.ts'
import type { Side } from './sides.ts'

/** How long the newest entries of a log may await cosignatures, in milliseconds. Witnesses are asked each second, but one may be down. */
const GRACE_MS = 600_000

/**
 * Checks whether a quorum of witnesses has cosigned what was read of a log. The key of a log is enough to write another log; only
 * witnesses show that it is the one that others saw.
 * @param endIndex the index behind the last entry that was read
 * @param lastMs the time of the last entry, in milliseconds since the epoch
 */
export function checkWitnesses({
  side,
  endIndex,
  lastMs,
}: {
  readonly side: Pick<Side, 'name' | 'witnessed'>
  readonly endIndex: number
  readonly lastMs: number
}): readonly Difference[] {
  const { name, witnessed } = side
  const { isDemanded, size, timeMs } = witnessed
  if (!isDemanded || (size >= endIndex && timeMs !== null)) return []
  if (timeMs === null) {
    const what = `${name}: expected the quorum of its trust policy; came no checkpoint with enough cosignatures`
    return [ofLog('UNWITNESSED', 'witnesses', name, lastMs, what)]
  }
  const what = `${name}: a quorum cosigned ${size} entries at ${new Date(timeMs).toISOString()}; ${endIndex - size} came later`
  const kind = lastMs - timeMs > GRACE_MS ? 'UNWITNESSED' : 'AWAITS_WITNESSES'
  return [ofLog(kind, 'witnesses', name, lastMs, what)]
}

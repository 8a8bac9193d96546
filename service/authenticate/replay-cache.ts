/**
 * Remembers ids that may be used once. The process's own memory is one implementation. Several gateways behind one address share a table
 * (gateway/admit/shared-replays.ts).
 */
export interface ReplayStore {
  /**
   * Notes that `id` was used.
   * @param untilS until when the use is remembered, in seconds since the epoch.
   * @returns true for the first use; false for any other use until `untilS`, and also if there is no room for it.
   * Rejects with {IstmoError} `PROOFS_UNAVAILABLE` if the use cannot be noted.
   */
  noteFirstUse(id: string, untilS: number): Promise<boolean>
}

/** How many uses the cache holds. A proof is held for 65 seconds, so this allows about 1,500 requests with proofs each second. */
const MAX_USES = 100_000

/**
 * Creates a replay store in memory. When it is full, it drops no use before its time, and rejects new uses instead.
 * @param nowS returns seconds since the epoch.
 */
export function createReplayCache(nowS: () => number, maxUses = MAX_USES): ReplayStore {
  const uses = new Map<string, number>()
  return {
    async noteFirstUse(id, untilS) {
      removeEnded(uses, nowS())
      if (uses.has(id) || uses.size >= maxUses) return false
      uses.set(id, untilS)
      return true
    },
  }
}

/** Removes ended uses from the oldest to the first that has not ended. A use behind that one stays longer, which does no harm. */
function removeEnded(uses: Map<string, number>, nowS: number): void {
  for (const [id, untilS] of uses) {
    if (untilS > nowS) return
    uses.delete(id)
  }
}

/**
 * Remembers what may be used once. The gateway's own memory is one implementation; several gateways behind one address would share
 * a table in PostgreSQL with `id` as its key (`INSERT … ON CONFLICT DO NOTHING` says by its row count whether it was the first use).
 */
export interface ReplayStore {
  /**
   * Notes that `id` was used. Answers true for its first use, and false for any other until `untilS` (seconds since the epoch), and
   * where it cannot be noted: what cannot be remembered is no first use.
   */
  noteFirstUse(id: string, untilS: number): Promise<boolean>
}

/** How many uses are remembered: at a proof's 65 seconds, some 1,500 requests a second with proofs. */
const MAX_USES = 100_000

/**
 * A replay store in memory. When it is full nothing is forgotten before its time; new uses are refused instead.
 * @param nowS seconds since the epoch.
 */
export function createReplayCache(nowS: () => number, maxUses = MAX_USES): ReplayStore {
  const uses = new Map<string, number>()
  return {
    async noteFirstUse(id, untilS) {
      forgetEnded(uses, nowS())
      if (uses.has(id) || uses.size >= maxUses) return false
      uses.set(id, untilS)
      return true
    },
  }
}

/** In a Map's order, that of noting: one that is to be kept keeps those after it, which only remembers longer. */
function forgetEnded(uses: Map<string, number>, nowS: number): void {
  for (const [id, untilS] of uses) {
    if (untilS > nowS) return
    uses.delete(id)
  }
}

import { IstmoError } from '../../contract/errors.ts'
import type { HitQuota } from '../../contract/hit-quota/hit-quota.ts'
import type { HitSearchValue } from '../../contract/hit-quota/list-hit-searches.ts'
import type { Outcome } from '../../contract/outcome.ts'
import type { Leg, RequestContext, SendLeg } from '../types/flow.ts'

/** The limit of different hit searches of one caller on one day, in all countries together. The country's node counts for itself. */
export interface HitLimit {
  /**
   * Counts the hit searches of a request, and notes in the request if the day has not so many left. A dry run asks nobody.
   * Rejects with {IstmoError} `SEARCH_TOO_WIDE` if the caller asks too many dates of one name, or names of one date.
   */
  count(request: RequestContext, caller: string, searches: readonly HitSearchValue[]): Promise<void>
  /** Sends no leg with hit searches for which the day has not enough left. */
  layer(sendLeg: SendLeg): SendLeg
}

/** What {@link limitHits} works with. */
export interface HitLimitOptions {
  readonly quota: HitQuota
  /** Null: any number. */
  readonly hitsPerDay: number | null
  /** Called for each leg that is not sent. */
  readonly onUnsent: (leg: Leg, outcome: Outcome) => void
}

const SPENT: Outcome = { reach: 'DENIED', code: 'HITS_SPENT' }

/** Creates the limit (docs/access.md, The quota of hit searches). */
export function limitHits({ quota, hitsPerDay, onUnsent }: HitLimitOptions): HitLimit {
  return {
    async count(request, caller, searches) {
      if (hitsPerDay === null || request.isDryRun) return
      if (!(await quota.take(caller, hitsPerDay, searches))) request.areHitsSpent = true
    },
    layer: (sendLeg) => async (leg, request) => {
      if (request.areHitsSpent !== true || !/\bperson(List)?Hits\b/.test(leg.query)) return sendLeg(leg, request)
      onUnsent(leg, SPENT)
      return { kind: 'failed', outcome: SPENT }
    },
  }
}

/**
 * Counts in the quota that gateways share, and in this process while that fails: a database that is down does not remove the quota. This process has
 * all searches that it counted today, so that it does not begin at nothing.
 * @param onFailure called for each failure of `shared`.
 */
export function createFallbackHits(shared: HitQuota, own: HitQuota, onFailure: (error: unknown) => void): HitQuota {
  return {
    async take(...asked) {
      try {
        if (!(await shared.take(...asked))) return false
      } catch (error) {
        if (error instanceof IstmoError) throw error
        onFailure(error)
        return own.take(...asked)
      }
      // The shared quota has decided.
      return own.take(...asked).then(
        () => true,
        () => true,
      )
    },
    close() {
      shared.close()
      own.close()
    },
  }
}

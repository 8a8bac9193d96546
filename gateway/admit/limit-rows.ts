import type { Outcome } from '../../contract/outcome.ts'
import type { CutData } from '../../contract/row-quota/cut-answer.ts'
import { createRowQuota, type QuotaOf, type RowCounts } from '../../contract/row-quota/row-quota.ts'
import type { Leg, LegAnswer, RequestContext, SendLeg } from '../types/flow.ts'
import { callerKey } from './admission.ts'

/** What {@link limitRows} works with. */
export interface RowLimits {
  readonly counts: RowCounts
  /** Returns how many rows of a country one caller may be given a day; null: any number. */
  readonly rowsPerDayOf: (country: string) => number | null
  /** Called for each leg that is not sent. */
  readonly onUnsent: (leg: Leg, outcome: Outcome) => void
  /** Returns milliseconds since the epoch. It decides which day it is. */
  readonly now?: () => number
}

const SPENT: Outcome = { reach: 'DENIED', code: 'QUOTA_SPENT' }

/**
 * Limits how many rows of a country one caller is given on one day (docs/access.md, The quota of rows). It sends no leg to a country whose
 * rows of the day are spent, and cuts the answer that reaches the quota. A caller without a token reads only what countries publish to
 * everybody, so there is no quota.
 */
export function limitRows(sendLeg: SendLeg, { counts, rowsPerDayOf, onUnsent, now = Date.now }: RowLimits): SendLeg {
  const quotaOfRows = createRowQuota(counts, now)
  const sendCounted = async (
    leg: Leg,
    request: RequestContext,
    country: string,
    quota: QuotaOf,
  ): Promise<LegAnswer> => {
    const { query } = leg
    const spent = quotaOfRows.isSpent(quota, { query })
    if (typeof spent === 'boolean' ? spent : await spent) {
      onUnsent(leg, SPENT)
      return { kind: 'failed', outcome: SPENT }
    }
    const answer = await sendLeg(leg, request)
    if (answer.kind === 'failed') return answer
    const counted = quotaOfRows.count(quota, { query, country, data: answer.data })
    const cut = counted instanceof Promise ? await counted : counted
    return cut === null ? answer : replaceData(answer, cut)
  }
  return (leg, request) => {
    const { country } = leg
    const rowsPerDay = country === null ? null : rowsPerDayOf(country)
    if (country === null || rowsPerDay === null || request.caller === null) return sendLeg(leg, request)
    return sendCounted(leg, request, country, { key: `${country} ${callerKey(request.caller)}`, rowsPerDay })
  }
}

/** Replaces the data. There is no evidence of an answer that was cut: the whole answer has the rows that the caller is not given. */
function replaceData(answer: LegAnswer & { readonly kind: 'answered' }, { data, denied, isCut }: CutData): LegAnswer {
  const errors = denied.map((path) => ({ path, extensions: { code: SPENT.code } }))
  const notes = [...(answer.notes ?? []), ...(isCut ? [{ code: 'QUOTA_REACHED' as const }] : [])]
  const { evidence: _, ...rest } = answer
  return { ...rest, data, errors: [...answer.errors, ...errors], notes }
}

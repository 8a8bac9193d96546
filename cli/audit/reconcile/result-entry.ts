import type { OwnEntry } from '../../../service/audit-log/own-log.ts'
import type { ClassCount, Reconciled } from '../reconcile-logs.ts'
import type { DifferenceClass } from './classes.ts'
import type { Side } from './sides.ts'

/** What was compared, and the result. */
export interface Outcome {
  readonly gateway: Pick<Side, 'name' | 'size'>
  readonly country: Pick<Side, 'name' | 'size'>
  /** The country's code. */
  readonly code: string
  readonly found: Pick<Reconciled, 'matched' | 'counts' | 'resultWithKnown'>
  /** The range of requests, in milliseconds since the epoch. */
  readonly from?: number | undefined
  readonly until?: number | undefined
}

/** Makes the members of the entry that says the result, for the gateway's log or for the country's. */
export function makeResultEntry(
  isGateway: boolean,
  { gateway, country, code, found, from, until }: Outcome,
): Extract<OwnEntry, { members: unknown }>['members'] {
  // The entry also counts what a baseline explains, because the baseline is not in the log.
  const { matched, counts: of, resultWithKnown: result } = found
  const sum = (...names: readonly DifferenceClass[]) => names.reduce((total, name) => total + of[name].all, 0)
  const all = Object.entries(of) as [DifferenceClass, ClassCount][]
  const [own, other] = isGateway ? [gateway, country] : [country, gateway]
  return {
    kind: isGateway ? 'reconciliation' : 'node-reconciliation',
    country: code,
    with: other.name,
    ownSize: own.size,
    otherSize: other.size,
    ...(from !== undefined && { from: new Date(from).toISOString() }),
    ...(until !== undefined && { until: new Date(until).toISOString() }),
    matched,
    gatewayOnly: sum('GATEWAY_ONLY', 'RECEIPT_REUSED', 'RECEIPT_MISSING'),
    countryOnly: sum('COUNTRY_ONLY', 'INTERRUPTED', 'AFTER_END', 'ABANDONED', 'RETRIED'),
    hashesDiffer: sum('FIELDS_DIFFER', 'OUTCOME_DIFFERS', 'RECORDS_DIFFER'),
    classes: Object.fromEntries(all.filter(([, { all: n }]) => n > 0).map(([name, { all: n }]) => [name, n])),
    result,
  }
}

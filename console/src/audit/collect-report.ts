import { checkBundle } from './check-bundle.ts'
import { type EntryCount, MAX_KEYS } from './counted.ts'
import {
  makeReport,
  type ParliamentReport,
  REPORT_TABLES,
  type ReportedState,
  type ReportTable,
} from './parliament-report.ts'
import type { ShownProof } from './shown-entry.ts'
import type { Trust } from './trust.ts'
import type { AskOversight, ViewerData } from './use-oversight.ts'

/** What somebody asks a report for. The days are in UTC, both included. */
export interface ReportRequest {
  readonly from: string
  readonly until: string
  readonly threshold: number
  /** The filter of the days, as oversight takes it. */
  readonly filter: Readonly<Record<string, string>>
}

/** A table has more keys than oversight gives in one answer, so its sum would be wrong. */
export class TooManyKeysError extends Error {
  override readonly name = 'TooManyKeysError'
}

/**
 * Counts for a report, and proves the state of each log that was counted.
 * @throws {TooManyKeysError} if a table does not fit into one answer.
 */
export async function collectReport(
  ask: AskOversight,
  { from, until, threshold, filter }: ReportRequest,
  trust: Trust,
  nowMs: number,
): Promise<ParliamentReport> {
  const asked = { ...filter, kind: 'request' }
  const counted = await Promise.all(
    REPORT_TABLES.map(async (by): Promise<[ReportTable, readonly EntryCount[]]> => {
      const { data } = await ask<{ readonly counts: readonly EntryCount[] }>('counts', {
        by,
        filter: asked,
        first: MAX_KEYS,
      })
      if (data.counts.length >= MAX_KEYS) throw new TooManyKeysError(`expected fewer than ${MAX_KEYS} rows of ${by}`)
      return [by, data.counts]
    }),
  )
  const { data } = await ask<ViewerData>('viewer', {})
  const states = await Promise.all(data.logs.map(({ origin }) => proveState(ask, origin, trust, nowMs)))
  return makeReport({
    ...{ from, until, threshold, country: data.viewer.country, states, madeAt: new Date(nowMs).toISOString() },
    counts: Object.fromEntries(counted) as Readonly<Record<ReportTable, readonly EntryCount[]>>,
  })
}

interface Proved {
  readonly entries: {
    readonly edges: readonly { readonly node: { readonly position: number; readonly proof: ShownProof | null } }[]
  }
}

/** Proves the state of a log by the proof of its newest entry, whose checkpoint covers all entries before it. */
async function proveState(ask: AskOversight, origin: string, trust: Trust, nowMs: number): Promise<ReportedState> {
  const { data, errors } = await ask<Proved>('provedEntries', { filter: { log: origin }, first: 1, after: null })
  const node = data.entries.edges[0]?.node
  if (node == null || node.proof === null) {
    return { kind: 'NOT_PROVEN', origin, reason: errors[0]?.code ?? 'NO_PROOF' }
  }
  const checked = checkBundle(node.proof, { trust, log: origin, position: node.position, nowMs })
  const [fault] = checked.faults
  if (checked.state === null) return { kind: 'NOT_PROVEN', origin, reason: fault?.kind ?? 'MALFORMED' }
  if (fault === undefined) return { kind: 'PROVEN', state: checked.state }
  const isOnlyUnwitnessed = checked.faults.every(({ kind }) => kind === 'WITNESS_MISSING')
  if (isOnlyUnwitnessed) return { kind: 'UNWITNESSED', state: checked.state }
  return { kind: 'NOT_PROVEN', origin, reason: fault.kind }
}

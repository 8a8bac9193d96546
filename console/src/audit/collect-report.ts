import { REPORT_TABLES, type ReportTable } from '../../../contract/audit-log/public-report/tables.ts'
import type { EntryCount } from '../../../contract/audit-log/public-report/withhold-small.ts'
import type { AnsweredLog, AskOversight } from './ask-oversight.ts'
import { checkBundle } from './check-bundle.ts'
import { MAX_KEYS } from './counted.ts'
import { makeReport, type ParliamentReport, type ReportedState } from './parliament-report.ts'
import type { ShownProof, ViewerData } from './shown-entry.ts'
import type { Trust } from './trust.ts'

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
  // One answer for all tables: they are counts of the same entries.
  const { data, logs } = await ask<CountedData>('reportCounts', {
    ...{ filter: { ...filter, kind: 'request' }, first: MAX_KEYS },
  })
  const cut = REPORT_TABLES.find((by) => data[by].length >= MAX_KEYS)
  if (cut !== undefined) throw new TooManyKeysError(`expected fewer than ${MAX_KEYS} rows of ${cut}`)
  const states = await Promise.all(logs.map((log) => proveState(ask, log, trust, nowMs)))
  const counted = states.filter((each) => each !== null)
  return makeReport({
    ...{ from, until, threshold, country: data.viewer.country, states: counted, madeAt: new Date(nowMs).toISOString() },
    counts: data,
  })
}

type CountedData = Readonly<Record<ReportTable, readonly EntryCount[]>> & Pick<ViewerData, 'viewer'>

interface Proved {
  readonly entries: {
    readonly edges: readonly { readonly node: { readonly position: number; readonly proof: ShownProof | null } }[]
  }
}

/**
 * Proves the state of a log by the proof of its newest request, whose checkpoint covers all entries before it. Null if the auditor sees no request in the
 * log, such as in that of a country: then nothing of it was counted. A log that was never read might have requests.
 */
async function proveState(
  ask: AskOversight,
  { origin, size: counted, problem }: AnsweredLog,
  trust: Trust,
  nowMs: number,
): Promise<ReportedState | null> {
  const unproven = (reason: string): ReportedState => ({ kind: 'NOT_PROVEN', origin, reason, counted })
  if (problem !== null && counted === 0) return unproven(problem)
  const filter = { log: origin, kind: 'request' }
  const { data, errors } = await ask<Proved>('provedEntries', { filter, first: 1, after: null })
  const node = data.entries.edges[0]?.node
  if (node === undefined && errors.length === 0) return null
  if (problem !== null) return unproven(problem)
  if (node === undefined || node.proof === null) return unproven(errors[0]?.code ?? 'NO_PROOF')
  const checked = checkBundle(node.proof, { trust, log: origin, position: node.position, nowMs })
  const [fault] = checked.faults
  const { state } = checked
  if (state === null) return unproven(fault?.kind ?? 'MALFORMED')
  if (fault === undefined) return { kind: 'PROVEN', state, counted }
  const isOnlyUnwitnessed = checked.faults.every(({ kind }) => kind === 'WITNESS_MISSING')
  return isOnlyUnwitnessed ? { kind: 'UNWITNESSED', state, counted } : unproven(fault.kind)
}

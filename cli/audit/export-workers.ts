import type { Finding } from '../../audit/finding.ts'
import { workerOf } from '../../audit/note/shard-name.ts'
import type { CheckedLine, ExportStatement, ProvedLine } from './export-format.ts'

/**
 * What exports say of a gateway with several workers: each worker has a log of its own, so the export of one of them is a part of the gateway's record
 * (docs/decisions/0077-several-workers.md).
 */

/** The worker whose log an export is of. */
export interface ExportWorker {
  /** The name of the gateway. */
  readonly gateway: string
  readonly number: number
  /** How many workers the gateway had, by the newest start entry of the export; null if it has none. */
  readonly of: number | null
}

/**
 * Finds the worker of an export; null if it is of a gateway's only log. Its start entry must be proven like the others, and of this worker.
 * @param log the name of the export's log, without a period
 * @param isNamed whether the trust policy names this very log: then only a start entry says that it is a worker's
 */
export function findExportWorker(
  { started }: ExportStatement,
  { log, isNamed }: { readonly log: string; readonly isNamed: boolean },
  check: (line: ProvedLine) => CheckedLine,
): { readonly worker: ExportWorker | null; readonly findings: readonly Finding[] } {
  const place = workerOf(log)
  if (started == null) return { worker: place === undefined || isNamed ? null : { ...place, of: null }, findings: [] }
  const { entry, findings } = check(started)
  const worker = entry?.kind === 'start' && entry.v === 3 ? entry.worker : undefined
  if (place !== undefined && worker?.number === place.number) {
    return { worker: { ...place, of: worker.of }, findings }
  }
  const expected = `the start of a worker, in ${log}`
  const came = worker === undefined ? 'another entry' : `that of worker ${worker.number}`
  return { worker: null, findings: [...findings, { kind: 'EXPORT', where: 'the start', expected, came }] }
}

/** An export, and the worker whose log it is from. */
export interface CoveringExport {
  readonly path: string
  readonly statement: ExportStatement | undefined
  readonly worker: ExportWorker | null
}

/** Says why exports of a country's parts are not all that the gateway has of it: sentences for people. */
export function doubtWorkers(exports: readonly CoveringExport[]): readonly string[] {
  const own = exports.flatMap(({ statement, worker }) => (statement && worker ? [{ statement, worker }] : []))
  const groups = Map.groupBy(own, ({ statement, worker }) => JSON.stringify([worker.gateway, statement.country]))
  return [...groups.values()].flatMap((group) => {
    const gateway = group[0]?.worker.gateway ?? ''
    const numbers = new Set(group.map(({ worker }) => worker.number))
    const most = Math.max(0, ...group.map(({ worker }) => worker.of ?? 0))
    if (most === 0)
      return [`${gateway} has several workers, and no start entry says how many: ${listNumbers(numbers)} is here`]
    const missing = Array.from({ length: most }, (_, at) => at + 1).filter((number) => !numbers.has(number))
    if (missing.length > 0) return [`${gateway} has ${most} workers, and of ${listNumbers(missing)} there is no export`]
    return isOneRange(group) ? [] : [`the exports of the workers of ${gateway} are of different times`]
  })
}

/** Whether the exports of each worker begin and end at the same times as those of the others. */
function isOneRange(group: readonly { readonly statement: ExportStatement; readonly worker: ExportWorker }[]): boolean {
  const byWorker = Map.groupBy(group, ({ worker }) => worker.number)
  const ranges = [...byWorker.values()].map((own) => {
    const from = own.map(({ statement }) => statement.from ?? '').sort()[0]
    // Behind each time of RFC 3339.
    const until = own
      .map(({ statement }) => statement.until ?? '~')
      .sort()
      .at(-1)
    return `${from} ${until}`
  })
  return new Set(ranges).size <= 1
}

/** Names the logs that exports are from, for «all entries are …». */
export function describeCover(exports: readonly CoveringExport[]): string {
  const workers = exports.flatMap(({ worker }) => worker ?? [])
  if (workers.length === 0) return 'in the log'
  const parts = [...Map.groupBy(workers, ({ gateway }) => gateway)].map(([gateway, own]) => {
    const numbers = new Set(own.map(({ number }) => number))
    const most = Math.max(...own.map(({ of }) => of ?? 0))
    const rest = most > 0 && numbers.size >= most ? 'which are all' : 'and of no other worker'
    return `in the ${numbers.size === 1 ? 'log' : 'logs'} of ${listNumbers(numbers)} of ${gateway}, ${rest}`
  })
  return [...parts, ...(workers.length < exports.length ? ['in the other logs'] : [])].join(' or ')
}

function listNumbers(numbers: Iterable<number>): string {
  const sorted = [...numbers].sort((one, other) => one - other)
  return sorted.length === 1 ? `worker ${sorted[0]}` : `the workers ${sorted.join(', ')}`
}

import { createViewAssembler } from '../../../audit/index/country-view.ts'
import type { EntryRow } from '../../../audit/index/entry-row.ts'
import { createTolerantAssembler } from '../../../audit/index/tolerant-assembler.ts'
import type { LogReader } from '../../../audit/reader/log-reader.ts'
import {
  type PublishedTables,
  publishTables,
  REPORT_TABLES,
  type ReportTable,
} from '../../../contract/audit-log/public-report/tables.ts'
import { parseIfReadable } from '../readable-entries.ts'
import { type PublicReport, periodOf } from './read-report.ts'

/** The tables of a report, out of the entries themselves. */
export interface Recount {
  readonly tables: PublishedTables
  readonly logs: readonly CountedLog[]
}

/** A log that was counted. */
export interface CountedLog {
  readonly reader: LogReader
  /** The requests that were counted are among its first `size` entries. */
  readonly size: number
  /** Whether entries were pruned from it that may be of the report’s days. */
  readonly isPruned: boolean
}

/** Makes the tables of a report again. It counts as oversight does, with the rows that its index would have. */
export async function recount(readers: readonly LogReader[], report: PublicReport): Promise<Recount> {
  const counts = Object.fromEntries(REPORT_TABLES.map((table) => [table, new Map()])) as Record<
    ReportTable,
    Map<string | null, number>
  >
  const add = (table: ReportTable, key: string | null): void => {
    counts[table].set(key, (counts[table].get(key) ?? 0) + 1)
  }
  const logs: CountedLog[] = []
  for (const reader of readers) {
    let [size, isPruned] = [0, false]
    const onPruned = (): void => {
      isPruned = true
    }
    for await (const row of requestRows(reader, report, onPruned)) {
      size = Math.max(size, row.position + 1)
      add('month', row.time.slice(0, 7))
      add('purpose', row.purpose)
      add('outcome', row.outcome)
      add('actorCountry', row.actorCountry)
      for (const country of row.countries) add('country', country)
    }
    logs.push({ reader, size, isPruned })
  }
  const listed = REPORT_TABLES.map((table) => [table, [...counts[table]].map(([key, count]) => ({ key, count }))])
  return { tables: publishTables(Object.fromEntries(listed), report.threshold), logs }
}

/** Yields the rows of the requests of the report’s days, as the auditors see them for whom it was made. */
async function* requestRows(reader: LogReader, report: PublicReport, onPruned: () => void): AsyncGenerator<EntryRow> {
  const { from, end } = periodOf(report)
  const rows = createTolerantAssembler(createViewAssembler(reader.log.name), () => undefined)
  const select = (seen: ReturnType<typeof rows.push>): readonly EntryRow[] =>
    seen.flatMap(({ viewer, row }) =>
      viewer === report.country && row.kind === 'request' && row.time >= from && row.time < end ? [row] : [],
    )
  let next = 0
  for await (const entry of reader.entries()) {
    // What is missing before an entry is older than the entry.
    if (entry.index > next && (parseIfReadable(entry.bytes)?.time ?? '9999') >= from) onPruned()
    next = entry.index + 1
    yield* select(rows.push(entry))
  }
  yield* select(rows.waiting())
}

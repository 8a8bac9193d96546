import { createViewAssembler } from '../../../audit/index/country-view.ts'
import type { EntryRow } from '../../../audit/index/entry-row.ts'
import { createTolerantAssembler } from '../../../audit/index/tolerant-assembler.ts'
import type { LogReader } from '../../../audit/reader/log-reader.ts'
import {
  type PublishedTables,
  publishTables,
  type ReportTable,
} from '../../../contract/audit-log/public-report/tables.ts'
import type { EntryCount } from '../../../contract/audit-log/public-report/withhold-small.ts'
import type { PublicReport } from './read-report.ts'

const DAY_MS = 86_400_000

/** A log to count, and how many of its entries count. */
export interface CountedLog {
  readonly reader: LogReader
  readonly counted: number
}

/** Makes the tables of a report again, out of the entries themselves. It counts as oversight does, with the rows that its index would have. */
export async function recount(logs: readonly CountedLog[], report: PublicReport): Promise<PublishedTables> {
  const counts = new Map<ReportTable, Map<string | null, number>>()
  const add = (table: ReportTable, key: string | null): void => {
    const ofTable = counts.get(table) ?? new Map<string | null, number>()
    counts.set(table, ofTable.set(key, (ofTable.get(key) ?? 0) + 1))
  }
  for (const log of logs) {
    for await (const row of requestRows(log, report)) {
      add('month', row.time.slice(0, 7))
      add('purpose', row.purpose)
      add('outcome', row.outcome)
      add('actorCountry', row.actorCountry)
      for (const country of row.countries) add('country', country)
    }
  }
  const listed = (table: ReportTable): readonly EntryCount[] =>
    [...(counts.get(table) ?? [])].map(([key, count]) => ({ key, count }))
  return publishTables(
    {
      ...{ month: listed('month'), purpose: listed('purpose'), outcome: listed('outcome') },
      ...{ actorCountry: listed('actorCountry'), country: listed('country') },
    },
    report.threshold,
  )
}

/** Yields the rows of the requests of the report's days, as the auditors see them for whom it was made. */
async function* requestRows({ reader, counted }: CountedLog, report: PublicReport): AsyncGenerator<EntryRow> {
  const [from, until] = [report.from, new Date(Date.parse(report.until) + DAY_MS).toISOString().slice(0, 10)]
  const assembler = createTolerantAssembler(createViewAssembler(reader.log.name), () => undefined)
  const select = function* (seen: ReturnType<typeof assembler.push>): Generator<EntryRow> {
    for (const { viewer, row } of seen) {
      const isOfDays = row.time >= from && row.time < until
      if (viewer === report.country && row.kind === 'request' && isOfDays) yield row
    }
  }
  for await (const entry of reader.entries()) {
    if (entry.index >= counted) break
    yield* select(assembler.push(entry))
  }
  yield* select(assembler.waiting())
}

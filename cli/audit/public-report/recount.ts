import { createViewAssembler } from '../../../audit/index/country-view.ts'
import type { EntryRow } from '../../../audit/index/entry-row.ts'
import { createTolerantAssembler } from '../../../audit/index/tolerant-assembler.ts'
import { nameOfLog } from '../../../audit/note/shard-name.ts'
import type { LogReader } from '../../../audit/reader/log-reader.ts'
import type { WorkersOfLog } from '../../../audit/verify/missing-workers.ts'
import type { PlacedEntry } from '../../../audit/verify/read-entries.ts'
import { type Entry, parseEntry } from '../../../contract/audit-log/entry.ts'
import {
  type PublishedTables,
  publishTables,
  type ReportTable,
} from '../../../contract/audit-log/public-report/tables.ts'
import type { EntryCount } from '../../../contract/audit-log/public-report/withhold-small.ts'
import type { PublicReport } from './read-report.ts'

const DAY_MS = 86_400_000

/** How long before a report was made a request may have ended that it does not count, in milliseconds: whoever counts reads logs from time to time. */
const READING_MS = 600_000

/** A log to count, and how many of its entries count. */
export interface CountedLog {
  readonly reader: LogReader
  readonly counted: number
}

/** The tables of a report, out of the entries themselves, and what the logs say of its completeness. */
export interface Recount {
  readonly tables: PublishedTables
  /** The logs with requests of the report’s days that were there when it was made, and that it does not count: the first of them. */
  readonly leftOut: readonly { readonly log: string; readonly position: number }[]
  /** The logs with requests of the report’s days that came after it. */
  readonly later: readonly string[]
  /** The logs from which entries were pruned that may be of the report’s days. */
  readonly pruned: readonly string[]
  /** How many workers a start in each log names; 0 if none does. */
  readonly workers: readonly WorkersOfLog[]
}

/** Makes the tables of a report again. It counts as oversight does, with the rows that its index would have. */
export async function recount(logs: readonly CountedLog[], report: PublicReport): Promise<Recount> {
  const counts = new Map<ReportTable, Map<string | null, number>>()
  const add = (table: ReportTable, key: string | null): void => {
    const ofTable = counts.get(table) ?? new Map<string | null, number>()
    counts.set(table, ofTable.set(key, (ofTable.get(key) ?? 0) + 1))
  }
  const surveys: Survey[] = []
  for (const log of logs) {
    const survey = createSurvey(log.reader, report)
    for await (const row of requestRows(log, report, survey)) {
      add('month', row.time.slice(0, 7))
      add('purpose', row.purpose)
      add('outcome', row.outcome)
      add('actorCountry', row.actorCountry)
      for (const country of row.countries) add('country', country)
    }
    surveys.push(survey)
  }
  const listed = (table: ReportTable): readonly EntryCount[] =>
    [...(counts.get(table) ?? [])].map(([key, count]) => ({ key, count }))
  const tables = publishTables(
    {
      ...{ month: listed('month'), purpose: listed('purpose'), outcome: listed('outcome') },
      ...{ actorCountry: listed('actorCountry'), country: listed('country') },
    },
    report.threshold,
  )
  const found = surveys.map((survey) => survey.found())
  return {
    tables,
    leftOut: found.flatMap(({ log, leftOut }) => (leftOut === undefined ? [] : [{ log, position: leftOut }])),
    later: found.flatMap(({ log, isLater }) => (isLater ? [log] : [])),
    pruned: found.flatMap(({ log, isPruned }) => (isPruned ? [log] : [])),
    workers: found.map(({ name, workers }) => ({ log: name, workers })),
  }
}

/** What one log says besides its rows. */
interface Survey {
  /** Takes each entry that is there. */
  readonly see: (placed: PlacedEntry) => void
  /** Takes a request of the report's days that the report does not count. */
  readonly uncounted: (row: EntryRow) => void
  readonly found: () => {
    readonly log: string
    /** The name of the log without a period. */
    readonly name: string
    readonly leftOut: number | undefined
    readonly isLater: boolean
    readonly isPruned: boolean
    readonly workers: number
  }
}

function createSurvey({ log: { name: log }, policy }: LogReader, { from, madeAt }: PublicReport): Survey {
  const name = nameOfLog(log, policy)
  const knownUntil = new Date(Date.parse(madeAt) - READING_MS).toISOString()
  let leftOut: number | undefined
  let [isLater, isPruned, next, workers] = [false, false, 0, 0]
  return {
    see({ index, bytes }) {
      // What is missing before an entry is older than the entry.
      if (index > next) isPruned ||= (parseOrNull(bytes)?.time ?? from) >= from
      next = index + 1
      workers = Math.max(workers, workersIn(bytes))
    },
    uncounted({ time, position }) {
      if (time >= knownUntil) isLater = true
      else leftOut = Math.min(position, leftOut ?? position)
    },
    found: () => ({ log, name, leftOut, isLater, isPruned, workers }),
  }
}

/** Returns how many workers an entry names; 0 if it names none. Most entries are not parsed for this. */
function workersIn(bytes: Uint8Array): number {
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('"worker":{')) return 0
  const entry = parseOrNull(bytes)
  return entry?.kind === 'start' && entry.v === 3 ? entry.worker.of : 0
}

function parseOrNull(bytes: Uint8Array): Entry | null {
  try {
    return parseEntry(bytes)
  } catch {
    return null
  }
}

/**
 * Yields the rows of the requests that were counted of the report's days, as the auditors see them for whom it was made. The survey takes those that were
 * not.
 */
async function* requestRows(
  { reader, counted }: CountedLog,
  report: PublicReport,
  survey: Survey,
): AsyncGenerator<EntryRow> {
  const [from, until] = [report.from, new Date(Date.parse(report.until) + DAY_MS).toISOString().slice(0, 10)]
  const createRows = () => createTolerantAssembler(createViewAssembler(reader.log.name), () => undefined)
  const [rows, others] = [createRows(), createRows()]
  const select = (seen: ReturnType<typeof rows.push>): readonly EntryRow[] =>
    seen.flatMap(({ viewer, row }) => {
      const isOfDays = row.time >= from && row.time < until
      return viewer === report.country && row.kind === 'request' && isOfDays ? [row] : []
    })
  for await (const entry of reader.entries()) {
    survey.see(entry)
    if (entry.index < counted) yield* select(rows.push(entry))
    else for (const row of select(others.push(entry))) survey.uncounted(row)
  }
  yield* select(rows.waiting())
  for (const row of select(others.waiting())) survey.uncounted(row)
}

import { z } from 'zod'
import { createTolerantAssembler, createViewAssembler } from '../audit/index/assembler.ts'
import type { EntryRow } from '../audit/index/entry-row.ts'
import type { Policy } from '../audit/note/policy.ts'
import { findWitnessedPart, type LogReader } from '../audit/reader/log-reader.ts'
import {
  type PublishedTables,
  publishTables,
  REPORT_TABLES,
  type ReportTable,
} from '../contract/audit-log/public-report/tables.ts'
import { LEAST_THRESHOLD, type PublishedCounts } from '../contract/audit-log/public-report/withhold-small.ts'
import { isCountryCode } from '../contract/country-code.ts'
import { parseJson } from '../contract/json-value.ts'
import { LIST, TEXT } from '../service/command-texts.ts'
import { followAll } from './check-export.ts'
import { type Answer, defineAudit } from './command.ts'
import { listLogs, openShardReaders, parseFile, readPolicies, readRotationFiles } from './inputs.ts'
import { POLICY_OPTION, ROTATION_OPTION } from './options.ts'
import { parseIfReadable } from './readable-entries.ts'

/**
 * `istmo audit check-report`: counts a report for a parliament again out of the gateways’ logs, because whoever published it could have written any number
 * into it.
 */
export const checkReportCommand = defineAudit(
  'check-report',
  {
    arguments: { report: TEXT },
    options: {
      ...POLICY_OPTION,
      ...ROTATION_OPTION,
      log: LIST,
    },
  },
  async ({ report: path, policy, development, rotation, log: places }) => {
    const report = await parseFile(path, parseReport)
    if (places.length === 0) throw new Error('expected the logs of the gateways with --log; came none')
    const rotations = await readRotationFiles(rotation)
    const policies = (await readPolicies(policy, development)).map((each) => followAll(each, rotations))
    const readers = await openLogs(places, policies)
    const { tables, logs } = await recount(readers, report)
    const doubts = (await Promise.all(logs.map(findDoubts))).flat()
    return toAnswer(path, report, readers, compareTables(report.tables, tables), doubts)
  },
)

/** Opens each log. @throws {Error} if one is there twice: its requests would count twice. */
async function openLogs(places: readonly string[], policies: readonly Policy[]): Promise<readonly LogReader[]> {
  const readers = new Map<string, LogReader>()
  for (const home of places) {
    for (const place of await listLogs(home)) {
      for (const reader of await openShardReaders(place, policies)) {
        const { name } = reader.log
        if (readers.has(name)) throw new Error(`expected each log once; came ${name} twice`)
        readers.set(name, reader)
      }
    }
  }
  return [...readers.values()]
}

/**
 * Says why a count of a log may be another than it was: entries were pruned, or only the key of the log vouches for what was counted, and with it its
 * owner can write another log.
 */
async function findDoubts({ reader, size, isPruned }: CountedLog): Promise<readonly string[]> {
  const { name } = reader.log
  const { isDemanded, size: cosigned } = await findWitnessedPart(reader)
  const isShort = isDemanded && cosigned < size
  return [
    ...(isPruned ? [`${name}: entries of the report’s days may be pruned, and cannot be counted again`] : []),
    ...(isShort
      ? [`${name}: expected a quorum of witnesses for the ${size} entries that were counted; came one for ${cosigned}`]
      : []),
  ]
}

/** Compares the published tables with those of the logs, number by number. A number that the report withholds is not said here either. */
function compareTables(published: PublishedTables, again: PublishedTables): readonly string[] {
  return REPORT_TABLES.flatMap((table) => {
    const [one, other] = [toCells(published[table]), toCells(again[table])]
    return [...new Set([...one.keys(), ...other.keys()])].flatMap((key) => {
      const [said, found] = [one.get(key) ?? 'nothing', other.get(key) ?? 'nothing']
      return said === found ? [] : [`${table} ${key}: expected ${found}; the report has ${said}`]
    })
  })
}

function toCells({ rows, total, withheld }: PublishedCounts): ReadonlyMap<string, string> {
  const shown = (count: number | null): string => (count === null ? 'withheld' : String(count))
  const cells = rows.map(({ key, count }): [string, string] => [`«${key ?? ''}»`, shown(count)])
  // A row with the count 0 says the same as no row: an empty month, for example.
  return new Map([
    ...cells.filter(([, cell]) => cell !== '0'),
    ['total', shown(total)],
    ['withheld rows', String(withheld)],
  ])
}

/** @param doubts why nobody can tell whether the report holds */
function toAnswer(
  path: string,
  report: PublicReport,
  readers: readonly LogReader[],
  differences: readonly string[],
  doubts: readonly string[],
): Answer {
  const { from, until, country, threshold, madeAt } = report
  const counted = readers.map(({ log }) => log.name)
  const lines = [
    `${path}: ${from} to ${until}, for ${country ?? 'all countries'}, counts below ${threshold} withheld`,
    ...[...differences, ...doubts].map((line) => `  ${line}`),
  ]
  const json = { path, from, until, country, counted, differences, notes: doubts }
  const isOver = periodOf(report).isOver || differences.length === 0
  const reason = doubts[0] ?? (isOver ? undefined : `the report was made before all its requests were known, ${madeAt}`)
  if (reason !== undefined) return { verdict: 'UNTOLD', text: lines.join('\n'), json: { ...json, reason } }
  const [verdict, end] =
    differences.length > 0
      ? (['FAILS', `DOES NOT HOLD, if ${counted.join(', ')} are all logs of the gateways.`] as const)
      : (['HOLDS', `HOLDS: each number is that of ${counted.join(', ')}.`] as const)
  return { verdict, text: [...lines, end].join('\n'), json }
}

/** The file of a report for a parliament, as the console writes it (console/src/audit/collect-report.ts). */

const DAY_MS = 86_400_000
/** How long after its last day a report must be made, in milliseconds: whoever counts reads logs from time to time. */
const READING_MS = 600_000
const COUNT = z.int().min(0)

/** A reader might look at the first row of a key, and a program at the last one. */
const TABLE = z
  .strictObject({
    rows: z
      .array(z.strictObject({ key: z.string().nullable(), count: COUNT.nullable() }).readonly())
      .readonly()
      .refine((rows) => new Set(rows.map(({ key }) => key)).size === rows.length, 'expected each key once'),
    total: COUNT.nullable(),
    withheld: COUNT,
  })
  .readonly()

/** Version 1 also had the state of each log, which nothing here needs. */
const REPORT = z
  .object({
    version: z.literal([1, 2]),
    from: z.iso.date(),
    until: z.iso.date(),
    threshold: z.int().min(LEAST_THRESHOLD),
    country: z.string().refine(isCountryCode, 'expected the code of a country').nullable(),
    madeAt: z.iso.datetime(),
    tables: z.strictObject({ month: TABLE, purpose: TABLE, outcome: TABLE, actorCountry: TABLE, country: TABLE }),
  })
  .refine(({ from, until }) => from <= until, { message: 'expected a day from `from` on', path: ['until'] })
  .readonly()

/** A report for a parliament. */
export type PublicReport = z.output<typeof REPORT>

/** Returns the day on which a report begins and the one before which it ends, and whether all its requests were known when it was made. */
export function periodOf({ from, until, madeAt }: Pick<PublicReport, 'from' | 'until' | 'madeAt'>): {
  readonly from: string
  readonly end: string
  readonly isOver: boolean
} {
  const endMs = Date.parse(until) + DAY_MS
  return { from, end: new Date(endMs).toISOString().slice(0, 10), isOver: Date.parse(madeAt) >= endMs + READING_MS }
}

/** Reads a report. @throws {Error} that names the member which has another form. */
export function parseReport(text: string): PublicReport {
  const value = parseJson(text)
  if (value === undefined) throw new Error('expected a report of the console in JSON; came another text')
  const parsed = REPORT.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Error(
    `expected a report of the console; came another form at ${issue?.path.join('.') || 'its begin'}: ${issue?.message}`,
  )
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
export async function recount(readers: readonly LogReader[], report: PublicReport) {
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

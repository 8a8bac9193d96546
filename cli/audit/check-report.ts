import type { Policy } from '../../audit/note/policy.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { findWitnessedPart } from '../../audit/reader/witnessed-part.ts'
import { type PublishedTables, REPORT_TABLES } from '../../contract/audit-log/public-report/tables.ts'
import type { PublishedCounts } from '../../contract/audit-log/public-report/withhold-small.ts'
import { ABOUT } from './about.ts'
import { followAll } from './check-proof.ts'
import { type Answer, defineAudit } from './command.ts'
import {
  listLogs,
  openShardReaders,
  POLICY_OPTION,
  ROTATION_OPTION,
  readPolicies,
  readRotationFiles,
  readText,
} from './inputs.ts'
import { type PublicReport, parseReport, periodOf } from './public-report/read-report.ts'
import { type CountedLog, recount } from './public-report/recount.ts'

/**
 * `istmo audit check-report`: counts a report for a parliament again out of the gateways’ logs, because whoever published it could have written any number
 * into it.
 */
export const checkReportCommand = defineAudit(
  {
    ...ABOUT.checkReport,
    arguments: { report: { meaning: 'the JSON file of the report' } },
    options: {
      ...POLICY_OPTION,
      ...ROTATION_OPTION,
      log: {
        flag: 'log',
        value: 'place',
        isRepeated: true,
        expected: 'the path of a folder, or an http(s) URL',
        meaning: 'a gateway’s log with its entries; all logs of the gateways are needed',
      },
    },
    examples: [
      {
        command: 'istmo audit check-report istmo-2026-01-01-2026-06-30.json --policy trust-policy --log gateway',
        meaning: 'Counts the requests of the gateway’s log again, and compares each number.',
      },
    ],
  },
  async ({ report: path, policy, development, rotation, log: places }) => {
    const report = parse(path, await readText(path))
    if (places.length === 0) throw new Error('expected the logs of the gateways with --log; came none')
    const rotations = await readRotationFiles(rotation)
    const policies = (await readPolicies(policy, development)).map((each) => followAll(each, rotations))
    const readers = await openLogs(places, policies)
    const { tables, logs } = await recount(readers, report)
    const doubts = (await Promise.all(logs.map(findDoubts))).flat()
    return toAnswer({ path, report, readers, differences: compareTables(report.tables, tables), doubts })
  },
)

function parse(path: string, text: string): PublicReport {
  try {
    return parseReport(text)
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`)
  }
}

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

interface Checked {
  readonly path: string
  readonly report: PublicReport
  readonly readers: readonly LogReader[]
  readonly differences: readonly string[]
  /** Why nobody can tell whether the report holds. */
  readonly doubts: readonly string[]
}

function toAnswer({ path, report, readers, differences, doubts }: Checked): Answer {
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

import { formatBase64 } from '../../audit/note/base64.ts'
import { checkCheckpoint, type Policy } from '../../audit/note/policy.ts'
import { findTrustedName } from '../../audit/note/shard-name.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { type PublishedTables, REPORT_TABLES } from '../../contract/audit-log/public-report/tables.ts'
import type { PublishedCounts } from '../../contract/audit-log/public-report/withhold-small.ts'
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
import { type PublicReport, parseReport, type ReportedLog } from './public-report/read-report.ts'
import { type CountedLog, recount } from './public-report/recount.ts'

/**
 * `istmo audit check-report`: checks a report for a parliament that the console made. With only the trust policy it checks the states of the logs that the report
 * names. With the logs it also counts again: whoever published the report could have written any number into it.
 */
export const checkReportCommand = defineAudit(
  {
    name: 'check-report',
    description: 'check a report for a parliament that the console made, and count again if the logs are at hand',
    arguments: { report: { meaning: 'the JSON file of the report' } },
    options: {
      ...POLICY_OPTION,
      ...ROTATION_OPTION,
      log: {
        flag: 'log',
        value: 'place',
        isRepeated: true,
        expected: 'the path of a folder, or an http(s) URL',
        meaning: 'a log of the report with its entries, to count again; only gateways’ logs have requests',
      },
    },
    examples: [
      {
        command: 'istmo audit check-report istmo-2026-01-01-2026-06-30.json --policy trust-policy',
        meaning: 'Checks the states of the logs that the report names. Needs no log and no network.',
      },
      {
        command: 'istmo audit check-report istmo-2026-01-01-2026-06-30.json --policy trust-policy --log gateway',
        meaning: 'Also counts the requests of the gateway’s log again, and compares each number.',
      },
    ],
  },
  async ({ report: path, policy, development, rotation, log: places }) => {
    const report = parse(path, await readText(path))
    const rotations = await readRotationFiles(rotation)
    const policies = (await readPolicies(policy, development)).map((each) => followAll(each, rotations))
    const unchecked = report.logs.filter(({ origin }) => policiesOf(origin, policies).length === 0)
    const findings = report.logs.flatMap((each) => checkState(each, policies))
    const opened = await openLogs(places, policies)
    const { counted, findings: ofLogs, notes } = await match(report, opened)
    const differences = counted.length === 0 ? [] : compareTables(report.tables, await recount(counted, report))
    return toAnswer(path, report, {
      ...{ findings: [...findings, ...ofLogs], differences, notes, counted },
      unchecked: unchecked.map(({ origin }) => origin),
    })
  },
)

function parse(path: string, text: string): PublicReport {
  try {
    return parseReport(text)
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`)
  }
}

async function openLogs(places: readonly string[], policies: readonly Policy[]): Promise<readonly LogReader[]> {
  const readers: LogReader[] = []
  for (const home of places) {
    for (const place of await listLogs(home)) readers.push(...(await openShardReaders(place, policies)))
  }
  return readers
}

/** Returns the trust policies that name a log. */
function policiesOf(origin: string, policies: readonly Policy[]): readonly Policy[] {
  return policies.filter((each) => findTrustedName(origin, each) !== undefined)
}

/**
 * Checks that a log's state in the report is one that the log signed, and that it has the witnesses that the report says. A log that no trust policy names
 * is not checked.
 */
function checkState(log: ReportedLog, policies: readonly Policy[]): readonly string[] {
  const { origin } = log
  if (log.kind === 'NOT_PROVEN') return []
  const reasons = policiesOf(origin, policies).map((each) => findFault(log, each))
  return reasons.length === 0 || reasons.includes(null) ? [] : [`${origin}: ${reasons[0] ?? ''}`]
}

/** Returns what is wrong with a state under a trust policy; null if nothing is. */
function findFault(log: Exclude<ReportedLog, { readonly kind: 'NOT_PROVEN' }>, policy: Policy): string | null {
  try {
    const { checkpoint, isInQuorum } = checkCheckpoint(log.checkpoint, policy)
    const [expected, came] = [
      `${log.origin}, ${log.size} entries, root ${log.root}`,
      `${checkpoint.origin}, ${checkpoint.size} entries, root ${formatBase64(checkpoint.root)}`,
    ]
    if (expected !== came) return `expected a checkpoint of ${expected}; came one of ${came}`
    return isInQuorum || log.kind === 'UNWITNESSED' ? null : 'expected a quorum of witnesses; came fewer'
  } catch (error) {
    return (error as Error).message
  }
}

interface Matched {
  readonly counted: readonly CountedLog[]
  readonly findings: readonly string[]
  readonly notes: readonly string[]
}

/** Finds the report's log of each reader, and checks that today's log still begins with what was counted. */
async function match(report: PublicReport, readers: readonly LogReader[]): Promise<Matched> {
  const found: { counted: CountedLog[]; findings: string[]; notes: string[] } = { counted: [], findings: [], notes: [] }
  for (const reader of readers) {
    const { name } = reader.log
    const log = report.logs.find(({ origin }) => origin === name)
    const { size } = reader.head.checkpoint
    if (log === undefined) throw new Error(`expected a log that the report names; came ${name}`)
    if (size < log.counted)
      throw new Error(`${name}: expected the ${log.counted} entries that were counted; came ${size}`)
    if (reader.prunings.all.length > 0) found.notes.push(`${name}: entries were pruned, and cannot be counted again`)
    if (log.kind === 'NOT_PROVEN') found.notes.push(`${name}: the report has no proved state of it`)
    else if (log.counted > log.size)
      found.notes.push(`${name}: entries from ${log.size} on were counted before the witnesses saw them`)
    if (log.kind !== 'NOT_PROVEN' && formatBase64(await reader.root(Math.min(log.size, size))) !== log.root) {
      found.findings.push(`${name}: expected a log that begins with the state of the report; came another`)
    }
    found.counted.push({ reader, counted: log.counted })
  }
  return found
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
  /** The logs that no trust policy names. */
  readonly unchecked: readonly string[]
  readonly findings: readonly string[]
  readonly differences: readonly string[]
  readonly notes: readonly string[]
  readonly counted: readonly CountedLog[]
}

function toAnswer(path: string, report: PublicReport, checked: Checked): Answer {
  const { findings, differences, notes, counted, unchecked } = checked
  const names = counted.map(({ reader }) => reader.log.name)
  const others = report.logs.map(({ origin }) => origin).filter((origin) => !names.includes(origin))
  const whose = report.country === null ? 'all countries' : report.country
  const lines = [
    `${path}: ${report.from} to ${report.until}, for ${whose}, counts below ${report.threshold} withheld`,
    ...report.logs.map((log) =>
      log.kind === 'NOT_PROVEN'
        ? `  ${log.origin}: not proved (${log.reason})`
        : `  ${log.origin}: ${log.size} entries, root ${log.root}${log.kind === 'UNWITNESSED' ? ', without a quorum of witnesses' : ''}`,
    ),
    ...[...findings, ...differences, ...notes].map((line) => `  ${line}`),
    ...unchecked.map((origin) => `  ${origin}: not checked, because no trust policy names it`),
  ]
  const json = {
    path,
    from: report.from,
    until: report.until,
    country: report.country,
    logs: report.logs,
    counted: names,
    findings,
    differences,
    notes,
    unchecked,
  }
  const say = (verdict: Answer['verdict'], end: string, reason?: string): Answer => ({
    verdict,
    text: [...lines, ...(end === '' ? [] : [end])].join('\n'),
    json: reason === undefined ? json : { ...json, reason },
  })
  const isWhole = others.length === 0
  if (findings.length > 0 || (differences.length > 0 && isWhole && notes.length === 0))
    return say('FAILS', 'DOES NOT HOLD.')
  if (unchecked.length === report.logs.length)
    return say('UNTOLD', '', 'no trust policy names a log of the report; give the one that names the gateway’s')
  if (counted.length === 0)
    return say(
      'UNTOLD',
      '',
      'the states of the logs hold; whether the counts are theirs, only the logs can tell: give them with --log',
    )
  if (differences.length > 0) {
    const reason = isWhole
      ? (notes[0] ?? '')
      : `the counts are not only those of ${names.join(', ')}; give the other logs too: ${others.join(', ')}`
    return say('UNTOLD', '', reason)
  }
  return say(
    'HOLDS',
    `HOLDS: each number is that of ${names.join(', ')}, and the logs still begin with what was counted.`,
  )
}

import { formatBase64 } from '../../audit/note/base64.ts'
import { checkCheckpoint, type Policy } from '../../audit/note/policy.ts'
import { findTrustedName } from '../../audit/note/shard-name.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { findMissingWorkers } from '../../audit/verify/missing-workers.ts'
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
import { matchLogs } from './public-report/match-logs.ts'
import { type PublicReport, parseReport, type ReportedLog } from './public-report/read-report.ts'
import { type CountedLog, type Recount, recount } from './public-report/recount.ts'

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
    const matched = await matchLogs(report, opened)
    const { counted } = matched
    const again = counted.length === 0 ? null : await recount(counted, report)
    return toAnswer(path, report, {
      counted,
      findings: [...findings, ...matched.findings, ...(again?.leftOut ?? []).map(describeLeftOut)],
      differences: again === null ? [] : compareTables(report.tables, again.tables),
      doubts: [...matched.doubts, ...(again === null ? [] : listDoubts(again))],
      notes: [...matched.notes, ...(again?.later ?? []).map((log) => describeLater(log, report))],
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
    const { checkpoint, cosignatures, isInQuorum } = checkCheckpoint(log.checkpoint, policy)
    const [expected, came] = [
      `${log.origin}, ${log.size} entries, root ${log.root}`,
      `${checkpoint.origin}, ${checkpoint.size} entries, root ${formatBase64(checkpoint.root)}`,
    ]
    if (expected !== came) return `expected a checkpoint of ${expected}; came one of ${came}`
    if (!isInQuorum && log.kind === 'PROVEN') return 'expected a quorum of witnesses; came fewer'
    const known = log.witnesses.filter(({ time }) => time !== null).map(({ name }) => name)
    const silent = policy.witnesses.find(({ name }) => {
      return known.includes(name) && !cosignatures.some(({ witness }) => witness.name === name)
    })
    return silent === undefined ? null : `expected the cosignature of ${silent.name}, which the report names; came none`
  } catch (error) {
    return (error as Error).message
  }
}

function describeLeftOut({ log, position }: Recount['leftOut'][number]): string {
  return `${log}: expected that each request of the report’s days was counted; those from entry ${position} on were not`
}

function describeLater(log: string, { madeAt }: PublicReport): string {
  return `${log}: requests of the report’s days came after it was made, ${madeAt}; they are not in it`
}

function listDoubts({ pruned, workers }: Recount): readonly string[] {
  return [
    ...pruned.map((log) => `${log}: entries were pruned that may be of the report’s days, and cannot be counted again`),
    ...findMissingWorkers(workers).map(({ where, expected }) => `${where}: expected ${expected}; give it with --log`),
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
  /** The logs that no trust policy names. */
  readonly unchecked: readonly string[]
  readonly findings: readonly string[]
  readonly differences: readonly string[]
  readonly doubts: readonly string[]
  readonly notes: readonly string[]
  readonly counted: readonly CountedLog[]
}

function describeReport(path: string, { from, until, country, threshold, logs }: PublicReport): readonly string[] {
  return [
    `${path}: ${from} to ${until}, for ${country ?? 'all countries'}, counts below ${threshold} withheld`,
    ...logs.map((log) =>
      log.kind === 'NOT_PROVEN'
        ? `  ${log.origin}: not proved (${log.reason})`
        : `  ${log.origin}: ${log.size} entries, root ${log.root}${log.kind === 'UNWITNESSED' ? ', without a quorum of witnesses' : ''}`,
    ),
  ]
}

function toAnswer(path: string, report: PublicReport, checked: Checked): Answer {
  const { findings, differences, doubts, notes, counted, unchecked } = checked
  const names = counted.map(({ reader }) => reader.log.name)
  const others = report.logs.map(({ origin }) => origin).filter((origin) => !names.includes(origin))
  const lines = [
    ...describeReport(path, report),
    ...[...findings, ...differences, ...doubts, ...notes].map((line) => `  ${line}`),
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
    notes: [...doubts, ...notes],
    unchecked,
  }
  const say = (verdict: Answer['verdict'], end: string, reason?: string): Answer => ({
    verdict,
    text: [...lines, ...(end === '' ? [] : [end])].join('\n'),
    json: reason === undefined ? json : { ...json, reason },
  })
  const isWhole = others.length === 0
  if (findings.length > 0 || (differences.length > 0 && isWhole && doubts.length === 0))
    return say('FAILS', 'DOES NOT HOLD.')
  if (unchecked.length === report.logs.length)
    return say('UNTOLD', '', 'no trust policy names a log of the report; give the one that names the gateway’s')
  if (counted.length === 0)
    return say(
      'UNTOLD',
      '',
      'the states of the logs hold; whether the counts are theirs, only the logs can tell: give them with --log',
    )
  const [doubt] = doubts
  if (doubt !== undefined) return say('UNTOLD', '', doubt)
  if (differences.length > 0) {
    const reason = `the counts are not only those of ${names.join(', ')}; give the other logs too: ${others.join(', ')}`
    return say('UNTOLD', '', reason)
  }
  return say(
    'HOLDS',
    `HOLDS: each number is that of ${names.join(', ')}, and the logs still begin with what was counted.`,
  )
}

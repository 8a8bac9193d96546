import { formatBase64 } from '../../../audit/note/base64.ts'
import { findTrustedName } from '../../../audit/note/shard-name.ts'
import type { LogReader } from '../../../audit/reader/log-reader.ts'
import { sideOfLog } from '../reconcile/sides.ts'
import type { PublicReport, ReportedLog } from './read-report.ts'
import type { CountedLog } from './recount.ts'

/** The logs at hand, as a report counts them. Sentences for people. */
export interface MatchedLogs {
  readonly counted: readonly CountedLog[]
  /** What contradicts the report. */
  readonly findings: readonly string[]
  /** Why nobody can tell whether the report holds. */
  readonly doubts: readonly string[]
  /** What a reader should know although it does not speak against the report. */
  readonly notes: readonly string[]
}

/**
 * Finds the report's log of each reader, and checks that today's log still begins with what was counted. A log of the same gateway that the report does not
 * name, such as a later shard or the log of a worker without requests, must have nothing to count.
 * @throws {Error} if a log is there twice, has fewer entries than were counted, or is of no gateway of the report.
 */
export async function matchLogs(report: PublicReport, readers: readonly LogReader[]): Promise<MatchedLogs> {
  const found = { counted: [] as CountedLog[], findings: [] as string[], doubts: [] as string[], notes: [] as string[] }
  for (const reader of readers) {
    const { name } = reader.log
    if (found.counted.some((each) => each.reader.log.name === name)) {
      throw new Error(`expected each log once; came ${name} twice`)
    }
    const log = report.logs.find(({ origin }) => origin === name)
    if (log === undefined && !report.logs.some(({ origin }) => isOfSameGateway(origin, reader))) {
      throw new Error(`expected a log that the report names; came ${name}`)
    }
    found.counted.push({ reader, counted: log?.counted ?? 0 })
    if (log === undefined) continue
    found.findings.push(...(await compareState(log, reader)))
    found.doubts.push(...(await doubtWitnesses(log, reader)))
    found.notes.push(...describeState(log))
  }
  const given = new Set(readers.map(({ log }) => log.name))
  for (const { origin } of report.logs) {
    const sibling = readers.find((reader) => isOfSameGateway(origin, reader))
    if (given.has(origin) || sibling === undefined) continue
    found.doubts.push(
      `${origin}: expected it beside ${sibling.log.name}, which is of the same gateway; give it with --log`,
    )
  }
  return found
}

/** Whether an origin is that of a shard, or of a worker's log, of the gateway of a reader. */
function isOfSameGateway(origin: string, { log, policy }: LogReader): boolean {
  const name = findTrustedName(origin, policy)
  return name !== undefined && name === findTrustedName(log.name, policy)
}

async function compareState(log: ReportedLog, reader: LogReader): Promise<readonly string[]> {
  const { size } = reader.head.checkpoint
  const { origin, counted } = log
  if (size < counted) throw new Error(`${origin}: expected the ${counted} entries that were counted; came ${size}`)
  if (log.kind === 'NOT_PROVEN') return []
  if (size < log.size)
    return [`${origin}: expected at least the ${log.size} entries of the report’s state; came ${size}`]
  if (formatBase64(await reader.root(log.size)) === log.root) return []
  return [`${origin}: expected a log that begins with the state of the report; came another`]
}

/** Says if only the key of the log vouches for what was counted: with it, its owner can write another log. */
async function doubtWitnesses({ origin, counted }: ReportedLog, reader: LogReader): Promise<readonly string[]> {
  const { isDemanded, size } = (await sideOfLog(reader, false)).witnessed
  if (!isDemanded || size >= counted) return []
  return [
    `${origin}: expected a quorum of witnesses for the ${counted} entries that were counted; came one for ${size}`,
  ]
}

function describeState(log: ReportedLog): readonly string[] {
  if (log.kind === 'NOT_PROVEN') return [`${log.origin}: the report has no proved state of it`]
  if (log.counted <= log.size) return []
  return [`${log.origin}: entries from ${log.size} on were counted before the witnesses saw them`]
}

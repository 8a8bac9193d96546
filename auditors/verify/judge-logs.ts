import { createCountCheck } from '../../audit/counts/count-check.ts'
import { DOUBTFUL_KINDS, type Finding } from '../../audit/finding.ts'
import { parseCheckpoint } from '../../audit/note/checkpoint.ts'
import { NoteError } from '../../audit/note/key.ts'
import { parseNote } from '../../audit/note/note.ts'
import type { Policy } from '../../audit/note/policy.ts'
import type { KeyRotation } from '../../audit/note/rotation.ts'
import { nameOfLog } from '../../audit/note/shard-name.ts'
import { checkShardLinks, type VerifiedShard } from '../../audit/shards/check-links.ts'
import { type LogSource, readRotations } from '../../audit/verify/source.ts'
import {
  type EntriesReport,
  findMissingWorkers,
  verifyEntries,
  type WorkersOfLog,
} from '../../audit/verify/verify-entries.ts'
import { createTrust } from '../../audit/verify/verify-log.ts'
import {
  type ToldNote,
  verifyWitnessed,
  type WitnessedOptions,
  type WitnessedReport,
} from '../../audit/verify/verify-witnessed.ts'
import { createProgressBar } from '../../service/progress-bar.ts'
import type { AuditIo, Verdict } from '../command.ts'

/** The one judgement of logs, for `istmo audit verify` and `istmo audit daily`: their trees, their witnesses, and what their entries say. */

/** The result of verifying a log. `entries` is null if they were not read; their findings are in `findings`. */
export type VerifiedLog = WitnessedReport & {
  readonly entries: Pick<EntriesReport, 'read' | 'unknown' | 'mistimed'> | null
}

/** Logs of up to so many entries are read entry by entry unless an option says otherwise. It takes about a minute. */
export const MAX_ENTRIES_BY_DEFAULT = 1_000_000

/** By what logs are judged. */
export interface JudgedBy {
  readonly policy: Policy
  /** Logs of more entries are not read entry by entry. */
  readonly maxEntries: number
  readonly witnessed: WitnessedOptions
  readonly io: AuditIo
}

/** What was found in logs, and between them. */
export interface JudgedLogs {
  readonly logs: readonly VerifiedLog[]
  /** The logs of workers that the entries name and that are not among the logs. */
  readonly missing: readonly Finding[]
  /** What is wrong between the shards of one log. */
  readonly links: readonly Finding[]
}

/** Verifies each log. The shards of one log stand next to each other, oldest first. Rejects if a source cannot be read. */
export async function judgeLogs(sources: readonly LogSource[], by: JudgedBy): Promise<JudgedLogs> {
  const trees = await verifyTrees(sources, by)
  return { ...(await addEntries(trees, by)), links: await checkShardLinks(trees, by.policy) }
}

/** The verdict about logs, and how many findings and doubts made it. */
export interface Judgement {
  readonly verdict: Verdict
  /** How many listed findings speak against a log. */
  readonly wrong: number
  /** How many things nobody can tell: of the witnesses, and of entries. */
  readonly doubts: number
  /** How many of the doubts are entries with a wrong time. */
  readonly mistimed: number
}

/**
 * Judges what was found. An entry of a later version proves nothing against a log, and nobody can tell with this program what it says. An entry with a
 * wrong time proves nothing either (docs/decisions/0138).
 * @param findings what is wrong with no certain log, or between logs.
 */
export function judge(logs: readonly VerifiedLog[], findings: readonly Finding[]): Judgement {
  const all = [...logs.flatMap((log) => log.findings), ...findings]
  const wrong = all.filter(({ kind }) => !DOUBTFUL_KINDS.has(kind)).length
  const mistimed = logs.reduce((sum, { entries }) => sum + (entries?.mistimed ?? 0), 0)
  const unknown = logs.reduce((sum, { entries }) => sum + (entries?.unknown ?? 0), 0)
  const doubts = logs.flatMap((log) => log.doubts).length + unknown + mistimed
  return { verdict: wrong > 0 ? 'FAILS' : doubts > 0 ? 'UNTOLD' : 'HOLDS', wrong, doubts, mistimed }
}

type VerifiedTree = VerifiedShard & { readonly report: WitnessedReport }

/** Verifies the tree of each log. The next shard of a log is signed with the newest key of the shard before it. */
async function verifyTrees(
  sources: readonly LogSource[],
  { policy, witnessed, io }: JudgedBy,
): Promise<readonly VerifiedTree[]> {
  const bar = createProgressBar(io.err, 'verify', io.now)
  const trees: VerifiedTree[] = []
  const trustOf = createTrust(policy)
  const copies = await readOtherCopies(sources)
  try {
    for (const [at, source] of sources.entries()) {
      const trusted = await trustOf(source)
      const gossip = [...(witnessed.gossip ?? []), ...(copies[at] ?? [])]
      const report = await verifyWitnessed(source, trusted.policy, { ...witnessed, gossip, onProgress: bar.report })
      trees.push({ ...report, source, policy: trusted.policy, report })
      if (report.findings.length === 0) await trusted.follow()
    }
  } finally {
    bar.clear()
  }
  return trees.map((tree, at) => ({
    ...tree,
    report: isEnded(tree, trees[at + 1]) ? forgetAge(tree.report) : tree.report,
  }))
}

/** Whether another shard of the same log follows. */
function isEnded({ origin, policy }: VerifiedTree, next: VerifiedTree | undefined): boolean {
  return next !== undefined && nameOfLog(origin, policy) === nameOfLog(next.origin, policy)
}

/** An ended shard gets no new cosignatures, so their age says nothing. */
function forgetAge(report: WitnessedReport): WitnessedReport {
  return { ...report, doubts: report.doubts.filter(({ kind }) => kind !== 'STALE') }
}

/**
 * Reads what the entries of each log say, and adds what is wrong with them to the report on its tree. `missing`: the logs of workers that they name
 * and that are not among the logs.
 */
async function addEntries(
  trees: readonly VerifiedTree[],
  { policy, maxEntries, io }: JudgedBy,
): Promise<{ readonly logs: readonly VerifiedLog[]; readonly missing: readonly Finding[] }> {
  // The parts of countries are counted through all shards of a log.
  const counts = new Map<string, ReturnType<typeof createCountCheck>>()
  const logs: VerifiedLog[] = []
  const named: WorkersOfLog[] = []
  for (const { source, report } of trees) {
    const owner = nameOfLog(report.origin, policy)
    named.push({ log: owner, workers: 0 })
    if (report.size === 0 || report.size > maxEntries) {
      logs.push({ ...report, entries: null })
      continue
    }
    const counted = counts.get(owner) ?? createCountCheck()
    counts.set(owner, counted)
    const bar = createProgressBar(io.err, 'entries', io.now)
    const { origin, size, keys, isPruned } = report
    const log = { source, origin, size, policy: keys, isPruned, counted, nowMs: io.now() }
    const { read, unknown, mistimed, findings, further, workers } = await verifyEntries({
      ...log,
      onProgress: bar.report,
    }).finally(bar.clear)
    named.push({ log: owner, workers })
    logs.push({
      ...report,
      findings: [...report.findings, ...findings],
      further: report.further + further,
      entries: { read, unknown, mistimed },
    })
  }
  return { logs, missing: findMissingWorkers(named) }
}

/**
 * Reads the checkpoint of each source, and returns for each source those of the other copies of its log that are not longer than it. Two copies of one
 * log that were given to two readers can each be whole and contradict each other, so each is compared with the shorter ones.
 * @returns one list for each source. A source whose checkpoint cannot be read has none, and is in none.
 */
export async function readOtherCopies(sources: readonly LogSource[]): Promise<readonly (readonly ToldNote[])[]> {
  const heads = await Promise.all(sources.map(readHead))
  return heads.map((own, at) =>
    heads.flatMap((other, otherAt) => {
      if (own === undefined || other === undefined || own.origin !== other.origin) return []
      // Of two copies of one size, only the later one is compared, so that a contradiction is found once.
      const isShorter = other.size < own.size || (other.size === own.size && otherAt < at)
      return isShorter ? [{ note: other.note, where: other.where, rotations: other.rotations }] : []
    }),
  )
}

interface Head extends Required<ToldNote> {
  readonly origin: string
  readonly size: number
}

/** The verification of the source reports why its checkpoint cannot be read. */
async function readHead(source: LogSource): Promise<Head | undefined> {
  try {
    const note = Buffer.from((await source.read('checkpoint')) ?? '').toString('utf8')
    const { origin, size } = parseCheckpoint(parseNote(note).text)
    return { note, where: `the copy ${source.name}`, origin, size, rotations: await readOwnRotations(source) }
  } catch {
    return undefined
  }
}

/** Wrong rotations count for none: the verification of the source reports them. */
async function readOwnRotations(source: LogSource): Promise<readonly KeyRotation[]> {
  try {
    return await readRotations(source)
  } catch (error) {
    if (error instanceof NoteError) return []
    throw error
  }
}

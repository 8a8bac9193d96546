import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createCountCheck } from '../audit/counts/count-check.ts'
import { DOUBTFUL_KINDS, type Finding, formatFinding } from '../audit/finding.ts'
import { parseCheckpoint, readUncheckedCheckpoint } from '../audit/note/checkpoint.ts'
import { NoteError } from '../audit/note/key.ts'
import { parseNote } from '../audit/note/note.ts'
import type { Policy } from '../audit/note/policy.ts'
import type { KeyRotation } from '../audit/note/rotation.ts'
import { nameOfLog } from '../audit/note/shard-name.ts'
import { checkShardLinks, type VerifiedShard } from '../audit/shards/check-links.ts'
import { formatTime } from '../audit/verify/judge-witnesses.ts'
import { readRotations } from '../audit/verify/read-log.ts'
import type { LogSource } from '../audit/verify/source.ts'
import {
  type EntriesReport,
  findMissingWorkers,
  verifyEntries,
  type WorkersOfLog,
} from '../audit/verify/verify-entries.ts'
import { createTrust, findMissingLogs, NO_SUCH_LOG } from '../audit/verify/verify-log.ts'
import {
  type AsOf,
  type SplitView,
  type ToldNote,
  verifyWitnessed,
  type WitnessedOptions,
  type WitnessedReport,
} from '../audit/verify/verify-witnessed.ts'
import { hashOrigin } from '../audit/witness/heads.ts'
import { createProgressBar } from '../service/progress-bar.ts'
import { type Answer, type AuditIo, defineAudit, type Verdict } from './command.ts'
import { listLogs, openSources, type PolicyFile, readEarlierCheckpoint, readKnown, readPolicyFile } from './inputs.ts'
import { VERIFY_OPTIONS } from './options.ts'
import { say } from './words.ts'

/** `istmo audit verify`: rebuilds the tree of each log, checks all signed checkpoints against it, reads the entries, and asks the witnesses. */
export const verifyCommand = defineAudit(
  'verify',
  {
    arguments: {
      logs: { isOptional: true, isRepeated: true },
    },
    options: VERIFY_OPTIONS,
  },
  async (line, io) => {
    const trust = await readPolicyFile(line.policy, line.development)
    const demanded = demandOnly(trust.policy, line.only)
    const places = line.logs.length > 0 ? line.logs : urls(demanded)
    if (places.length === 0) throw new Error('expected logs, or a trust policy with their URLs; came neither')
    const sources = (await Promise.all((await Promise.all(places.map(listLogs))).flat().map(openSources))).flat()
    if (line.entries && (line.noEntries || line.hashesOnly)) {
      throw new TypeError(`expected --entries, or --${line.noEntries ? 'no-entries' : 'hashes-only'}; came both`)
    }
    const isSkipped = line.noEntries || line.hashesOnly
    const { required, maxAgeMs, hashesOnly, asOf } = line
    requirePoint(asOf, sources.length, maxAgeMs, io.now())
    return verify(sources, {
      trust,
      policy: trust.policy,
      demanded,
      maxEntries: line.entries ? Number.POSITIVE_INFINITY : isSkipped ? -1 : MAX_ENTRIES_BY_DEFAULT,
      evidence: line.evidence ?? '.',
      witnessed: {
        known: await Promise.all(line.kept.map(readEarlierCheckpoint)),
        gossip: (await Promise.all(line.known.map(readKnown))).flat(),
        required,
        hashesOnly,
        asOf,
        ask: line.offline ? undefined : {},
        now: io.now,
        ...(maxAgeMs !== undefined && { maxAgeMs }),
      },
      io,
    })
  },
)

/** @throws {TypeError} if the point of `--as-of` cannot be one of these logs. */
function requirePoint(asOf: AsOf | undefined, logs: number, maxAgeMs: number | undefined, nowMs: number): void {
  if (asOf === undefined) return
  if (maxAgeMs !== undefined) throw new TypeError('expected --as-of, or --max-age; came both')
  if ('size' in asOf && logs !== 1) {
    throw new TypeError(
      `expected one log that is not divided for --as-of with a number of entries; came ${logs}. Give a time`,
    )
  }
  if ('timeS' in asOf && asOf.timeS * 1_000 > nowMs)
    throw new TypeError('expected a time in the past for --as-of; came a later one')
}

/**
 * Returns the trust policy without the logs that the reader does not ask about.
 * @throws {TypeError} if the trust policy does not name one of them.
 */
function demandOnly(policy: Policy, names: readonly string[]): Policy {
  const known = policy.logs.map(({ verifier }) => verifier.name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new TypeError(`--only: expected a log of the trust policy, ${known.join(' or ')}; came ${unknown}`)
  }
  return names.length === 0
    ? policy
    : { ...policy, logs: policy.logs.filter(({ verifier }) => names.includes(verifier.name)) }
}

function urls({ logs }: Policy): readonly string[] {
  return logs.flatMap(({ url }) => url ?? [])
}

interface Verification extends JudgedBy {
  readonly trust: PolicyFile
  /** The trust policy with only the logs that must be there. */
  readonly demanded: Policy
  /** The folder for the evidence of split views. */
  readonly evidence: string
}

async function verify(sources: readonly LogSource[], verification: Verification): Promise<Answer> {
  const { trust, policy, demanded, witnessed, evidence } = verification
  const { logs: reports, missing, links } = await judgeLogs(sources, verification)
  const strangers = (witnessed.known ?? []).flatMap((found) => findUnrelated(found, reports))
  const findings = [...findMissingLogs(demanded, reports), ...missing, ...links, ...strangers]
  const written = await writeEvidence(
    reports.flatMap(({ splits }) => splits),
    evidence,
  )
  const { hashesOnly = false, asOf } = witnessed
  const notLookedAt = demanded === policy ? [] : findMissingLogs(policy, reports).map(({ where }) => where)
  return verifyAnswer({ trust, reports, findings, notLookedAt, written, hashesOnly, asOf })
}

/** Reports a saved checkpoint that belongs to none of the logs, because it says nothing about them. */
function findUnrelated(
  { note, where }: { readonly note: string; readonly where: string },
  reports: readonly WitnessedReport[],
): readonly Finding[] {
  const origin = readUncheckedCheckpoint(note)?.origin
  if (reports.some((report) => report.origin === origin)) return []
  const expected = 'a checkpoint of one of the logs'
  return [{ kind: 'ORIGIN', where, expected, came: origin === undefined ? 'no checkpoint' : `one of ${origin}` }]
}

/** Writes the two checkpoints of each split view to a file, and returns the paths. Both are signed, so they convince anybody. */
async function writeEvidence(splits: readonly SplitView[], folder: string): Promise<readonly string[]> {
  const paths = splits.map(({ origin, size }) => {
    return join(folder, `split-view-${hashOrigin(origin).slice(0, 8)}-${size}.json`)
  })
  for (const [at, split] of splits.entries()) await writeFile(paths[at] ?? '', `${JSON.stringify(split, null, 2)}\n`)
  return [...new Set(paths)]
}

/** The one judgement of logs, for `istmo audit verify` and `istmo audit daily`: their trees, their witnesses, and what their entries say. */

/** The result of verifying a log. `entries` is null if they were not read; their findings are in `findings`. */
export type VerifiedLog = WitnessedReport & {
  readonly entries: Pick<EntriesReport, 'read' | 'unknown' | 'mistimed'> | null
}

/** Logs of up to so many entries are read entry by entry unless an option says otherwise. It takes about a minute. */
export const MAX_ENTRIES_BY_DEFAULT = 1_000_000

/** By what logs are judged. */
interface JudgedBy {
  readonly policy: Policy
  /** Logs of more entries are not read entry by entry. */
  readonly maxEntries: number
  readonly witnessed: WitnessedOptions
  readonly io: AuditIo
}

/** What was found in logs, and between them. */
interface JudgedLogs {
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
interface Judgement {
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
async function readOtherCopies(sources: readonly LogSource[]): Promise<readonly (readonly ToldNote[])[]> {
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

/** The answer of `istmo audit verify`, in words and as JSON. */

/** What a verification found. */
interface Verified {
  readonly trust: PolicyFile
  readonly reports: readonly VerifiedLog[]
  /** What is wrong with no certain log, or between logs. */
  readonly findings: readonly Finding[]
  /** The logs of the trust policy that the reader did not ask about, and that were not among the logs. */
  readonly notLookedAt: readonly string[]
  /** The files with the evidence of split views. */
  readonly written: readonly string[]
  readonly hashesOnly: boolean
  /** The point in the past that the reader asks about. */
  readonly asOf?: AsOf | undefined
}

/** Makes the answer. */
export function verifyAnswer({ trust, reports, findings, notLookedAt, written, hashesOnly, asOf }: Verified): Answer {
  const { policy, path, sha256 } = trust
  const all = [...reports.flatMap((report) => report.findings), ...findings]
  const { verdict, wrong, doubts, mistimed } = judge(reports, findings)
  const further = reports.reduce((sum, report) => sum + report.further, 0)
  const isUnwitnessed = policy.quorum === 'none'
  const isBlind = reports.some(({ notes }) => notes.some(({ where }) => where === 'witnesses'))
  return {
    verdict: verdict === 'HOLDS' && asOf !== undefined ? 'HELD' : verdict,
    text: [
      say('verify.policy', { path, sha256 }),
      ...reports.flatMap((report) => formatReport(report, policy)),
      ...formatFindings(findings),
      ...notLookedAt.map((name) => say('verify.notLookedAt', { name })),
      ...written.map((path) => say('verify.evidence', { path })),
      wrong > 0
        ? say('verify.fails', { findings: say('verify.findings', { count: all.length + further }) })
        : formatVerdict({ doubts, mistimed, isBlind, isUnwitnessed, hashesOnly, asOf }),
      ...(mistimed > 0 ? [say('verify.wrongTimes')] : []),
      ...(all.length > 0 && all.every(isMissingLog) ? [say('verify.oneLog')] : []),
      ...(asOf === undefined && wrong > 0 && all.every(({ kind }) => kind === 'ROLLBACK')
        ? [say('verify.olderCopy')]
        : []),
    ].join('\n'),
    json: {
      policy: { file: path, sha256 },
      logs: reports.map(withoutTools),
      findings,
      evidence: written,
      ...(notLookedAt.length > 0 && { notLookedAt }),
      ...(asOf !== undefined && { asOf }),
      ...(wrong === 0 &&
        doubts > 0 && { reason: `${doubts === 1 ? 'one doubt' : `${doubts} doubts`}, and no finding against a log` }),
    },
  }
}

/** Leaves out what only other checks of the same run need. */
function withoutTools({ isPruned: _, keys: __, ...report }: VerifiedLog): Omit<VerifiedLog, 'isPruned' | 'keys'> {
  return report
}

// By itself, an honest older copy looks like a log that was set back, and a log that is not there like one that was withheld. The answer says what helps.

function isMissingLog({ kind, came }: Finding): boolean {
  return kind === 'ORIGIN' && came === NO_SUCH_LOG
}

interface VerdictParts extends Pick<Verified, 'hashesOnly' | 'asOf'> {
  readonly doubts: number
  /** How many of the doubts are entries with a wrong time. */
  readonly mistimed: number
  readonly isBlind: boolean
  /** The trust policy demands no witnesses. */
  readonly isUnwitnessed: boolean
}

function formatVerdict({ doubts, mistimed, isBlind, isUnwitnessed, hashesOnly, asOf }: VerdictParts): string {
  // Whoever has the log’s key can write all of it anew, and without witnesses nobody sees it. A reader must not take such a yes for more.
  const ownerOnly = say('verify.ownerOnly')
  if (doubts > 0 && doubts === mistimed) {
    const times = { mistimed: countWrongTimes(mistimed) }
    if (isUnwitnessed) return say('verify.whenUnwitnessed', { ...times, ownerOnly })
    return say(isBlind ? 'verify.whenUpTo' : 'verify.when', times)
  }
  if (doubts > 0) return say('verify.untold', { doubts: say('verify.doubts', { count: doubts }) })
  const where = hashesOnly ? say('verify.treeOnly') : ''
  if (asOf !== undefined) {
    const point = 'size' in asOf ? say('verify.point', { size: asOf.size }) : formatTime(asOf.timeS)
    if (isUnwitnessed) return say('verify.heldUnwitnessed', { point, where, ownerOnly })
    return say('verify.held', { point, where })
  }
  if (isUnwitnessed) return say('verify.holdsUnwitnessed', { where, ownerOnly })
  return say(isBlind ? 'verify.holdsUpTo' : 'verify.holds', { where })
}

/** Says how many entries have a wrong time. */
export function countWrongTimes(mistimed: number): string {
  return say('verify.mistimed', { count: mistimed })
}

function formatReport(report: VerifiedLog, policy: Policy): readonly string[] {
  const { source, origin, size, root, pruned, witnessed, witnesses, entries, findings, doubts, notes, further } = report
  const seen =
    witnessed === undefined
      ? say('verify.noQuorum')
      : say('verify.witnessed', { size: witnessed.size, time: formatTime(witnessed.time) })
  const none = say('verify.noWitnesses')
  return [
    `${origin === '' ? say('verify.noCheckpoint') : origin}  ${source}`,
    `  ${say('verify.size', { size, root })}`,
    `  ${policy.quorum === 'none' ? none : seen}`,
    ...(policy.quorum === 'none' ? [] : witnesses.map(formatWitness)),
    ...(entries === null && size > 0 ? [`  ${say('verify.notRead')}`] : []),
    ...pruned.map((line) => `  ${line}`),
    ...formatFindings([...findings, ...doubts]),
    ...notes.map((note) => `  ${say('verify.note', { finding: formatFinding(note) })}`),
    ...(further > 0 ? [`  ${say('verify.further', { number: further })}`] : []),
  ]
}

function formatWitness({ name, size, time, answer }: WitnessedReport['witnesses'][number]): string {
  const isOpen = size === null || time === null
  const last = isOpen ? say('verify.noCosignature') : say('verify.cosigned', { size, time: formatTime(time) })
  return `    ${say('verify.witness', { name, last, asked: say(`verify.asked.${answer}`) })}`
}

/**
 * Formats findings for people, one in a line. Under a trust policy of another log, each checkpoint of the history has the same wrong signature: such
 * findings are one line with their number, because a hundred of them would hide the others. `--json` has each of them.
 */
export function formatFindings(findings: readonly Finding[]): readonly string[] {
  const groups = Map.groupBy(findings, (finding) =>
    finding.kind === 'SIGNATURE' ? JSON.stringify([finding.kind, finding.came]) : finding,
  )
  return [...groups.values()].map(formatGroup)
}

function formatGroup(group: readonly Finding[]): string {
  const [first, ...others] = group
  if (first === undefined) return ''
  const more = others.length === 0 ? '' : ` ${say('verify.alike', { number: others.length })}`
  return `  ${formatFinding(first)}${more}`
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '../finding.ts'
import { EMPTY_ROOT } from '../merkle/hash.ts'
import { formatBase64 } from '../note/base64.ts'
import { type Checkpoint, parseCheckpoint } from '../note/checkpoint.ts'
import { parseNote } from '../note/note.ts'
import type { Policy } from '../note/policy.ts'
import { rotationPath } from '../note/rotation.ts'
import { logIn } from '../note/shard-name.ts'
import { checkShardLinks, type VerifiedShard } from '../shards/check-links.ts'
import { type Claims, createClaims } from './claims.ts'
import { describePrunings, type Prunings, pruningPath, readPrunings } from './prunings.ts'
import { readHead, readKeys } from './read-head.ts'
import { type FoundNote, readHistory } from './read-history.ts'
import type { LogSource, Report } from './source.ts'
import { createTrust } from './trust-by-log.ts'
import type { EntriesCheck } from './verify-entries.ts'
import { rootOf, walkLeaves } from './walk.ts'
import { createWalkedTree, type WalkedTree } from './walked-tree.ts'
import type { WitnessedHead } from './witness-tally.ts'

/**
 * Verifies a complete log offline, using only its files. It checks each entry against its leaf, each tile against the tiles below
 * it, the root, each checkpoint of the history against the tree, the signatures, the rotations of the key, and how much of the log witnesses have cosigned.
 */

/** How many findings are in the report. Further ones are only counted. */
const MAX_FINDINGS = 100

/** How long a live log has to publish what it has already signed, in milliseconds: the time of four publications. */
const DEFAULT_SETTLE_MS = 1_000

/** The options of a verification. */
export interface VerifyOptions {
  /** Checkpoints of this log from somewhere else, as notes: from receipts, from a witness, from an earlier verification. */
  readonly known?: readonly FoundNote[]
  /**
   * A log signs a checkpoint a moment before it publishes it. If somebody has a checkpoint that the log has not published, the
   * verification waits this long, in milliseconds, and reads the log's checkpoint again. The default is 1,000.
   */
  readonly settleMs?: number
  /** Checks the tree and the checkpoints, and does not read the entries. It needs no bundles. The default is false. */
  readonly hashesOnly?: boolean
  /** A further check of the entries, which are given bundle by bundle, in order. */
  readonly checkEntries?: EntriesCheck
  /** Called from time to time with the progress, in entries. */
  readonly onProgress?: (done: number, total: number) => void
}

/** The result of a verification. The log is intact if `findings` is empty. */
export interface VerifyReport {
  readonly source: string
  /** The origin in the checkpoint; empty if the checkpoint cannot be read. */
  readonly origin: string
  /** The size in the checkpoint; 0 if the checkpoint cannot be read. */
  readonly size: number
  /** The root of the tiles, in Base 64. */
  readonly root: string
  /** The prunings, each as a line for people; empty if the log was never pruned. */
  readonly pruned: readonly string[]
  /** Whether a bundle may be missing, by the log's prunings. */
  readonly isPruned: Prunings['isPruned']
  /** The trust policy with the keys that replaced the log's key. */
  readonly keys: Policy
  /** The part of the log that a quorum of witnesses has cosigned; undefined if there is none. */
  readonly witnessed: WitnessedHead | undefined
  /** How many of its checkpoints have several signatures of one key: an earlier version wrote them. */
  readonly repeated: number
  readonly findings: readonly Finding[]
  /** How many more findings there were, which are not in the list. */
  readonly further: number
}

/** Verifies a log. Reports everything that is wrong, and rejects only if the source cannot be read. */
export async function verifyLog(
  source: LogSource,
  trusted: Policy,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const findings: Finding[] = []
  let further = 0
  const report = (finding: Finding): void => {
    if (findings.length < MAX_FINDINGS) findings.push(finding)
    else further++
  }
  const { rotations, policy } = await readKeys(source, trusted, report)
  const head = await readHead(source, policy, report)
  const size = head?.checkpoint.size ?? 0
  const prunings = await readPrunings(source, head?.checkpoint.origin ?? '', policy, report)
  const { hashesOnly = false, checkEntries, onProgress, settleMs = DEFAULT_SETTLE_MS } = options
  const leaves = { size, rotations, prunings, hashesOnly, checkEntries }
  const tree = createWalkedTree()
  const claims = createClaims({
    policy,
    size,
    report,
    walked: tree.size,
    rootOf: (of) => tree.root(of) ?? rootOf(source, tree, of, leaves),
  })
  const history = readHistory(source, size, report)
  const checkHistoryFile = async (): Promise<void> => checkAll(claims, await history.next())
  await walkLeaves(source, { ...leaves, tree, onHistoryFile: checkHistoryFile, onProgress }, report)
  while (!history.isAtEnd()) await checkHistoryFile()
  await claims.finish()
  await checkAll(claims, [
    ...rotations.map(({ checkpoint }, at) => ({ note: checkpoint, where: rotationPath(at) })),
    ...prunings.all.map(({ checkpoint }, at) => ({ note: checkpoint, where: pruningPath(at) })),
    ...(options.known ?? []).filter(({ note }) => isOf(note, head?.checkpoint.origin)),
    // Something is already reported about a checkpoint that the log did not sign.
    ...(head?.isSigned ? [{ note: head.note, where: 'checkpoint' }] : []),
  ])
  await checkBeyond(source, policy, claims.beyond(), size, settleMs, report)
  checkRoot(head?.checkpoint, tree, report)
  const witnessed = claims.witnessed()
  checkQuorum(policy, size, witnessed, report)
  const origin = head?.checkpoint.origin ?? ''
  const root = formatBase64(tree.root(tree.size()) ?? EMPTY_ROOT)
  const pruned = describePrunings(prunings)
  const found = {
    pruned,
    isPruned: prunings.isPruned,
    keys: policy,
    witnessed,
    repeated: claims.repeated(),
    findings,
    further,
  }
  return { source: source.name, origin, size, root, ...found }
}

async function checkAll(claims: Claims, notes: readonly FoundNote[]): Promise<void> {
  for (const [at, found] of notes.entries()) await claims.check(found, at === notes.length - 1)
}

/** Checks whether a note is a checkpoint of this origin, or cannot be parsed. Checkpoints of other logs say nothing about this one. */
function isOf(note: string, origin: string | undefined): boolean {
  try {
    return origin === undefined || parseCheckpoint(parseNote(note).text).origin === origin
  } catch {
    return true
  }
}

/** Reports a root that cannot be computed because tiles are missing. `Claims.check` checks the roots that can be. */
function checkRoot(checkpoint: Checkpoint | undefined, tree: WalkedTree, report: Report): void {
  if (checkpoint === undefined || tree.size() === checkpoint.size) return
  const came = `none: the tiles end at ${tree.size()}`
  report({
    kind: 'ROOT',
    where: `checkpoint of size ${checkpoint.size}`,
    expected: formatBase64(checkpoint.root),
    came,
  })
}

/** Reports a rollback if somebody has a larger checkpoint than the log, unless the log has published as much by now. */
async function checkBeyond(
  source: LogSource,
  policy: Policy,
  beyond: ReturnType<Claims['beyond']>,
  size: number,
  settleMs: number,
  report: Report,
): Promise<void> {
  if (beyond === undefined) return
  await sleep(settleMs)
  const head = await readHead(source, policy, () => undefined)
  if (head?.isSigned && head.checkpoint.size >= beyond.size) return
  const expected = `at least the ${beyond.size} entries of a checkpoint that was signed`
  report({ kind: 'ROLLBACK', where: beyond.where, expected, came: `${size} entries` })
}

function checkQuorum({ quorum }: Policy, size: number, witnessed: WitnessedHead | undefined, report: Report): void {
  const seen = witnessed?.size ?? 0
  if (quorum === 'none' || seen >= size) return
  report({
    kind: 'NO_QUORUM',
    where: `entries from ${seen} on`,
    expected: `a checkpoint of size ${size} in quorum ${quorum}`,
    came: `one of size ${seen}`,
  })
}

/**
 * Verifies several logs under one trust policy. A missing log of the trust policy is a finding (docs/design/audit-log.md, The log). The shards of a
 * log are given as one source each, and must follow one another; with a key that was replaced in one of them, the next one has the new key.
 */
export async function verifyLogs(
  sources: readonly LogSource[],
  policy: Policy,
  options: VerifyOptions = {},
): Promise<{ readonly reports: readonly VerifyReport[]; readonly findings: readonly Finding[] }> {
  const reports: VerifyReport[] = []
  const shards: VerifiedShard[] = []
  const trustOf = createTrust(policy)
  for (const source of sources) {
    const trusted = await trustOf(source)
    const report = await verifyLog(source, trusted.policy, options)
    reports.push(report)
    shards.push({ ...report, source, policy: trusted.policy })
    if (report.findings.length === 0) await trusted.follow()
  }
  return { reports, findings: [...findMissingLogs(policy, reports), ...(await checkShardLinks(shards, policy))] }
}

/** What came in place of a log of the trust policy that is not there. */
export const NO_SUCH_LOG = 'none of that origin'

/** Reports each log of a trust policy that is not among the verified ones. */
export function findMissingLogs(policy: Policy, reports: readonly Pick<VerifyReport, 'origin'>[]): readonly Finding[] {
  const missing = policy.logs.filter(({ verifier }) =>
    reports.every(({ origin }) => logIn(origin, verifier.name) === undefined),
  )
  return missing.map(({ verifier }): Finding => {
    return { kind: 'ORIGIN', where: verifier.name, expected: 'a log of the trust policy', came: NO_SUCH_LOG }
  })
}

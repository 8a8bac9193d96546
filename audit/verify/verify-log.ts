/**
 * Verifies a complete log offline, using only its files. It checks each entry against its leaf, each tile against the tiles below
 * it, the root, each checkpoint of the history against the tree, the signatures, the rotations of the key, and how much of the log witnesses have cosigned.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '../finding.ts'
import { EMPTY_ROOT, type Hash, isSameHash } from '../merkle/hash.ts'
import { formatBase64 } from '../note/base64.ts'
import { type Checkpoint, parseCheckpoint, readUncheckedCheckpoint } from '../note/checkpoint.ts'
import { hasRepeatedKeys, type NoteSignature, parseNote } from '../note/note.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy, withNewestKey } from '../note/policy.ts'
import { followRotations, type KeyPeriod, rotationPath } from '../note/rotation.ts'
import { logIn, nameOfLog } from '../note/shard-name.ts'
import { createWitnessTally, type WitnessedHead } from './judge-witnesses.ts'
import { describePrunings, type Prunings, pruningPath, readPrunings } from './prunings.ts'
import { type FoundNote, type Report, readHead, readHistory, readKeys, readRotations } from './read-log.ts'
import type { LogSource } from './source.ts'
import { createWalkedTree, rootOf, type WalkedTree, walkLeaves } from './walk.ts'

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
  const { hashesOnly = false, onProgress, settleMs = DEFAULT_SETTLE_MS } = options
  const leaves = { size, rotations, prunings, hashesOnly }
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
  return origin === undefined || (readUncheckedCheckpoint(note)?.origin ?? origin) === origin
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

/**
 * Checks statements about the tree: the checkpoints of its history, and checkpoints that others have (from receipts or witnesses). All of
 * them are compared with one tree. If none fails, any two of them are consistent.
 *
 * What a signature proves decides whether it is verified:
 *
 * - A checkpoint with another root than the tree. The log's signature makes it the proof of a fork (`ROOT`); without a valid one, somebody
 *   else wrote it (`SIGNATURE`). It is verified.
 * - A checkpoint of more entries than the log has. The log's signature makes it the proof of a rollback. It is verified.
 * - Cosignatures. They prove how much of the log witnesses have seen. The newest are verified (`createWitnessTally`).
 * - A checkpoint with the root that the tree has at that size. The log's signature proves nothing that the newest checkpoint does not prove
 *   too, because the newest root fixes all leaves and so all earlier roots. Here a wrong signature can hide nothing and add nothing. So only the
 *   first {@link MAX_PLAIN_SIGNATURES} of them are verified, and one in each history file. The others must still name a key of the log.
 */
type Claims = ReturnType<typeof createClaims>

/** What {@link createClaims} works with. */
interface ClaimsOptions {
  readonly policy: Policy
  /** The size in the log's checkpoint. */
  readonly size: number
  /** Returns the number of leaves that the tree has by now. */
  readonly walked: () => number
  /** Returns the root of the first `size` leaves, as they were walked along; undefined if it cannot be computed any more. */
  readonly rootOf: (size: number) => Promise<Hash | undefined> | Hash | undefined
  readonly report: Report
  /** How many signatures are verified that prove nothing new. The default is {@link MAX_PLAIN_SIGNATURES}. */
  readonly plainSignatures?: number
}

/** How many signatures of checkpoints with the right root are verified though they prove nothing new. They take about a second. */
const MAX_PLAIN_SIGNATURES = 5_000

/** How many checkpoints may stand in a history file before that of their size. A log writes none there. */
const MAX_EARLY = 10_000

/** How many wrong notes are remembered, so that a note that is in two files is reported once. */
const MAX_REPORTED = 1_000

/** Creates the check of checkpoints under a trust policy. */
export function createClaims(options: ClaimsOptions) {
  const { policy, size: logSize, walked, rootOf, report, plainSignatures = MAX_PLAIN_SIGNATURES } = options
  const { verify, reportOnce } = createVerification(policy, report)
  const plain = createPlainNotes(policy)
  const early: FoundNote[] = []
  let beyond: { readonly size: number; readonly where: string } | undefined
  let [verified, repeated, isFinished] = [0, 0, false]
  const tally = createWitnessTally(policy, verify)

  /** Takes in a checkpoint of more leaves than the tree has by now. */
  const noteLarger = (found: FoundNote, { size }: Checkpoint): void => {
    if (size <= logSize && !isFinished && early.length < MAX_EARLY) early.push(found)
    else if (verify(found) !== undefined && size > Math.max(logSize, beyond?.size ?? 0))
      beyond = { size, where: found.where }
  }
  const reportRoot = (found: FoundNote, { size, root }: Checkpoint, came: Hash): void => {
    if (verify(found) === undefined) return
    const where = `checkpoint of size ${size} in ${found.where}`
    const tiles = `${formatBase64(came)} from the tiles`
    reportOnce(found.note, { kind: 'ROOT', where, expected: formatBase64(root), came: tiles })
  }

  const checkFully = async (found: FoundNote, isLast: boolean): Promise<void> => {
    const parsed = parse(found.note)
    // The reason why it cannot be parsed is in the finding of its verification.
    if (parsed === undefined) return void verify(found)
    const { checkpoint, signatures } = parsed
    if (hasRepeatedKeys(signatures)) repeated++
    if (checkpoint.size > walked()) return noteLarger(found, checkpoint)
    const root = await rootOf(checkpoint.size)
    if (root === undefined) return void verify(found)
    if (!isSameHash(root, checkpoint.root)) return reportRoot(found, checkpoint, root)
    const isChosen = isLast || verified++ < plainSignatures || !plain.isSignedBy(signatures, checkpoint)
    const checked = isChosen ? verify(found) : undefined
    if (!isChosen || checked !== undefined) tally.offer({ found, checkpoint, signatures, checked })
  }

  const check = async (found: FoundNote, isLast: boolean): Promise<void> => {
    const read = isLast ? undefined : plain.read(found.note)
    if (read === undefined || read.size > walked() || verified < plainSignatures) return checkFully(found, isLast)
    const root = await rootOf(read.size)
    if (root === undefined || formatBase64(root) !== read.root) return checkFully(found, isLast)
  }

  return {
    /** Checks one checkpoint, and reports what is wrong with it. `isLast`: it is the last one of its file. */
    check,
    /** Checks the checkpoints that came before their leaves. The tree has all its leaves by now. */
    async finish(): Promise<void> {
      isFinished = true
      for (const found of early) await check(found, false)
    },
    /** Returns the largest signed checkpoint of more entries than the log has, if there is one. */
    beyond: (): { readonly size: number; readonly where: string } | undefined => beyond,
    /** Returns the largest checkpoint so far that is right and has a quorum of witnesses. */
    witnessed: tally.witnessed,
    /** How many of the checkpoints have several signatures of one key ({@link hasRepeatedKeys}). They prove what they would prove with one. */
    repeated: () => repeated,
  }
}

/** Verifies signatures under a trust policy. A note that is in two files is reported once. */
function createVerification(policy: Policy, report: Report) {
  const reported = new Set<string>()
  const reportOnce = (note: string, finding: Finding): void => {
    if (reported.has(note)) return
    if (reported.size < MAX_REPORTED) reported.add(note)
    report(finding)
  }
  const verify = ({ note, where }: FoundNote): CheckedCheckpoint | undefined => {
    try {
      return checkCheckpoint(note, policy)
    } catch (error) {
      const expected = 'checkpoints that the log of the trust policy signed'
      reportOnce(note, { kind: 'SIGNATURE', where, expected, came: (error as Error).message })
      return undefined
    }
  }
  return { verify, reportOnce }
}

function parse(note: string) {
  try {
    const { text, signatures } = parseNote(note)
    return { checkpoint: parseCheckpoint(text), signatures }
  } catch {
    return undefined
  }
}

/** The trust policy for one source, and what its rotations mean for the next shard of the same log. */
interface TrustOfSource {
  readonly policy: Policy
  /** From now on, the next shards of the same log are signed with the newest key of this one. Call it only if this one verifies. */
  readonly follow: () => Promise<void>
}

/**
 * Creates the trust in shards that are read one after the other. A key that was replaced in one log says nothing about another log, also if both
 * began with the same key, as the logs of a gateway's workers do. Nor does it say anything about another copy of the same shard, which may be older than
 * the rotation: each copy is trusted by the key with which the shard began.
 */
export function createTrust(trusted: Policy): (source: LogSource) => Promise<TrustOfSource> {
  const newest = new Map<string, Policy>()
  const byShard = new Map<string, Policy>()
  return async (source) => {
    const origin = (await readOrigin(source)) ?? ''
    const name = nameOfLog(origin, trusted)
    const policy = byShard.get(origin) ?? newest.get(name) ?? trusted
    byShard.set(origin, policy)
    return {
      policy,
      async follow() {
        newest.set(name, withNewestKey(policy, await readRotations(source)))
      },
    }
  }
}

/** Reads the origin that a source claims, which is not verified. */
async function readOrigin(source: LogSource): Promise<string | undefined> {
  const bytes = await source.read('checkpoint')
  // The verification says what is wrong with it.
  return bytes === undefined ? undefined : readUncheckedCheckpoint(bytes)?.origin
}

/**
 * Reads checkpoints in the form in which a log writes nearly all of its history: three lines, and one signature of its own key. Nothing is
 * verified. The caller compares the root with its tree.
 */
interface PlainNotes {
  /** Returns the size and the root, in Base 64, of such a checkpoint. Undefined if the note has any other form. */
  readonly read: (note: string) => { readonly size: number; readonly root: string } | undefined
  /** Checks whether one of the signatures names the key of the log that may sign a tree of this size. */
  readonly isSignedBy: (signatures: readonly NoteSignature[], checkpoint: Checkpoint) => boolean
}

/** The characters of a signature line after the key: 64 bytes with the rest of the key id, in Base 64. */
const SIGNATURE_CHARACTERS = 92

/** A key of a log as it begins a signature line. Its name and five characters of Base 64, 30 bits of the key id, are enough here. */
interface Key extends Omit<KeyPeriod, 'verifier'> {
  readonly lineStart: string
}

/** Creates the reader for the logs of a trust policy. */
function createPlainNotes({ logs }: Policy): PlainNotes {
  const periods = logs.flatMap(({ verifier, periods: known }) => known ?? followRotations([verifier], []))
  const keys = new Map<string, readonly Key[]>(
    [...Map.groupBy(periods, ({ verifier }) => verifier.name)].map(([name, own]) => [name, own.map(toKey)]),
  )

  const read: PlainNotes['read'] = (note) => {
    const [origin = '', sizeText = '', root = '', empty, signature = '', end, ...more] = note.split('\n')
    if (empty !== '' || end !== '' || more.length > 0) return undefined
    const size = Number(sizeText)
    const isWhole = Number.isSafeInteger(size) && String(size) === sizeText
    const lineLength = `— ${origin} `.length + SIGNATURE_CHARACTERS
    const key = keys.get(origin)?.find(({ from, to }) => size >= from && size <= to)
    const isOfKey = key !== undefined && signature.startsWith(key.lineStart) && signature.length === lineLength
    return isWhole && isOfKey ? { size, root } : undefined
  }

  const isSignedBy: PlainNotes['isSignedBy'] = (signatures, { origin, size }) => {
    return periods.some(({ verifier, from, to }) => {
      const isInForce = verifier.name === origin && size >= from && size <= to
      return isInForce && signatures.some(({ name, keyId }) => name === origin && keyId === verifier.keyId)
    })
  }
  return { read, isSignedBy }
}

function toKey({ verifier, from, to }: KeyPeriod): Key {
  const id = Buffer.alloc(4)
  id.writeUInt32BE(verifier.keyId)
  return { lineStart: `— ${verifier.name} ${formatBase64(id).slice(0, 5)}`, from, to }
}

import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { formatCheckpoint, parseCheckpoint } from '../../audit/note/checkpoint.ts'
import type { NoteSigner } from '../../audit/note/key.ts'
import { parseNote } from '../../audit/note/note.ts'
import { checkCheckpoint, isQuorum, type Policy, parsePolicy, withRotations } from '../../audit/note/policy.ts'
import { findTrustedName, periodIn } from '../../audit/note/shard-name.ts'
import { parseTlogProof } from '../../audit/note/tlog-proof.ts'
import { askWitnesses } from '../../audit/verify/judge-witnesses.ts'
import { readRotations } from '../../audit/verify/read-log.ts'
import { parseJson } from '../../contract/json-value.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { type LogState, policyOf } from './log-state.ts'

/**
 * Judges whether the log of a backup may go on. It may if nobody has seen more of it, and it may not if somebody has: from there it would have two
 * histories, the gateway would refuse its receipts (`RECEIPT_INVALID`), and the witnesses its checkpoints.
 */

/** What somebody has seen of the log: a tree of so many entries, by its root or by the SHA-256 of its checkpoint’s text. */
interface Seen {
  /** Who has seen it, for messages. */
  readonly by: string
  readonly size: number
  readonly root: string | null
  readonly textHash: string | null
  /** Whether it is of a shard behind the one that the copy ends with. */
  readonly isLaterShard?: boolean
  /** Whether too few witnesses answered: the others may have cosigned more. Then it speaks only against the log. */
  readonly isPartial?: boolean
}

/**
 * The judgement. `NEWEST`: everybody who was asked has seen at most what the log has. `OLDER`: somebody has seen more. `FORKED`: somebody has seen another
 * tree of a size that the log has. `UNKNOWN`: nobody could be asked, or too few witnesses.
 */
export interface LogJudgement {
  readonly kind: 'NEWEST' | 'OLDER' | 'FORKED' | 'UNKNOWN'
  /** Who has seen it. */
  readonly by: string
  /** What they have seen, in entries. */
  readonly size: number
  /** The entries of the log that was judged. */
  readonly ours: number
}

/** Who is asked. */
export interface Evidence {
  /**
   * Files of the gateway or of anybody else: `countries/heads.json` or `known/known-checkpoints.json` of the folder of the gateway’s audit log, a checkpoint, or
   * a receipt.
   */
  readonly files: readonly string[]
  /** Trust policies whose witnesses are asked. */
  readonly policies: readonly string[]
  /** The state of the log that the node had until now, if it can still be read. */
  readonly surviving: LogState | null
}

/**
 * Judges a log.
 * @throws {Error} if a file of the evidence cannot be read, or says nothing of a log. The message names it.
 */
export async function judgeLog(state: LogState, signer: NoteSigner, evidence: Evidence): Promise<LogJudgement> {
  const policy = withRotations(policyOf(signer), await readRotations(state.source))
  const { files, policies, surviving } = evidence
  const { origin, size: ours } = state
  const seen = await Promise.all([
    ...files.map((file) => readSeen(file, origin, policy)),
    ...policies.map((file) => readWitnessed(file, origin, policy)),
    ...(surviving === null ? [] : [seenInNote(surviving.note, surviving.folder, origin, policy)]),
  ])
  const sorted = seen.flat().sort((one, other) => other.size - one.size)
  const later = sorted.find(({ isLaterShard }) => isLaterShard === true)
  if (later !== undefined) return { kind: 'OLDER', by: later.by, size: later.size, ours }
  for (const each of sorted) {
    if (each.size > ours) return { kind: 'OLDER', by: each.by, size: each.size, ours }
    if (!(await isSame(state, each))) return { kind: 'FORKED', by: each.by, size: each.size, ours }
  }
  const largest = sorted.find(({ isPartial }) => isPartial !== true)
  if (largest === undefined) return { kind: 'UNKNOWN', by: '', size: 0, ours }
  return { kind: 'NEWEST', by: largest.by, size: largest.size, ours }
}

async function isSame({ tree, origin }: LogState, { size, root, textHash }: Seen): Promise<boolean> {
  const ours = await tree.root(size)
  if (root !== null) return Buffer.from(ours).toString('base64') === root
  return hash('sha256', formatCheckpoint({ origin, size, root: ours })) === textHash
}

/** Reads what a file says of a log. Other logs in it are left out. @throws {Error} if it says nothing of any log. */
async function readSeen(file: string, origin: string, policy: Policy): Promise<readonly Seen[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${file}: expected a file that can be read; ${describeFileError(error)}`)
  })
  const json = parseJson(text)
  if (typeof json === 'object' && json !== null) return readSeenJson(json, file, origin, policy)
  try {
    const note = text.startsWith('c2sp.org/tlog-proof') ? parseTlogProof(text).checkpoint : text
    return seenInNote(note, file, origin, policy)
  } catch (cause) {
    const { message } = cause as Error
    throw new Error(
      `${file}: expected a checkpoint, a receipt, or countries/heads.json or known/known-checkpoints.json of the gateway’s audit log; ${message}`,
      { cause },
    )
  }
}

function readSeenJson(json: object, file: string, origin: string, policy: Policy): readonly Seen[] {
  const { checkpoints } = json as { readonly checkpoints?: unknown }
  if (Array.isArray(checkpoints)) {
    const notes = checkpoints.flatMap((each) => {
      const { note } = Object(each) as { note?: unknown }
      return typeof note === 'string' ? [note] : []
    })
    return notes.flatMap((note) => seenInNote(note, file, origin, policy))
  }
  return Object.entries(json).flatMap(([of, value]): readonly Seen[] => {
    const { size, checkpoint } = Object(value) as { size?: unknown; checkpoint?: unknown }
    if (typeof size !== 'number' || typeof checkpoint !== 'string') return []
    if (of === origin) return [{ by: file, size, root: null, textHash: checkpoint }]
    return isLaterShard(of, origin, policy) ? [{ by: file, size, root: null, textHash: null, isLaterShard: true }] : []
  })
}

/** Whether an origin is of a shard of the same log that began after another one. */
function isLaterShard(origin: string, than: string, policy: Policy): boolean {
  const name = findTrustedName(than, policy)
  if (name === undefined) return false
  const [period, ours] = [periodIn(origin, name), periodIn(than, name)]
  if (period === undefined || period === null || ours === undefined) return false
  return ours === null || period > ours
}

/** The log’s own signature proves what somebody has seen. Without it, anybody could keep a log from going on. */
function seenInNote(note: string, by: string, origin: string, policy: Policy): readonly Seen[] {
  const of = parseCheckpoint(parseNote(note).text).origin
  const isLater = isLaterShard(of, origin, policy)
  if (of !== origin && !isLater) return []
  const { size, root } = checkCheckpoint(note, policy).checkpoint
  return [{ by, size, root: Buffer.from(root).toString('base64'), textHash: null, isLaterShard: isLater }]
}

/** Asks the witnesses of a trust policy. Any two quorums share one, so a quorum of answers has seen what any quorum cosigned. */
async function readWitnessed(file: string, origin: string, policy: Policy): Promise<readonly Seen[]> {
  const { witnesses, groups, quorum } = parsePolicy(await readFile(file, 'utf8'))
  const asked = { ...policy, witnesses, groups, quorum }
  const answers = await askWitnesses(asked, origin)
  const served = answers.flatMap(({ name, kind, note }) => {
    return kind === 'SERVED' && note !== undefined ? [{ name, note }] : []
  })
  const isPartial = !isQuorum(asked, new Set(served.map(({ name }) => name)))
  return served.flatMap(({ name, note }) =>
    seenInNote(note, name, origin, policy).map((seen) => (isPartial ? { ...seen, isPartial } : seen)),
  )
}

/**
 * Trust policies (C2SP tlog-policy): the logs, the witnesses, and how many of the witnesses must have cosigned. The parser
 * accepts only UTF-8, although the specification allows other bytes in names.
 */
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { parseDecimal } from './decimal.ts'
import {
  cosignatureTime,
  NoteError,
  type NoteVerifier,
  parseVerifierKey,
  renameVerifier,
  SIGNATURE_TYPES,
} from './key.ts'
import { openNote } from './note.ts'
import { followRotations, type KeyPeriod, type KeyRotation, requireKeyInForce } from './rotation.ts'
import { findTrustedName } from './shard-name.ts'

/** A log of a trust policy. The name of its key is the log's origin. */
interface PolicyLog {
  readonly verifier: NoteVerifier
  readonly url?: string
  /** The keys of the log, if its key was rotated ({@link withRotations}). By default `verifier` may sign all trees. */
  readonly periods?: readonly KeyPeriod[]
  /** Whether it is a shard whose key was rotated, beside the log that the trust policy names. By default it is a log of the trust policy. */
  readonly isShard?: true
}

/** A witness of a trust policy. `name` is its name in the trust policy only. `url` is its submission prefix. */
export interface PolicyWitness extends Omit<PolicyLog, 'periods' | 'isShard'> {
  readonly name: string
}

/** A group has witnessed a checkpoint if at least `threshold` of its members have. Members are witnesses or other groups. */
interface Group {
  readonly threshold: number
  readonly members: readonly string[]
}

/** A trust policy. */
export interface Policy {
  readonly logs: readonly PolicyLog[]
  readonly witnesses: readonly PolicyWitness[]
  readonly groups: ReadonlyMap<string, Group>
  /** The name of a witness or a group, or `none`. */
  readonly quorum: string
}

/** A witness' cosignature. `time` is the time in it, in seconds since 1970. */
interface WitnessCosignature {
  readonly witness: PolicyWitness
  readonly time: number
}

/** A checkpoint whose signatures were verified under a trust policy. */
export interface CheckedCheckpoint {
  readonly checkpoint: Checkpoint
  readonly log: PolicyLog
  /** The cosignatures of the trust policy's witnesses, except those in {@link fromFuture}. */
  readonly cosignatures: readonly WitnessCosignature[]
  /** Valid cosignatures that do not count, because their time is still to come. The clock of the witness is wrong, or ours is. */
  readonly fromFuture: readonly WitnessCosignature[]
  /** Whether enough witnesses cosigned for the trust policy's quorum. */
  readonly isInQuorum: boolean
  /** When a quorum had cosigned, in seconds since 1970 (docs/design/audit-log.md, Witnesses). Undefined without a quorum of witnesses. */
  readonly quorumTime: number | undefined
}

/** How far the time in a cosignature may lie in the future, in milliseconds: clocks differ a little. */
export const MAX_CLOCK_DIFFERENCE_MS = 5 * 60_000

interface Draft {
  readonly logs: PolicyLog[]
  readonly witnesses: PolicyWitness[]
  readonly groups: Map<string, Group>
  readonly groupMembers: Set<string>
  quorum: string | undefined
}

/**
 * Parses a trust policy.
 * @throws {NoteError} if it is malformed. The message has the number of the line.
 */
export function parsePolicy(text: string): Policy {
  const draft: Draft = { logs: [], witnesses: [], groups: new Map(), groupMembers: new Set(), quorum: undefined }
  for (const [at, line] of text.split('\n').entries()) {
    const items = line.split(/[ \t]+/).filter((item) => item !== '')
    if (items.length === 0 || items[0]?.startsWith('#')) continue
    try {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression looks for control characters.
      if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(line)) throw new NoteError('control characters are not allowed')
      readLine(items, draft)
    } catch (error) {
      throw new NoteError(`line ${at + 1} of the trust policy: ${(error as Error).message}`)
    }
  }
  if (draft.quorum === undefined) throw new NoteError('a trust policy must have a line that says its quorum')
  return { logs: draft.logs, witnesses: draft.witnesses, groups: draft.groups, quorum: draft.quorum }
}

function readLine([keyword, ...items]: readonly string[], draft: Draft): void {
  if (keyword === 'log' && items.length >= 1 && items.length <= 2) readLog(items, draft)
  else if (keyword === 'witness' && items.length >= 2 && items.length <= 3) readWitness(items, draft)
  else if (keyword === 'group' && items.length >= 3) readGroup(items, draft)
  else if (keyword === 'quorum' && items.length === 1) readQuorum(items[0] ?? '', draft)
  else throw new NoteError('a line begins with `log`, `witness`, `group` or `quorum`, followed by its arguments')
}

function readLog([vkey = '', url]: readonly string[], draft: Draft): void {
  const verifier = parseVerifierKey(vkey)
  if (verifier.type !== SIGNATURE_TYPES.ed25519) throw new NoteError('the key of a log must be of type 0x01')
  rejectKnownKey(verifier, draft)
  draft.logs.push({ verifier, ...(url !== undefined && { url }) })
}

function readWitness([name = '', vkey = '', url]: readonly string[], draft: Draft): void {
  const verifier = parseVerifierKey(vkey)
  if (verifier.type !== SIGNATURE_TYPES.cosignature) throw new NoteError('the key of a witness must be of type 0x04')
  rejectKnownKey(verifier, draft)
  rejectUsedName(name, draft)
  draft.witnesses.push({ name, verifier, ...(url !== undefined && { url }) })
}

function readGroup([name = '', count = '', ...members]: readonly string[], draft: Draft): void {
  const threshold = count === 'any' ? 1 : count === 'all' ? members.length : parseDecimal(count)
  if (threshold === undefined || threshold < 1 || threshold > members.length) {
    throw new NoteError('the threshold of a group is `any`, `all` or a number from 1 to the number of its members')
  }
  rejectUsedName(name, draft)
  for (const member of members) {
    if (!isDefined(member, draft)) throw new NoteError(`no earlier line defines the name ${member}`)
    // A witness in two groups could count twice for one quorum.
    if (draft.groupMembers.has(member)) throw new NoteError(`${member} is already a member of a group`)
    draft.groupMembers.add(member)
  }
  draft.groups.set(name, { threshold, members })
}

function readQuorum(name: string, draft: Draft): void {
  if (draft.quorum !== undefined) throw new NoteError('a trust policy has only one quorum')
  if (name !== 'none' && !isDefined(name, draft)) throw new NoteError(`no earlier line defines the name ${name}`)
  draft.quorum = name
}

/** No key stands twice, nor is a log's key that of a witness: the log would be its own witness. */
function rejectKnownKey({ publicKey }: NoteVerifier, { logs, witnesses }: Draft): void {
  if ([...logs, ...witnesses].some(({ verifier }) => Buffer.compare(verifier.publicKey, publicKey) === 0)) {
    throw new NoteError('an earlier line has the same key')
  }
}

function rejectUsedName(name: string, draft: Draft): void {
  if (name === 'none' || isDefined(name, draft)) throw new NoteError(`the name ${name} is already in use`)
}

function isDefined(name: string, { witnesses, groups }: Draft): boolean {
  return groups.has(name) || witnesses.some((witness) => witness.name === name)
}

/**
 * Checks whether some witnesses are enough for the trust policy's quorum.
 * @param witnesses their names in the trust policy
 */
export function isQuorum({ quorum, groups }: Policy, witnesses: ReadonlySet<string>): boolean {
  const hasWitnessed = (name: string): boolean => {
    const group = groups.get(name)
    if (group === undefined) return witnesses.has(name)
    return group.members.filter(hasWitnessed).length >= group.threshold
  }
  return quorum === 'none' || hasWitnessed(quorum)
}

function periodsOf({ verifier, periods }: PolicyLog): readonly KeyPeriod[] {
  return periods ?? followRotations([verifier], [])
}

/**
 * Returns the trust policy with the keys that replaced the key of one of its logs. The trust policy may name any key of that log,
 * or several of them. Rotations of a log that the trust policy does not name change nothing.
 * @param rotations all rotations of one log, oldest first
 * @throws {NoteError} if the rotations do not lead to the trust policy's keys of the log.
 */
export function withRotations(policy: Policy, rotations: readonly KeyRotation[]): Policy {
  const origin = rotations[0]?.oldKey.name
  if (origin === undefined) return policy
  const known = forOrigin(policy, origin)
  const own = known.logs.filter(({ verifier }) => verifier.name === origin)
  if (own.length === 0) return policy
  const periods = followRotations(
    own.map(({ verifier }) => verifier),
    rotations,
  )
  const logs = known.logs.map((log) => (own.includes(log) ? { ...log, periods } : log))
  // The other shards of the log keep the keys that the trust policy names.
  const shards = logs.filter(({ periods }) => periods).map((log): PolicyLog => ({ ...log, isShard: true }))
  return { ...policy, logs: known === policy ? logs : [...policy.logs, ...shards] }
}

/**
 * Returns the trust policy for the shard after one in which the key was replaced: it trusts only the newest key, under the log's name. The shards must
 * be verified in their order.
 * @param rotations all rotations of one shard, oldest first
 */
export function withNewestKey(policy: Policy, rotations: readonly KeyRotation[]): Policy {
  const newest = rotations.at(-1)?.newKey
  if (newest === undefined) return policy
  const name = findTrustedName(newest.name, policy)
  const own = policy.logs.find(({ verifier }) => verifier.name === name)
  if (own === undefined) return policy
  const others = policy.logs.filter(({ verifier }) => verifier.name !== own.verifier.name)
  return { ...policy, logs: [...others, { ...own, verifier: renameVerifier(newest, own.verifier.name) }] }
}

const derived = new WeakMap<Policy, Map<string, Policy>>()

/** How many origins of shards and of workers' logs one trust policy remembers. A log of a hundred years has 1,200 months. */
const MAX_DERIVED = 2_000

/**
 * Returns the trust policy in which the log of `origin` has its own verifier. A trust policy names only the name of a log, and its shards and the
 * logs of its workers have the same public key (shard-name.ts). A log that the trust policy names by this very origin stays as it is.
 */
export function forOrigin(policy: Policy, origin: string): Policy {
  if (policy.logs.some(({ verifier }) => verifier.name === origin)) return policy
  const name = findTrustedName(origin, policy)
  if (name === undefined) return policy
  const known = derived.get(policy) ?? new Map<string, Policy>()
  derived.set(policy, known)
  const found = known.get(origin)
  if (found !== undefined) return found
  const toShard = ({ verifier, url }: PolicyLog): PolicyLog => {
    return { verifier: renameVerifier(verifier, origin), ...(url !== undefined && { url }) }
  }
  // The trust policy may name several keys of the log. Rotations that are known belong to another shard.
  const logs = policy.logs.map((log) => (log.verifier.name === name ? toShard(log) : log))
  const made = { ...policy, logs }
  if (known.size < MAX_DERIVED) known.set(origin, made)
  return made
}

/** Returns the first line of a note, which is the origin if the note is a checkpoint. */
function readOrigin(note: Uint8Array | string): string {
  const end = typeof note === 'string' ? note.indexOf('\n') : note.indexOf(10)
  const line = note.slice(0, Math.max(0, Math.min(end, 1_000)))
  return typeof line === 'string' ? line : Buffer.from(line).toString('utf8')
}

/** Verifies a checkpoint as {@link checkCheckpoint} does; undefined if it does not hold. */
export function tryCheckCheckpoint(note: string, policy: Policy, nowMs?: number): CheckedCheckpoint | undefined {
  try {
    return checkCheckpoint(note, policy, nowMs)
  } catch {
    return undefined
  }
}

/**
 * Verifies a checkpoint under a trust policy: one of its logs must have signed it under the log's own name, or that of one of
 * its shards. Reports which
 * witnesses cosigned it. A missing quorum is not an error: it is in `isInQuorum`.
 * @param nowMs the present time, in milliseconds since 1970. A cosignature that is more than five minutes ahead of it does not count.
 * @throws {NoteError} if no log of the trust policy signed it, or a signature of a known key is not valid.
 */
export function checkCheckpoint(
  note: Uint8Array | string,
  trusted: Policy,
  nowMs: number = Date.now(),
): CheckedCheckpoint {
  const policy = forOrigin(trusted, readOrigin(note))
  const { logs, witnesses } = policy
  const opened = openNote(
    note,
    [...logs.flatMap(periodsOf), ...witnesses].map(({ verifier }) => verifier),
  )
  const { text, verified } = opened
  const checkpoint = parseCheckpoint(text)
  const log = logs.find((each) =>
    periodsOf(each).some(({ verifier }) => verified.some((by) => by.verifier === verifier)),
  )
  if (log === undefined) throw new NoteError('no log of the trust policy signed the checkpoint')
  requireKeyInForce(opened, periodsOf(log), checkpoint.size)
  if (log.verifier.name !== checkpoint.origin) {
    throw new NoteError(`a checkpoint that ${log.verifier.name} signed must have this name as its origin`)
  }
  const all = witnesses.flatMap((witness) => {
    const by = verified.find(({ verifier }) => verifier === witness.verifier)
    return by === undefined ? [] : [{ witness, time: cosignatureTime(by.signature) ?? 0 }]
  })
  const isPast = ({ time }: WitnessCosignature): boolean => time * 1_000 <= nowMs + MAX_CLOCK_DIFFERENCE_MS
  const [cosignatures, fromFuture] = [all.filter(isPast), all.filter((each) => !isPast(each))]
  const names = new Set(cosignatures.map(({ witness }) => witness.name))
  const quorumTime = findQuorumTime(policy, cosignatures)
  return { checkpoint, log, cosignatures, fromFuture, isInQuorum: isQuorum(policy, names), quorumTime }
}

/**
 * Returns the time of a quorum, in seconds since 1970: the latest time at or after which a quorum cosigned. For `k` of `n` witnesses, this
 * is the `k`-th latest time. So one witness with a wrong clock does not decide it.
 * @returns undefined if the cosignatures are not a quorum, or the trust policy needs none
 */
function findQuorumTime(policy: Policy, cosignatures: readonly WitnessCosignature[]): number | undefined {
  const names = new Set<string>()
  for (const { witness, time } of cosignatures.toSorted((one, other) => other.time - one.time)) {
    names.add(witness.name)
    if (isQuorum(policy, names)) return time
  }
  return undefined
}

/**
 * The arithmetic of quorums (docs/design/audit-log.md, Witnesses). An operator who has captured some witnesses can have them cosign two
 * trees that contradict each other. An honest witness cosigns only one of them. So history cannot be rewritten in quorum as long as
 * any two quorums share at least one honest witness, that is, more witnesses than are captured.
 */

/** How many captured witnesses a trust policy must survive. */
const CAPTURED_WITNESSES = 1

/**
 * Returns the least number of witnesses that any two quorums of a trust policy share. A trust policy without witnesses has none.
 *
 * No witness counts in two groups, so each member of a group is a tree of its own. Two quorums of a group `k` of `n` share at least
 * `2k − n` members; they can avoid sharing in all others. Of those that they must share, an attacker chooses the weakest.
 */
export function countSharedWitnesses({ quorum, groups }: Policy): number {
  const shared = (name: string): number => {
    const group = groups.get(name)
    if (group === undefined) return 1
    return sharedAt(group.threshold, group.members.map(shared))
  }
  return quorum === 'none' ? 0 : shared(quorum)
}

/**
 * Returns how many witnesses two quorums of one group share at least.
 * @param ofMembers the same number for each member of the group
 */
function sharedAt(threshold: number, ofMembers: readonly number[]): number {
  const common = Math.max(0, 2 * threshold - ofMembers.length)
  return ofMembers
    .toSorted((one, other) => one - other)
    .slice(0, common)
    .reduce((sum, each) => sum + each, 0)
}

/**
 * Explains why captured witnesses can break a trust policy. The text names the group, its threshold and the smallest safe threshold.
 * @param captured how many witnesses may be captured
 * @returns undefined if the trust policy survives them, or demands no witnesses at all
 */
export function describeUnsafeQuorum(policy: Policy, captured = CAPTURED_WITNESSES): string | undefined {
  if (policy.quorum === 'none') return undefined
  const shared = countSharedWitnesses(policy)
  if (shared > captured) return undefined
  const group = policy.groups.get(policy.quorum)
  const many = captured === 1 ? 'one captured witness' : `${captured} captured witnesses`
  const danger = `with ${many}, the operator of a log could rewrite its history unseen: two quorums may share only ${shared}`
  if (group === undefined) {
    return `the quorum is the one witness ${policy.quorum}; ${danger}. Expected a group of at least ${captured + 2} witnesses`
  }
  const { threshold: k, members } = group
  const ofMembers = members.map((name) => countSharedWitnesses({ ...policy, quorum: name }))
  const safe = members.map((_, at) => at + 1).find((threshold) => sharedAt(threshold, ofMembers) > captured)
  const expected =
    safe === undefined
      ? `No threshold of ${policy.quorum} is safe with these members; expected more of them, or higher thresholds in the groups in it`
      : `Expected at least ${safe} of ${members.length}`
  return `the quorum ${policy.quorum} is ${k} of ${members.length}; ${danger}. ${expected}`
}

import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { parseDecimal } from './decimal.ts'
import { cosignatureTime, NoteError, type NoteVerifier, parseVerifierKey, SIGNATURE_TYPES } from './key.ts'
import { openNote } from './note.ts'

/**
 * Trust policies (C2SP tlog-policy): which logs there are, which witnesses, and how many of these must have cosigned. The file is
 * read as UTF-8; other bytes, which the specification would let through in names, are not taken.
 */

/** A log of a policy. Its key's name is the log's origin. */
export interface PolicyLog {
  readonly verifier: NoteVerifier
  readonly url?: string
}

/** A witness of a policy. `name` is the policy's own. `url` is its submission prefix. */
export interface PolicyWitness extends PolicyLog {
  readonly name: string
}

/** A group: witnesses a checkpoint where at least `threshold` of its members, witnesses or groups, do. */
interface Group {
  readonly threshold: number
  readonly members: readonly string[]
}

/** A policy. */
export interface Policy {
  readonly logs: readonly PolicyLog[]
  readonly witnesses: readonly PolicyWitness[]
  readonly groups: ReadonlyMap<string, Group>
  /** The name of a witness or a group, or `none`. */
  readonly quorum: string
}

/** Who says what of a checkpoint. */
export interface CheckedCheckpoint {
  readonly checkpoint: Checkpoint
  readonly log: PolicyLog
  /** The policy's witnesses that cosigned, with the time that they said, in seconds since 1970. */
  readonly cosignatures: readonly { readonly witness: PolicyWitness; readonly time: number }[]
  readonly isInQuorum: boolean
}

interface Draft {
  readonly logs: PolicyLog[]
  readonly witnesses: PolicyWitness[]
  readonly groups: Map<string, Group>
  readonly taken: Set<string>
  quorum: string | undefined
}

/** Reads a policy. Throws a NoteError that names the line where something does not hold. */
export function parsePolicy(text: string): Policy {
  const draft: Draft = { logs: [], witnesses: [], groups: new Map(), taken: new Set(), quorum: undefined }
  for (const [at, line] of text.split('\n').entries()) {
    const items = line.split(/[ \t]+/).filter((item) => item !== '')
    if (items.length === 0 || items[0]?.startsWith('#')) continue
    try {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
      if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(line)) throw new NoteError('control characters are not taken')
      readLine(items, draft)
    } catch (error) {
      throw new NoteError(`line ${at + 1} of the policy: ${(error as Error).message}`)
    }
  }
  if (draft.quorum === undefined) throw new NoteError('a policy has a line that says its quorum')
  return { logs: draft.logs, witnesses: draft.witnesses, groups: draft.groups, quorum: draft.quorum }
}

function readLine([keyword, ...items]: readonly string[], draft: Draft): void {
  if (keyword === 'log' && items.length >= 1 && items.length <= 2) readLog(items, draft)
  else if (keyword === 'witness' && items.length >= 2 && items.length <= 3) readWitness(items, draft)
  else if (keyword === 'group' && items.length >= 3) readGroup(items, draft)
  else if (keyword === 'quorum' && items.length === 1) readQuorum(items[0] ?? '', draft)
  else throw new NoteError('a line is `log`, `witness`, `group` or `quorum` with what belongs to it')
}

function readLog([vkey = '', url]: readonly string[], draft: Draft): void {
  const verifier = parseVerifierKey(vkey)
  if (verifier.type !== SIGNATURE_TYPES.ed25519) throw new NoteError('a log’s key is of type 0x01')
  rejectTwice(verifier, draft.logs)
  draft.logs.push({ verifier, ...(url !== undefined && { url }) })
}

function readWitness([name = '', vkey = '', url]: readonly string[], draft: Draft): void {
  const verifier = parseVerifierKey(vkey)
  if (verifier.type !== SIGNATURE_TYPES.cosignature) throw new NoteError('a witness’ key is of type 0x04')
  rejectTwice(verifier, draft.witnesses)
  rejectName(name, draft)
  draft.witnesses.push({ name, verifier, ...(url !== undefined && { url }) })
}

function readGroup([name = '', count = '', ...members]: readonly string[], draft: Draft): void {
  const threshold = count === 'any' ? 1 : count === 'all' ? members.length : parseDecimal(count)
  if (threshold === undefined || threshold < 1 || threshold > members.length) {
    throw new NoteError('a group’s threshold is `any`, `all` or a number from 1 to the number of its members')
  }
  rejectName(name, draft)
  for (const member of members) {
    if (!isDefined(member, draft)) throw new NoteError(`${member} is no name of a line before`)
    // A witness that counted in two places would be worth two.
    if (draft.taken.has(member)) throw new NoteError(`${member} is a member already`)
    draft.taken.add(member)
  }
  draft.groups.set(name, { threshold, members })
}

function readQuorum(name: string, draft: Draft): void {
  if (draft.quorum !== undefined) throw new NoteError('a policy has one quorum')
  if (name !== 'none' && !isDefined(name, draft)) throw new NoteError(`${name} is no name of a line before`)
  draft.quorum = name
}

function rejectTwice({ publicKey }: NoteVerifier, known: readonly PolicyLog[]): void {
  if (known.some(({ verifier }) => Buffer.compare(verifier.publicKey, publicKey) === 0)) {
    throw new NoteError('the same key stands in a line before')
  }
}

function rejectName(name: string, draft: Draft): void {
  if (name === 'none' || isDefined(name, draft)) throw new NoteError(`the name ${name} is taken`)
}

function isDefined(name: string, { witnesses, groups }: Draft): boolean {
  return groups.has(name) || witnesses.some((witness) => witness.name === name)
}

/** Whether the named witnesses are enough for the policy's quorum. */
export function isQuorum({ quorum, groups }: Policy, witnesses: ReadonlySet<string>): boolean {
  const holds = (name: string): boolean => {
    const group = groups.get(name)
    if (group === undefined) return witnesses.has(name)
    return group.members.filter(holds).length >= group.threshold
  }
  return quorum === 'none' || holds(quorum)
}

/**
 * Checks a checkpoint against a policy: signed by one of its logs, under its own name, and cosigned by whom. Throws a NoteError
 * where no log of the policy signed it or a known key's signature does not hold; a missing quorum is said, not thrown.
 */
export function checkCheckpoint(note: Uint8Array | string, policy: Policy): CheckedCheckpoint {
  const { logs, witnesses } = policy
  const { text, verified } = openNote(
    note,
    [...logs, ...witnesses].map(({ verifier }) => verifier),
  )
  const checkpoint = parseCheckpoint(text)
  const log = logs.find(({ verifier }) => verified.some((by) => by.verifier === verifier))
  if (log === undefined) throw new NoteError('no log of the policy signed the checkpoint')
  if (log.verifier.name !== checkpoint.origin) {
    throw new NoteError(`a checkpoint that ${log.verifier.name} signed has its name as the origin`)
  }
  const cosignatures = witnesses.flatMap((witness) => {
    const by = verified.find(({ verifier }) => verifier === witness.verifier)
    return by === undefined ? [] : [{ witness, time: cosignatureTime(by.signature) ?? 0 }]
  })
  const names = new Set(cosignatures.map(({ witness }) => witness.name))
  return { checkpoint, log, cosignatures, isInQuorum: isQuorum(policy, names) }
}

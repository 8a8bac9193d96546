import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { NoteError, type NoteVerifier, parseVerifierKey, SIGNATURE_TYPES } from './key.ts'
import { type OpenedNote, openNote } from './note.ts'
import { parseTlogProof, provesEntry } from './tlog-proof.ts'

/**
 * Rotations of a log's key. A rotation is an entry of the log that names the old key and the new one. Both keys sign the first
 * checkpoint that covers the entry, so the old key says which key follows it, and the new key says which key it follows. The
 * proof of a rotation is a C2SP tlog-proof of this entry under that checkpoint, with the entry in the line `extra`. One of
 * the keys is enough to verify it, and it contains nothing secret.
 */

/** The kind of a rotation's entry. */
export const ROTATION_KIND = 'key-rotation'

/** The most rotations of one log. Readers stop there. */
export const MAX_ROTATIONS = 1_000

/** A rotation that was verified: both keys signed the checkpoint, and the checkpoint's tree has the entry. */
export interface KeyRotation {
  /** The index of the rotation's entry. The old key signs trees of up to `index` entries, the new key larger ones. */
  readonly index: number
  readonly oldKey: NoteVerifier
  readonly newKey: NoteVerifier
  /** The bytes of the entry. */
  readonly entry: Uint8Array
  /** The checkpoint of `index + 1` entries, which both keys signed, as a note. */
  readonly checkpoint: string
  /** The proof as text. */
  readonly proof: string
}

/** A key of a log, with the sizes of the trees that it may sign. Both sizes are inclusive. */
export interface KeyPeriod {
  readonly verifier: NoteVerifier
  readonly from: number
  readonly to: number
}

/** Returns the path of a log's rotation below the log's folder. `count` is the number of rotations before it. */
export function rotationPath(count: number): string {
  return `rotations/${count}`
}

/**
 * Parses and verifies the proof of a rotation.
 * @throws {NoteError} if it is malformed, a signature of one of both keys is missing or not valid, or the entry is not in the tree.
 */
export function parseRotation(proof: string): KeyRotation {
  const parsed = parseTlogProof(proof)
  if (parsed.extra === undefined) throw new NoteError('the proof of a rotation has its entry in the line `extra`')
  const { oldKey, newKey } = parseKeys(parsed.extra)
  const { text, verified } = openNote(parsed.checkpoint, [oldKey, newKey])
  const checkpoint = parseCheckpoint(text)
  if (verified.length < 2)
    throw new NoteError('the checkpoint of a rotation is signed with the old key and the new key')
  if (checkpoint.origin !== oldKey.name) {
    throw new NoteError(`the checkpoint of a rotation of ${oldKey.name} must have this name as its origin`)
  }
  if (checkpoint.size !== parsed.index + 1 || !provesEntry(parsed.extra, parsed, checkpoint)) {
    throw new NoteError('the entry of a rotation is the last entry of its checkpoint’s tree')
  }
  return { index: parsed.index, oldKey, newKey, entry: parsed.extra, checkpoint: parsed.checkpoint, proof }
}

function parseKeys(entry: Uint8Array): { readonly oldKey: NoteVerifier; readonly newKey: NoteVerifier } {
  const { kind, oldKey, newKey } = parseMembers(entry)
  if (kind !== ROTATION_KIND || typeof oldKey !== 'string' || typeof newKey !== 'string') {
    throw new NoteError(`the entry of a rotation has the kind ${ROTATION_KIND} and the members oldKey and newKey`)
  }
  const [before, after] = [parseVerifierKey(oldKey), parseVerifierKey(newKey)]
  if (before.name !== after.name) throw new NoteError('both keys of a rotation have the same name')
  if (before.type !== SIGNATURE_TYPES.ed25519 || after.type !== SIGNATURE_TYPES.ed25519) {
    throw new NoteError('both keys of a rotation are of type 0x01')
  }
  if (isSameKey(before, after)) throw new NoteError('the keys of a rotation differ')
  return { oldKey: before, newKey: after }
}

interface RotationMembers {
  readonly kind?: unknown
  readonly oldKey?: unknown
  readonly newKey?: unknown
}

function parseMembers(entry: Uint8Array): RotationMembers {
  try {
    return Object(JSON.parse(Buffer.from(entry).toString('utf8'))) as RotationMembers
  } catch {
    throw new NoteError('the entry of a rotation is JSON')
  }
}

/** Checks whether two verifiers have the same public key under the same name. */
export function isSameKey(one: NoteVerifier, other: NoteVerifier): boolean {
  return one.vkey === other.vkey
}

/**
 * Returns which key of a log may sign which trees, given one key or several that are trusted. Without rotations, each trusted key
 * may sign all trees.
 * @param rotations all rotations of the log, oldest first
 * @throws {NoteError} if the rotations do not follow one another, or one of the trusted keys is not among their keys.
 */
export function followRotations(
  trusted: readonly NoteVerifier[],
  rotations: readonly KeyRotation[],
): readonly KeyPeriod[] {
  const [first] = rotations
  if (first === undefined) return trusted.map((verifier) => ({ verifier, from: 0, to: Number.MAX_SAFE_INTEGER }))
  const periods: KeyPeriod[] = [{ verifier: first.oldKey, from: 0, to: first.index }]
  for (const [at, { index, newKey }] of rotations.entries()) {
    const next = rotations[at + 1]
    if (next !== undefined && (!isSameKey(next.oldKey, newKey) || next.index <= index)) {
      throw new NoteError(`rotation ${at + 1} of ${newKey.name} replaces the key of rotation ${at}, at a later entry`)
    }
    periods.push({ verifier: newKey, from: index + 1, to: next?.index ?? Number.MAX_SAFE_INTEGER })
  }
  for (const key of trusted) {
    if (!periods.some(({ verifier }) => isSameKey(verifier, key))) {
      throw new NoteError(`the rotations of ${first.newKey.name} do not lead to the trusted key ${key.vkey}`)
    }
  }
  return periods
}

/**
 * Parses a checkpoint of a log, and checks that the key that was in force at its size signed it.
 * @param periods the keys of the log, as {@link followRotations} returns them
 * @throws {NoteError} if any of this fails, or the origin is not the name of the key.
 */
export function openLogCheckpoint(note: Uint8Array | string, periods: readonly KeyPeriod[]): Checkpoint {
  const opened = openNote(
    note,
    periods.map(({ verifier }) => verifier),
  )
  const checkpoint = parseCheckpoint(opened.text)
  const { name } = requireKeyInForce(opened, periods, checkpoint.size)
  if (checkpoint.origin !== name) {
    throw new NoteError(`a checkpoint of the log ${name} must have this name as its origin`)
  }
  return checkpoint
}

/**
 * Returns the key that signed a note and may sign trees of `size` entries.
 * @throws {NoteError} if only keys signed that were not in force at this size, or none of these keys signed.
 */
export function requireKeyInForce({ verified }: OpenedNote, periods: readonly KeyPeriod[], size: number): NoteVerifier {
  const signed = periods.filter(({ verifier }) => verified.some((by) => by.verifier === verifier))
  const inForce = signed.find(({ from, to }) => size >= from && size <= to)
  if (inForce !== undefined) return inForce.verifier
  const [wrong] = signed
  if (wrong === undefined) throw new NoteError('no signature is from a key of the log')
  throw new NoteError(
    size > wrong.to
      ? `signed with a key that was replaced at entry ${wrong.to}: a checkpoint of ${size} entries needs the key that replaced it`
      : `signed with a key that is in force only since entry ${wrong.from - 1}: a checkpoint of ${size} entries needs the key before it`,
  )
}

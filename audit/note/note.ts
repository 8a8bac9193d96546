import { formatBase64, parseBase64 } from './base64.ts'
import { isKeyName, NoteError, type NoteSigner, type NoteVerifier } from './key.ts'

/** Signed notes (C2SP signed-note): a text, an empty line and signature lines. The parser is strict: a note has only one form. */

/**
 * How many signatures a note may have. The specification requires support for at least 16. A note of a log's history has at most 65,535 bytes, which
 * are about as many lines, so a group of hundreds of witnesses meets that limit first (audit/independent/check.py has the same number).
 */
export const MAX_SIGNATURES = 512

/** The longest note, in bytes. */
const MAX_NOTE_BYTES = 1_000_000

/** One signature line. */
export interface NoteSignature {
  readonly name: string
  readonly keyId: number
  /** The bytes after the key id. */
  readonly signature: Uint8Array
}

/** A parsed note. Its signatures are not verified yet. */
export interface Note {
  /** Ends with a newline. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** A note with at least one valid signature. */
export interface OpenedNote {
  readonly text: string
  /** The valid signatures with their keys, each key once. */
  readonly verified: readonly { readonly verifier: NoteVerifier; readonly signature: Uint8Array }[]
  /** The signatures of unknown keys, unverified. */
  readonly unknown: readonly NoteSignature[]
}

/**
 * Parses a note, without verifying its signatures.
 * @throws {NoteError} if it is malformed.
 */
export function parseNote(note: Uint8Array | string): Note {
  const full = typeof note === 'string' ? note : decode(note)
  requireLength(full)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression looks for control characters.
  if (!full.isWellFormed() || /[\u0000-\u0009\u000b-\u001f]/.test(full)) {
    throw new NoteError('a note is UTF-8 without control characters other than newlines')
  }
  const cut = full.lastIndexOf('\n\n')
  if (cut < 0 || !full.endsWith('\n')) throw new NoteError('a note is a text, an empty line and signature lines')
  const lines = full.slice(cut + 2, -1).split('\n')
  requireCount(lines.length)
  return { text: full.slice(0, cut + 1), signatures: lines.map(parseSignatureLine) }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new NoteError('a note is UTF-8')
  }
}

/**
 * Parses a signature line, without its newline.
 * @throws {NoteError} if it is malformed.
 */
export function parseSignatureLine(line: string): NoteSignature {
  const [dash, name, base64, ...rest] = line.split(' ')
  const bytes = parseBase64(base64 ?? '')
  if (dash !== '—' || !isKeyName(name ?? '') || bytes === undefined || bytes.length < 5 || rest.length > 0) {
    throw new NoteError('a signature line is an em dash, a name and Base 64, separated by spaces')
  }
  return { name: name ?? '', keyId: Buffer.from(bytes).readUInt32BE(0), signature: bytes.subarray(4) }
}

/** Formats a signature line, with its newline. */
export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  const id = Buffer.alloc(4)
  id.writeUInt32BE(keyId)
  return `— ${name} ${formatBase64(Buffer.concat([id, signature]))}\n`
}

/**
 * Formats a note.
 * @throws {NoteError} if the text does not end with a newline, or {@link parseNote} would refuse the note because it is too long.
 */
export function formatNote({ text, signatures }: Note): string {
  if (!text.endsWith('\n')) throw new NoteError('the text of a note must end with a newline')
  requireCount(signatures.length)
  const note = `${text}\n${signatures.map(formatSignatureLine).join('')}`
  requireLength(note)
  return note
}

function requireCount(signatures: number): void {
  if (signatures > MAX_SIGNATURES) {
    throw new NoteError(`a note has at most ${MAX_SIGNATURES} signatures; ${signatures} came`)
  }
}

function requireLength(note: string): void {
  const bytes = Buffer.byteLength(note)
  if (bytes > MAX_NOTE_BYTES) throw new NoteError(`a note has at most ${MAX_NOTE_BYTES} bytes; ${bytes} came`)
}

/** Signs a text with one key. */
export function signText(text: string, signer: NoteSigner): NoteSignature {
  const { name, keyId } = signer.verifier
  return { name, keyId, signature: signer.sign(text) }
}

/** Signs a text with each of the keys, and returns the note. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  return formatNote({ text, signatures: signers.map((signer) => signText(text, signer)) })
}

/**
 * Parses a note and verifies the signatures of the known keys. Returns signatures of unknown keys separately; they prove nothing.
 * @param verifiers the known keys
 * @throws {NoteError} if the note is malformed, a signature of a known key is not valid, or no known key signed.
 */
export function openNote(note: Uint8Array | string, verifiers: readonly NoteVerifier[]): OpenedNote {
  const { text, signatures } = parseNote(note)
  const matched = signatures.map((line) => ({ ...line, verifier: findVerifier(line, verifiers) }))
  const verified = new Map<NoteVerifier, Uint8Array>()
  for (const { verifier, signature } of matched) {
    if (verifier === undefined) continue
    if (!verifier.verify(text, signature)) throw new NoteError(`a signature of ${verifier.name} is not valid`)
    if (!verified.has(verifier)) verified.set(verifier, signature)
  }
  if (verified.size === 0) throw new NoteError('no signature is from a known key')
  const unknown = matched.filter(({ verifier }) => verifier === undefined)
  return {
    text,
    verified: [...verified].map(([verifier, signature]) => ({ verifier, signature })),
    unknown: unknown.map(({ name, keyId, signature }) => ({ name, keyId, signature })),
  }
}

function findVerifier(line: NoteSignature, verifiers: readonly NoteVerifier[]): NoteVerifier | undefined {
  return verifiers.find(({ name, keyId }) => name === line.name && keyId === line.keyId)
}

/**
 * Adds signatures to a note. Each key has one: a new signature takes the place of the one that this key made before. So the cosignatures of an idle log
 * are as many as its witnesses, and those that complete a quorum are of one time.
 * @throws {NoteError} if the note is malformed, or there would be more signatures than a note may have.
 */
export function addSignatures(note: string, signatures: readonly NoteSignature[]): string {
  const { text, signatures: present } = parseNote(note)
  return formatNote({
    text,
    signatures: [...new Map([...present, ...signatures].map((one) => [keyOf(one), one])).values()],
  })
}

/** Returns whether a key has several signatures in a note, as an earlier version wrote for an idle log without a quorum. */
export function hasRepeatedKeys(signatures: readonly NoteSignature[]): boolean {
  return new Set(signatures.map(keyOf)).size < signatures.length
}

function keyOf({ name, keyId }: NoteSignature): string {
  return `${keyId} ${name}`
}

import { formatBase64, parseBase64 } from './base64.ts'
import { isKeyName, NoteError, type NoteSigner, type NoteVerifier } from './key.ts'

/** Signed notes (C2SP signed-note): a text, an empty line, signature lines. Read strictly, so that a note has one form. */

/** How many signatures a note may have; the specification asks for at least 16. */
const MAX_SIGNATURES = 64

/** The longest note, in bytes. */
const MAX_NOTE_BYTES = 1_000_000

/** One signature line. */
export interface NoteSignature {
  readonly name: string
  readonly keyId: number
  /** What follows the key id. */
  readonly signature: Uint8Array
}

/** A note as it was read: nothing in it is checked yet. */
export interface Note {
  /** Ends in a newline. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** A note of which at least one signature holds. */
export interface OpenedNote {
  readonly text: string
  /** The signatures that hold, with the keys that made them, each key once. */
  readonly verified: readonly { readonly verifier: NoteVerifier; readonly signature: Uint8Array }[]
  /** The signatures of keys that are not known, as they came. */
  readonly unknown: readonly NoteSignature[]
}

/** Reads a note. Throws a NoteError where it is not of a note's form. */
export function parseNote(note: Uint8Array | string): Note {
  const whole = typeof note === 'string' ? note : decode(note)
  if (Buffer.byteLength(whole) > MAX_NOTE_BYTES) throw new NoteError(`a note has at most ${MAX_NOTE_BYTES} bytes`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  if (!whole.isWellFormed() || /[\u0000-\u0009\u000b-\u001f]/.test(whole)) {
    throw new NoteError('a note is UTF-8 without control characters other than newlines')
  }
  const cut = whole.lastIndexOf('\n\n')
  if (cut < 0 || !whole.endsWith('\n')) throw new NoteError('a note is a text, an empty line and signature lines')
  const lines = whole.slice(cut + 2, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) throw new NoteError(`a note has at most ${MAX_SIGNATURES} signatures`)
  return { text: whole.slice(0, cut + 1), signatures: lines.map(parseSignatureLine) }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new NoteError('a note is UTF-8')
  }
}

/** Reads a signature line, without its newline. Throws a NoteError where it is none. */
export function parseSignatureLine(line: string): NoteSignature {
  const [dash, name, base64, ...rest] = line.split(' ')
  const bytes = parseBase64(base64 ?? '')
  if (dash !== '—' || !isKeyName(name ?? '') || bytes === undefined || bytes.length < 5 || rest.length > 0) {
    throw new NoteError('a signature line is an em dash, a name and Base 64, with spaces between them')
  }
  return { name: name ?? '', keyId: Buffer.from(bytes).readUInt32BE(0), signature: bytes.subarray(4) }
}

/** A signature line with its newline. */
export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  const id = Buffer.alloc(4)
  id.writeUInt32BE(keyId)
  return `— ${name} ${formatBase64(Buffer.concat([id, signature]))}\n`
}

/** Writes a note. Throws a NoteError where the text does not end in a newline. */
export function formatNote({ text, signatures }: Note): string {
  if (!text.endsWith('\n')) throw new NoteError('a note’s text ends in a newline')
  return `${text}\n${signatures.map(formatSignatureLine).join('')}`
}

/** The signature of one key over a text. */
export function signText(text: string, signer: NoteSigner): NoteSignature {
  const { name, keyId } = signer.verifier
  return { name, keyId, signature: signer.sign(text) }
}

/** Signs a text with each of the keys, as a note. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  return formatNote({ text, signatures: signers.map((signer) => signText(text, signer)) })
}

/**
 * Reads a note and checks the signatures of the keys that are known; the others are kept, and count for nothing. Throws a
 * NoteError where the form is wrong, where a known key's signature does not hold, and where there is none of a known key.
 */
export function openNote(note: Uint8Array | string, verifiers: readonly NoteVerifier[]): OpenedNote {
  const { text, signatures } = parseNote(note)
  const known = signatures.map((line) => ({ ...line, verifier: findVerifier(line, verifiers) }))
  const verified = new Map<NoteVerifier, Uint8Array>()
  for (const { verifier, signature } of known) {
    if (verifier === undefined) continue
    if (!verifier.verify(text, signature)) throw new NoteError(`a signature of ${verifier.name} does not hold`)
    if (!verified.has(verifier)) verified.set(verifier, signature)
  }
  if (verified.size === 0) throw new NoteError('no signature is of a known key')
  const unknown = known.filter(({ verifier }) => verifier === undefined)
  return {
    text,
    verified: [...verified].map(([verifier, signature]) => ({ verifier, signature })),
    unknown: unknown.map(({ name, keyId, signature }) => ({ name, keyId, signature })),
  }
}

function findVerifier(line: NoteSignature, verifiers: readonly NoteVerifier[]): NoteVerifier | undefined {
  return verifiers.find(({ name, keyId }) => name === line.name && keyId === line.keyId)
}

/** A note with further signatures, each line once; those that it has already come first. */
export function addSignatures(note: string, signatures: readonly NoteSignature[]): string {
  const { text, signatures: present } = parseNote(note)
  const lines = new Map([...present, ...signatures].map((line) => [formatSignatureLine(line), line]))
  return formatNote({ text, signatures: [...lines.values()] })
}

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  hash,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'
import { formatBase64, parseBase64 } from './base64.ts'

/**
 * Keys of signed notes (C2SP signed-note): verifier keys `name+id+base64(type ‖ public key)`, signer keys
 * `PRIVATE+KEY+name+id+base64(type ‖ seed)`. Two types are supported: Ed25519 over the text (logs), and Ed25519 cosignatures with
 * a time (witnesses, C2SP tlog-cosignature). Another type, such as ML-DSA-44 (0x06), would be one more row in `SCHEMES`.
 */

/** The supported type bytes. */
export const SIGNATURE_TYPES = { ed25519: 0x01, cosignature: 0x04 } as const

/** One of `SIGNATURE_TYPES`. */
export type SignatureType = (typeof SIGNATURE_TYPES)[keyof typeof SIGNATURE_TYPES]

/** Verifies signatures of one key. A signature line belongs to the key that has its name and its id. */
export interface NoteVerifier {
  readonly name: string
  /** 32 bits, unsigned. */
  readonly keyId: number
  readonly type: SignatureType
  /** The raw public key: 32 bytes. */
  readonly publicKey: Uint8Array
  /** The verifier key as text. */
  readonly vkey: string
  /** Checks whether this key made `signature` (without the key id) over a note's text. */
  readonly verify: (text: string, signature: Uint8Array) => boolean
}

/** Makes signatures of one key. */
export interface NoteSigner {
  readonly verifier: NoteVerifier
  /** Signs a note's text. Returns the signature without the key id. */
  readonly sign: (text: string) => Uint8Array
  /** The private key, for another thread of this process. */
  readonly key: KeyObject
  /** The key that a rotation has begun to put in the place of this one (audit/log/rotate-key.ts). */
  readonly next?: NoteSigner
  /** The key that this one replaced. It signs too, for readers who do not have the proof of the rotation yet. */
  readonly previous?: NoteSigner
}

/** A key or a note is not acceptable. The message says what was expected and what came, and contains no secret. */
export class NoteError extends Error {
  override readonly name = 'NoteError'
}

/** Returns the time in milliseconds since 1970, as `Date.now` does. */
export type Now = () => number

interface Scheme {
  readonly sign: (text: string, key: KeyObject, now: Now) => Uint8Array
  readonly verify: (text: string, signature: Uint8Array, key: KeyObject) => boolean
}

const KEY_BYTES = 32
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex')

const SCHEMES: Readonly<Record<SignatureType, Scheme>> = {
  [SIGNATURE_TYPES.ed25519]: {
    sign: (text, key) => sign(null, Buffer.from(text), key),
    verify: (text, signature, key) => signature.length === 64 && verify(null, Buffer.from(text), key, signature),
  },
  [SIGNATURE_TYPES.cosignature]: {
    sign: (text, key, now) => {
      const time = BigInt(Math.floor(now() / 1000))
      const stamp = Buffer.alloc(8)
      stamp.writeBigUInt64BE(time)
      return Buffer.concat([stamp, sign(null, cosigned(text, time), key)])
    },
    verify: (text, signature, key) => {
      if (signature.length !== 72) return false
      const time = Buffer.from(signature).readBigUInt64BE(0)
      return time < 2n ** 63n && verify(null, cosigned(text, time), key, signature.subarray(8))
    },
  },
}

function cosigned(text: string, time: bigint): Uint8Array {
  return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`)
}

/** Reads the time of a cosignature, in seconds since 1970. Returns undefined if the signature does not have the length of one. */
export function cosignatureTime(signature: Uint8Array): number | undefined {
  return signature.length === 72 ? Number(Buffer.from(signature).readBigUInt64BE(0)) : undefined
}

/** Checks whether a text can be the name of a key: it is not empty and has no white space and no plus. */
export function isKeyName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !/[\s\u0085+]/.test(name)
}

/**
 * Parses a verifier key.
 * @throws {NoteError} if it is malformed, its type is not supported, or its id does not belong to its key.
 */
export function parseVerifierKey(vkey: string): NoteVerifier {
  const { name, id, type, key } = parseKey(vkey, 'verifier key')
  const verifier = createVerifier(name, type, key)
  if (formatKeyId(verifier.keyId) !== id) {
    throw new NoteError(`a verifier key of ${name} has the id ${formatKeyId(verifier.keyId)}; ${id} came`)
  }
  return verifier
}

/**
 * Parses a signer key.
 * @param now the clock for the time in cosignatures
 * @throws {NoteError} as `parseVerifierKey` does.
 */
export function parseSignerKey(skey: string, now: Now = Date.now): NoteSigner {
  const prefix = 'PRIVATE+KEY+'
  if (!skey.startsWith(prefix)) throw new NoteError(`a signer key begins with ${prefix}`)
  const { name, id, type, key } = parseKey(skey.slice(prefix.length), 'signer key')
  const signer = createSigner(name, type, toPrivateKey(key), now)
  if (formatKeyId(signer.verifier.keyId) !== id)
    throw new NoteError(`the signer key of ${name} does not have the id ${id}`)
  return signer
}

/**
 * Parses the file of a log's signer key. While a rotation of the key is under way, the file has two lines: the present key and,
 * behind it, the next one.
 * @returns the key of the first line. Its member `next` is the key of the second line.
 * @throws {NoteError} if a line is not a signer key, there are more than two, or the keys have different names.
 */
export function parseSignerFile(text: string): NoteSigner {
  const [first = '', second, ...rest] = text.trim().split('\n')
  const signer = parseSignerKey(first.trim())
  if (second === undefined) return signer
  const next = parseSignerKey(second.trim())
  if (rest.length > 0 || next.verifier.name !== signer.verifier.name) {
    throw new NoteError('the file of a log’s signer key has one key or, during a rotation, two keys of the same name')
  }
  return { ...signer, next }
}

/**
 * Generates a signer key.
 * @returns the key as text. It is secret.
 * @throws {NoteError} if `name` cannot be the name of a key.
 */
export function generateSignerKey(name: string, type: SignatureType): string {
  const seed = randomBytes(KEY_BYTES)
  const { verifier } = createSigner(name, type, toPrivateKey(seed), Date.now)
  return `PRIVATE+KEY+${name}+${formatKeyId(verifier.keyId)}+${formatBase64(Buffer.concat([Buffer.of(type), seed]))}`
}

function parseKey(text: string, what: string) {
  // The last part is Base 64, so it may contain a plus.
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text)
  const material = parseBase64(match?.[3] ?? '')
  if (!match?.[1] || !match[2] || material === undefined || !isKeyName(match[1])) {
    throw new NoteError(`a ${what} is a name, 8 lower-case hexadecimal digits and Base 64, separated by pluses`)
  }
  const type = Object.values(SIGNATURE_TYPES).find((supported) => supported === material[0])
  if (type === undefined) throw new NoteError(`the type of the ${what} of ${match[1]} is not supported`)
  if (material.length !== 1 + KEY_BYTES)
    throw new NoteError(`the ${what} of ${match[1]} does not have ${KEY_BYTES} bytes`)
  return { name: match[1], id: match[2], type, key: material.subarray(1) }
}

function createVerifier(name: string, type: SignatureType, publicKey: Uint8Array): NoteVerifier {
  const spki = Buffer.concat([SPKI_ED25519, publicKey])
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  const typed = Buffer.concat([Buffer.of(type), publicKey])
  const keyId = createHash('sha256').update(`${name}\n`).update(typed).digest().readUInt32BE(0)
  const vkey = `${name}+${formatKeyId(keyId)}+${formatBase64(typed)}`
  const { verify } = SCHEMES[type]
  return {
    name,
    keyId,
    type,
    publicKey,
    vkey,
    verify: (text, signature) => rememberValid(vkey, text, signature, () => verify(text, signature, key)),
  }
}

/** SHA-256 of a verifier key, a signature and a text, of what was found valid last. An auditor reads the same checkpoint several times. */
const valid = new Set<string>()

/** How many valid signatures are remembered, in about 200 bytes each. */
const MAX_VALID = 10_000

/** Verifies a signature unless it was found valid before, by this key and of this text. What is not valid is not remembered. */
function rememberValid(vkey: string, text: string, signature: Uint8Array, verify: () => boolean): boolean {
  // Neither a verifier key nor Base 64 has a newline.
  const name = hash('sha256', `${vkey}\n${formatBase64(signature)}\n${text}`, 'base64')
  if (valid.has(name)) return true
  if (!verify()) return false
  const [oldest] = valid
  if (valid.size >= MAX_VALID && oldest !== undefined) valid.delete(oldest)
  valid.add(name)
  return true
}

/** Returns a verifier with the same public key and another name. Its key id differs, because the id depends on the name. */
export function renameVerifier({ type, publicKey }: NoteVerifier, name: string): NoteVerifier {
  return createVerifier(name, type, publicKey)
}

function toPrivateKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' })
}

/**
 * Creates the signer of a private key.
 * @throws {NoteError} if `name` cannot be the name of a key.
 */
export function createSigner(name: string, type: SignatureType, key: KeyObject, now: Now = Date.now): NoteSigner {
  if (!isKeyName(name))
    throw new NoteError('the name of a key must not be empty, and must not contain white space or a plus')
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI_ED25519.length)
  return { verifier: createVerifier(name, type, publicKey), sign: (text) => SCHEMES[type].sign(text, key, now), key }
}

/** Formats a key id as in a key: 8 lower-case hexadecimal digits. */
export function formatKeyId(keyId: number): string {
  return keyId.toString(16).padStart(8, '0')
}

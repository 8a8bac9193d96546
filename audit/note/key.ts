import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto'
import { formatBase64, parseBase64 } from './base64.ts'

/**
 * Keys of signed notes (C2SP signed-note): verifier keys `name+id+base64(type ‖ public key)`, signer keys
 * `PRIVATE+KEY+name+id+base64(type ‖ seed)`. Two types are spoken: Ed25519 over the text (logs), and Ed25519 cosignatures with a
 * time (witnesses, C2SP tlog-cosignature). A further one, such as ML-DSA-44 (0x06), is a row in `SCHEMES`.
 */

/** The type bytes that are spoken. */
export const SIGNATURE_TYPES = { ed25519: 0x01, cosignature: 0x04 } as const

/** One of `SIGNATURE_TYPES`. */
export type SignatureType = (typeof SIGNATURE_TYPES)[keyof typeof SIGNATURE_TYPES]

/** What checks signatures of one key. Name and id together say which signature lines are meant for it. */
export interface NoteVerifier {
  readonly name: string
  /** 32 bits, unsigned. */
  readonly keyId: number
  readonly type: SignatureType
  /** The raw public key. */
  readonly publicKey: Uint8Array
  /** The verifier key as text. */
  readonly vkey: string
  /** Whether `signature` (without the key id) is this key's over a note's text. */
  readonly verify: (text: string, signature: Uint8Array) => boolean
}

/** What makes signatures of one key. */
export interface NoteSigner {
  readonly verifier: NoteVerifier
  /** The signature over a note's text, without the key id. */
  readonly sign: (text: string) => Uint8Array
}

/** Why a key or a note is not taken. The message names what was expected and what came, and no secret. */
export class NoteError extends Error {
  override readonly name = 'NoteError'
}

/** Gives the time in milliseconds since 1970, as `Date.now` does. */
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

/** When a cosignature was made, in seconds since 1970; undefined where the signature is not of that form. */
export function cosignatureTime(signature: Uint8Array): number | undefined {
  return signature.length === 72 ? Number(Buffer.from(signature).readBigUInt64BE(0)) : undefined
}

/** Whether a text can be a key's name: not empty, no white space, no plus. */
export function isKeyName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !/[\s\u0085+]/.test(name)
}

/** Reads a verifier key. Throws a NoteError where it is malformed, of a type that is not spoken, or its id is not that of its key. */
export function parseVerifierKey(vkey: string): NoteVerifier {
  const { name, id, type, key } = parseKey(vkey, 'verifier key')
  const verifier = createVerifier(name, type, key)
  if (formatKeyId(verifier.keyId) !== id) {
    throw new NoteError(`a verifier key of ${name} has the id ${formatKeyId(verifier.keyId)}; ${id} came`)
  }
  return verifier
}

/** Reads a signer key. `now` is the clock of cosignatures. Throws a NoteError as `parseVerifierKey` does. */
export function parseSignerKey(skey: string, now: Now = Date.now): NoteSigner {
  const prefix = 'PRIVATE+KEY+'
  if (!skey.startsWith(prefix)) throw new NoteError(`a signer key begins with ${prefix}`)
  const { name, id, type, key } = parseKey(skey.slice(prefix.length), 'signer key')
  const signer = createSigner(name, type, key, now)
  if (formatKeyId(signer.verifier.keyId) !== id) throw new NoteError(`the signer key of ${name} has not the id ${id}`)
  return signer
}

/** Makes a signer key, as text; it is secret. Throws a NoteError where the name can be none. */
export function generateSignerKey(name: string, type: SignatureType): string {
  const seed = randomBytes(KEY_BYTES)
  const { verifier } = createSigner(name, type, seed, Date.now)
  return `PRIVATE+KEY+${name}+${formatKeyId(verifier.keyId)}+${formatBase64(Buffer.concat([Buffer.of(type), seed]))}`
}

function parseKey(text: string, what: string) {
  // The last part may have a plus in it, as Base 64 has.
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text)
  const material = parseBase64(match?.[3] ?? '')
  if (!match?.[1] || !match[2] || material === undefined || !isKeyName(match[1])) {
    throw new NoteError(`a ${what} is a name, 8 lower hexadecimal digits and Base 64, with pluses between them`)
  }
  const type = Object.values(SIGNATURE_TYPES).find((known) => known === material[0])
  if (type === undefined) throw new NoteError(`the ${what} of ${match[1]} is of a type that is not spoken`)
  if (material.length !== 1 + KEY_BYTES) throw new NoteError(`the ${what} of ${match[1]} has not ${KEY_BYTES} bytes`)
  return { name: match[1], id: match[2], type, key: material.subarray(1) }
}

function createVerifier(name: string, type: SignatureType, publicKey: Uint8Array): NoteVerifier {
  const spki = Buffer.concat([SPKI_ED25519, publicKey])
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  const typed = Buffer.concat([Buffer.of(type), publicKey])
  const keyId = createHash('sha256').update(`${name}\n`).update(typed).digest().readUInt32BE(0)
  const vkey = `${name}+${formatKeyId(keyId)}+${formatBase64(typed)}`
  const { verify } = SCHEMES[type]
  return { name, keyId, type, publicKey, vkey, verify: (text, signature) => verify(text, signature, key) }
}

function createSigner(name: string, type: SignatureType, seed: Uint8Array, now: Now): NoteSigner {
  if (!isKeyName(name)) throw new NoteError('a key’s name is not empty and has no white space and no plus')
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI_ED25519.length)
  return { verifier: createVerifier(name, type, publicKey), sign: (text) => SCHEMES[type].sign(text, key, now) }
}

/** A key id as it stands in a key: 8 lower hexadecimal digits. */
export function formatKeyId(keyId: number): string {
  return keyId.toString(16).padStart(8, '0')
}

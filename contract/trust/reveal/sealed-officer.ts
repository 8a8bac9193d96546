import { randomBytes } from 'node:crypto'
import { CompactEncrypt, type CryptoKey, compactDecrypt, decodeProtectedHeader } from 'jose'
import { z } from 'zod'
import { DocumentError } from '../personal-jws.ts'
import { type RevealKey, SEALING_ALGORITHM } from './reveal-keys.ts'

/**
 * An officer under seal (docs/design/trust.md, Reveal). The officer is encrypted under a random key K, and K = A xor B xor S: A is sealed to the
 * authority's reveal key, B to each auditor's, and S is a salt that the authority keeps apart and can erase. Whoever lacks one of the three
 * knows nothing of K.
 */

/** The length of K and of each share, in bytes. */
const SHARE_BYTES = 32

/** The plaintext of a sealed officer has a multiple of so many bytes, so that the length tells nothing of the name. */
const PADDING_BYTES = 256

const ENCRYPTION = 'A256GCM'

/** An officer in the words of the login provider. */
export interface NamedOfficer {
  readonly issuer: string
  readonly subject: string
}

/** A share that is sealed to one key. */
export interface SealedShare {
  /** The thumbprint of the key. */
  readonly key: string
  /** JWE in compact form. */
  readonly share: string
}

/** An officer under seal. */
export interface SealedOfficer {
  /** The officer: JWE in compact form. */
  readonly sealed: string
  readonly authority: SealedShare
  readonly auditors: readonly SealedShare[]
}

/** Whose share something is. `GIVEN`: the authority's, with the salt, as an auditor gets it. `SALT`: the salt on its way to the authority's key. */
export type SharePart = 'AUTHORITY' | 'AUDITOR' | 'SALT' | 'GIVEN'

/** What a seal is made of. */
export interface ToSeal {
  readonly officer: NamedOfficer
  /** The officer's ref, which stands in each share too: shares of different officers cannot be mixed up. */
  readonly ref: string
  /** 32 random bytes that are kept apart. */
  readonly salt: Uint8Array
  readonly authority: RevealKey
  readonly auditors: readonly RevealKey[]
}

/** Makes a salt for a seal. */
export function newSealSalt(): Uint8Array {
  return randomBytes(SHARE_BYTES)
}

/** Puts an officer under seal. Each call makes new shares. */
export async function sealOfficer({ officer, ref, salt, authority, auditors }: ToSeal): Promise<SealedOfficer> {
  const contentKey = randomBytes(SHARE_BYTES)
  const ofAuthority = randomBytes(SHARE_BYTES)
  const ofAuditors = xorShares(xorShares(contentKey, ofAuthority), salt)
  const { issuer, subject } = officer
  const text = JSON.stringify({ v: 1, ref, issuer, subject })
  const length = Math.ceil(Buffer.byteLength(text) / PADDING_BYTES) * PADDING_BYTES
  const padded = Buffer.concat([Buffer.from(text)], length).map((byte) => byte || SPACE)
  const sealed = await new CompactEncrypt(padded)
    .setProtectedHeader({ alg: 'dir', enc: ENCRYPTION, typ: 'istmo-officer' })
    .encrypt(contentKey)
  return {
    sealed,
    authority: await sealShare({ part: 'AUTHORITY', ref, share: ofAuthority }, authority),
    auditors: await Promise.all(
      auditors.map((auditor) => sealShare({ part: 'AUDITOR', ref, share: ofAuditors }, auditor)),
    ),
  }
}

const SPACE = 0x20

/** A share, the step that it is for, and the ref of the officer. */
export interface OpenShare {
  readonly part: SharePart
  readonly ref: string
  readonly share: Uint8Array
}

/** Seals a share to a key. */
export async function sealShare({ part, ref, share }: OpenShare, { kid, key }: RevealKey): Promise<SealedShare> {
  const text = JSON.stringify({ v: 1, part, ref, share: Buffer.from(share).toString('base64url') })
  const jwe = await new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader({ alg: SEALING_ALGORITHM, enc: ENCRYPTION, kid, typ: 'istmo-share' })
    .encrypt(key)
  return { key: kid, share: jwe }
}

const SHARE = z.strictObject({
  v: z.literal(1),
  part: z.string(),
  ref: z.string(),
  share: z.string().regex(/^[\w-]{43}$/),
})
const OFFICER = z.strictObject({ v: z.literal(1), ref: z.string(), issuer: z.string(), subject: z.string() })

/**
 * Opens a share with whichever of the keys it is sealed to.
 * @param expected the step that it must be for, and the officer's ref.
 * @throws {DocumentError} if it is sealed to none of the keys, was changed, or is another share.
 */
export async function openShare(
  jwe: string,
  keys: readonly RevealKey[],
  expected: Omit<OpenShare, 'share'>,
): Promise<Uint8Array> {
  const kid = readKid(jwe)
  const own = keys.find((key) => key.kid === kid)
  if (own === undefined) throw new DocumentError('expected a share that is sealed to this key; it is sealed to another')
  const parsed = SHARE.safeParse(await decrypt(jwe, own.key, SEALING_ALGORITHM))
  if (!parsed.success) throw new DocumentError('expected a share that was sealed by an authority; came another text')
  const { part, ref, share } = parsed.data
  if (part === expected.part && ref === expected.ref) return Buffer.from(share, 'base64url')
  throw new DocumentError('expected the share of this officer and for this step; came another share')
}

/**
 * Opens a sealed officer with both shares: the auditor's, and what the authority gave (its own share xor the salt).
 * @throws {DocumentError} if they do not open it, or it is another officer's.
 */
export async function openOfficer(
  sealed: string,
  ref: string,
  shares: readonly [Uint8Array, Uint8Array],
): Promise<NamedOfficer> {
  const parsed = OFFICER.safeParse(await decrypt(sealed, xorShares(...shares), 'dir'))
  if (!parsed.success || parsed.data.ref !== ref) {
    throw new DocumentError('expected the sealed officer of this ref; came another')
  }
  const { issuer, subject } = parsed.data
  return { issuer, subject }
}

/**
 * Combines two shares.
 * @throws {DocumentError} if one does not have 32 bytes.
 */
export function xorShares(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length !== SHARE_BYTES || other.length !== SHARE_BYTES) {
    throw new DocumentError(`expected shares of ${SHARE_BYTES} bytes; came another length`)
  }
  return one.map((byte, at) => byte ^ (other[at] ?? 0))
}

function readKid(jwe: string): unknown {
  try {
    return decodeProtectedHeader(jwe).kid
  } catch {
    return undefined
  }
}

async function decrypt(jwe: string, key: CryptoKey | Uint8Array, algorithm: string): Promise<unknown> {
  try {
    const { plaintext } = await compactDecrypt(jwe, key, {
      keyManagementAlgorithms: [algorithm],
      contentEncryptionAlgorithms: [ENCRYPTION],
    })
    return JSON.parse(Buffer.from(plaintext).toString('utf8'))
  } catch (cause) {
    throw new DocumentError('expected something that these keys open; it does not open', { cause })
  }
}

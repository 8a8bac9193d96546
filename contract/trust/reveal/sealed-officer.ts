import { randomBytes } from 'node:crypto'
import { type CompactDecryptGetKey, CompactEncrypt, compactDecrypt } from 'jose'
import { z } from 'zod'
import type { EntryOf } from '../../audit-log/entry.ts'
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

/** An officer under seal: `sealed` is the officer, and each share is sealed to the key whose thumbprint stands beside it. All are JWE in compact form. */
export type SealedOfficer = Pick<EntryOf<'officer-seal'>, 'sealed' | 'authority' | 'auditors'>

const OFFICER = z.strictObject({ v: z.literal(1), ref: z.string(), issuer: z.string(), subject: z.string() })
/** An officer in the words of the login provider. */
export type NamedOfficer = Readonly<Pick<z.infer<typeof OFFICER>, 'issuer' | 'subject'>>

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
  /** `GIVEN`: the authority's share, with the salt, as an auditor gets it. `SALT`: the salt on its way to the authority's key. */
  readonly part: 'AUTHORITY' | 'AUDITOR' | 'SALT' | 'GIVEN'
  readonly ref: string
  readonly share: Uint8Array
}

/** Seals a share to a key. */
export async function sealShare(
  { part, ref, share }: OpenShare,
  { kid, key }: RevealKey,
): Promise<SealedOfficer['authority']> {
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
  const opened = await decrypt(jwe, SEALING_ALGORITHM, ({ kid }) => {
    const own = keys.find((key) => key.kid === kid)
    if (own !== undefined) return own.key
    throw new DocumentError('expected a share that is sealed to this key; it is sealed to another')
  })
  const { data } = SHARE.safeParse(opened)
  if (data?.part === expected.part && data.ref === expected.ref) return Buffer.from(data.share, 'base64url')
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
  const { data } = OFFICER.safeParse(await decrypt(sealed, 'dir', () => xorShares(...shares)))
  if (data?.ref === ref) return { issuer: data.issuer, subject: data.subject }
  throw new DocumentError('expected the sealed officer of this ref; came another')
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

async function decrypt(jwe: string, algorithm: string, findKey: CompactDecryptGetKey): Promise<unknown> {
  const allowed = { keyManagementAlgorithms: [algorithm], contentEncryptionAlgorithms: [ENCRYPTION] }
  try {
    const { plaintext } = await compactDecrypt(jwe, findKey, allowed)
    return JSON.parse(Buffer.from(plaintext).toString('utf8'))
  } catch (cause) {
    if (cause instanceof DocumentError) throw cause
    throw new DocumentError('expected something that these keys open; it does not open', { cause })
  }
}

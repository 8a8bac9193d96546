import { z } from 'zod'
import { PURPOSES } from '../access-token.ts'
import { isCountryCode } from '../country-code.ts'
import { isUuidV7 } from '../uuid-v7.ts'
import { sha256Url } from './digest.ts'
import { isTimeZone, localDay, toDayNumber } from './local-day.ts'
import {
  DIGEST,
  DocumentError,
  describeIssue,
  type PersonalJws,
  type PersonalPrivateKey,
  type PersonalSignature,
  type SignerRole,
  signPersonally,
  type VerifiedPersonalJws,
  verifyPersonalJws,
} from './personal-jws.ts'

/** Mandates: documents that a drafter and an approver sign (docs/design/trust.md, The mandate). */

/** The media type of a mandate, in the protected header of each signature. */
export const MANDATE_TYPE = 'istmo-mandate+json'

/** How many days after the day of issue the last day of a mandate may be. */
export const MAX_MANDATE_DAYS = 180

/** How far clocks may differ, in seconds. */
const CLOCK_TOLERANCE_S = 5

/** The latest time that a document may name, in seconds: 9999-12-31. */
const MAX_TIME_S = 253_402_300_799

/** A text of people. A person reads it before signing, so it has no control characters and none that reorder or hide text. */
export const PRINTABLE = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'expected a text without control characters')
  .refine(
    (text) => text.trim() === text && text.normalize('NFC') === text,
    'expected a text in NFC without outer spaces',
  )

/** A whole number of seconds since 1970. */
export const TIME_S = z.int().min(0).max(MAX_TIME_S)

const list = <Item extends z.ZodType>(item: Item, { min = 1, max }: { readonly min?: number; readonly max: number }) =>
  z
    .array(item)
    .min(min)
    .max(max)
    .refine(
      (items) => new Set(items.map((each) => JSON.stringify(each))).size === items.length,
      'expected each item once',
    )
    .readonly()

const OFFICERS = z.union([
  z.strictObject({ agency: PRINTABLE, role: PRINTABLE }).readonly(),
  z.strictObject({ hash: DIGEST }).readonly(),
])

const MANDATE_DOCUMENT = z
  .strictObject({
    v: z.literal(1),
    id: z.string().refine(isUuidV7, 'expected a UUIDv7'),
    issuer: z.string().max(200).refine(isIssuer, 'expected an https address without query and fragment'),
    country: z.string().refine(isCountryCode, 'expected a country code'),
    issued: TIME_S,
    task_force: PRINTABLE,
    purposes: list(z.enum(PURPOSES), { max: PURPOSES.length }),
    countries: list(z.string().refine(isCountryCode, 'expected a country code'), { max: 60 }),
    scopes: list(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, 'expected a scope (RFC 6749)'), { max: 50 }),
    legal_basis: list(PRINTABLE, { min: 0, max: 20 }),
    case: DIGEST.optional(),
    not_after: z.string().refine((day) => toDayNumber(day) !== undefined, 'expected a day of the calendar, YYYY-MM-DD'),
    time_zone: z.string().max(64).refine(isTimeZone, 'expected a time zone of the IANA database'),
    officers: list(OFFICERS, { max: 200 }),
    drafter: DIGEST,
    approver: DIGEST,
  })
  .readonly()

/** The payload of a mandate. `drafter`, `approver` and the officers' `hash` are salted hashes of persons (`hashPerson`). */
export type MandateDocument = z.infer<typeof MANDATE_DOCUMENT>

/** A mandate whose drafter has signed and whose approver has not. It opens nothing. */
export interface MandateDraft {
  readonly document: MandateDocument
  /** The mandate hash, by which tokens name the mandate. */
  readonly hash: string
  readonly drafterKid: string
  readonly jws: PersonalJws
}

/** A mandate that both persons have signed. */
export interface SignedMandate extends MandateDraft {
  readonly approverKid: string
}

/** Whether a mandate holds at a moment. */
export type MandateTime = 'NOT_YET' | 'IN_FORCE' | 'OVER'

/** Computes the mandate hash: SHA-256 of the decoded payload's bytes, base64url. */
export function mandateHash(payload: Uint8Array): string {
  return sha256Url(payload)
}

/**
 * Signs a mandate.
 * @param subject the payload for the drafter; the drafter's JWS for the approver, who thus signs the same bytes.
 * @returns the JWS with one more signature.
 * @throws {DocumentError} if the payload is malformed, or there is a signature already where none may be.
 */
export async function signMandate(
  subject: MandateDocument | PersonalJws,
  key: PersonalPrivateKey,
  role: SignerRole,
): Promise<PersonalJws> {
  const jws = 'signatures' in subject ? subject : encode(subject)
  if (jws.signatures.length !== (role === 'drafter' ? 0 : 1)) {
    throw new DocumentError('expected the drafter to sign first and the approver second, each once; came another order')
  }
  const signature = await signPersonally(jws.payload, key, { typ: MANDATE_TYPE, role })
  return { payload: jws.payload, signatures: [...jws.signatures, signature] }
}

/**
 * Verifies a mandate that only its drafter has signed.
 * @throws {DocumentError} if the form, the payload or the signature is not as it must be.
 */
export async function verifyMandateDraft(value: unknown): Promise<MandateDraft> {
  const verified = await verifyPersonalJws(value, MANDATE_TYPE)
  const drafter = findSigner(verified, 'drafter')
  if (verified.signatures.length !== 1) throw new DocumentError('expected one signature, of the drafter; came two')
  return { document: readDocument(verified.payload), hash: verified.hash, drafterKid: drafter.kid, jws: verified.jws }
}

/**
 * Verifies a mandate: both signatures, and that the approver is one of those whom the reader pinned. Whether the mandate holds now is
 * the question of {@link mandateTime}, on each use.
 * @param approvers the thumbprints of the approvers' keys
 * @throws {DocumentError} if anything is not as it must be.
 */
export async function verifyMandate(value: unknown, approvers: ReadonlySet<string>): Promise<SignedMandate> {
  const verified = await verifyPersonalJws(value, MANDATE_TYPE)
  if (verified.signatures.length !== 2) {
    throw new DocumentError('expected two signatures, of the drafter and of the approver; came one')
  }
  const [drafter, approver] = [findSigner(verified, 'drafter'), findSigner(verified, 'approver')]
  if (drafter.kid === approver.kid)
    throw new DocumentError('expected two different keys; both signatures are of one key')
  if (!approvers.has(approver.kid)) {
    throw new DocumentError('expected the key of an approver that is pinned here; the approver’s key is another')
  }
  const document = readDocument(verified.payload)
  return { document, hash: verified.hash, drafterKid: drafter.kid, approverKid: approver.kid, jws: verified.jws }
}

/**
 * Tells whether a mandate holds: from `issued` to the end of its last day in its own time zone. Look it up on every use.
 * @param nowMs milliseconds since the epoch
 */
export function mandateTime(
  { issued, not_after, time_zone }: Pick<MandateDocument, 'issued' | 'not_after' | 'time_zone'>,
  nowMs: number,
): MandateTime {
  if (nowMs < (issued - CLOCK_TOLERANCE_S) * 1_000) return 'NOT_YET'
  // Days of this form are in the order of their texts.
  return localDay(nowMs, time_zone) <= not_after ? 'IN_FORCE' : 'OVER'
}

/**
 * Reads the payload of a mandate.
 * @throws {DocumentError} if a member is missing, unknown or malformed, drafter and approver are one person, or it lasts too long.
 */
function readDocument(payload: unknown): MandateDocument {
  const parsed = MANDATE_DOCUMENT.safeParse(payload)
  if (!parsed.success) throw new DocumentError(`the mandate: expected its members: ${describeIssue(parsed.error)}`)
  const { drafter, approver, officers, issued, not_after, time_zone } = parsed.data
  if (drafter === approver) {
    throw new DocumentError('the mandate: expected another person as approver than as drafter; both are the same')
  }
  if (officers.some((officer) => 'hash' in officer && officer.hash === approver)) {
    throw new DocumentError('the mandate: expected an approver who is none of its officers; it names its approver')
  }
  const days = (toDayNumber(not_after) ?? 0) - (toDayNumber(localDay(issued * 1_000, time_zone)) ?? 0)
  if (days < 0 || days > MAX_MANDATE_DAYS) {
    throw new DocumentError(
      `the mandate: expected a last day from 0 to ${MAX_MANDATE_DAYS} days after the day of issue; came ${days}`,
    )
  }
  return parsed.data
}

function encode(document: MandateDocument): PersonalJws {
  return { payload: Buffer.from(JSON.stringify(readDocument(document))).toString('base64url'), signatures: [] }
}

function findSigner({ signatures }: VerifiedPersonalJws, role: SignerRole): PersonalSignature {
  const signer = signatures.find((signature) => signature.role === role)
  if (signer === undefined) throw new DocumentError(`expected a signature with the role ${role}; came none`)
  return signer
}

/** Whether a text is the address of an authority: https, or http on this machine for development. */
function isIssuer(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') return false
  const isLocal = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)
}

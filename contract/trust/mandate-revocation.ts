import { z } from 'zod'
import { PRINTABLE, TIME_S } from './mandate-document.ts'
import {
  DIGEST,
  DocumentError,
  describeIssue,
  type PersonalJws,
  type PersonalPrivateKey,
  signPersonally,
  verifyPersonalJws,
} from './personal-jws.ts'

/** Revocations of mandates: one person signs one, without a second one (docs/design/trust.md, The mandate). A revoked mandate stays revoked. */

/** The media type of a revocation, in the protected header of its signature. */
const REVOCATION_TYPE = 'istmo-mandate-revocation+json'

const MANDATE_REVOCATION = z
  .strictObject({
    v: z.literal(1),
    /** The mandate hash. */
    mandate: DIGEST,
    issued: TIME_S,
    reason: PRINTABLE,
  })
  .readonly()

/** The payload of a revocation. `reason` is for people, and stands in the authority's log. */
export type MandateRevocation = z.infer<typeof MANDATE_REVOCATION>

/** A revocation whose signature is valid. Whether its signer may revoke is not checked yet. */
export interface SignedRevocation {
  readonly revocation: MandateRevocation
  /** The thumbprint of the signer's key. */
  readonly kid: string
  readonly jws: PersonalJws
}

/**
 * Signs a revocation.
 * @throws {DocumentError} if it is malformed.
 */
export async function signRevocation(revocation: MandateRevocation, key: PersonalPrivateKey): Promise<PersonalJws> {
  const payload = Buffer.from(JSON.stringify(readRevocation(revocation))).toString('base64url')
  return { payload, signatures: [await signPersonally(payload, key, { typ: REVOCATION_TYPE, role: null })] }
}

/**
 * Verifies a revocation: its form and its one signature.
 * @param value the JWS as JSON text, or parsed
 * @throws {DocumentError} if anything is not as it must be.
 */
export async function verifyRevocation(value: unknown): Promise<SignedRevocation> {
  const { payload, signatures, jws } = await verifyPersonalJws(value, REVOCATION_TYPE)
  const [signature, ...others] = signatures
  if (signature === undefined || others.length > 0) {
    throw new DocumentError('expected a revocation with one signature; came two')
  }
  if (signature.role !== null) throw new DocumentError('expected a revocation without `role`; came one with a role')
  return { revocation: readRevocation(payload), kid: signature.kid, jws }
}

function readRevocation(payload: unknown): MandateRevocation {
  const parsed = MANDATE_REVOCATION.safeParse(payload)
  if (parsed.success) return parsed.data
  throw new DocumentError(`the revocation: expected its members: ${describeIssue(parsed.error)}`)
}

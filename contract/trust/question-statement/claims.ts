/** The claims of a question statement. */
import { z } from 'zod'
import { PURPOSES } from '../../access-token.ts'

const DIGEST = /^[A-Za-z0-9_-]{43}$/
const JTI = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const OPERATION = /^[A-Za-z_][A-Za-z0-9_]{0,255}$/
const MAX_AUDIENCE = 1_024
const MAX_BASIS = 64
const MAX_BASIS_LENGTH = 256
const MAX_DIGESTS = 256

const digest = z.string().regex(DIGEST)
const digests = (most: number) => z.array(digest).max(most)

/** The form of the claims. */
export const claimsSchema = z.strictObject({
  aud: z.string().min(1).max(MAX_AUDIENCE),
  iat: z.int().min(0),
  jti: z.string().regex(JTI),
  ath: digest,
  purpose: z.enum(PURPOSES),
  basis: z.array(z.string().min(1).max(MAX_BASIS_LENGTH)).max(MAX_BASIS),
  doc: digest,
  operation: z.string().regex(OPERATION).optional(),
  _sd_alg: z.literal('sha-256'),
  _sd: digests(1).optional(),
  countries: z
    .array(z.strictObject({ '...': digest }))
    .min(1)
    .max(MAX_DIGESTS),
  variables: z.strictObject({ _sd: digests(MAX_DIGESTS) }),
})

/** The claims of a statement. */
export type QuestionClaims = Readonly<z.infer<typeof claimsSchema>>

/** The claims of a question statement: their form, once as a schema that says what is wrong, and once as a check that costs little. */
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

const NAMES: ReadonlySet<string> = new Set(Object.keys(claimsSchema.shape))
const PURPOSE_NAMES: ReadonlySet<unknown> = new Set(PURPOSES)

/**
 * Whether an object from JSON has the form of {@link claimsSchema}, which takes thirty times as long: each statement is new, and each node reads it.
 * What fails here is left to the schema, which says why.
 */
export function isQuestionClaims(json: Readonly<Record<string, unknown>>): json is QuestionClaims {
  const { aud, iat, jti, ath, purpose, basis, doc, operation, _sd_alg, _sd, countries, variables } = json
  return (
    Object.keys(json).every((name) => NAMES.has(name)) &&
    isTextUpTo(aud, MAX_AUDIENCE) &&
    Number.isSafeInteger(iat) &&
    (iat as number) >= 0 &&
    fits(jti, JTI) &&
    fits(ath, DIGEST) &&
    PURPOSE_NAMES.has(purpose) &&
    isListUpTo(basis, MAX_BASIS, (one) => isTextUpTo(one, MAX_BASIS_LENGTH)) &&
    fits(doc, DIGEST) &&
    (operation === undefined || fits(operation, OPERATION)) &&
    _sd_alg === 'sha-256' &&
    (_sd === undefined || isListUpTo(_sd, 1, isDigest)) &&
    isListUpTo(countries, MAX_DIGESTS, (one) => isOnly(one, '...') && isDigest(one['...'])) &&
    (countries as readonly unknown[]).length > 0 &&
    isOnly(variables, '_sd') &&
    isListUpTo(variables._sd, MAX_DIGESTS, isDigest)
  )
}

function fits(value: unknown, form: RegExp): boolean {
  return typeof value === 'string' && form.test(value)
}

function isDigest(value: unknown): boolean {
  return fits(value, DIGEST)
}

function isTextUpTo(value: unknown, most: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= most
}

function isListUpTo(value: unknown, most: number, isFine: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= most && value.every(isFine)
}

/** Whether a value is an object with one member, of this name. */
function isOnly<Name extends string>(value: unknown, name: Name): value is Readonly<Record<Name, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const names = Object.keys(value)
  return names.length === 1 && names[0] === name
}

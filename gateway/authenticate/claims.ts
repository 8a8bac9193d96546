import { z } from 'zod'
import { type Caller, type Mandate, PURPOSES } from '../../contract/access-token.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { IstmoError } from '../../contract/errors.ts'
import type { Issuer } from './issuer.ts'

/** How far clocks may differ, in seconds (access.md, The token). */
export const CLOCK_TOLERANCE_S = 5

/** How long a token may live, in seconds (access.md, The token). */
const MAX_LIFETIME_S = 3600

/** The last second that a Date can hold: a time beyond is no time (jose takes `exp` 1e400). */
const LAST_SECOND = 8_640_000_000_000

const time = z.number().min(0).max(LAST_SECOND)
// Letters, marks, digits, punctuation and symbols: nothing invisible that could make two subjects look alike in a log.
const printable = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[\p{L}\p{M}\p{N}\p{P}\p{S}]+(?: [\p{L}\p{M}\p{N}\p{P}\p{S}]+)*$/u)
const country = z.string().refine(isCountryCode)
// RFC 6749 section 3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ), separated by single spaces.
const scopeToken = z
  .string()
  .max(256)
  .regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/)
const scopeText = z.string().transform((text) => (text === '' ? [] : text.split(' ')))
const scopes = z.union([scopeText, z.array(z.string())]).pipe(z.array(scopeToken).max(256))

const organisation = z.object({ country, agency: printable.optional(), role: printable.optional() })
const mandate = z.object({
  type: z.literal('istmo_mandate'),
  task_force: printable.optional(),
  case: printable.optional(),
  purposes: z.array(z.enum(PURPOSES)).min(1).max(16),
  countries: z.array(country).min(1).max(256),
  legal_basis: z.array(printable).max(64).optional(),
  not_after: z.iso.date(),
})
const claimsSchema = z.object({
  iss: z.string(),
  sub: printable,
  exp: time,
  iat: time,
  nbf: time.optional(),
  jti: printable.optional(),
  client_id: printable.optional(),
  acr: printable.optional(),
  scope: scopes.optional(),
  scp: scopes.optional(),
  org: organisation.optional(),
  authorization_details: z
    .array(z.looseObject({ type: z.string() }))
    .max(16)
    .optional(),
})
type Claims = z.infer<typeof claimsSchema>

/**
 * The caller of a token whose signature holds, from its claims (RFC 9068, RFC 9396; access.md, The token).
 * @param nowS seconds since the epoch.
 * @throws {IstmoError} `TOKEN_INVALID` naming the claim and never its value.
 */
export function readCaller(payload: Record<string, unknown>, issuer: Issuer, nowS: number): Caller {
  const parsed = claimsSchema.safeParse(payload)
  if (!parsed.success) throw invalidClaim(parsed.error, '')
  const claims = parsed.data
  checkTimes(claims, nowS)
  checkCountry(claims, issuer)
  return Object.freeze(toCaller(claims))
}

/** Whether a verified caller's token still holds at `nowS`, seconds since the epoch. */
export function isCurrent(caller: Caller, nowS: number): boolean {
  return caller.expiresAt > nowS - CLOCK_TOLERANCE_S
}

function checkTimes(claims: Claims, nowS: number): void {
  if (claims.exp <= nowS - CLOCK_TOLERANCE_S) throw new IstmoError('TOKEN_INVALID', 'the token has expired')
  if (claims.iat > nowS + CLOCK_TOLERANCE_S) throw new IstmoError('TOKEN_INVALID', '`iat` is in the future')
  if (claims.nbf !== undefined && claims.nbf > nowS + CLOCK_TOLERANCE_S) {
    throw new IstmoError('TOKEN_INVALID', '`nbf` is in the future')
  }
  if (claims.exp - claims.iat > MAX_LIFETIME_S) {
    throw new IstmoError('TOKEN_INVALID', `expected a lifetime of at most ${MAX_LIFETIME_S} s from \`iat\` to \`exp\``)
  }
}

function checkCountry(claims: Claims, issuer: Issuer): void {
  if (issuer.country === null || claims.org === undefined || claims.org.country === issuer.country) return
  throw new IstmoError('TOKEN_INVALID', '`org.country` is not the country that the issuer speaks for')
}

function toCaller(claims: Claims): Caller {
  const found = readMandate(claims)
  const org = claims.org === undefined ? undefined : withoutUndefined(claims.org)
  return withoutUndefined({
    issuer: claims.iss,
    subject: claims.sub,
    client: claims.client_id,
    tokenId: claims.jti,
    assurance: claims.acr,
    scopes: [...new Set([...(claims.scope ?? []), ...(claims.scp ?? [])])],
    organisation: org,
    mandate: found,
    expiresAt: claims.exp,
  }) as Caller
}

/** The one mandate among the authorization details; details of other types are other services' business. */
function readMandate(claims: Claims): Mandate | undefined {
  const details = (claims.authorization_details ?? []).filter((detail) => detail.type === 'istmo_mandate')
  const [first, ...others] = details
  if (first === undefined) return undefined
  if (others.length > 0) throw new IstmoError('TOKEN_INVALID', 'expected one `istmo_mandate`; came several')
  const parsed = mandate.safeParse(first)
  if (!parsed.success) throw invalidClaim(parsed.error, 'authorization_details.istmo_mandate')
  return withoutUndefined(parsed.data) as Mandate
}

function invalidClaim(error: z.ZodError, prefix: string): IstmoError {
  const path = error.issues[0]?.path.join('.') ?? ''
  const claim = [prefix, path].filter((part) => part !== '').join('.')
  return new IstmoError('TOKEN_INVALID', `claim \`${claim}\` is missing or not of its form`)
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T
}

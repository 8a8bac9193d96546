import { z } from 'zod'
import { type Caller, type Mandate, PURPOSES } from '../../contract/access-token.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { isTimeZone } from '../../contract/trust/local-day.ts'
import type { ClaimPointers, Issuer } from './issuer.ts'

/** Returns whether `text` is a JSON pointer (RFC 6901 section 3) to something inside a document. */
export function isJsonPointer(text: string): boolean {
  return /^(\/([^~/]|~[01])*)+$/.test(text)
}

/** Returns what a JSON pointer names in `document` (RFC 6901 section 4); undefined if nothing. Inherited members do not count. */
export function resolvePointer(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(member, document)
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(name)) return undefined
  return (value as Readonly<Record<string, unknown>>)[name]
}

/** How far clocks may differ, in seconds (docs/design/access.md, The token). */
export const CLOCK_TOLERANCE_S = 5

/** The last second that a Date can hold. A later time is not valid, although jose accepts an `exp` of 1e400. */
const LAST_SECOND = 8_640_000_000_000

const time = z.number().min(0).max(LAST_SECOND)
// Letters, marks, digits, punctuation and symbols, but no invisible character that could make two subjects look alike in a log.
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

// The name of a policy is any text of the schema, such as "may read narratives". Only a text without a list is separated by spaces.
const policyNames = z.union([scopeText, z.array(z.string())]).pipe(z.array(z.string().max(1_024)).max(256))

// SHA-256 as base64url, 43 characters: thumbprints of RFC 7638 and RFC 8705 section 3.1, and digests of RFC 9901.
const thumbprint = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const organisation = z.object({ country, agency: printable.optional(), role: printable.optional() })
const mandate = z.object({
  type: z.literal('istmo_mandate').default('istmo_mandate'),
  hash: z
    .string()
    .regex(/^[\w-]{43}$/)
    .optional(),
  task_force: printable.optional(),
  case: printable.optional(),
  case_digest: thumbprint.optional(),
  purposes: z.array(z.enum(PURPOSES)).min(1).max(16),
  countries: z.array(country).min(1).max(256),
  legal_basis: z.array(printable).max(64).optional(),
  not_after: z.iso.date(),
  time_zone: z.string().refine(isTimeZone).optional(),
})
const details = z.array(z.looseObject({ type: z.string() })).max(16)
// RFC 7800 section 3.1 lets a reader ignore other members. This reader rejects them: otherwise a token bound in a way that is not checked would
// pass as one that is not bound.
const confirmation = z
  .strictObject({ jkt: thumbprint.optional(), 'x5t#S256': thumbprint.optional() })
  .refine((cnf) => Object.keys(cnf).length > 0)
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
  cnf: confirmation.optional(),
})
type Claims = z.infer<typeof claimsSchema>

/** What a token is bound to (`cnf`, RFC 7800). A null member: the token is not bound in that way. */
interface Binding {
  /** Thumbprint of the sender's key (RFC 7638), which a DPoP proof shows. */
  readonly key: string | null
  /** SHA-256 of the sender's certificate in DER (RFC 8705 section 3.1). */
  readonly certificate: string | null
}

/** What the claims of a token say. */
export interface TokenContent {
  readonly caller: Caller
  readonly binding: Binding
}

/** What a token must have besides its form. */
export interface ClaimRules {
  /** Whether a token must have `jti`, the country and a mandate. It must if countries take part. */
  readonly requireMandate: boolean
}

/**
 * Reads and checks the claims of a token whose signature is valid (RFC 9068, RFC 9396, RFC 7800; docs/design/access.md, The token).
 * @param nowS seconds since the epoch.
 * @throws {IstmoError} `TOKEN_INVALID`. The message names the claim, never its value. `TOKEN_EXPIRED` if only the time of
 * the token has passed.
 */
export function readClaims(
  payload: Record<string, unknown>,
  issuer: Issuer,
  rules: ClaimRules,
  nowS: number,
): TokenContent {
  const parsed = claimsSchema.safeParse(payload)
  if (!parsed.success) throw invalidClaim(pathOf(parsed.error))
  const claims = parsed.data
  checkTimes(claims, issuer, nowS)
  const caller = withoutUndefined({
    issuer: claims.iss,
    subject: claims.sub,
    client: claims.client_id,
    tokenId: claims.jti,
    assurance: claims.acr,
    scopes: [...new Set([...(claims.scope ?? []), ...(claims.scp ?? [])])],
    organisation: readOrganisation(payload, issuer),
    mandate: readMandate(payload, issuer.claims.mandate),
    policies: readPolicies(payload, issuer.claims.policies),
    expiresAt: claims.exp,
  }) as Caller
  if (rules.requireMandate) checkComplete(caller, issuer.claims)
  // Last, after the signature and all claims: only the holder of a token that was good learns that its time has passed.
  if (!isCurrent(caller, nowS)) throw new IstmoError('TOKEN_EXPIRED')
  const binding = { key: claims.cnf?.jkt ?? null, certificate: claims.cnf?.['x5t#S256'] ?? null }
  const keys = [binding.key, binding.certificate].filter((key) => key !== null)
  return { caller: keys.length === 0 ? caller : { ...caller, keys }, binding }
}

/** Returns whether a verified caller's token is still valid at `nowS`, in seconds since the epoch. */
export function isCurrent(caller: Caller, nowS: number): boolean {
  return caller.expiresAt > nowS - CLOCK_TOLERANCE_S
}

function checkTimes(claims: Claims, { maxLifetimeS }: Issuer, nowS: number): void {
  if (claims.iat > nowS + CLOCK_TOLERANCE_S)
    throw new IstmoError('TOKEN_INVALID', detail('TOKEN_TIME_AHEAD', { claim: 'iat' }))
  if (claims.nbf !== undefined && claims.nbf > nowS + CLOCK_TOLERANCE_S) {
    throw new IstmoError('TOKEN_INVALID', detail('TOKEN_TIME_AHEAD', { claim: 'nbf' }))
  }
  if (claims.exp - claims.iat > maxLifetimeS) {
    throw new IstmoError('TOKEN_INVALID', detail('TOKEN_LIFETIME', { most: maxLifetimeS }))
  }
}

function checkComplete(caller: Caller, pointers: ClaimPointers): void {
  if (caller.tokenId === undefined) throw invalidClaim('jti')
  if (caller.organisation === undefined) throw invalidClaim(printPointer(pointers.country))
  if (caller.mandate === undefined) {
    throw new IstmoError('TOKEN_INVALID', detail('TOKEN_MANDATE_CLAIM', { claim: printPointer(pointers.mandate) }))
  }
}

function readOrganisation(payload: Record<string, unknown>, issuer: Issuer): Caller['organisation'] {
  const found = withoutUndefined({
    country: resolvePointer(payload, issuer.claims.country),
    agency: resolvePointer(payload, issuer.claims.agency),
    role: resolvePointer(payload, issuer.claims.role),
  })
  if (Object.keys(found).length === 0) return undefined
  const parsed = organisation.safeParse(found)
  if (!parsed.success) throw invalidClaim(printPointer(issuer.claims[pathOf(parsed.error) as keyof typeof found]))
  if (issuer.country !== null && parsed.data.country !== issuer.country) {
    const claim = printPointer(issuer.claims.country)
    throw new IstmoError('TOKEN_INVALID', detail('TOKEN_COUNTRY', { claim }))
  }
  return withoutUndefined(parsed.data) as Caller['organisation']
}

/** Reads the one mandate at the pointer, or among the authorization details there. It ignores details of other types. */
function readMandate(payload: Record<string, unknown>, pointer: string): Mandate | undefined {
  const claim = printPointer(pointer)
  const found = resolvePointer(payload, pointer)
  const [first, ...others] = Array.isArray(found) ? filterMandates(found, claim) : [found]
  if (first === undefined) return undefined
  if (others.length > 0) throw new IstmoError('TOKEN_INVALID', detail('TOKEN_MANDATES'))
  const parsed = mandate.safeParse(first)
  if (!parsed.success) throw invalidClaim([claim, 'istmo_mandate', pathOf(parsed.error)].filter(Boolean).join('.'))
  return withoutUndefined(parsed.data) as Mandate
}

/** Reads the granted policies at the pointer: a list of any texts, or names separated by spaces, as in `scope`. */
function readPolicies(payload: Record<string, unknown>, pointer: string | null): readonly string[] | undefined {
  const found = pointer === null ? undefined : resolvePointer(payload, pointer)
  if (pointer === null || found === undefined) return undefined
  const parsed = policyNames.safeParse(found)
  if (!parsed.success) throw invalidClaim(printPointer(pointer))
  return parsed.data
}

function filterMandates(found: readonly unknown[], claim: string): readonly unknown[] {
  const parsed = details.safeParse(found)
  if (!parsed.success) throw invalidClaim(`${claim}.${pathOf(parsed.error)}`)
  return parsed.data.filter((detail) => detail.type === 'istmo_mandate')
}

function invalidClaim(claim: string): IstmoError {
  return new IstmoError('TOKEN_INVALID', detail('TOKEN_CLAIM', { claim }))
}

/** Returns a pointer in the form that messages use: `/org/country` becomes `org.country`. */
function printPointer(pointer: string): string {
  return pointer.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')
}

function pathOf(error: z.ZodError): string {
  return error.issues[0]?.path.join('.') ?? ''
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T
}

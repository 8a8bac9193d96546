import { createHash } from 'node:crypto'
import { compactVerify, importJWK, type JWK } from 'jose'
import { z } from 'zod'
import { isCountryCode } from '../country-code.ts'
import { sha256Url } from './digest.ts'
import { SUSPENDED_KINDS, type SuspendedKind } from './suspended-kinds.ts'

/**
 * A suspension: a signed statement that something stops, or goes on (docs/design/trust.md, Stop). It is a JWT with `typ`
 * `istmo-suspension+jwt` that its signer's key signed. It names no time at which it ends, and nobody compares it with a clock: a stop must also
 * work where a clock is wrong.
 */

/** The `typ` in the header of a suspension. */
export const SUSPENSION_TYPE = 'istmo-suspension+jwt'

/** The signature algorithms of suspensions. */
const ALGORITHMS = ['EdDSA', 'ES256']

/** The longest suspension, in characters of the signed text. */
export const MAX_SUSPENSION_LENGTH = 4_096

/** A text of one line, as logs and tokens have it. */
const name = (length: number) =>
  z
    .string()
    .min(1)
    .max(length)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u)
const digest = z.string().regex(/^[\w-]{43}$/)

/** The form of what each kind names. */
const VALUES = {
  /** All rows of a country, by its code. */
  country: z.string().refine(isCountryCode),
  /** A domain, by its name. */
  domain: z.string().regex(/^[a-z][\w-]{0,63}$/),
  /** A field: `Person.names`. */
  coordinate: z.string().regex(/^[A-Za-z_]\w{0,99}\.[A-Za-z_]\w{0,99}$/),
  /** An agency, as `org.agency` of a token names it. */
  agency: name(200),
  /** All callers of an authority, by its `iss`. */
  authority: name(200),
  /** A task force, by its id. */
  task_force: name(200),
  /** An officer: the ref of the country's own log, or the `sub` of the tokens that reach this country. */
  officer: name(200),
  /** A token: its `jti`, or its SHA-256 in base64url or hexadecimal digits. */
  token: name(200),
  /** A key by its RFC 7638 thumbprint, or a certificate by SHA-256 of its DER, in base64url. */
  key: digest,
  /** A mandate, by its hash. */
  mandate: digest,
} as const satisfies Record<SuspendedKind, z.ZodType<string>>

const whatSchema = z.union(
  SUSPENDED_KINDS.map((kind) => z.strictObject({ [kind]: VALUES[kind] })) as unknown as readonly [
    z.ZodType<SuspendedWhat>,
  ],
)

/** What a statement is about: an object with one member, such as `{ "agency": "GT-MP-FECO" }`. */
export type SuspendedWhat = { readonly [Kind in SuspendedKind]: Readonly<Record<Kind, string>> }[SuspendedKind]

const claimsSchema = z.strictObject({
  /** The signer's name. */
  iss: name(200),
  /** Grows with each statement of one signer. A lower or equal one is refused. */
  seq: z.int().min(1),
  /** When it was signed, in seconds since 1970. */
  iat: z.int().nonnegative(),
  action: z.enum(['suspend', 'resume']),
  what: whatSchema,
  /** Why, for the people who read the log. */
  reason: name(500),
})

/** The claims of a suspension. */
export type SuspensionClaims = Readonly<z.output<typeof claimsSchema>>

/** A statement that was read: its claims, what it names, and SHA-256 of its text in base64url. */
export interface SuspensionStatement {
  readonly claims: SuspensionClaims
  readonly kind: SuspendedKind
  readonly value: string
  readonly hash: string
  /** The signed text itself. */
  readonly text: string
}

const keySchema = z.union([
  z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().regex(/^[\w-]{43}$/) }),
  z.object({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string().regex(/^[\w-]{43}$/),
    y: z.string().regex(/^[\w-]{43}$/),
  }),
])

/** Who may suspend, as settings write it: a name, and the public key as a JWK. */
export const suspenderSchema = z.strictObject({
  name: name(200),
  key: z
    .looseObject({})
    .refine(
      (key) => !('d' in key),
      'expected a public key; came a private one. Keep it secret, and remove the member «d»',
    )
    .pipe(keySchema),
})

/** Somebody who may suspend. */
export type Suspender = Readonly<z.output<typeof suspenderSchema>>

/** A statement is refused before anybody looks at what it says. The message says what was expected, and has no text of the statement. */
export class SuspensionInvalidError extends Error {
  override readonly name = 'SuspensionInvalidError'
}

/** Computes the thumbprint of a key (RFC 7638), base64url. */
export function suspenderThumbprint({ key }: Pick<Suspender, 'key'>): string {
  const members =
    key.kty === 'OKP' ? { crv: key.crv, kty: key.kty, x: key.x } : { crv: key.crv, kty: key.kty, x: key.x, y: key.y }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}

/**
 * Reads a statement without a look at its signature: for a process's own folder, whose statements were verified when they came, and for people.
 * @throws {SuspensionInvalidError} if it does not have the form of a suspension.
 */
export function readSuspension(text: string): SuspensionStatement & { readonly kid: string } {
  if (text.length > MAX_SUSPENSION_LENGTH) {
    throw new SuspensionInvalidError(`expected at most ${MAX_SUSPENSION_LENGTH} characters; came ${text.length}`)
  }
  const parts = /^([\w-]+)\.([\w-]+)\.[\w-]+$/.exec(text)
  const header = headerSchema.safeParse(parseJson(parts?.[1]))
  if (!header.success) throw new SuspensionInvalidError(`expected a JWT with «alg», «kid» and typ ${SUSPENSION_TYPE}`)
  const claims = claimsSchema.safeParse(parseJson(parts?.[2]))
  if (!claims.success) {
    const { path = [], code } = claims.error.issues[0] ?? {}
    throw new SuspensionInvalidError(`expected the claims of a suspension; «${path.join('.')}» is wrong (${code})`)
  }
  const [[kind, value] = []] = Object.entries(claims.data.what)
  const what = { kind: kind as SuspendedKind, value: value as string }
  return { claims: claims.data, ...what, hash: sha256Url(text), text, kid: header.data.kid }
}

const headerSchema = z.strictObject({ alg: z.enum(ALGORITHMS), typ: z.literal(SUSPENSION_TYPE), kid: digest })

function parseJson(part: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

/**
 * Verifies a statement: its form, its signature, and that its `iss` and `kid` are those of one of the signers.
 * @throws {SuspensionInvalidError} if it is not a suspension of one of them.
 */
export async function verifySuspension(text: string, signers: readonly Suspender[]): Promise<SuspensionStatement> {
  const { kid, ...statement } = readSuspension(text)
  const { iss } = statement.claims
  const signer = signers.find((one) => one.name === iss && suspenderThumbprint(one) === kid)
  if (signer === undefined)
    throw new SuspensionInvalidError('expected a signer and a key that the settings name in `suspenders`')
  const algorithm = signer.key.kty === 'OKP' ? 'EdDSA' : 'ES256'
  try {
    const key = await importJWK(signer.key as JWK, algorithm)
    await compactVerify(text, key, { algorithms: [algorithm] })
  } catch (cause) {
    throw new SuspensionInvalidError('expected a signature of the key that «kid» names', { cause })
  }
  return statement
}

/** The authentication of clients by signed assertions (`private_key_jwt`, RFC 7523). */
import { compactVerify } from 'jose'
import { z } from 'zod'
import type { KeysByThumbprint } from '../../contract/trust/key-set.ts'
import { parseJwsPart } from '../../contract/trust/unambiguous-json.ts'
import type { Client } from '../settings/clients-file.ts'
import type { TokenForm } from './form.ts'
import { TokenRefusal } from './refusal.ts'

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** How long an assertion may live, in seconds (docs/design/trust.md). */
const MAX_ASSERTION_S = 60

/** How far clocks may differ, in seconds. */
const CLOCK_TOLERANCE_S = 5

const MAX_ASSERTION_LENGTH = 8_192

/** The signature algorithms of assertions. */
export const ASSERTION_ALGORITHMS = ['EdDSA', 'ES256'] as const

// No `jku`, `x5u`, `jwk` or `x5c`: a header that names a key of its own proves nothing, so nothing but these may stand here.
const header = z.strictObject({
  alg: z.enum(ASSERTION_ALGORITHMS),
  typ: z.enum(['JWT', 'jwt', 'client-authentication+jwt']).optional(),
  kid: z.string().max(256).optional(),
})
const claims = z.looseObject({
  iss: z.string(),
  sub: z.string(),
  // RFC 7523 lets `aud` be a list. With a second member the same assertion would be good at another server too.
  aud: z.union([z.string(), z.tuple([z.string()]).transform(([only]) => only)]),
  iat: z.int().min(0),
  exp: z.int().min(0),
  nbf: z.int().min(0).optional(),
  jti: z.string().min(1).max(256),
})

/** A client that showed who it is. */
export interface KnownClient {
  readonly client: Client
  /** The assertion that must not be used again; null for a public client, which shows nothing but the key of its session. */
  readonly assertion: { readonly use: string; readonly untilS: number; readonly keyThumbprint: string } | null
}

/** What {@link authenticateClient} checks against. */
export interface ClientChecks {
  readonly clients: ReadonlyMap<string, Client>
  /** The authority's name, the only `aud` of assertions. */
  readonly issuer: string
  /** Seconds since 1970. */
  readonly nowS: number
  /** Assertions that were made before are refused: whether they were used is not known. */
  readonly notBeforeS: number
}

/**
 * Finds the client of a request and verifies its assertion. It does not note the use of the assertion.
 * @throws {TokenRefusal} `CLIENT_UNKNOWN`, `ASSERTION_INVALID` or `REQUEST_MALFORMED`.
 */
export async function authenticateClient(form: TokenForm, checks: ClientChecks): Promise<KnownClient> {
  const { client_assertion: assertion, client_assertion_type: type, client_id: id } = form
  if (assertion === undefined) return { client: findPublicClient(id, checks.clients), assertion: null }
  if (type !== ASSERTION_TYPE) throw invalid(`\`client_assertion_type\` to be ${ASSERTION_TYPE}`)
  if (assertion.length > MAX_ASSERTION_LENGTH) throw invalid(`at most ${MAX_ASSERTION_LENGTH} characters`)
  const [headerPart = '', claimsPart = '', , ...others] = assertion.split('.')
  if (others.length > 0) throw invalid('a JWS of three parts')
  const { alg, kid } = readPart(header, headerPart, 'header')
  const said = readPart(claims, claimsPart, 'claims')
  if (id !== undefined && id !== said.sub) throw invalid('`client_id` to be the `sub` of the assertion')
  const client = checks.clients.get(said.sub)
  if (client === undefined || client.keys === null) throw unknownClient()
  const keyThumbprint = await findSigner(assertion, client.keys, { alg, kid })
  checkClaims(said, checks)
  return {
    client,
    assertion: { use: `assertion ${said.sub} ${said.jti}`, untilS: said.exp + CLOCK_TOLERANCE_S, keyThumbprint },
  }
}

function findPublicClient(id: string | undefined, clients: ReadonlyMap<string, Client>): Client {
  const client = id === undefined ? undefined : clients.get(id)
  // A client with keys that comes without an assertion is anybody.
  if (client === undefined || client.keys !== null) throw unknownClient()
  return client
}

/** Returns the thumbprint of the client's key that made the assertion. `kid` only chooses among the pinned keys. */
async function findSigner(
  assertion: string,
  keys: KeysByThumbprint,
  { alg, kid }: { readonly alg: string; readonly kid: string | undefined },
): Promise<string> {
  const candidates = kid !== undefined && keys.has(kid) ? [kid] : [...keys.keys()]
  for (const thumbprint of candidates) {
    const key = keys.get(thumbprint)
    const isSigner =
      key !== undefined &&
      (await compactVerify(assertion, key, { algorithms: [alg] }).then(
        () => true,
        () => false,
      ))
    if (isSigner) return thumbprint
  }
  throw invalid('a signature of one of the client’s keys')
}

function checkClaims(said: z.infer<typeof claims>, { issuer, nowS, notBeforeS }: ClientChecks): void {
  if (said.iss !== said.sub) throw invalid('`iss` and `sub` to be the client')
  if (said.aud !== issuer) throw invalid('`aud` to be the name of this authority, and nothing else')
  if (said.exp - said.iat > MAX_ASSERTION_S || said.exp <= said.iat) {
    throw invalid(`a lifetime of at most ${MAX_ASSERTION_S} s from \`iat\` to \`exp\``)
  }
  if (Math.max(said.iat, said.nbf ?? 0) > nowS + CLOCK_TOLERANCE_S) throw invalid('`iat` to be now: compare the clocks')
  if (said.exp <= nowS - CLOCK_TOLERANCE_S) throw invalid('an assertion that has not expired: compare the clocks')
  if (said.iat < notBeforeS) throw invalid('an assertion that was made after this authority began to note what is used')
}

function readPart<T>(schema: z.ZodType<T>, part: string, name: string): T {
  const json = parseJwsPart(part)
  if (json === null) throw invalid(`its ${name} to be a JSON object without duplicate members`)
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  if (issue?.code === 'unrecognized_keys') throw invalid('a header of `alg`, `typ` and `kid`')
  throw invalid(`a well-formed \`${issue?.path.join('.') ?? ''}\` in its ${name}`)
}

function unknownClient(): TokenRefusal {
  return new TokenRefusal(
    'CLIENT_UNKNOWN',
    'expected a client of this authority, with an assertion of its key if it has one. Register the client in the file of clients',
  )
}

function invalid(expected: string): TokenRefusal {
  return new TokenRefusal('ASSERTION_INVALID', `of the client assertion, expected ${expected}`)
}

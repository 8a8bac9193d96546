/** Tool → authority: the token of a login provider for an access token (RFC 8693; docs/design/trust.md). */
import { randomUUID } from 'node:crypto'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import type { EntryBase } from '../../service/audit-log/recorder.ts'
import type { MandateInForce, Officer } from '../doors.ts'
import type { GatewayClient, OversightClient, ToolClient } from '../settings/clients-file.ts'
import { checkSuspensions, confirmToken } from './check-suspensions.ts'
import type { TokenForm } from './form.ts'
import type { KnownSoFar, TokenParts } from './parts.ts'
import type { ProviderToken } from './provider-token.ts'
import { TokenRefusal } from './refusal.ts'
import { chooseScopes } from './scopes.ts'
import { signToken } from './sign-token.ts'

/** The type of access tokens (RFC 9068). */
export const ACCESS_TOKEN_TYPE = 'at+jwt'

/** The type of an access token in RFC 8693 section 3. */
export const ACCESS_TOKEN_URN = 'urn:ietf:params:oauth:token-type:access_token'

const SUBJECT_TYPES = ['id_token', 'access_token', 'jwt'].map((type) => `urn:ietf:params:oauth:token-type:${type}`)

/** A tool's request: its form, and what the tool has proved of itself. */
export interface ToolRequest {
  readonly client: ToolClient
  readonly form: TokenForm
  /** The thumbprint of the key of the session; null without a proof. */
  readonly keyThumbprint: string | null
  readonly clientCertificate: string | null
  readonly countRequest: CountRequest
}

/** Counts a request for an officer, by the officer's ref. Returns after how many seconds the officer may ask again; 0: now. */
export type CountRequest = (officer: string) => number

/** A token that is made, and the entry that must be durable before it leaves. */
export interface MadeToken<Kind extends 'access-token' | 'country-token'> {
  readonly entry: Omit<EntryOf<Kind>, keyof EntryBase | 'origin'>
  /** The answer of the token endpoint (RFC 8693 section 2.2.1). */
  readonly answer: Readonly<Record<string, unknown>>
  /** Checks once more, when the entry is durable, that the token may leave. @throws {TokenRefusal} if something was suspended or revoked meanwhile. */
  readonly confirm: () => Promise<void>
}

/**
 * Makes an access token for an officer's tool. `known` gets what is learned of the officer, also if the request is refused.
 * @throws {TokenRefusal} with the reason.
 */
export async function grantAccessToken(
  { client, form, keyThumbprint, clientCertificate, countRequest }: ToolRequest,
  parts: TokenParts,
  known: KnownSoFar,
): Promise<MadeToken<'access-token'>> {
  const subjectToken = readSubjectToken(form)
  const gateway = findGateway(form.audience, client, parts)
  const token = await parts.readProviderToken(subjectToken)
  const ref = parts.refs.refOf(token.officer)
  known.officer = ref
  checkHolder(token, { client, keyThumbprint, clientCertificate })
  checkRate(countRequest(ref))
  if (keyThumbprint === null && !client.bearer) {
    throw refused('KEY_MISSING', 'a DPoP proof (RFC 9449) with the key of the session')
  }
  const mandate = chooseMandate(form.mandate, await parts.mandates.findFor(token.officer))
  known.mandate = mandate.hash
  const about = { refs: parts.refs.refsOf(token.officer), mandate, agency: token.officer.agency, keys: [keyThumbprint] }
  checkSuspensions(about, parts)
  const scopes = chooseScopes(form.scope, client.scopes, mandate.document.scopes)
  const nowS = Math.floor(parts.now() / 1_000)
  const expires = Math.min(nowS + parts.settings.accessTokenSeconds, Math.floor(token.expiresAt))
  if (expires <= nowS) throw refused('SUBJECT_TOKEN_INVALID', 'a subject token that still lives. Log in again')
  const claims = {
    iss: parts.settings.issuer,
    aud: gateway.address,
    sub: parts.refs.subjectFor(gateway.address, ref),
    iat: nowS,
    exp: expires,
    jti: randomUUID(),
    client_id: client.id,
    scope: scopes.join(' '),
    acr: token.assurance ?? undefined,
    org: toOrganisation(token.officer, parts.settings.country),
    authorization_details: [toDetails(mandate)],
    may_act: { sub: gateway.name },
    cnf: keyThumbprint === null ? undefined : { jkt: keyThumbprint },
  }
  const accessToken = await signToken(claims, ACCESS_TOKEN_TYPE, parts.keys)
  await parts.sealOfficer(token.officer, ref)
  return {
    confirm: () => confirmToken(about, parts),
    entry: {
      kind: 'access-token',
      officer: ref,
      provider: token.officer.issuer,
      agency: token.officer.agency,
      role: token.officer.role,
      assurance: token.assurance,
      client: client.id,
      gateway: gateway.name,
      scopes,
      mandate: mandate.hash,
      isBound: keyThumbprint !== null,
      tokenId: claims.jti,
      expires: new Date(expires * 1_000).toISOString(),
    },
    answer: { ...toAnswer(accessToken, keyThumbprint), expires_in: expires - nowS, scope: scopes.join(' ') },
  }
}

function toAnswer(accessToken: string, keyThumbprint: string | null) {
  return {
    access_token: accessToken,
    issued_token_type: ACCESS_TOKEN_URN,
    token_type: keyThumbprint === null ? 'Bearer' : 'DPoP',
  }
}

/** Returns the subject token, if a token exchange (RFC 8693) was asked for that an authority makes. @throws {TokenRefusal} otherwise. */
function readSubjectToken(form: ToolRequest['form']): string {
  const { subject_token: subjectToken, subject_token_type: type, requested_token_type: wanted } = form
  if (subjectToken === undefined || type === undefined || !SUBJECT_TYPES.includes(type)) {
    throw refused('REQUEST_MALFORMED', 'subject_token with a subject_token_type of id_token, access_token or jwt')
  }
  if (wanted !== undefined && wanted !== ACCESS_TOKEN_URN) {
    throw refused('REQUEST_MALFORMED', `requested_token_type to be ${ACCESS_TOKEN_URN}, the only one a tool gets`)
  }
  return subjectToken
}

/** Returns the gateway, or the auditors' GraphQL, whose address the tool named, if the tool may use it. */
function findGateway(
  audience: string | undefined,
  client: ToolClient,
  { clients }: TokenParts,
): GatewayClient | OversightClient {
  for (const id of client.gateways) {
    const gateway = clients().get(id)
    if (gateway !== undefined && gateway.kind !== 'tool' && gateway.address === audience) return gateway
  }
  throw refused('AUDIENCE_NOT_ALLOWED', 'audience to be the address of a gateway that this client may use')
}

/** Checks that whoever sends the provider's token is whom the provider gave it to. */
function checkHolder(
  { client: givenTo, binding }: ProviderToken,
  { client, keyThumbprint, clientCertificate }: Omit<ToolRequest, 'form' | 'countRequest'>,
): void {
  if (givenTo !== client.providerClient) {
    throw refused(
      'SUBJECT_TOKEN_OF_OTHER',
      'a subject token that says by client_id, azp or aud that it is for this client',
    )
  }
  if (binding.key !== null && binding.key !== keyThumbprint) {
    throw refused('SUBJECT_TOKEN_OF_OTHER', 'a proof by the key that the subject token is bound to')
  }
  if (binding.certificate !== null && binding.certificate !== clientCertificate) {
    throw refused('SUBJECT_TOKEN_OF_OTHER', 'the client certificate that the subject token is bound to')
  }
}

function checkRate(retryAfterS: number): void {
  if (retryAfterS === 0) return
  const message = 'expected fewer requests of this officer in a minute. A token lives for some minutes: use it again'
  throw new TokenRefusal('TOO_OFTEN', message, { retryAfterS })
}

function chooseMandate(hash: string | undefined, mandates: readonly MandateInForce[]): MandateInForce {
  const fitting = hash === undefined ? mandates : mandates.filter((mandate) => mandate.hash === hash)
  const [first, ...others] = fitting
  if (first === undefined) throw refused('MANDATE_NONE', 'a mandate in force that names this officer; there is none')
  if (others.length === 0) return first
  // Whoever asks has shown that they are the officer, whose own mandates these are.
  const offered = fitting.map(({ hash: each, document: { task_force, not_after } }) => ({
    hash: each,
    task_force,
    not_after,
  }))
  const message = 'expected the parameter mandate with a hash, because several mandates name this officer'
  throw new TokenRefusal('MANDATE_AMBIGUOUS', message, { mandates: offered })
}

function toOrganisation({ agency, role }: Officer, country: string) {
  return role === null ? { country, agency } : { country, agency, role }
}

/** Writes a mandate as gateways read it (RFC 9396), with its hash. */
function toDetails({ hash, document }: MandateInForce) {
  const { task_force, purposes, countries, legal_basis, not_after, time_zone, case: caseDigest } = document
  return {
    type: 'istmo_mandate',
    hash,
    task_force,
    purposes,
    countries,
    legal_basis,
    not_after,
    time_zone,
    ...(caseDigest !== undefined && { case_digest: caseDigest }),
  }
}

function refused(reason: TokenRefusal['reason'], expected: string): TokenRefusal {
  return new TokenRefusal(reason, `expected ${expected}`)
}

import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { z } from 'zod'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { phraseDetail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { COUNTRY_TOKEN_TYPE, type CountryTokenClaims } from '../../contract/trust/country-token.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import {
  ALL_COUNTRIES,
  QUESTION_MAX_AGE_S,
  QuestionError,
  type VerifiedQuestion,
  verifyQuestion,
} from '../../contract/trust/question-statement.ts'
import type { EntryBase } from '../../service/audit-log/recorder.ts'
import { readClaims, type TokenContent } from '../../service/authenticate/claims.ts'
import { type Issuer, STANDARD_CLAIMS } from '../../service/authenticate/issuer.ts'
import { verifySignedToken } from '../../service/authenticate/verify-token.ts'
import type { FindSuspension, MandateInForce, Mandates, TokenSubject } from '../doors.ts'
import { type KeyRing, SIGNING_ALGORITHM } from '../keys/signing-keys.ts'
import type { SealOfficer } from '../reveal/reveals.ts'
import type { Client, GatewayClient, OversightClient, ToolClient } from '../settings/files.ts'
import { type AuthoritySettings, MAX_ACCESS_TOKEN_S } from '../settings/settings.ts'
import type { Grant } from '../store/rows.ts'
import type { TokenForm } from './form.ts'
import type { OfficerRefs, ProviderToken, ReadProviderToken } from './officer.ts'
import { TokenRefusal } from './refusal.ts'

/** What both exchanges work with. */
export interface TokenParts {
  readonly settings: Pick<
    AuthoritySettings,
    'issuer' | 'country' | 'accessTokenSeconds' | 'countryTokenSeconds' | 'tokensPerMinute'
  >
  readonly clients: () => ReadonlyMap<string, Client>
  readonly readProviderToken: ReadProviderToken
  readonly refs: OfficerRefs
  readonly keys: KeyRing
  readonly mandates: Mandates
  readonly findSuspension: FindSuspension
  /** Puts the officer of a token under seal. Rejects if the entry cannot be written. */
  readonly sealOfficer: SealOfficer
  /** Finds what was noted when an access token was given. Rejects if the database is away. */
  readonly findGrant: (tokenId: string) => Promise<Grant | null>
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/** What is known of a request so far, for the entry of its refusal. */
export interface KnownSoFar {
  officer: string | null
  grant: string | null
  country: string | null
  mandate: string | null
}

/** Whom and what a token would be about, as both exchanges know it. */
export interface TokenAbout {
  /** The officer’s refs in this authority's log. */
  readonly refs: readonly string[]
  readonly mandate: MandateInForce
  readonly agency: string | undefined
  /** Thumbprints of the keys of tool and gateway, and the hash of the gateway's certificate; null where there is none. */
  readonly keys: readonly (string | null)[]
  /** `jti` of the access token, and the country that would accept the new token, at an exchange for one. */
  readonly token?: string
  readonly country?: string
}

/**
 * Checks that nothing is suspended that a token is about. It is asked before a token is made, and once more when its entry is durable: so no token
 * leaves whose entry comes after that of the suspension or revocation.
 * @throws {TokenRefusal} `SUSPENDED`.
 */
export function checkSuspensions(
  about: TokenAbout,
  parts: Pick<TokenParts, 'findSuspension' | 'refs' | 'settings'>,
): void {
  if (parts.findSuspension(describe(about, parts)) === null) return
  const expected = 'nothing suspended; the officer, the authority or what the officer asks with is'
  throw new TokenRefusal('SUSPENDED', `expected ${expected}. Ask the security officer of your country`)
}

/**
 * Checks again, when the entry of a token is durable.
 * @throws {TokenRefusal} `SUSPENDED`, or `MANDATE_ENDED` if the mandate was revoked meanwhile.
 */
export async function confirmToken(about: TokenAbout, parts: TokenParts): Promise<void> {
  checkSuspensions(about, parts)
  if ((await parts.mandates.find(about.mandate.hash)) !== null) return
  throw new TokenRefusal('MANDATE_ENDED', 'expected a mandate in force; this one has ended or was revoked')
}

/** An officer is known by the refs, and to each country of the mandate by another name. */
function describe(
  { refs, mandate, agency, keys, token, country }: TokenAbout,
  { refs: names, settings }: Pick<TokenParts, 'refs' | 'settings'>,
): TokenSubject {
  const { countries, task_force: taskForce } = mandate.document
  const subjects = countries.flatMap((each) => refs.flatMap((ref) => names.subjectsFor(each, ref)))
  return {
    authority: settings.issuer,
    mandate: mandate.hash,
    taskForce,
    officer: [...refs, ...subjects],
    ...(agency !== undefined && { agency }),
    ...(token !== undefined && { token }),
    ...(country !== undefined && { country }),
    keys: keys.filter((key) => key !== null),
  }
}

/** RFC 6749 section 3.3: scope-tokens separated by single spaces. */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*$/

/**
 * Chooses the scopes of a token: those that were asked for, or all that are allowed. Scopes only shrink.
 * @param allowed lists of scopes; each of them must allow a scope.
 * @throws {TokenRefusal} `SCOPE_NOT_ALLOWED` if a scope was asked for that is not allowed.
 */
export function chooseScopes(asked: string | undefined, ...allowed: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = allowed
  const most = first.filter((scope) => others.every((list) => list.includes(scope)))
  if (asked === undefined) return [...new Set(most)]
  if (!SCOPE.test(asked)) throw refused('SCOPE_NOT_ALLOWED', 'scopes separated by single spaces (RFC 6749)')
  const wanted = [...new Set(asked.split(' '))]
  if (wanted.some((scope) => !most.includes(scope))) {
    throw refused(
      'SCOPE_NOT_ALLOWED',
      'only scopes that the mandate, the client and the subject token allow. Ask for fewer',
    )
  }
  return wanted
}

/**
 * Signs the claims of a token with the key that signs now. Claims that are undefined are left out.
 * @param typ the type of the token: no reader of one type accepts another (RFC 8725 section 3.11).
 * @throws {TokenRefusal} `UNAVAILABLE` if each key of the authority is suspended.
 */
export async function signToken(claims: object, typ: string, keys: KeyRing): Promise<string> {
  const key = keys.signer()
  if (key === null) {
    throw new TokenRefusal(
      'UNAVAILABLE',
      'each signing key of this authority is suspended. Its operator adds a new one',
    )
  }
  const given = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
  return new SignJWT(given).setProtectedHeader({ alg: SIGNING_ALGORITHM, typ, kid: key.kid }).sign(key.privateKey)
}

/** Reads an access token that this authority gave: what it says, and what the log says of it. */

/** Whom a token is for: a gateway, or the auditors' GraphQL. */
type Addressed = Pick<GatewayClient, 'address' | 'name'>

const mayAct = z.object({ may_act: z.strictObject({ sub: z.string() }) })

/**
 * Verifies an access token of this authority for this gateway.
 * @throws {TokenRefusal} `SUBJECT_TOKEN_INVALID` or `SUBJECT_TOKEN_OF_OTHER`.
 */
export async function readAccessToken(token: string, client: Addressed, parts: TokenParts): Promise<TokenContent> {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw refused('SUBJECT_TOKEN_INVALID', 'a signed JWT in compact form')
  const issuer: Issuer = {
    issuer: parts.settings.issuer,
    audience: client.address,
    jwks: '',
    algorithms: [SIGNING_ALGORITHM],
    tokenType: ACCESS_TOKEN_TYPE,
    country: parts.settings.country,
    claims: STANDARD_CLAIMS,
    maxLifetimeS: MAX_ACCESS_TOKEN_S,
  }
  const findKey = async ({ kid = '' }: { readonly kid?: string }) => {
    const key = parts.keys.find(kid)
    if (key === null) throw new IstmoError('TOKEN_INVALID', 'no key of this authority matches the token’s header')
    return key.publicKey
  }
  try {
    const { claims } = await verifySignedToken(token, [{ issuer, findKey }])
    const content = readClaims(claims, issuer, { requireMandate: true }, parts.now() / 1_000)
    const actor = mayAct.safeParse(claims)
    if (actor.data?.may_act.sub === client.name) return content
  } catch (error) {
    if (!(error instanceof IstmoError)) throw error
    const why = error.code === 'TOKEN_EXPIRED' ? 'it has expired' : phraseDetail(error.detail) || error.code
    throw new TokenRefusal('SUBJECT_TOKEN_INVALID', `the subject token is not accepted: ${why}`, { cause: error })
  }
  throw refused('SUBJECT_TOKEN_OF_OTHER', 'an access token whose `may_act` is this gateway')
}

/**
 * Finds what the log says of an access token. What the token says of its gateway and its key must be the same.
 * @throws {TokenRefusal} `GRANT_UNKNOWN` or `SUBJECT_TOKEN_OF_OTHER`.
 */
export async function findOwnGrant(
  tokenId: string,
  { client, isBound }: { readonly client: Addressed; readonly isBound: boolean },
  { findGrant }: TokenParts,
): Promise<Grant> {
  const grant = await findGrant(tokenId)
  if (grant === null || grant.isBound !== isBound) {
    throw refused('GRANT_UNKNOWN', 'an access token that is in the log of this authority')
  }
  if (grant.gateway === client.name) return grant
  throw refused('SUBJECT_TOKEN_OF_OTHER', 'an access token that was given for this gateway')
}

/** Tool → authority: the token of a login provider for an access token (RFC 8693; docs/design/trust.md). */

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

function toOrganisation(
  { agency = '', role }: { readonly agency?: string; readonly role?: string | null },
  country: string,
) {
  return role == null ? { country, agency } : { country, agency, role }
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

/** Gateway → authority: an officer's access token for a country token (RFC 8693; docs/design/trust.md, The country token). */

/** The type of a country token in the answer of an exchange. */
export const COUNTRY_TOKEN_URN = 'urn:istmo:token-type:country-token'

/** A gateway's request: its form, and what the gateway has proved of itself. */
export interface GatewayRequest {
  readonly client: GatewayClient
  readonly form: TokenForm
  /** The thumbprint of the leg key, which made the assertion and the DPoP proof. */
  readonly keyThumbprint: string
  /** SHA-256 of the connection's client certificate; null over plain HTTP. */
  readonly clientCertificate: string | null
}

/** An exchange that is allowed: what its token says. */
interface AllowedExchange {
  readonly request: GatewayRequest
  readonly country: string
  readonly accessToken: string
  /** `jti` of the access token. */
  readonly tokenId: string
  readonly content: TokenContent
  readonly grant: Grant
  readonly mandate: MandateInForce
  readonly scopes: readonly string[]
  /** Null for an access token that is not bound to a key. */
  readonly question: VerifiedQuestion | null
  readonly about: TokenAbout
}

/**
 * Makes a country token. `known` gets what is learned of officer and grant, also if the request is refused.
 * @throws {TokenRefusal} with the reason.
 */
export async function exchangeForCountry(
  request: GatewayRequest,
  parts: TokenParts,
  known: KnownSoFar,
): Promise<MadeToken<'country-token'>> {
  const exchange = await allowExchange(request, parts, known)
  const { grant, mandate, country, scopes, question, tokenId } = exchange
  const claims = toClaims(exchange, parts)
  const proof = request.form.mandate_proof === '1' ? await parts.mandates.prove(mandate.hash, country) : null
  const accessToken = await signToken(claims, COUNTRY_TOKEN_TYPE, parts.keys)
  const gateway = request.client.name
  return {
    confirm: () => confirmToken(exchange.about, parts),
    entry: {
      kind: 'country-token',
      officer: grant.officer,
      grant: tokenId,
      gateway,
      country,
      scopes,
      mandate: mandate.hash,
      question: question?.jti ?? null,
      tokenId: claims.jti,
      expires: new Date(claims.exp * 1_000).toISOString(),
    },
    answer: {
      access_token: accessToken,
      issued_token_type: COUNTRY_TOKEN_URN,
      token_type: 'N_A',
      expires_in: claims.exp - claims.iat,
      scope: claims.scope,
      ...(proof !== null && { mandate_proof: proof }),
    },
  }
}

async function allowExchange(request: GatewayRequest, parts: TokenParts, known: KnownSoFar): Promise<AllowedExchange> {
  const { client, form } = request
  const { accessToken, country } = readParameters(form)
  known.country = country
  const content = await readAccessToken(accessToken, client, parts)
  const { caller, binding } = content
  const tokenId = caller.tokenId ?? ''
  known.grant = tokenId
  const grant = await findOwnGrant(tokenId, { client, isBound: binding.key !== null }, parts)
  known.officer = grant.officer
  known.mandate = grant.mandate
  const mandate = await parts.mandates.find(grant.mandate)
  if (mandate === null) throw refused('MANDATE_ENDED', 'a mandate in force; this one has ended or was revoked')
  if (!mandate.document.countries.includes(country)) {
    throw refused('AUDIENCE_NOT_ALLOWED', 'audience to be a country of the mandate')
  }
  const keys = [request.keyThumbprint, request.clientCertificate, binding.key]
  const agency = caller.organisation?.agency
  const about = { refs: [grant.officer], mandate, token: tokenId, country, keys, agency }
  checkSuspensions(about, parts)
  const scopes = chooseScopes(form.scope, caller.scopes, mandate.document.scopes)
  const context = { ...request, country, accessToken, binding, mandate }
  const question = binding.key === null ? null : readQuestion(form.question, context, parts)
  return { request, country, accessToken, tokenId, content, grant, mandate, scopes, question, about }
}

function toClaims(exchange: AllowedExchange, { settings, refs, now }: TokenParts): CountryTokenClaims {
  const { request, country, accessToken, tokenId, content, grant, mandate, scopes, question } = exchange
  const { caller, binding } = content
  const { client, keyThumbprint, clientCertificate } = request
  const nowS = Math.floor(now() / 1_000)
  const exp = Math.min(nowS + settings.countryTokenSeconds, Math.floor(caller.expiresAt))
  if (exp <= nowS) throw refused('SUBJECT_TOKEN_INVALID', 'an access token that still lives')
  return {
    iss: settings.issuer,
    aud: country,
    sub: refs.subjectFor(country, grant.officer),
    iat: nowS,
    exp,
    jti: randomUUID(),
    act: { sub: client.name },
    client_id: grant.client,
    scope: scopes.join(' '),
    ...(caller.assurance !== undefined && { acr: caller.assurance }),
    org: toOrganisation(caller.organisation ?? {}, settings.country),
    mandate: toMandateClaim(mandate),
    cnf: { jkt: keyThumbprint, ...(clientCertificate !== null && { 'x5t#S256': clientCertificate }) },
    caller_iss: settings.issuer,
    caller_jti: tokenId,
    ...(binding.key !== null &&
      question !== null && { caller_jkt: binding.key, caller_ath: sha256Url(accessToken), question: question.jti }),
  }
}

function readParameters(form: TokenForm): { readonly accessToken: string; readonly country: string } {
  const { subject_token: accessToken, subject_token_type: type, requested_token_type: wanted, audience } = form
  if (accessToken === undefined || type !== ACCESS_TOKEN_URN) {
    throw refused('REQUEST_MALFORMED', `subject_token with the subject_token_type ${ACCESS_TOKEN_URN}`)
  }
  if (wanted !== undefined && wanted !== COUNTRY_TOKEN_URN) {
    throw refused('REQUEST_MALFORMED', `requested_token_type to be ${COUNTRY_TOKEN_URN}, the only one a gateway gets`)
  }
  if (audience === undefined || !isCountryCode(audience)) {
    throw refused('AUDIENCE_NOT_ALLOWED', 'audience to be the code of one country')
  }
  return { accessToken, country: audience }
}

interface QuestionContext extends GatewayRequest {
  readonly country: string
  readonly accessToken: string
  readonly binding: TokenContent['binding']
  readonly mandate: MandateInForce
}

/** Verifies the statement that an exchange for a bound token brings: of this session and token, fresh, and disclosing this country. */
function readQuestion(text: string | undefined, context: QuestionContext, { now }: TokenParts): VerifiedQuestion {
  if (text === undefined) {
    throw refused('QUESTION_MISSING', 'a question statement of the officer’s tool, because the token is bound to a key')
  }
  const question = verifyStatement(text, context, now)
  if (question.ath !== sha256Url(context.accessToken) || question.keyThumbprint !== context.binding.key) {
    throw refused('QUESTION_OF_OTHER', 'a question statement for this access token, by the key it is bound to')
  }
  const { countries, purposes } = context.mandate.document
  const isDisclosed = question.countries.includes(context.country)
  const isOneOfAll = question.countries.includes(ALL_COUNTRIES) && countries.includes(context.country)
  if (!isDisclosed && !isOneOfAll) {
    throw refused('COUNTRY_NOT_DISCLOSED', 'a question statement that discloses the country of the audience')
  }
  if (question.caseDigest !== (context.mandate.document.case ?? null)) {
    throw refused(
      'QUESTION_OF_OTHER',
      'a question statement that states the case of the mandate, or none if the mandate has none',
    )
  }
  if (purposes.includes(question.purpose)) return question
  throw refused('QUESTION_OF_OTHER', 'a question statement whose purpose the mandate has')
}

function verifyStatement(text: string, { client }: QuestionContext, now: () => number): VerifiedQuestion {
  let question: VerifiedQuestion
  try {
    question = verifyQuestion(text, { now, audience: client.address, maxAgeS: Number.POSITIVE_INFINITY })
  } catch (error) {
    if (!(error instanceof QuestionError)) throw error
    throw new TokenRefusal('QUESTION_INVALID', `of the question statement, ${error.message}`, { cause: error })
  }
  // Apart from the rest, because the tool can help this one: it asks again.
  if (now() / 1_000 - question.iat <= QUESTION_MAX_AGE_S) return question
  throw refused('QUESTION_STALE', `a question statement at most ${QUESTION_MAX_AGE_S} s old. Sign the question again`)
}

function toMandateClaim({ hash, document }: MandateInForce): CountryTokenClaims['mandate'] {
  const { task_force, purposes, not_after } = document
  return { hash, task_force, purposes: [...purposes], not_after }
}

function refused(reason: TokenRefusal['reason'], expected: string): TokenRefusal {
  return new TokenRefusal(reason, `expected ${expected}`)
}

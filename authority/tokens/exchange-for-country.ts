/** Gateway → authority: an officer's access token for a country token (RFC 8693; docs/design/trust.md, The country token). */
import { randomUUID } from 'node:crypto'
import { isCountryCode } from '../../contract/country-code.ts'
import { COUNTRY_TOKEN_TYPE, type CountryTokenClaims } from '../../contract/trust/country-token.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import {
  ALL_COUNTRIES,
  QUESTION_MAX_AGE_S,
  QuestionError,
  type VerifiedQuestion,
  verifyQuestion,
} from '../../contract/trust/question-statement.ts'
import type { TokenContent } from '../../service/authenticate/claims.ts'
import type { MandateInForce } from '../doors.ts'
import type { GatewayClient } from '../settings/clients-file.ts'
import type { Grant } from '../store/grants.ts'
import { checkSuspensions, confirmToken, type TokenAbout } from './check-suspensions.ts'
import type { TokenForm } from './form.ts'
import { ACCESS_TOKEN_URN, type MadeToken } from './grant-access-token.ts'
import { findOwnGrant, readAccessToken } from './own-access-token.ts'
import type { KnownSoFar, TokenParts } from './parts.ts'
import { TokenRefusal } from './refusal.ts'
import { chooseScopes } from './scopes.ts'
import { signToken } from './sign-token.ts'

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
    org: toOrganisation(caller.organisation, settings.country),
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

function toOrganisation(organisation: TokenContent['caller']['organisation'], country: string) {
  const { agency = '', role } = organisation ?? {}
  return role === undefined ? { country, agency } : { country, agency, role }
}

function toMandateClaim({ hash, document }: MandateInForce): CountryTokenClaims['mandate'] {
  const { task_force, purposes, not_after } = document
  return { hash, task_force, purposes: [...purposes], not_after }
}

function refused(reason: TokenRefusal['reason'], expected: string): TokenRefusal {
  return new TokenRefusal(reason, `expected ${expected}`)
}

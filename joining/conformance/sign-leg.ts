import { randomUUID } from 'node:crypto'
import { LEG_TOKEN_LIFETIME_S, LEG_TOKEN_TYPE, operationHash, writePolicies } from '../../contract/leg-token.ts'
import {
  COUNTRY_TOKEN_HEADER,
  COUNTRY_TOKEN_LIFETIME_S,
  COUNTRY_TOKEN_TYPE,
} from '../../contract/trust/country-token.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { type Identity, OFFICERS_COUNTRY, OTHER_TASK_FORCE, TEST_AUTHORITY, TEST_GATEWAY } from './identity.ts'
import type { Caller, Leg, LegFault } from './leg.ts'
import { signTestToken } from './test-keys.ts'
import type { TestMandate } from './test-mandates.ts'

/** What the tokens of a leg are about. */
export interface SignedLeg extends Pick<Leg, 'query' | 'as' | 'fault' | 'isOfCase'> {
  /** The officer's pseudonym. */
  readonly subject: string
  readonly nowMs: number
  /** What the country token says of the signed question; null: there is none. */
  readonly question: SignedQuestionFacts | null
}

/** The question of a leg, as the authority saw it. */
export interface SignedQuestionFacts {
  readonly jti: string
  /** The thumbprint of the key of the officer's tool. */
  readonly toolKey: string
  /** SHA-256 of the access token, base64url. */
  readonly accessTokenHash: string
}

/** A country that no test asks, for tokens of another country. */
const otherCountry = (country: string): string => (country === 'AQ' ? 'BV' : 'AQ')

/** Signs the tokens of a leg as a gateway and an authority do, with at most one fault. Returns its headers. */
export function signLeg(identity: Identity, leg: SignedLeg): Readonly<Record<string, string>> {
  const { fault, as: caller } = leg
  const countryToken = caller === null ? null : signCountryToken(identity, caller, leg)
  const legToken = signLegToken(identity, leg, countryToken)
  return {
    ...(fault !== 'NO_LEG_TOKEN' && { authorization: `Bearer ${legToken}` }),
    ...(countryToken !== null &&
      fault !== 'NO_COUNTRY_TOKEN' && { [COUNTRY_TOKEN_HEADER.toLowerCase()]: countryToken }),
  }
}

/** Finds the mandate of a caller's task force. @throws {Error} if the identity has none: it was prepared for others. */
export function mandateOf({ mandates }: Identity, { taskForce }: Caller, isOfCase = false): TestMandate {
  const mandate = mandates.find((each) => each.taskForce === taskForce && each.isOfCase === isOfCase)
  if (mandate === undefined) throw new Error(`expected a mandate of the task force ${taskForce}; came none`)
  return mandate
}

function signLegToken(identity: Identity, { query, as: caller, fault, nowMs }: SignedLeg, ct: string | null): string {
  const { iat, exp } = legTimes(Math.floor(nowMs / 1000), fault)
  const { country, gateway, stranger } = identity
  const claims = {
    iss: fault === 'LEG_TOKEN_OF_OTHER_GATEWAY' ? 'another-gateway' : TEST_GATEWAY,
    aud: fault === 'LEG_TOKEN_OF_OTHER_COUNTRY' ? otherCountry(country) : country,
    iat,
    exp,
    jti: randomUUID(),
    act: { sub: TEST_GATEWAY },
    op: operationHash(fault === 'LEG_TOKEN_OF_OTHER_QUERY' ? `${query} ` : query),
    ...(caller === null || ct === null
      ? { sub: 'anonymous', scope: '' }
      : {
          ct: sha256Url(fault === 'COUNTRY_TOKEN_NOT_NAMED' ? `${ct}.` : ct),
          scope: caller.scopes.join(' '),
          ...(caller.policies.length > 0 && { policies: writePolicies(caller.policies) }),
          grounds: { purpose: caller.purpose },
        }),
  }
  const typ = fault === 'LEG_TOKEN_OF_OTHER_TYPE' ? 'at+jwt' : LEG_TOKEN_TYPE
  return signTestToken(fault === 'LEG_KEY_UNKNOWN' ? stranger : gateway, typ, claims)
}

function legTimes(nowS: number, fault: LegFault | undefined): { readonly iat: number; readonly exp: number } {
  if (fault === 'LEG_TOKEN_EXPIRED') return { iat: nowS - 120, exp: nowS - 60 }
  if (fault === 'LEG_TOKEN_FROM_THE_FUTURE') return { iat: nowS + 30, exp: nowS + 60 }
  if (fault === 'LEG_TOKEN_LIVES_LONG') return { iat: nowS, exp: nowS + LEG_TOKEN_LIFETIME_S * 4 }
  return { iat: nowS, exp: nowS + LEG_TOKEN_LIFETIME_S }
}

function signCountryToken(
  identity: Identity,
  caller: Caller,
  { fault, subject, nowMs, question, isOfCase }: SignedLeg,
): string {
  const { country, authority, gateway, stranger } = identity
  const nowS = Math.floor(nowMs / 1000)
  const iat = fault === 'COUNTRY_TOKEN_EXPIRED' ? nowS - 2 * COUNTRY_TOKEN_LIFETIME_S : nowS
  const { hash, notAfter } = mandateOf(identity, caller, isOfCase)
  const claims = {
    iss: TEST_AUTHORITY,
    sub: subject,
    jti: randomUUID(),
    act: { sub: TEST_GATEWAY },
    client_id: 'conformance',
    aud: fault === 'COUNTRY_TOKEN_OF_OTHER_COUNTRY' ? otherCountry(country) : country,
    iat,
    exp: iat + COUNTRY_TOKEN_LIFETIME_S,
    scope: caller.scopes.join(' '),
    org: { country: OFFICERS_COUNTRY, agency: caller.agency, role: caller.role },
    mandate: {
      hash,
      task_force: fault === 'COUNTRY_TOKEN_BEYOND_MANDATE' ? `${OTHER_TASK_FORCE}-2` : caller.taskForce,
      purposes: [caller.purpose],
      not_after: notAfter,
    },
    cnf: { jkt: fault === 'COUNTRY_TOKEN_OF_OTHER_GATEWAY_KEY' ? stranger.publicJwk.kid : gateway.publicJwk.kid },
    caller_iss: TEST_AUTHORITY,
    caller_jti: randomUUID(),
    ...(question !== null && {
      caller_jkt: question.toolKey,
      caller_ath: question.accessTokenHash,
      question: question.jti,
    }),
  }
  return signTestToken(fault === 'COUNTRY_KEY_UNKNOWN' ? stranger : authority, COUNTRY_TOKEN_TYPE, claims)
}

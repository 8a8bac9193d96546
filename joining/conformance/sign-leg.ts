import { randomUUID } from 'node:crypto'
import { createSessionKey } from '../../clients/session-key.ts'
import { signQuestion } from '../../clients/sign-question.ts'
import { LEG_TOKEN_LIFETIME_S, LEG_TOKEN_TYPE, operationHash, writePolicies } from '../../contract/leg-token.ts'
import {
  COUNTRY_TOKEN_HEADER,
  COUNTRY_TOKEN_LIFETIME_S,
  COUNTRY_TOKEN_TYPE,
  type CountryTokenClaims,
} from '../../contract/trust/country-token.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import type { LegExtensions } from '../../contract/trust/leg-extensions.ts'
import { type Identity, OFFICERS_COUNTRY, OTHER_TASK_FORCE, TEST_AUTHORITY, TEST_GATEWAY } from './identity.ts'
import type { Caller, Leg, LegFault, LegQuestion, QuestionFault } from './leg.ts'
import { signTestToken } from './test-keys.ts'
import type { TestMandate } from './test-mandates.ts'

/** What the tokens of a leg say that the leg does not. */
export interface SignedFacts {
  /** The officer's pseudonym. */
  readonly subject: string
  readonly nowMs: number
  /** The claims of the country token about the signed question; null: there is none. */
  readonly question: Pick<CountryTokenClaims, 'question' | 'caller_jkt' | 'caller_ath'> | null
}

/** A country that no test asks, for tokens of another country. */
const otherCountry = (country: string): string => (country === 'AQ' ? 'BV' : 'AQ')

/** Signs the tokens of a leg as a gateway and an authority do, with at most one fault. Returns its headers. */
export function signLeg(identity: Identity, leg: Leg, facts: SignedFacts): Readonly<Record<string, string>> {
  const { fault, as: caller } = leg
  const countryToken = caller === null ? null : signCountryToken(identity, caller, leg, facts)
  const legToken = signLegToken(identity, leg, facts.nowMs, countryToken)
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

function signLegToken(identity: Identity, leg: Leg, nowMs: number, ct: string | null): string {
  const { query, as: caller, fault } = leg
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
  { fault, isOfCase }: Leg,
  { subject, nowMs, question }: SignedFacts,
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
    ...question,
  }
  return signTestToken(fault === 'COUNTRY_KEY_UNKNOWN' ? stranger : authority, COUNTRY_TOKEN_TYPE, claims)
}

/** A question of the test officers: what the officer's tool, the authority and the gateway would each make of one. */
export interface CarriedQuestion {
  /** What stands in the body's extensions. */
  readonly carried: LegExtensions
  /** What the country token says of it. */
  readonly facts: SignedFacts['question']
}

/** Signs the question of a leg, with at most one fault. Legs whose questions have the same name carry the same one. */
export type QuestionSigner = (question: LegQuestion, as: Caller | null, nowMs: number) => Promise<CarriedQuestion>

const GATEWAY_ADDRESS = 'https://gateway.conformance.example'
const ACCESS_TOKEN = 'the access token of a test officer'
/** By how many seconds the time of a question is wrong: more than any node takes. */
const SHIFTS_S: Readonly<Partial<Record<QuestionFault, number>>> = {
  QUESTION_OLD: -3_600,
  QUESTION_FROM_THE_FUTURE: 120,
}

/** Makes a signer with the keys of one tool and of a stranger, for questions to a country. */
export async function createQuestionSigner(country: string): Promise<QuestionSigner> {
  const [tool, stranger] = await Promise.all([createSessionKey(), createSessionKey()])
  const named = new Map<string, Promise<CarriedQuestion>>()
  const sign = async (question: LegQuestion, as: Caller | null, nowMs: number): Promise<CarriedQuestion> => {
    const { document, variables, fault } = question
    const written = {
      gateway: GATEWAY_ADDRESS,
      accessToken: ACCESS_TOKEN,
      document,
      variables,
      basis: [],
      purpose: fault === 'QUESTION_OF_OTHER_PURPOSE' ? 'PROSECUTION' : (as?.purpose ?? 'INVESTIGATION'),
      countries: [fault === 'QUESTION_OF_OTHER_COUNTRY' ? otherCountry(country) : country],
      iat: Math.floor(nowMs / 1000) + (SHIFTS_S[fault ?? 'QUESTION_CHANGED'] ?? 0),
    } as const
    const { text, jti, ath } = await signQuestion(written, fault === 'QUESTION_KEY_UNKNOWN' ? stranger : tool)
    const caller_ath = fault === 'QUESTION_OF_OTHER_TOKEN' ? sha256Url('another access token') : ath
    return {
      carried: { question: fault === 'QUESTION_CHANGED' ? changeAudience(text) : text, document },
      facts: { question: jti, caller_jkt: tool.thumbprint, caller_ath },
    }
  }
  return (question, as, nowMs) => {
    const { name } = question
    if (name === undefined) return sign(question, as, nowMs)
    const known = named.get(name) ?? sign(question, as, nowMs)
    named.set(name, known)
    return known
  }
}

/** Changes a claim of a statement behind its signature: the address of the gateway, which no node compares with anything. */
function changeAudience(text: string): string {
  const [jwt = '', ...disclosures] = text.split('~')
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Readonly<Record<string, unknown>>
  const changed = { ...claims, aud: 'https://another-gateway.example' }
  const written = Buffer.from(JSON.stringify(changed)).toString('base64url')
  return [[header, written, signature].join('.'), ...disclosures].join('~')
}

import { createSessionKey, type SessionKey } from '../../clients/session-key.ts'
import { type Question, signQuestion } from '../../clients/sign-question.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import type { LegExtensions } from '../../contract/trust/leg-extensions.ts'
import type { Caller, LegQuestion, QuestionFault } from './leg.ts'
import type { SignedQuestionFacts } from './sign-leg.ts'

/** Signed questions of the test officers: what the officer's tool, the authority and the gateway would each make of one. */

/** A question as a leg carries it. */
export interface CarriedQuestion {
  /** What stands in the body's extensions. */
  readonly carried: LegExtensions
  /** What the country token says of it. */
  readonly facts: SignedQuestionFacts
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
    const { document, fault } = question
    const key: SessionKey = fault === 'QUESTION_KEY_UNKNOWN' ? stranger : tool
    const { text, jti, ath } = await signQuestion(writeQuestion(question, as, country, nowMs), key)
    const accessTokenHash = fault === 'QUESTION_OF_OTHER_TOKEN' ? sha256Url('another access token') : ath
    return {
      carried: { question: fault === 'QUESTION_CHANGED' ? changeAudience(text) : text, document },
      facts: { jti, toolKey: tool.thumbprint, accessTokenHash },
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

function writeQuestion(
  { document, variables, fault }: LegQuestion,
  as: Caller | null,
  country: string,
  nowMs: number,
): Question {
  return {
    gateway: GATEWAY_ADDRESS,
    accessToken: ACCESS_TOKEN,
    document,
    variables,
    basis: [],
    purpose: fault === 'QUESTION_OF_OTHER_PURPOSE' ? 'PROSECUTION' : (as?.purpose ?? 'INVESTIGATION'),
    countries: [fault === 'QUESTION_OF_OTHER_COUNTRY' ? otherThan(country) : country],
    iat: Math.floor(nowMs / 1000) + (SHIFTS_S[fault ?? 'QUESTION_CHANGED'] ?? 0),
  }
}

/** A country that no test asks. */
const otherThan = (country: string): string => (country === 'AQ' ? 'BV' : 'AQ')

/** Changes a claim of a statement behind its signature: the address of the gateway, which no node compares with anything. */
function changeAudience(text: string): string {
  const [jwt = '', ...disclosures] = text.split('~')
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Readonly<Record<string, unknown>>
  const changed = { ...claims, aud: 'https://another-gateway.example' }
  const written = Buffer.from(JSON.stringify(changed)).toString('base64url')
  return [[header, written, signature].join('.'), ...disclosures].join('~')
}

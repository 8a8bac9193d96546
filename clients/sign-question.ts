import { sha256Url, textToBase64Url, toBase64Url } from './base64url.ts'
import type { SessionKey } from './session-key.ts'

/** What a statement states (docs/design/trust.md, The question statement). */
export interface Question {
  /** The gateway's address, without a path. */
  readonly gateway: string
  readonly accessToken: string
  /** The exact text that is sent as `query`. */
  readonly document: string
  readonly operationName?: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly purpose: string
  readonly basis: readonly string[]
  /** The record id of the case, if there is one. */
  readonly case?: string
  /**
   * The disclosure of the case, for a mandate that is bound to it: the text that came with the mandate. The statement then has the mandate's digest,
   * so that each country sees that the question is about this case, also where the case is not shown.
   */
  readonly caseDisclosure?: string
  /** The codes of the countries that may be asked; `*` stands for the mandate's. */
  readonly countries: readonly string[]
  /** Seconds since the epoch. */
  readonly iat: number
}

/** A signed statement, and what a journal keeps of it. */
export interface SignedQuestion {
  /** The SD-JWT with all its disclosures. */
  readonly text: string
  readonly jti: string
  readonly iat: number
  /** SHA-256 of the document and of the access token, base64url. */
  readonly doc: string
  readonly ath: string
}

/** Signs a question statement. */
export async function signQuestion(question: Question, key: SessionKey): Promise<SignedQuestion> {
  const { gateway: aud, iat, operationName, purpose, basis } = question
  const jti = crypto.randomUUID()
  const [doc, ath] = await Promise.all([sha256Url(question.document), sha256Url(question.accessToken)])
  const caseId = await discloseCase(question)
  const countries = await Promise.all(question.countries.map((code) => disclose(null, code)))
  const variables = await Promise.all(Object.entries(question.variables).map(([name, value]) => disclose(name, value)))
  const claims = {
    aud,
    iat,
    jti,
    ath,
    purpose,
    basis,
    doc,
    ...(operationName !== undefined && { operation: operationName }),
    _sd_alg: 'sha-256',
    ...(caseId.length > 0 && { _sd: caseId.map(({ digest }) => digest) }),
    countries: countries.map(({ digest }) => ({ '...': digest })),
    // In the order of the digests, so that their places say nothing of the variables' places (RFC 9901 section 4.2.4.1).
    variables: { _sd: variables.map(({ digest }) => digest).sort() },
  }
  const jwt = await key.signJwt({ typ: 'istmo-question+sd-jwt', jwk: key.publicKey }, claims)
  const disclosures = [...caseId, ...countries, ...variables].map(({ disclosure }) => disclosure)
  return { text: `${[jwt, ...disclosures].join('~')}~`, jti, iat, doc, ath }
}

async function discloseCase({ case: id, caseDisclosure }: Question): Promise<readonly MadeDisclosure[]> {
  if (caseDisclosure !== undefined) return [{ disclosure: caseDisclosure, digest: await sha256Url(caseDisclosure) }]
  return id === undefined ? [] : [await disclose('case', id)]
}

interface MadeDisclosure {
  readonly disclosure: string
  readonly digest: string
}

/** Makes a disclosure (RFC 9901 section 4.2) with a salt of 128 bits. `name`: null for an element of a list. */
async function disclose(name: string | null, value: unknown): Promise<MadeDisclosure> {
  const salt = toBase64Url(crypto.getRandomValues(new Uint8Array(16)))
  const disclosure = textToBase64Url(JSON.stringify(name === null ? [salt, value] : [salt, name, value]))
  return { disclosure, digest: await sha256Url(disclosure) }
}

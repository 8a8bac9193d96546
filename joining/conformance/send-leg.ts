import { randomBytes, randomUUID } from 'node:crypto'
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { performance } from 'node:perf_hooks'
import { createSessionKey } from '../../clients/session-key.ts'
import { signQuestion } from '../../clients/sign-question.ts'
import { DEADLINE_HEADER } from '../../contract/deadline.ts'
import type { Domain } from '../../contract/domain.ts'
import { parseJson } from '../../contract/json-value.ts'
import { formatLegSalt, LEG_SALT_BYTES, LEG_SALT_HEADER } from '../../contract/leg-salt.ts'
import { LEG_TOKEN_LIFETIME_S, LEG_TOKEN_TYPE, operationHash, writePolicies } from '../../contract/leg-token.ts'
import { RECEIPT_HEADER } from '../../contract/receipt.ts'
import {
  COUNTRY_TOKEN_HEADER,
  COUNTRY_TOKEN_LIFETIME_S,
  COUNTRY_TOKEN_TYPE,
  type CountryTokenClaims,
} from '../../contract/trust/country-token.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { LEG_EXTENSION, type LegExtensions } from '../../contract/trust/leg-extensions.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { type Identity, OFFICERS_COUNTRY, OTHER_TASK_FORCE, TEST_AUTHORITY, TEST_GATEWAY } from './identity.ts'
import {
  type Ask,
  type Caller,
  codesOf,
  type Leg,
  type LegFault,
  type LegQuestion,
  type QuestionFault,
  type Reply,
  type SentBytes,
} from './leg.ts'
import { signTestToken } from './test-keys.ts'
import type { TestMandate } from './test-mandates.ts'

/** How a node is reached over TLS: what it is known by, and what it is shown. Each is a text in PEM. */
export interface NodeTls {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** A service of a country, by domain. */
export interface UpstreamOf {
  readonly domain: Domain
  readonly url: string
}

/** What sends legs to a node. */
export interface LegSender {
  readonly ask: Ask
  /** Reads the verifier key of the node's audit log; null if the node has none. */
  readonly readVkey: () => Promise<string | null>
  readonly close: () => void
}

/** How long a leg may take before the checks give up on it, in milliseconds: the longest that a service behind a node gets, and some more. */
const PATIENCE_MS = 30_000
/** How much of an answer is read, in bytes: as much as a gateway reads without a setting, and some more. */
const MAX_ANSWER_BYTES = 8_388_608
/** How many of the first connections at most are open at the same time. */
const MAX_SOCKETS = 1_000

/** Makes what sends legs to the node at `url`, as a gateway does. */
export function createLegSender(identity: Identity, url: string, tls: NodeTls = {}): LegSender {
  const http = createHttp(tls)
  const base = url.replace(/\/$/, '')
  // One tool for all legs: making its key is left to the first question.
  let signer: Promise<QuestionSigner> | undefined
  const signQuestion: QuestionSigner = async (question, as, nowMs) => {
    signer ??= createQuestionSigner(identity.country)
    return (await signer)(question, as, nowMs)
  }
  const send = async (leg: Leg, withProof: boolean): Promise<Reply> => {
    const sent = leg.again ? repeat(leg.again) : await writeMessage(identity, leg, { signQuestion, withProof })
    const { path = `/${leg.domain}`, method = 'POST' } = leg.http ?? {}
    return { ...(await http.send(`${base}${path}`, method, sent)), sent }
  }
  return {
    async ask(leg) {
      const reply = await send(leg, false)
      if (leg.as === null || leg.http?.body !== undefined || leg.again !== undefined) return reply
      // As a gateway does: the node says that it does not know the mandate, and gets its proof.
      return codesOf(reply).includes('MANDATE_UNKNOWN') ? send(leg, true) : reply
    },
    async readVkey() {
      const { status, text } = await http.send(`${base}/vkey`, 'GET', { headers: {}, body: '' })
      return status === 200 && text.includes('+') ? text.trim() : null
    },
    close: http.close,
  }
}

/**
 * Asks the services behind a node as the node does for a caller whom the country does not recognise: without a task force. No rule of the node stands
 * before the rows then, so only this shows whether the service filters them itself. Tokens and callers of the leg do not count.
 */
export function askServices(services: readonly UpstreamOf[]): Ask {
  // A service may close an idle connection just when it is used again.
  const http = createHttp({}, false)
  return async ({ domain, query, variables }) => {
    const headers = { 'content-type': 'application/json', accept: 'application/json', 'istmo-show-protected': '?0' }
    const sent = { body: JSON.stringify({ query, variables }), headers, requestId: '', salt: null }
    const url = services.find((each) => each.domain === domain)?.url
    return { ...(url === undefined ? { ...NO_ANSWER, ms: 0 } : await http.send(url, 'POST', sent)), sent }
  }
}

async function writeMessage(
  identity: Identity,
  leg: Leg,
  { signQuestion, withProof }: { readonly signQuestion: QuestionSigner; readonly withProof: boolean },
): Promise<SentBytes> {
  const { query, variables, as, fault, isOfCase, http = {} } = leg
  const nowMs = Date.now()
  const signed = leg.question === undefined ? null : await signQuestion(leg.question, as, nowMs)
  const proof = withProof && as !== null ? { mandateProof: mandateOf(identity, as, isOfCase).proof } : null
  const istmo = proof === null && signed === null ? undefined : { ...proof, ...signed?.carried }
  const body =
    http.body ?? JSON.stringify({ query, variables, ...(istmo && { extensions: { [LEG_EXTENSION]: istmo } }) })
  const salt = fault === 'NO_SALT' ? null : newSalt(fault === 'SALT_NOT_VALID' ? LEG_SALT_BYTES - 4 : LEG_SALT_BYTES)
  const requestId = createUuidV7(nowMs)
  const subject = `officer-${leg.officer ?? randomUUID()}`
  const headers = {
    'content-type': http.contentType ?? 'application/json',
    accept: 'application/json',
    'istmo-request-id': requestId,
    [DEADLINE_HEADER]: http.deadline ?? String(PATIENCE_MS),
    ...(salt !== null && { [SALT]: salt }),
    ...signLeg(identity, leg, { nowMs, subject, question: signed?.facts ?? null }),
  }
  return { body, headers, requestId, salt }
}

const SALT = LEG_SALT_HEADER.toLowerCase()

function repeat({ reply: { sent }, salt }: NonNullable<Leg['again']>): SentBytes {
  if (salt === 'old') return sent
  const fresh = newSalt(LEG_SALT_BYTES)
  return { ...sent, salt: fresh, headers: { ...sent.headers, [SALT]: fresh } }
}

const newSalt = (bytes: number): string => formatLegSalt(randomBytes(bytes))

type Answer = Omit<Reply, 'sent'>

const NO_ANSWER = { status: 0, type: '', text: '', json: undefined, receipt: undefined, echoed: undefined }

function createHttp({ ca, cert, key }: NodeTls, keepAlive = true) {
  const pool = { keepAlive, maxSockets: MAX_SOCKETS }
  const tls = { minVersion: 'TLSv1.3' as const, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
  const [http, https] = [new HttpAgent(pool), new HttpsAgent({ ...pool, ...tls })]
  const send = (url: string, method: string, sent: Pick<SentBytes, 'headers' | 'body'>): Promise<Answer> =>
    new Promise((resolve) => {
      const startedAt = performance.now()
      const finish = (answer: Omit<Answer, 'ms'>): void => resolve({ ...answer, ms: performance.now() - startedAt })
      const bytes = Buffer.from(sent.body)
      const headers = { ...sent.headers, 'content-length': bytes.length }
      const isTls = url.startsWith('https:')
      const options = { agent: isTls ? https : http, method, headers, signal: AbortSignal.timeout(PATIENCE_MS) }
      const request = (isTls ? requestHttps : requestHttp)(url, options, (response) => {
        readAnswer(response).then(finish, () => finish(NO_ANSWER))
      })
      request.on('error', () => finish(NO_ANSWER))
      request.end(bytes)
    })
  const close = (): void => {
    http.destroy()
    https.destroy()
  }
  return { send, close }
}

async function readAnswer(response: IncomingMessage): Promise<Omit<Answer, 'ms'>> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    // Leaving the loop closes the connection.
    if (bytes > MAX_ANSWER_BYTES) throw new RangeError(`expected at most ${MAX_ANSWER_BYTES} bytes`)
  }
  const text = Buffer.concat(chunks).toString('utf8')
  const header = (name: string): string | undefined => response.headers[name.toLowerCase()]?.toString()
  return {
    status: response.statusCode ?? 0,
    type: header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '',
    text,
    json: parseJson(text),
    receipt: header(RECEIPT_HEADER),
    echoed: header(LEG_SALT_HEADER),
  }
}

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

import { randomBytes, randomUUID } from 'node:crypto'
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { performance } from 'node:perf_hooks'
import { DEADLINE_HEADER } from '../../contract/deadline.ts'
import type { Domain } from '../../contract/domain.ts'
import { parseJson } from '../../contract/json-value.ts'
import { formatLegSalt, LEG_SALT_BYTES, LEG_SALT_HEADER } from '../../contract/leg-salt.ts'
import { RECEIPT_HEADER } from '../../contract/receipt.ts'
import { LEG_EXTENSION } from '../../contract/trust/leg-extensions.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import type { Identity } from './identity.ts'
import { type Ask, codesOf, type Leg, type Reply, type SentBytes } from './leg.ts'
import { createQuestionSigner, mandateOf, type QuestionSigner, signLeg } from './sign-leg.ts'

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

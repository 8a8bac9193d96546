import { randomBytes, randomUUID } from 'node:crypto'
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { performance } from 'node:perf_hooks'
import { DEADLINE_HEADER } from '../../contract/deadline.ts'
import { parseJson } from '../../contract/json-value.ts'
import { formatLegSalt, LEG_SALT_BYTES, LEG_SALT_HEADER } from '../../contract/leg-salt.ts'
import { RECEIPT_HEADER } from '../../contract/receipt.ts'
import { LEG_EXTENSION } from '../../contract/trust/leg-extensions.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import type { Identity } from './identity.ts'
import { type Ask, codesOf, type Leg, type Reply, type SentBytes } from './leg.ts'
import { mandateOf, signLeg } from './sign-leg.ts'
import { createQuestionSigner, type QuestionSigner } from './sign-test-question.ts'

/** How a node is reached over TLS: what it is known by, and what it is shown. Each is a text in PEM. */
export interface NodeTls {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
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

interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Makes what sends legs to the node at `url`, as a gateway does. */
export function createLegSender(identity: Identity, url: string, tls: NodeTls = {}): LegSender {
  const http = createHttp(url, tls)
  // One tool for all legs: making its key is left to the first question.
  let signer: Promise<QuestionSigner> | undefined
  const signQuestion: QuestionSigner = async (question, as, nowMs) => {
    signer ??= createQuestionSigner(identity.country)
    return (await signer)(question, as, nowMs)
  }
  const send = async (leg: Leg, withProof: boolean): Promise<Reply> => {
    const message =
      leg.again === undefined ? await writeMessage(identity, leg, { signQuestion, withProof }) : repeat(leg.again)
    const { headers, body } = message.sent
    const path = leg.http?.path ?? `/${leg.domain}`
    const answer = await http.send({ method: leg.http?.method ?? 'POST', path, headers, body })
    return { ...answer, sent: message.sent }
  }
  return {
    async ask(leg) {
      const reply = await send(leg, false)
      if (leg.as === null || leg.http?.body !== undefined || leg.again !== undefined) return reply
      // As a gateway does: the node says that it does not know the mandate, and gets its proof.
      return codesOf(reply).includes('MANDATE_UNKNOWN') ? send(leg, true) : reply
    },
    async readVkey() {
      const { status, text } = await http.send({ method: 'GET', path: '/vkey', headers: {}, body: '' })
      return status === 200 && text.includes('+') ? text.trim() : null
    },
    close: http.close,
  }
}

async function writeMessage(
  identity: Identity,
  leg: Leg,
  { signQuestion, withProof }: { readonly signQuestion: QuestionSigner; readonly withProof: boolean },
): Promise<{ readonly sent: SentBytes }> {
  const { query, variables, as, fault, isOfCase, http = {} } = leg
  const nowMs = Date.now()
  const signed = leg.question === undefined ? null : await signQuestion(leg.question, as, nowMs)
  const proof = withProof && as !== null ? { mandateProof: mandateOf(identity, as, isOfCase).proof } : null
  const istmo = proof === null && signed === null ? undefined : { ...proof, ...signed?.carried }
  const body =
    http.body ?? JSON.stringify({ query, variables, ...(istmo && { extensions: { [LEG_EXTENSION]: istmo } }) })
  const salt = fault === 'NO_SALT' ? null : newSalt(fault === 'SALT_NOT_VALID' ? LEG_SALT_BYTES - 4 : LEG_SALT_BYTES)
  const requestId = createUuidV7(nowMs)
  const headers = {
    'content-type': http.contentType ?? 'application/json',
    accept: http.accept ?? 'application/json',
    'istmo-request-id': requestId,
    [DEADLINE_HEADER]: http.deadline ?? String(PATIENCE_MS),
    ...(salt !== null && { [LEG_SALT_HEADER.toLowerCase()]: salt }),
    ...signLeg(identity, {
      query,
      as,
      nowMs,
      subject: `officer-${leg.officer ?? randomUUID()}`,
      question: signed?.facts ?? null,
      ...(fault && { fault }),
      ...(isOfCase && { isOfCase }),
    }),
  }
  return { sent: { body, headers, requestId, salt } }
}

function repeat({ reply: { sent }, salt }: NonNullable<Leg['again']>): { readonly sent: SentBytes } {
  if (salt === 'old') return { sent }
  const fresh = newSalt(LEG_SALT_BYTES)
  return { sent: { ...sent, salt: fresh, headers: { ...sent.headers, [LEG_SALT_HEADER.toLowerCase()]: fresh } } }
}

const newSalt = (bytes: number): string => formatLegSalt(randomBytes(bytes))

type Answer = Omit<Reply, 'sent'>

function createHttp(address: string, { ca, cert, key }: NodeTls) {
  const url = new URL(address)
  const isTls = url.protocol === 'https:'
  const pool = { keepAlive: true, maxSockets: MAX_SOCKETS }
  const tls = { minVersion: 'TLSv1.3' as const, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
  const agent = isTls ? new HttpsAgent({ ...pool, ...tls }) : new HttpAgent(pool)
  const prefix = url.pathname.replace(/\/$/, '')
  const send = ({ method, path, headers, body }: Sent): Promise<Answer> =>
    new Promise((resolve) => {
      const startedAt = performance.now()
      const finish = (answer: Omit<Answer, 'ms'>): void => resolve({ ...answer, ms: performance.now() - startedAt })
      const fail = (): void =>
        finish({ status: 0, type: '', text: '', json: undefined, receipt: undefined, echoed: undefined })
      const bytes = Buffer.from(body)
      const request = (isTls ? requestHttps : requestHttp)(
        new URL(`${url.origin}${prefix}${path}`),
        {
          agent,
          method,
          headers: { ...headers, 'content-length': bytes.length },
          signal: AbortSignal.timeout(PATIENCE_MS),
        },
        (response) => void readAnswer(response).then(finish, fail),
      )
      request.on('error', fail)
      request.end(bytes)
    })
  return { send, close: () => agent.destroy() }
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
  const receipt = response.headers[RECEIPT_HEADER.toLowerCase()]
  const echoed = response.headers[LEG_SALT_HEADER.toLowerCase()]
  const type = (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  return {
    status: response.statusCode ?? 0,
    type,
    text,
    json: parseJson(text),
    receipt: typeof receipt === 'string' ? receipt : undefined,
    echoed: typeof echoed === 'string' ? echoed : undefined,
  }
}

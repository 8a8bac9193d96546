import { fromBase64Url, sha256Url } from './base64url.ts'
import { checkDocument } from './check-document.ts'
import { ClientError } from './client-error.ts'
import { type CheckedEvidence, checkEvidence, type LegEvidence } from './evidence.ts'
import { toAnsweredLine, type WriteJournal } from './journal.ts'
import { type AuthorityAccess, type CurrentSession, createSession, type Session } from './session.ts'
import { type SignedQuestion, signQuestion } from './sign-question.ts'

/** The longest statement that is sent in a header, in characters. A longer one is sent in the body. */
const MAX_HEADER_LENGTH = 8_192

/** What a client asks under. What is not given is taken from the mandate in the access token, if that leaves one choice. */
export interface Grounds {
  readonly purpose?: string
  readonly basis?: readonly string[]
  /** The record id of the case. */
  readonly case?: string
  /** The disclosure of the case, for a mandate that is bound to it. It came with the mandate. */
  readonly caseDisclosure?: string
  /** The codes of the countries that may be asked. Default: the mandate's. */
  readonly countries?: readonly string[]
  readonly operationName?: string
  /** Whether no country is to be asked: the answer is what would be denied, and by which kind of rule. Default: false. */
  readonly isDryRun?: boolean
}

/** Settings of a client. */
export interface ClientSettings {
  /** The gateway's address without a path, exactly as its operator publishes it. */
  readonly gateway: string
  /** The authority of the officer's own country, or a session that the tool makes itself. */
  readonly authority: AuthorityAccess | Session
  /** The grounds of requests that say none of their own. */
  readonly grounds?: Grounds
  /** The verifier keys of the countries' audit logs. With them, each answer is checked by what the countries signed. */
  readonly keys?: Readonly<Record<string, string>>
  /** Keeps what was asked, before it is sent, and what was answered. With it, each answer brings its evidence and the proof of its entry. */
  readonly journal?: WriteJournal
  /** The language of messages, as `Accept-Language` says it. Default: the gateway's. */
  readonly language?: string
  /** Default: the platform's. */
  readonly fetch?: typeof fetch
  /** Milliseconds since the epoch. Default: this machine's clock. */
  readonly now?: () => number
}

/** What was asked: no value of a variable, and no token. */
export interface AskedQuestion extends Omit<SignedQuestion, 'text'> {
  /** SHA-256 of the statement with all its disclosures, base64url. */
  readonly statement: string
  readonly purpose: string
  readonly countries: readonly string[]
  /** The thumbprint of the session's key. */
  readonly key: string
}

/** An answer. */
export interface Answer {
  readonly status: number
  readonly data?: unknown
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[]
  readonly extensions?: Readonly<Record<string, unknown>>
  readonly asked: AskedQuestion
  /** The id of the request in the gateway's log; null if it said none. */
  readonly requestId: string | null
  /** What the countries' receipts show; null without keys. */
  readonly evidence: CheckedEvidence | null
}

/** A client of one gateway. */
export interface Client {
  /**
   * Signs a question, sends it, and checks the answer.
   * @throws {ClientError}
   */
  ask(document: string, variables: Readonly<Record<string, unknown>>, grounds?: Grounds): Promise<Answer>
  /**
   * A `fetch` for GraphQL libraries: it signs each request to the gateway's `/graphql`, and sends nothing else there. It checks no evidence.
   */
  readonly fetch: typeof fetch
}

/** Creates a client. It holds one session: create one client for each officer. */
export function createClient(settings: ClientSettings): Client {
  const { fetch: send = fetch, now = Date.now, gateway, authority } = settings
  const session = 'current' in authority ? authority : createSession({ authority, gateway, send, now })
  return {
    async ask(document, variables, grounds = {}) {
      const headers = {
        ...(settings.language !== undefined && { 'accept-language': settings.language }),
        ...(settings.keys !== undefined && { 'istmo-evidence': 'legs' }),
        ...(grounds.isDryRun === true && { 'istmo-dry-run': '?1' }),
      }
      const body = { query: document, variables, operationName: grounds.operationName }
      const all = { ...settings.grounds, ...grounds }
      const { response, asked } = await sendSigned(body, all, settings, session, headers)
      const answer = await readAnswer(response)
      const evidence =
        settings.keys === undefined ? null : await checkEvidence(answer.data, evidenceIn(answer), settings.keys)
      const requestId = response.headers.get('istmo-request-id')
      return { status: response.status, ...answer, asked, requestId, evidence }
    },
    async fetch(input, init = {}) {
      const url = input instanceof Request ? input.url : String(input)
      if (new URL(url, gateway).origin !== new URL(gateway).origin) return send(input, init)
      // Sent as it is, the request would go unsigned, and nobody would notice.
      if (url !== `${gateway}/graphql` || init.method !== 'POST' || typeof init.body !== 'string') {
        throw new TypeError('expected a POST to the gateway’s /graphql with a text as its body')
      }
      const { query, variables = {}, operationName } = JSON.parse(init.body) as GraphQLBody
      const body = { query, variables: variables ?? {}, operationName: operationName ?? undefined }
      const headers = Object.fromEntries(new Headers(init.headers))
      return (await sendSigned(body, settings.grounds ?? {}, settings, session, headers, init.signal)).response
    },
  }
}

/** A GraphQL request as libraries write it. */
interface GraphQLBody {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>> | null
  readonly operationName?: string | null
}

async function sendSigned(
  { query, variables: given, operationName }: { query: string; variables: object; operationName: string | undefined },
  grounds: Grounds,
  { gateway, journal, now = Date.now }: ClientSettings,
  session: Session,
  headers: Readonly<Record<string, string>>,
  signal?: AbortSignal | null,
): Promise<{ readonly response: Response; readonly asked: AskedQuestion }> {
  // What is signed is what is sent: without members that JSON does not have.
  const variables = JSON.parse(JSON.stringify(given)) as Record<string, unknown>
  checkDocument(query, variables)
  const current = await session.current()
  const { key, accessToken, sender, nowS } = current
  const stated = await completeGrounds(grounds, current)
  const question = { gateway, accessToken, document: query, variables, iat: Math.floor(nowS()), ...stated }
  const signed = await signQuestion({ ...question, ...(operationName !== undefined && { operationName }) }, key)
  const { text, ...facts } = signed
  const { purpose, countries } = stated
  const asked = { ...facts, statement: await sha256Url(text), purpose, countries, key: key.thumbprint }
  const at = (): string => new Date(now()).toISOString()
  const { jti } = signed
  const mandate = readMandate(accessToken)
  await journal?.({ v: 2, kind: 'asked', at: at(), gateway, jti, statement: text, document: query, mandate })
  const inHeader = text.length <= MAX_HEADER_LENGTH
  const extensions = inHeader ? {} : { extensions: { istmo: { question: text } } }
  const init = {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      ...(inHeader && { 'istmo-question': text }),
      ...(journal !== undefined && { 'istmo-evidence': 'legs', 'istmo-log-proof': '?1' }),
    },
    body: JSON.stringify({ query, variables, operationName, ...extensions }),
    ...(signal && { signal }),
  }
  const response = await sender.send(`${gateway}/graphql`, init, accessToken)
  if (journal !== undefined) {
    const answered: unknown = await response
      .clone()
      .json()
      .catch(() => null)
    await journal(toAnsweredLine(jti, response, answered, at()))
  }
  return { response, asked }
}

/** Completes the grounds with what the mandate in the access token leaves no choice about. */
async function completeGrounds(
  { operationName: _, isDryRun: __, ...grounds }: Grounds,
  { accessToken }: CurrentSession,
) {
  const mandate = readMandate(accessToken) ?? {}
  const purpose = grounds.purpose ?? (mandate.purposes?.length === 1 ? mandate.purposes[0] : undefined)
  if (purpose === undefined) {
    throw new ClientError('PURPOSE_MISSING', 'expected a purpose: the mandate does not leave only one')
  }
  const basis = grounds.basis ?? mandate.legal_basis ?? []
  return { purpose, basis, countries: grounds.countries ?? ['*'], ...(await completeCase(grounds, mandate)) }
}

/** Finds what the statement says of the case. A mandate that is bound to one by its digest needs the disclosure that came with it. */
async function completeCase(
  { case: id, caseDisclosure }: Grounds,
  mandate: ReadMandate,
): Promise<Pick<Grounds, 'case' | 'caseDisclosure'>> {
  const caseId = id ?? mandate.case
  if (mandate.case_digest === undefined && caseDisclosure === undefined) {
    return caseId === undefined ? {} : { case: caseId }
  }
  if (caseDisclosure === undefined) {
    throw new ClientError('CASE_MISSING', 'expected the disclosure of the case, because the mandate is bound to one')
  }
  const isOfMandate = (await sha256Url(caseDisclosure)) === mandate.case_digest
  if (isOfMandate && (caseId === undefined || caseId === readCase(caseDisclosure))) return { caseDisclosure }
  throw new ClientError('CASE_OF_OTHER_MANDATE', 'expected the disclosure of the case of this mandate; came another')
}

/** Reads the record id in a disclosure `[salt, "case", id]`. */
function readCase(disclosure: string): unknown {
  try {
    const parts = JSON.parse(new TextDecoder().decode(fromBase64Url(disclosure))) as readonly unknown[]
    return parts[2]
  } catch {
    return undefined
  }
}

/** The mandate of an access token, as far as a client reads it. The gateway decides, not the client. */
interface ReadMandate {
  readonly type?: string
  readonly purposes?: readonly string[]
  readonly case?: string
  readonly case_digest?: string
  readonly legal_basis?: readonly string[]
}

function readMandate(accessToken: string): ReadMandate | null {
  try {
    const claims = JSON.parse(new TextDecoder().decode(fromBase64Url(accessToken.split('.')[1] ?? ''))) as {
      authorization_details?: readonly ReadMandate[]
    }
    return claims.authorization_details?.find(({ type }) => type === 'istmo_mandate') ?? null
  } catch {
    // A token that only the gateway can read.
    return null
  }
}

type GraphQLAnswer = Pick<Answer, 'data' | 'errors' | 'extensions'>

async function readAnswer(response: Response): Promise<GraphQLAnswer> {
  const body: unknown = await response.json().catch(() => null)
  if (typeof body === 'object' && body !== null && ('data' in body || 'errors' in body)) return body as GraphQLAnswer
  const { status } = response
  throw new ClientError('ANSWER_NOT_UNDERSTOOD', `expected a GraphQL answer; came one of status ${status}`, { status })
}

function evidenceIn({
  extensions,
}: {
  readonly extensions?: Readonly<Record<string, unknown>>
}): readonly LegEvidence[] {
  const { evidence } = (extensions?.istmo ?? {}) as { evidence?: { legs?: readonly LegEvidence[] } }
  return evidence?.legs ?? []
}

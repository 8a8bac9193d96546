/**
 * The door of a gateway that is embedded: somebody else's Apollo Server speaks HTTP, parses and validates, and calls the executor
 * (docs/decisions/0078-embedded-in-an-apollo-server.md). What the server found out about a request is not believed: the caller is
 * authenticated here, and the text of the document is read again.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { type ApolloServerOptionsWithGateway, type BaseContext, HeaderMap } from '@apollo/server'
import { type FormattedExecutionResult, GraphQLError, type GraphQLFormattedError, getOperationAST } from 'graphql'
import type { Logger } from 'pino'
import { detail } from '../contract/error-details.ts'
import { ERRORS, type ErrorCode, IstmoError } from '../contract/errors.ts'
import { createHangup, type Hangup, NEVER_GONE } from '../contract/hangup.ts'
import { chooseLanguage } from '../contract/language.ts'
import { createUuidV7 } from '../contract/uuid-v7.ts'
import { JsonText } from '../gateway/front/answer-text.ts'
import type { ArrivedOperation } from '../gateway/front/arrived-operation.ts'
import type { FrontOptions } from '../gateway/front/front.ts'
import { createGenerations } from '../gateway/front/generations.ts'
import { answerRequest, type IncomingRequest } from '../gateway/front/graphql-route.ts'
import type { OperationRunner } from '../gateway/front/operations.ts'
import { type AskedOperation, type Reading, readOperation, runOperation } from '../gateway/front/run-operation.ts'
import { isSameSyntax } from '../gateway/front/same-document.ts'
import { REQUEST_ID_HEADER } from '../gateway/front/write-answer.ts'
import type { RequestContext } from '../gateway/types/flow.ts'
import { headersOfError, maskError, toErrorBody } from '../service/http/json-response.ts'
import { peerCertificateHash } from '../service/http/peer-certificate.ts'

/** Apollo Server's interface of a gateway. It is a type of a package that it depends on, so it is read from its options. */
export type GatewayInterface = ApolloServerOptionsWithGateway<BaseContext>['gateway']

/** What Apollo Server calls for each operation. */
export type Executor = NonNullable<Awaited<ReturnType<GatewayInterface['load']>>['executor']>
type HostRequest = Parameters<Executor>[0]
type HostResult = Awaited<ReturnType<Executor>>

/** Returns the HTTP request of a context value, as the server's function `context` put it there; null if there is none. */
export type ConnectionOf = (contextValue: unknown) => IncomingMessage | null

/** What {@link createEmbedded} works with. */
export interface EmbeddedOptions
  extends Pick<
    FrontOptions,
    | 'runner'
    | 'authenticate'
    | 'takeQuestion'
    | 'admission'
    | 'requestDeadlineMs'
    | 'auditLog'
    | 'onArrival'
    | 'onAnswered'
    | 'log'
  > {
  /** The path under which callers reach the server, such as `/graphql`. DPoP proofs are made for it, and Apollo Server does not tell it. */
  readonly path: string
  /** Without it, the gateway knows neither the client's address nor its certificate, and does not learn that the client hung up. */
  readonly connectionOf?: ConnectionOf
}

/** The door of an embedded gateway. */
export interface Embedded {
  /** Answers one operation. A refusal is an answer without data, with the status and the headers of its code. Rejects only if `connectionOf` throws. */
  readonly execute: Executor
  /** Uses `runner` for the operations that come from now on. Operations in progress end with the previous runner. */
  replaceRunner(runner: OperationRunner): Promise<void>
  /** Rejects new operations with `SHUTTING_DOWN`, waits for those in progress and their entries, and closes the runner. */
  close(): Promise<void>
}

/** An operation that was answered. `codes`: those of the errors, if it did not run. */
interface Answer {
  readonly status: number
  readonly retryAfter: string | null
  readonly result: FormattedExecutionResult
}

/** Creates the door. */
export function createEmbedded(options: EmbeddedOptions): Embedded {
  const { log } = options
  const runners = createGenerations(options.runner, async (runner) => runner.close?.())
  const inProgress = new Set<Promise<HostResult>>()
  let isStopping = false
  const run = (host: HostRequest, incoming: IncomingRequest): Promise<Answer> => {
    if (isStopping) throw new IstmoError('SHUTTING_DOWN')
    return runners.use((runner) => answerRequest<Answer>(options, incoming, operating(runner, host, log)))
  }
  return {
    async execute(host) {
      const answering = answerHost(options, host, (incoming) => run(host, incoming))
      inProgress.add(answering)
      try {
        return await answering
      } finally {
        inProgress.delete(answering)
      }
    },
    replaceRunner: runners.replace,
    async close() {
      if (isStopping) return
      isStopping = true
      // The deadline of each request limits how long this takes.
      await Promise.allSettled(inProgress)
      await runners.stop()
    },
  }
}

/** Answers one operation, and notes it where the gateway notes requests. */
async function answerHost(
  { path, log, connectionOf, onArrival, onAnswered }: EmbeddedOptions,
  host: HostRequest,
  run: (incoming: IncomingRequest) => Promise<Answer>,
): Promise<HostResult> {
  const startedAt = performance.now()
  const requestId = createUuidV7(Date.now())
  const connection = watchConnection(connectionOf?.(host.context) ?? null)
  const incoming = readIncoming(host, { ...connection, requestId, path, arrivedAt: startedAt })
  const { headers, language, hangup, setHeader } = incoming
  const { traceparent } = headers
  onArrival?.({ requestId, route: path, traceparent: typeof traceparent === 'string' ? traceparent : undefined })
  setHeader(REQUEST_ID_HEADER, requestId)
  setHeader('content-language', language)
  host.response?.http?.headers.append('vary', 'Accept-Language')
  // Nothing of an answer may be kept: the next one who asks has other rights.
  host.overallCachePolicy?.restrict({ maxAge: 0, scope: 'PRIVATE' })
  let answer: Answer
  try {
    answer = await run(incoming)
  } catch (error) {
    const shown = maskError(error)
    if (shown.code === 'INTERNAL') log.error({ requestId, err: error }, 'request failed with an internal error')
    for (const [name, value] of Object.entries(headersOfError(shown))) setHeader(name, String(value))
    answer = { status: shown.status, retryAfter: null, result: toErrorBody(shown, language) }
  } finally {
    connection.leave()
  }
  const { status, retryAfter, result } = answer
  if (retryAfter !== null) setHeader('retry-after', retryAfter)
  const seconds = (performance.now() - startedAt) / 1_000
  const { method } = incoming.credentials
  log.info({ requestId, method, route: path, status, ms: Math.round(seconds * 1_000) }, 'request')
  const code = status < 400 ? 'NONE' : codeOf(result.errors?.[0]?.extensions?.code)
  onAnswered?.({ requestId, route: path, status, code: hangup.isGone ? 'HANGUP' : code, seconds })
  return toHostResult(answer)
}

/** What is known of the connection on which a request came. `leave` ends the watch. */
interface Connection {
  readonly hangup: Hangup
  readonly address: string
  readonly clientCertificate: string | null
  readonly leave: () => void
}

function watchConnection(message: IncomingMessage | null): Connection {
  if (message === null) return { hangup: NEVER_GONE, address: '', clientCertificate: null, leave: () => undefined }
  const { socket } = message
  const hangup = createHangup()
  if (socket.destroyed) hangup.hangUp()
  const listener = (): void => hangup.hangUp()
  socket.once('close', listener)
  return {
    hangup,
    address: socket.remoteAddress ?? '',
    clientCertificate: peerCertificateHash(socket),
    leave: () => void socket.off('close', listener),
  }
}

/** Puts together what came, from what Apollo Server has of it. */
function readIncoming(
  { request, response, source, requestIsBatched = false }: HostRequest,
  known: Connection & { readonly requestId: string; readonly path: string; readonly arrivedAt: number },
): IncomingRequest {
  const { requestId, arrivedAt, path, hangup, address, clientCertificate } = known
  const headers: IncomingHttpHeaders = Object.fromEntries(listHeaders(request))
  const language = chooseLanguage(headers['accept-language'])
  // Apollo Server joins the lines of a header.
  const lines = (name: string): readonly string[] => {
    const value = headers[name]
    return typeof value === 'string' ? [value] : []
  }
  const { operationName, variables, extensions } = request
  const body = { query: source, operationName, variables, extensions }
  return {
    requestId,
    arrivedAt,
    headers,
    language,
    hangup,
    address,
    credentials: {
      authorization: lines('authorization'),
      proofs: lines('dpop'),
      mandate: lines('istmo-mandate'),
      method: request.http?.method ?? '',
      path,
      clientCertificate,
    },
    statements: lines('istmo-question'),
    async read(): Promise<ArrivedOperation> {
      if (requestIsBatched) throw new IstmoError('BAD_REQUEST', detail('BODY_BATCH'))
      return { method: 'POST', headers, search: '', body }
    },
    setHeader: (name, value) => response?.http?.headers.set(name, value),
  }
}

/** Lists the headers, with their names in small letters. A request that the host makes itself has none. */
function* listHeaders({ http }: HostRequest['request']): Generator<readonly [string, string]> {
  if (http !== undefined) yield* http.headers
}

function operating(runner: OperationRunner, host: HostRequest, log: Logger) {
  return {
    async execute({ body }: ArrivedOperation, context: RequestContext): Promise<Answer> {
      const { query, operationName, variables } = body as Record<string, unknown>
      const asked: AskedOperation = {
        source: query as string,
        operationName: (operationName as string | null | undefined) ?? undefined,
        variables: (variables as Record<string, unknown> | null | undefined) ?? {},
      }
      const reading = checkUnchanged(await readOperation(runner, asked.source, context), asked, host)
      const { status = 200, retryAfter, result } = await runOperation({ runner, log }, asked, reading, context)
      return { status, retryAfter, result }
    },
    codesOf: ({ result }: Answer) => result.errors?.map(({ extensions }) => codeOf(extensions?.code)) ?? [],
  }
}

/**
 * Rejects a document that a plugin changed after it was parsed. The gateway would run the text that came, and so ignore what the plugin took
 * away; and a caller signs the text.
 */
function checkUnchanged(reading: Reading, { operationName }: AskedOperation, host: HostRequest): Reading {
  if (!('document' in reading) || reading.document.kind === 'invalid') return reading
  const { document } = reading.document
  const isSame =
    isSameSyntax(document, host.document) &&
    isSameSyntax(getOperationAST(document, operationName), host.operation ?? null)
  if (isSame) return reading
  const why = 'expected the document as its text says it; a plugin of the server changed it'
  return { rejection: new IstmoError('BAD_REQUEST', why) }
}

/** Makes what Apollo Server passes on. It takes the status from the extensions of an error, and leaves them out of the answer. */
function toHostResult({ status, result }: Pick<Answer, 'status' | 'result'>): HostResult {
  const { data, errors, extensions } = result
  const text = JsonText.textOf(data)
  const made: HostResult = {}
  if (data !== undefined) made.data = text === null ? (data as HostResult['data']) : JSON.parse(text)
  if (errors !== undefined) {
    made.errors = errors.map((error, at) => toHostError(error, at === 0 && status !== 200 ? status : null))
  }
  if (extensions !== undefined) made.extensions = extensions
  return made
}

function toHostError(
  { message, path, locations, extensions }: GraphQLFormattedError,
  status: number | null,
): GraphQLError {
  const http = status === null ? {} : { http: { status, headers: new HeaderMap() } }
  const error = new GraphQLError(message, { path, extensions: { ...extensions, ...http } })
  // Only a node or a text could give it places, and the document of the text may be another one.
  if (locations !== undefined) Object.defineProperty(error, 'locations', { value: locations, enumerable: true })
  return error
}

function codeOf(code: unknown): ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'INTERNAL'
}

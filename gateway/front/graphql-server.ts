import { AsyncLocalStorage } from 'node:async_hooks'
import {
  ApolloServer,
  type ApolloServerOptions,
  type ApolloServerPlugin,
  type GraphQLRequestContext,
  type GraphQLResponse,
  HeaderMap,
  type HTTPGraphQLRequest,
  type HTTPGraphQLResponse,
} from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { type FormattedExecutionResult, type GraphQLFormattedError, OperationTypeNode, parse } from 'graphql'
import type { Logger } from 'pino'
import { meaningOf, wordError } from '../../contract/error-message.ts'
import { ERRORS, type ErrorCode, IstmoError } from '../../contract/errors.ts'
import type { Language } from '../../contract/language.ts'
import { maskError, toErrorBody } from '../../service/http/json-response.ts'
import type { RequestContext } from '../types/flow.ts'
import type { ReadDocument } from '../types/planning.ts'
import type { OperationRunner } from './operations.ts'

/** The context value of each operation. */
interface GraphQLContext {
  readonly request: RequestContext
  /** Apollo Server copies the context value, but not what is in it. */
  readonly reading: Reading
}

/** How the reading of a request's document went. `language`: of the request's messages. */
interface Reading {
  readonly language: Language
  /** Null until the document is read. */
  document: ReadDocument | null
  /** Why the document was not read; null if it was. */
  rejection: unknown
}

/** Answers GraphQL over HTTP. */
export interface GraphQLServer {
  /** Answers one request. */
  execute(request: HTTPGraphQLRequest, context: RequestContext): Promise<HTTPGraphQLResponse>
  /** Stops the server, and closes the runner. No request may be in progress. */
  stop(): Promise<void>
}

/** Apollo Server's interface of a store. It is a type of a package that it depends on, so it is read from its options. */
type DocumentStore = NonNullable<ApolloServerOptions<GraphQLContext>['documentStore']>

/** The codes with which Apollo Server itself rejects a request. The gateway masks all its other errors. */
const APOLLO_CODES: readonly ErrorCode[] = [
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]

/**
 * Creates and starts an Apollo Server, which does HTTP. `runner` reads the document, in the hook `didResolveSource`, and Apollo Server takes
 * it from its document store: so it neither parses nor validates. `runner` runs the operation itself, from the hook
 * `responseForOperation` (docs/design/federation.md, Apollo Server, says why from there). Nothing depends on NODE_ENV, and Apollo
 * Server reports nothing to anyone.
 */
export async function createGraphQLServer(runner: OperationRunner, log: Logger): Promise<GraphQLServer> {
  // The document store knows only a hash of the text. What was read for one request reaches the same request this way.
  const readings = new AsyncLocalStorage<Reading>()
  const server = new ApolloServer<GraphQLContext>({
    schema: runner.apiSchema,
    nodeEnv: 'production',
    introspection: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    documentStore: storeOf(readings),
    formatError: (formatted) => maskFormatted(formatted, readings.getStore()?.language ?? 'en'),
    stringifyResult: stringify,
    logger: toApolloLogger(log),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      runOperations(runner, log),
    ],
  })
  await server.start()
  return {
    execute(httpGraphQLRequest, request) {
      const reading: Reading = { language: request.language, document: null, rejection: null }
      const context = async () => ({ request, reading })
      return readings.run(reading, () => server.executeHTTPGraphQLRequest({ httpGraphQLRequest, context }))
    },
    async stop() {
      await server.stop()
      await runner.close?.()
    },
  }
}

/** What Apollo Server gets for a document that was not read, or is not valid. It never runs it: `respond` answers with the errors. */
const NO_DOCUMENT = parse('{ __typename }', { noLocation: true })

/** Creates a document store that holds the document of the current request. */
function storeOf(readings: AsyncLocalStorage<Reading>): DocumentStore {
  return {
    async get() {
      const read = readings.getStore()?.document
      return read?.kind === 'valid' ? read.document : NO_DOCUMENT
    },
    // Apollo Server stores only what it parsed itself.
    async set() {},
    async delete() {},
  }
}

/** Creates the plugin that runs an operation. Apollo Server does not call `formatError` for its errors, so they are formatted here. */
function runOperations(runner: OperationRunner, log: Logger): ApolloServerPlugin<GraphQLContext> {
  return {
    async requestDidStart() {
      return {
        didResolveSource: ({ contextValue, source }) => readDocument(runner, contextValue, source),
        responseForOperation: (context) => respond(runner, context, log),
      }
    },
  }
}

/** Reads the document of a request. Apollo Server cannot answer for an error of this hook, so `respond` does. */
async function readDocument(
  runner: OperationRunner,
  { request, reading }: GraphQLContext,
  source: string,
): Promise<void> {
  try {
    reading.document = await runner.readDocument(source, request)
  } catch (error) {
    reading.rejection = error
  }
}

async function respond(
  runner: OperationRunner,
  context: GraphQLRequestContext<GraphQLContext>,
  log: Logger,
): Promise<GraphQLResponse> {
  const { request, reading } = context.contextValue
  const { language } = request
  try {
    if (reading.rejection !== null) throw reading.rejection
    if (reading.document?.kind === 'invalid') {
      return toResponse(400, { errors: reading.document.errors.map((error) => wordInvalid(error, language)) })
    }
    const { document, operation, source } = context
    if (operation === undefined) throw new IstmoError('OPERATION_RESOLUTION_FAILURE')
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw new IstmoError('OPERATION_NOT_SUPPORTED')
    if (document === undefined || source === undefined) throw new TypeError('expected a document; came none')
    const { operationName, variables = {} } = context.request
    const result = await runner.execute({ document, operationName, variables, source }, request)
    const { json, errors, extensions, status } = result
    const hasErrors = errors !== undefined && errors.length > 0
    return toResponse(status, {
      data: json === undefined ? (result.data as Record<string, unknown> | null) : new JsonText(json),
      ...(hasErrors ? { errors: errors.map((error) => wordFormatted(error, language)) } : {}),
      ...(extensions === undefined ? {} : { extensions }),
    })
  } catch (error) {
    const shown = maskError(error)
    if (shown.code === 'INTERNAL')
      log.error({ requestId: request.requestId, err: error }, 'operation failed with an internal error')
    const response = toResponse(shown.status, toErrorBody(shown, language))
    if (shown.retryAfterSeconds !== null) response.http.headers.set('retry-after', String(shown.retryAfterSeconds))
    return response
  }
}

type SingleResult = (GraphQLResponse['body'] & { kind: 'single' })['singleResult']

function toResponse(status: number | undefined, singleResult: SingleResult): GraphQLResponse {
  const http = { headers: new HeaderMap(), ...(status === undefined ? {} : { status }) }
  return { http, body: { kind: 'single', singleResult } }
}

/** Data that is JSON already. Apollo Server passes it on, and {@link stringify} puts its text into the answer. */
class JsonText {
  [name: string]: unknown
  readonly #json: string

  constructor(json: string) {
    this.#json = json
  }

  static textOf(data: unknown): string | null {
    return typeof data === 'object' && data !== null && #json in data ? data.#json : null
  }
}

/** Writes the body of an answer. Its members have the order of Apollo Server: errors, data, extensions. */
function stringify({ data, errors, extensions }: FormattedExecutionResult): string {
  const text = JsonText.textOf(data)
  if (text === null) return `${JSON.stringify({ errors, data, extensions })}\n`
  const rest = Object.entries({ errors, extensions }).filter(([, value]) => value !== undefined)
  const members = [['data', text], ...rest.map(([name, value]) => [name, JSON.stringify(value)])]
  return `{${members.map(([name, value]) => `"${name}":${value}`).join(',')}}\n`
}

/** Words an error of an answer. Its country is in its extensions. */
function wordFormatted(error: GraphQLFormattedError, language: Language): GraphQLFormattedError {
  const { code, country } = error.extensions ?? {}
  const known = toErrorCode(code)
  if (known === null) return error
  return {
    ...error,
    message: wordError({ code: known, country: typeof country === 'string' ? country : null }, language),
  }
}

/**
 * Words an error of graphql-js in a document. In English its own message says it best. In Spanish, the registry says it first and the
 * message follows, because graphql-js speaks only English.
 */
function wordInvalid(error: GraphQLFormattedError, language: Language): GraphQLFormattedError {
  const code = toErrorCode(error.extensions?.code)
  if (code === null) return error
  const isOurs = error.message === meaningOf(code)
  if (language === 'en' && !isOurs) return error
  return { ...error, message: wordError({ code, detail: isOurs ? null : error.message }, language) }
}

function toErrorCode(code: unknown): ErrorCode | null {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : null
}

/** Formats Apollo Server's own errors: those of malformed requests keep their message, all others are masked. */
function maskFormatted(formatted: GraphQLFormattedError, language: Language): GraphQLFormattedError {
  const { code } = formatted.extensions ?? {}
  const apolloCode = APOLLO_CODES.find((each) => each === code)
  if (apolloCode === undefined)
    return { message: wordError({ code: 'INTERNAL' }, language), extensions: { code: 'INTERNAL' } }
  const { message, locations } = formatted
  const ownCode = isUnknownCountry(message) ? 'UNKNOWN_COUNTRY' : apolloCode
  return wordInvalid({ message, ...(locations && { locations }), extensions: { code: ownCode } }, language)
}

/** Whether validation rejected a literal of the scalar `CountryCode`. Apollo Server replaces the scalar's own code. */
function isUnknownCountry(message: string): boolean {
  return message.startsWith('CountryCode takes ')
}

/** Logs Apollo Server's messages at the level `debug`, because they may quote a request. */
function toApolloLogger(log: Logger) {
  const write = (message?: unknown): void => log.debug({ detail: String(message) }, 'apollo server')
  return { debug: write, info: write, warn: write, error: write }
}

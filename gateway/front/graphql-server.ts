import { AsyncLocalStorage } from 'node:async_hooks'
import {
  ApolloServer,
  type ApolloServerOptions,
  type ApolloServerPlugin,
  type GraphQLRequestContext,
  type GraphQLResponse,
  HeaderMap,
  type HTTPGraphQLRequest,
} from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { type GraphQLFormattedError, parse } from 'graphql'
import type { Logger } from 'pino'
import { type Detail, detail } from '../../contract/error-details.ts'
import { wordError } from '../../contract/error-message.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import type { Language } from '../../contract/language.ts'
import type { RequestContext } from '../types/flow.ts'
import { stringify } from './answer-text.ts'
import type { ArrivedOperation, HttpAnswer } from './arrived-operation.ts'
import { createGenerations } from './generations.ts'
import type { OperationRunner } from './operations.ts'
import { codesOf } from './rejection-codes.ts'
import {
  type AskedOperation,
  type OperationOutcome,
  type Reading,
  readOperation,
  runOperation,
} from './run-operation.ts'
import { createShortWay } from './short-way.ts'
import { wordInvalid } from './word-errors.ts'

/** The context value of each operation. */
interface GraphQLContext {
  readonly request: RequestContext
  /** Apollo Server copies the context value, but not what is in it. */
  readonly passage: Passage
}

/** A request on its way through Apollo Server. */
interface Passage {
  readonly language: Language
  /** How the reading of its document went; null until the document is read. */
  reading: Reading | null
  /** The operation that Apollo Server let through, and what came of it; null until then. */
  passed: { readonly asked: AskedOperation; readonly outcome: OperationOutcome } | null
}

/** Answers GraphQL over HTTP. */
export interface GraphQLServer {
  /** Answers one request. */
  execute(arrived: ArrivedOperation, context: RequestContext): Promise<HttpAnswer>
  /** Stops the server, and closes the runner. No request may be in progress. */
  stop(): Promise<void>
}

/** How {@link createGraphQLServer} answers. */
export interface GraphQLServerOptions {
  readonly log: Logger
  /** Whether an operation that Apollo Server has passed before takes the short way past it. */
  readonly hasShortWay: boolean
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
 * `responseForOperation` (docs/design/federation.md, Apollo Server, says why from there). No answer depends on NODE_ENV, and Apollo
 * Server reports nothing to anyone. An operation that came through it before takes the short way past it (`short-way.ts`).
 */
export async function createGraphQLServer(
  runner: OperationRunner,
  { log, hasShortWay }: GraphQLServerOptions,
): Promise<GraphQLServer> {
  // The document store knows only a hash of the text. What was read for one request reaches the same request this way.
  const passages = new AsyncLocalStorage<Passage>()
  const server = await startApolloServer(runner, passages, log)
  const shortWay = hasShortWay ? createShortWay(runner, log) : null
  const takeLongWay = async (arrived: ArrivedOperation, request: RequestContext): Promise<HttpAnswer> => {
    const passage: Passage = { language: request.language, reading: null, passed: null }
    const context = async () => ({ request, passage })
    const httpGraphQLRequest = toApolloRequest(arrived)
    const { status, headers, body } = await passages.run(passage, () =>
      server.executeHTTPGraphQLRequest({ httpGraphQLRequest, context }),
    )
    if (body.kind !== 'complete') throw new TypeError('expected a complete body; came a chunked one')
    const answer = { status: status ?? 200, headers: Object.fromEntries(headers), body: body.string }
    const { passed } = passage
    // Apollo Server chooses the media type after the operation, and may reject the request then.
    if (passed !== null && answer.status === (passed.outcome.status ?? 200))
      shortWay?.note(arrived, passed.asked, answer)
    return answer
  }
  return {
    execute: (arrived, request) => shortWay?.answer(arrived, request) ?? takeLongWay(arrived, request),
    async stop() {
      await server.stop()
      await runner.close?.()
    },
  }
}

async function startApolloServer(
  runner: OperationRunner,
  passages: AsyncLocalStorage<Passage>,
  log: Logger,
): Promise<ApolloServer<GraphQLContext>> {
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
    documentStore: storeOf(passages),
    formatError: (formatted) => maskFormatted(formatted, passages.getStore()?.language ?? 'en'),
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
  return server
}

function toApolloRequest({ method, headers, search, body }: ArrivedOperation): HTTPGraphQLRequest {
  const map = new HeaderMap()
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return { method, headers: map, search, body }
}

/** What Apollo Server gets for a document that was not read, or is not valid. It never runs it: `respond` answers with the errors. */
const NO_DOCUMENT = parse('{ __typename }', { noLocation: true })

/** Creates a document store that holds the document of the current request. */
function storeOf(passages: AsyncLocalStorage<Passage>): DocumentStore {
  return {
    async get() {
      const reading = passages.getStore()?.reading ?? null
      const read = reading !== null && 'document' in reading ? reading.document : null
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
        // Apollo Server cannot answer for an error of this hook, so `respond` does.
        async didResolveSource({ contextValue: { request, passage }, source }) {
          passage.reading = await readOperation(runner, source, request)
        },
        responseForOperation: (context) => respond(runner, context, log),
      }
    },
  }
}

async function respond(
  runner: OperationRunner,
  { source = '', request: { operationName, variables = {} }, contextValue }: GraphQLRequestContext<GraphQLContext>,
  log: Logger,
): Promise<GraphQLResponse> {
  const { request, passage } = contextValue
  const asked = { source, operationName, variables }
  const reading = passage.reading ?? { rejection: new TypeError('expected a document; came none') }
  const outcome = await runOperation({ runner, log }, asked, reading, request)
  passage.passed = { asked, outcome }
  const { status, retryAfter, result } = outcome
  const headers = new HeaderMap()
  if (retryAfter !== null) headers.set('retry-after', retryAfter)
  const http = { headers, ...(status === undefined ? {} : { status }) }
  return { http, body: { kind: 'single', singleResult: result } }
}

/** Formats Apollo Server's own errors: those of malformed requests are worded, all others are masked. */
function maskFormatted(formatted: GraphQLFormattedError, language: Language): GraphQLFormattedError {
  const { code } = formatted.extensions ?? {}
  const apolloCode = APOLLO_CODES.find((each) => each === code)
  if (apolloCode === undefined)
    return { message: wordError({ code: 'INTERNAL' }, language), extensions: { code: 'INTERNAL' } }
  const { message, locations } = formatted
  const extensions = { code: apolloCode }
  const known = wordApollo(message)
  if (known !== null) return { message: wordError({ code: apolloCode, detail: [known] }, language), extensions }
  return wordInvalid({ message, ...(locations && { locations }), extensions }, language)
}

/** Logs Apollo Server's messages at the level `debug`, because they may quote a request. */
function toApolloLogger(log: Logger) {
  const write = (message?: unknown): void => log.debug({ detail: String(message) }, 'apollo server')
  return { debug: write, info: write, warn: write, error: write }
}

// What Apollo Server says of the form of a request, in our words, because it speaks only English.

/** What we say for a message. `name` is what its pattern captures: a parameter, a member or a kind of operation, which Apollo Server names. */
type Worded = readonly [message: RegExp, word: (name: string) => Detail]

const WORDED: readonly Worded[] = [
  [/^The '(\w+)' search parameter may only be specified once\.$/, (name) => detail('SEARCH_ONCE', { name })],
  [
    /^The (\w+) search parameter (?:contains invalid JSON|should contain a JSON-encoded object)\.$/,
    (name) => detail('SEARCH_OBJECT', { name }),
  ],
  [/^POST body missing, invalid Content-Type, or JSON object has no keys\.$/, () => detail('BODY_OBJECT')],
  [/^Operation batching disabled\.$/, () => detail('BODY_BATCH')],
  [/^GraphQL queries must be strings\./, () => detail('QUERY_TEXT')],
  [/^GraphQL operations must contain a non-empty `query`/, () => detail('QUERY_MISSING')],
  [
    /^`(\w+)` in a POST body (?:should be provided as an object|must be an object)/,
    (name) => detail('MEMBER_OBJECT', { name }),
  ],
  [/^`(\w+)` in a POST body must be a string/, (name) => detail('MEMBER_TEXT', { name })],
  [/^GET requests may not have a content-type header other than application\/json\.$/, () => detail('GET_TYPE')],
  [/^GET requests only support query operations, not (\w+) /, (kind) => detail('GET_OPERATION', { kind })],
  [/^An 'accept' header was provided for this request which does not accept /, () => detail('ACCEPT')],
  [/^This operation has been blocked as a potential Cross-Site Request Forgery /, () => detail('UNASKED')],
]

/** Returns what we say for a message of Apollo Server; null if we do not know it. */
export function wordApollo(message: string): Detail | null {
  for (const [pattern, word] of WORDED) {
    const found = pattern.exec(message)
    if (found !== null) return word(found[1] ?? '')
  }
  return null
}

/** Answers operations with the current runner. */
export interface OperationServer {
  /** Answers one request, from beginning to end, with the runner that is current when it begins. */
  execute(this: void, arrived: ArrivedOperation, context: RequestContext): Promise<HttpAnswer>
  /** Lists the codes of the errors with which an operation was rejected before it ran. */
  codesOf(answer: HttpAnswer): readonly string[]
  /** Uses `runner` for new requests. Requests in progress stay with the previous runner, which stops after its last answer. */
  replace(runner: OperationRunner): Promise<void>
  /** Stops the current runner. No request may be in progress. */
  stop(): Promise<void>
}

/** Creates an operation server that begins with `runner`. Each runner has its own Apollo Server, because that cannot change its schema. */
export async function createOperationServer(
  runner: OperationRunner,
  options: GraphQLServerOptions,
): Promise<OperationServer> {
  const generations = createGenerations(await createGraphQLServer(runner, options), (server) => server.stop())
  return {
    execute: (arrived, request) => generations.use((server) => server.execute(arrived, request)),
    codesOf: ({ body }) => codesOf(body),
    replace: async (next) => generations.replace(await createGraphQLServer(next, options)),
    stop: generations.stop,
  }
}

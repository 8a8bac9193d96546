import {
  ApolloServer,
  type ApolloServerPlugin,
  type GraphQLRequestContext,
  type GraphQLResponse,
  HeaderMap,
} from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { GraphQLError, type GraphQLFormattedError, Kind, OperationTypeNode, type ValidationRule } from 'graphql'
import type { Logger } from 'pino'
import { type ErrorCode, IstmoError } from '../../contract/errors.ts'
import { maskError, meaningOf, toErrorBody } from '../../service/http/json-response.ts'
import type { RequestContext } from '../types/flow.ts'
import type { OperationRunner } from './operations.ts'

/** The context value of each operation. */
export interface GraphQLContext {
  readonly request: RequestContext
}

/**
 * The most tokens that the parser reads of a document. A longer document would cost the parser and the validation more than any
 * answer. The limits of admission are tighter.
 */
const MAX_DOCUMENT_TOKENS = 10_000

/** The codes with which Apollo Server itself rejects a request. The gateway masks all its other errors. */
const APOLLO_CODES: readonly ErrorCode[] = [
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]

/**
 * Creates and starts an Apollo Server, which does HTTP, parsing and validation. `runner` runs the operation itself, from the hook
 * `responseForOperation` (docs/design/federation.md, Apollo Server, says why from there). Nothing depends on NODE_ENV, and Apollo
 * Server reports nothing to anyone.
 */
export async function createGraphQLServer(runner: OperationRunner, log: Logger): Promise<ApolloServer<GraphQLContext>> {
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
    parseOptions: { maxTokens: MAX_DOCUMENT_TOKENS },
    validationRules: [rejectIncremental],
    formatError: maskFormatted,
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

/** Creates the plugin that runs an operation. Apollo Server does not call `formatError` for its errors, so they are formatted here. */
function runOperations(runner: OperationRunner, log: Logger): ApolloServerPlugin<GraphQLContext> {
  return {
    async requestDidStart() {
      return { responseForOperation: (context) => respond(runner, context, log) }
    },
  }
}

async function respond(
  runner: OperationRunner,
  context: GraphQLRequestContext<GraphQLContext>,
  log: Logger,
): Promise<GraphQLResponse> {
  const { request } = context.contextValue
  try {
    const { document, operation, source } = context
    if (operation === undefined) throw new IstmoError('OPERATION_RESOLUTION_FAILURE')
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw new IstmoError('OPERATION_NOT_SUPPORTED')
    if (document === undefined || source === undefined) throw new TypeError('expected a document; came none')
    const { operationName, variables = {} } = context.request
    const { data, errors, extensions, status } = await runner.execute(
      { document, operationName, variables, source },
      request,
    )
    const hasErrors = errors !== undefined && errors.length > 0
    return toResponse(status, {
      data: data as Record<string, unknown> | null,
      ...(hasErrors ? { errors } : {}),
      ...(extensions === undefined ? {} : { extensions }),
    })
  } catch (error) {
    const shown = maskError(error)
    if (shown.code === 'INTERNAL')
      log.error({ requestId: request.requestId, err: error }, 'operation failed with an internal error')
    const response = toResponse(shown.status, toErrorBody(shown))
    if (shown.retryAfterSeconds !== null) response.http.headers.set('retry-after', String(shown.retryAfterSeconds))
    return response
  }
}

type SingleResult = (GraphQLResponse['body'] & { kind: 'single' })['singleResult']

function toResponse(status: number | undefined, singleResult: SingleResult): GraphQLResponse {
  const http = { headers: new HeaderMap(), ...(status === undefined ? {} : { status }) }
  return { http, body: { kind: 'single', singleResult } }
}

/** The directives of incremental delivery, which would send an answer in parts. */
const INCREMENTAL = ['defer', 'stream']

/** Rejects @defer and @stream if a graph defines them. If it does not, the rule on unknown directives rejects them. */
const rejectIncremental: ValidationRule = (context) => ({
  Directive(node) {
    const isDefined = context.getSchema().getDirective(node.name.value) !== undefined
    if (isDefined && INCREMENTAL.includes(node.name.value)) {
      context.reportError(new GraphQLError(meaningOf('OPERATION_NOT_SUPPORTED'), { nodes: node }))
    }
  },
})

/** Formats Apollo Server's own errors: those of parsing, validation and malformed requests keep their message, all others are masked. */
function maskFormatted(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { code } = formatted.extensions ?? {}
  const apolloCode = APOLLO_CODES.find((each) => each === code)
  if (apolloCode === undefined) return { message: meaningOf('INTERNAL'), extensions: { code: 'INTERNAL' } }
  const { message, locations } = formatted
  const place = locations === undefined ? {} : { locations }
  if (isIncremental(error)) {
    return { message: meaningOf('OPERATION_NOT_SUPPORTED'), ...place, extensions: { code: 'OPERATION_NOT_SUPPORTED' } }
  }
  return { message, ...place, extensions: { code: isUnknownCountry(message) ? 'UNKNOWN_COUNTRY' : apolloCode } }
}

/** Whether validation rejected a literal of the scalar `CountryCode`. Apollo Server replaces the scalar's own code. */
function isUnknownCountry(message: string): boolean {
  return message.startsWith('CountryCode takes ')
}

function isIncremental(error: unknown): boolean {
  const [node] = error instanceof GraphQLError ? (error.nodes ?? []) : []
  return node?.kind === Kind.DIRECTIVE && INCREMENTAL.includes(node.name.value)
}

/** Logs Apollo Server's messages at the level `debug`, because they may quote a request. */
function toApolloLogger(log: Logger) {
  const write = (message?: unknown): void => log.debug({ detail: String(message) }, 'apollo server')
  return { debug: write, info: write, warn: write, error: write }
}

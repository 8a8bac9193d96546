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

/** What every operation is run with. */
export interface GraphQLContext {
  readonly request: RequestContext
}

/**
 * The most tokens of a document that are parsed. A deeper or longer document would cost the parser and the validation more than
 * any answer; the plan's own limits are tighter.
 */
const MAX_DOCUMENT_TOKENS = 10_000

/** The codes with which Apollo Server itself refuses a request; any other of its errors is masked. */
const APOLLO_CODES: readonly ErrorCode[] = [
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]

/**
 * Apollo Server for what HTTP, parsing and validation ask for; the operation itself is run by `runner`, from the
 * hook `responseForOperation` (docs/design/federation.md, Apollo Server, says why from there). Started already. Nothing hangs
 * on NODE_ENV, and nothing is reported to anyone.
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

/** The plugin through which Apollo Server hands an operation over. Its errors pass by `formatError`: they are formatted here. */
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
    if (shown.code === 'INTERNAL') log.error({ requestId: request.requestId, err: error }, 'operation failed inside')
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

/** The directives of incremental delivery, which would have an answer come in parts. */
const INCREMENTAL = ['defer', 'stream']

/** Refuses @defer and @stream where a graph defines them; where it does not, the rule on unknown directives does. */
const rejectIncremental: ValidationRule = (context) => ({
  Directive(node) {
    const isDefined = context.getSchema().getDirective(node.name.value) !== undefined
    if (isDefined && INCREMENTAL.includes(node.name.value)) {
      context.reportError(new GraphQLError(meaningOf('OPERATION_NOT_SUPPORTED'), { nodes: node }))
    }
  },
})

/** Apollo's own errors: parsing, validation and requests that are none keep their words; what is inside is masked. */
function maskFormatted(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { code } = formatted.extensions ?? {}
  const known = APOLLO_CODES.find((apolloCode) => apolloCode === code)
  if (known === undefined) return { message: meaningOf('INTERNAL'), extensions: { code: 'INTERNAL' } }
  const { message, locations } = formatted
  const place = locations === undefined ? {} : { locations }
  if (isOfIncremental(error)) {
    return { message: meaningOf('OPERATION_NOT_SUPPORTED'), ...place, extensions: { code: 'OPERATION_NOT_SUPPORTED' } }
  }
  return { message, ...place, extensions: { code: known } }
}

function isOfIncremental(error: unknown): boolean {
  const [node] = error instanceof GraphQLError ? (error.nodes ?? []) : []
  return node?.kind === Kind.DIRECTIVE && INCREMENTAL.includes(node.name.value)
}

/** Apollo Server's messages may quote a request: they are for who debugs the gateway. */
function toApolloLogger(log: Logger) {
  const write = (message?: unknown): void => log.debug({ detail: String(message) }, 'apollo server')
  return { debug: write, info: write, warn: write, error: write }
}

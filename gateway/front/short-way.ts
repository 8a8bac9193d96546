/**
 * The short way past Apollo Server, for operations that its whole pipeline has passed before (docs/decisions/0069-a-short-way-past-apollo-server.md).
 * It knows an operation by its exact text and name. All that depends on anything else of a request is checked for each request, on both ways.
 */
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import { isObject } from '../../contract/json-value.ts'
import type { RequestContext } from '../types/flow.ts'
import { stringify } from './answer-text.ts'
import type { ArrivedOperation, HttpAnswer } from './arrived-operation.ts'
import type { OperationRunner } from './operations.ts'
import { type AskedOperation, readOperation, runOperation } from './run-operation.ts'

/** How many documents the short way knows. */
const MAX_DOCUMENTS = 2_000

/** How long the documents that it knows are together, in characters. */
const MAX_CHARACTERS = 4_000_000

/** How many operations of one document it knows, by their names. */
const MAX_NAMES = 16

/** How many values of `Accept` it knows, and how long one may be, in characters. */
const MAX_ACCEPTS = 256
const MAX_ACCEPT_LENGTH = 512

/** The content types of a request that may take the short way. A browser sends neither of them to another origin without asking before. */
const CONTENT_TYPES: ReadonlySet<string | undefined> = new Set([
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-8',
])

/** Creates the short way to a runner. It ends with the runner: another graph has another short way, which knows nothing yet. */
export function createShortWay(runner: OperationRunner, log: Logger) {
  /** The names of the operations that passed, by the text of their document. */
  const passed = new LRUCache<string, readonly (string | undefined)[]>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_, text) => Math.max(1, text.length),
  })
  /** The header with the media type of an answer, by the value of `Accept`. */
  const mediaTypes = new LRUCache<string, HttpAnswer['headers']>({ max: MAX_ACCEPTS })
  const running = { runner, log }

  const run = async (
    asked: AskedOperation,
    type: HttpAnswer['headers'],
    context: RequestContext,
  ): Promise<HttpAnswer> => {
    const reading = readOperation(runner, asked.source, context)
    const read = reading instanceof Promise ? await reading : reading
    const { status = 200, retryAfter, result } = await runOperation(running, asked, read, context)
    const headers = retryAfter === null ? type : { 'retry-after': retryAfter, ...type }
    return { status, headers, body: stringify(result) }
  }
  return {
    /** Answers a request; null if it must take the long way. */
    answer(arrived: ArrivedOperation, context: RequestContext) {
      const type = mediaTypes.get(acceptOf(arrived))
      if (type === undefined) return null
      const asked = readAsked(arrived)
      if (asked === null || passed.get(asked.source)?.includes(asked.operationName) !== true) return null
      return run(asked, type, context)
    },
    /** Notes an operation that Apollo Server let through, and the answer to it. */
    note(arrived: ArrivedOperation, { source, operationName }: AskedOperation, { status, headers }: HttpAnswer) {
      const contentType = headers['content-type']
      if (status !== 200 || contentType === undefined || readAsked(arrived) === null) return
      const accept = acceptOf(arrived)
      if (accept.length <= MAX_ACCEPT_LENGTH) mediaTypes.set(accept, { 'content-type': contentType })
      const names = passed.get(source) ?? []
      if (!names.includes(operationName)) passed.set(source, [operationName, ...names].slice(0, MAX_NAMES))
    },
  }
}

/** Returns the value of `Accept`, or what no header can have if there is none. */
function acceptOf({ headers }: ArrivedOperation): string {
  return headers.accept ?? ' none'
}

/** Reads what a request asks, if it has the usual form, in which Apollo Server finds nothing to reject; else null. */
function readAsked({ method, headers, search, body }: ArrivedOperation): AskedOperation | null {
  if (method !== 'POST' || search !== '' || !CONTENT_TYPES.has(headers['content-type'])) return null
  if (!isObject(body)) return null
  let query: unknown
  let operationName: unknown
  let variables: unknown
  for (const name of Object.keys(body)) {
    const value = body[name]
    if (name === 'query') query = value
    else if (name === 'variables') variables = value
    else if (name === 'operationName') operationName = value
    else if (name !== 'extensions' || !isKnownExtensions(value)) return null
  }
  if (typeof query !== 'string') return null
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') return null
  if (variables !== undefined && variables !== null && !isObject(variables)) return null
  return { source: query, operationName: operationName ?? undefined, variables: variables ?? {} }
}

/** Whether the extensions of a request are none of Apollo Server's: at most the statement of a signed question, which is checked before. */
function isKnownExtensions(value: unknown): boolean {
  return value === null || (isObject(value) && Object.keys(value).every((name) => name === 'istmo'))
}

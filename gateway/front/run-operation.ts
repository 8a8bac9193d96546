/** Runs one operation, on the long way and on the short way, and makes the result of its answer. */
import { type FormattedExecutionResult, type GraphQLFormattedError, getOperationAST, OperationTypeNode } from 'graphql'
import type { Logger } from 'pino'
import { IstmoError } from '../../contract/errors.ts'
import { maskError, toErrorBody } from '../../service/http/json-response.ts'
import type { EngineAnswer, RequestContext } from '../types/flow.ts'
import type { ReadDocument } from '../types/planning.ts'
import { JsonText } from './answer-text.ts'
import type { OperationRunner } from './operations.ts'
import { wordFormatted, wordInvalid } from './word-errors.ts'

/** What a request asks to run, after its form was checked. */
export interface AskedOperation {
  readonly source: string
  readonly operationName: string | undefined
  readonly variables: Record<string, unknown>
}

/** How the reading of a document went: the document, or why it was rejected. */
export type Reading = { readonly document: ReadDocument } | { readonly rejection: unknown }

/** The result of an operation. `status`: the HTTP status if it is not 200. */
export interface OperationOutcome {
  readonly status: number | undefined
  /** After how many seconds to try again; null if nobody said it. */
  readonly retryAfter: string | null
  readonly result: FormattedExecutionResult
}

/** Reads a document, at once if it is known. Never throws or rejects: {@link runOperation} answers with the rejection. */
export function readOperation(
  runner: OperationRunner,
  source: string,
  context: RequestContext,
): Reading | Promise<Reading> {
  try {
    const document = runner.readDocument(source, context)
    return document instanceof Promise ? document.then(toReading, toRejection) : { document }
  } catch (error) {
    return toRejection(error)
  }
}

function toReading(document: ReadDocument): Reading {
  return { document }
}

function toRejection(error: unknown): Reading {
  return { rejection: error }
}

/** Runs an operation. Never rejects: an error is in the result, in the words of the request's language. */
export async function runOperation(
  { runner, log }: { readonly runner: OperationRunner; readonly log: Logger },
  { source, operationName, variables }: AskedOperation,
  reading: Reading,
  context: RequestContext,
): Promise<OperationOutcome> {
  const { language } = context
  try {
    if ('rejection' in reading) throw reading.rejection
    const read = reading.document
    if (read.kind === 'invalid') {
      return {
        status: 400,
        retryAfter: null,
        result: { errors: read.errors.map((error) => wordInvalid(error, language)) },
      }
    }
    const { document } = read
    const operation = getOperationAST(document, operationName)
    if (!operation) throw new IstmoError('OPERATION_RESOLUTION_FAILURE')
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw new IstmoError('OPERATION_NOT_SUPPORTED')
    const answer = await runner.execute({ document, operationName, variables, source }, context)
    const { errors, extensions, status } = answer
    const result: { -readonly [Member in keyof FormattedExecutionResult]: FormattedExecutionResult[Member] } = {
      data: dataOf(answer),
    }
    if (errors !== undefined && errors.length > 0) result.errors = wordAll(errors, context)
    if (extensions !== undefined) result.extensions = extensions
    return { status, retryAfter: null, result }
  } catch (error) {
    const shown = maskError(error)
    if (shown.code === 'INTERNAL')
      log.error({ requestId: context.requestId, err: error }, 'operation failed with an internal error')
    const { status, retryAfterSeconds } = shown
    const retryAfter = retryAfterSeconds === null ? null : String(retryAfterSeconds)
    return { status, retryAfter, result: toErrorBody(shown, language) }
  }
}

/** Returns the data as it is written: text that was made as JSON stays text. */
function dataOf(answer: EngineAnswer): Record<string, unknown> | null {
  if (answer.json !== undefined) return new JsonText(answer.json)
  return answer.data as Record<string, unknown> | null
}

function wordAll(errors: readonly GraphQLFormattedError[], { language }: RequestContext): GraphQLFormattedError[] {
  return errors.map((error) => wordFormatted(error, language))
}

import type { GraphQLFormattedError } from 'graphql'
import { ERRORS, type ErrorCode } from '../../contract/errors.ts'
import type { AnswerError } from '../types/answer-error.ts'

/** How many errors an answer has at most, before one `ERRORS_CUT`. */
export const MAX_ERRORS = 100

/**
 * Formats the errors of an answer: one for each (country, coordinate, response position), in the order of their paths, at most 100.
 * The messages are the registry's sentences, without any text of a country. An error at a gateway key is left out.
 * @param outKey returns the client's response key for a key of the data, or null for a gateway key.
 */
export function formatErrors(
  answerErrors: readonly AnswerError[],
  outKey: (key: string) => string | null,
): GraphQLFormattedError[] {
  const errors = new Map<string, GraphQLFormattedError>()
  for (const { code, country, coordinate, path } of answerErrors) {
    const clientPath = path.map((step) => (typeof step === 'string' ? outKey(step) : step))
    const visible = clientPath.filter((step) => step !== null)
    if (visible.length < clientPath.length) continue
    const error = formatError(code, visible, country, coordinate)
    const key = JSON.stringify([visible, coordinate, country])
    if (!errors.has(key)) errors.set(key, error)
  }
  const sorted = [...errors].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, error]) => error)
  if (sorted.length <= MAX_ERRORS) return sorted
  return [...sorted.slice(0, MAX_ERRORS), formatError('ERRORS_CUT', null, null, null)]
}

function formatError(
  code: ErrorCode,
  path: readonly (string | number)[] | null,
  country: string | null,
  coordinate: string | null,
): GraphQLFormattedError {
  return {
    message: ERRORS[code].meaning,
    ...(path === null ? {} : { path }),
    extensions: { code, ...(country === null ? {} : { country }), ...(coordinate === null ? {} : { coordinate }) },
  }
}

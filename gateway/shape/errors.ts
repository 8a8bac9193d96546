import type { GraphQLFormattedError } from 'graphql'
import { meaningOf } from '../../contract/error-message.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import { MAX_ERRORS } from '../../contract/max-errors.ts'
import type { AnswerError } from '../types/flow.ts'

/**
 * Formats the errors of an answer: one for each (country, coordinate, response position), in the order of their paths, at most 100, and
 * then one `ERRORS_CUT`. The messages are the registry's sentences, without any text of a country. An error at a gateway key is left out.
 * @param outKey returns the client's response key for a key of the data, or null for a gateway key.
 */
export function formatErrors(
  answerErrors: readonly AnswerError[],
  outKey: (key: string) => string | null,
): GraphQLFormattedError[] {
  if (answerErrors.length === 0) return []
  const errors = new Map<string, AnswerError>()
  let isCut = false
  for (const error of answerErrors) {
    if (error.code === 'ERRORS_CUT') isCut = true
    const path = error.path.map((step) => (typeof step === 'string' ? outKey(step) : step))
    const visible = path.filter((step) => step !== null)
    if (error.code === 'ERRORS_CUT' || visible.length < path.length) continue
    const key = JSON.stringify([visible, error.coordinate, error.country])
    if (!errors.has(key)) errors.set(key, { ...error, path: visible })
  }
  const sorted = [...errors.values()].sort(compareErrors)
  const formatted = sorted.slice(0, MAX_ERRORS).map(formatError)
  return isCut || sorted.length > MAX_ERRORS ? [...formatted, formatError(null)] : formatted
}

/** Compares errors by path, step by step and indices as numbers, then by coordinate and country. */
function compareErrors(a: AnswerError, b: AnswerError): number {
  for (const [i, step] of a.path.entries()) {
    const other = b.path[i]
    if (other === undefined) return 1
    if (step === other) continue
    return typeof step === 'number' && typeof other === 'number' ? step - other : String(step) < String(other) ? -1 : 1
  }
  if (a.path.length < b.path.length) return -1
  const [left, right] = [a, b].map(({ coordinate, country }) => `${coordinate} ${country}`)
  return String(left) < String(right) ? -1 : 1
}

/** Formats an error. Null stands for the errors that are left out. */
function formatError(error: AnswerError | null): GraphQLFormattedError {
  const code: ErrorCode = error?.code ?? 'ERRORS_CUT'
  const message = meaningOf(code)
  if (error === null) return { message, extensions: { code } }
  const { country, coordinate, path, count } = error
  const extensions: Record<string, unknown> = { code }
  if (country !== null) extensions.country = country
  if (coordinate !== null) extensions.coordinate = coordinate
  if (count !== undefined) extensions.count = count
  return { message, path, extensions }
}

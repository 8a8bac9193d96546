import type { AnswerError } from '../types/answer-error.ts'
import type { MissingValue } from './shape.ts'

/**
 * Makes an error for each required value that is missing and that no other error explains. An error explains a missing value if it is at
 * the value or below it.
 * @param errors the answer's errors, with list indices.
 * @param denials errors at fields that the caller may not read anywhere: they have no list indices.
 */
export function explainMissing(
  missing: readonly MissingValue[],
  errors: readonly AnswerError[],
  denials: readonly AnswerError[],
  outKey: (key: string) => string | null,
): readonly AnswerError[] {
  if (missing.length === 0) return []
  const clientPath = ({ path }: AnswerError): unknown[] =>
    path.map((step) => (typeof step === 'string' ? outKey(step) : step))
  const explained = new Set(errors.flatMap((error) => listPrefixes(clientPath(error))))
  const explainedEverywhere = new Set(denials.flatMap((error) => listPrefixes(clientPath(error))))
  return missing
    .filter(({ path }) => !explained.has(keyOf(path)) && !explainedEverywhere.has(keyOf(withoutIndices(path))))
    .map(({ path, coordinate }) => ({ code: 'NULL_FOR_NON_NULL', country: null, coordinate, path }))
}

function listPrefixes(path: readonly unknown[]): string[] {
  return path.map((_, i) => keyOf(path.slice(0, i + 1)))
}

function withoutIndices(path: MissingValue['path']): readonly unknown[] {
  return path.filter((step) => typeof step === 'string')
}

function keyOf(path: readonly unknown[]): string {
  return JSON.stringify(path)
}

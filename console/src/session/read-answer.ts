import type { Answer } from '../../../clients/client.ts'
import {
  type AnswerProblem,
  type CountryReport,
  type DeniedField,
  RefusedQuestion,
  type SessionAnswer,
} from './session.ts'

type Members = Readonly<Record<string, unknown>>

/**
 * Reads what a gateway answered. Members that are not as expected are left out, because a country may have written them.
 * @throws {RefusedQuestion} if the gateway refused the question as a whole.
 */
export function readAnswer<Data>(
  { status, data, errors = [], extensions = {}, requestId }: Omit<Answer, 'asked' | 'evidence'>,
  about: { readonly operation: string; readonly at: number; readonly purpose: string },
): SessionAnswer<Data> {
  const problems = errors.map(readProblem)
  if (status >= 400) {
    const { code = 'UNKNOWN', message = `status ${status}` } = problems[0] ?? {}
    throw new RefusedQuestion(code, message, requestId)
  }
  const { countries, dryRun } = extensions
  return {
    ...about,
    data: (data ?? null) as Data | null,
    problems,
    countries: listOf(countries).flatMap(readReport),
    denied: isObject(dryRun) ? listOf(dryRun.denied).flatMap(readDenied) : [],
    requestId,
  }
}

function readProblem(error: unknown): AnswerProblem {
  const { message, extensions, path } = (isObject(error) ? error : {}) as Members
  const said = isObject(extensions) ? extensions : {}
  return {
    message: textOr(message, ''),
    code: textOr(said.code, 'UNKNOWN'),
    country: textOr(said.country, null),
    coordinate: textOr(said.coordinate, null),
    path: listOf(path).filter((step): step is string | number => typeof step === 'string' || typeof step === 'number'),
  }
}

function readReport(value: unknown): readonly CountryReport[] {
  if (!isObject(value) || typeof value.country !== 'string' || typeof value.reach !== 'string') return []
  const { country, reach } = value
  return [{ country, reach, domain: textOr(value.domain, ''), code: textOr(value.code, null) }]
}

function readDenied(value: unknown): readonly DeniedField[] {
  if (!isObject(value) || typeof value.coordinate !== 'string') return []
  const path = listOf(value.path).filter((step): step is string => typeof step === 'string')
  const { coordinate } = value
  return [{ path, coordinate, country: textOr(value.country, null), rule: textOr(value.rule, 'SCOPES') }]
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function textOr<Other>(value: unknown, other: Other): string | Other {
  return typeof value === 'string' ? value : other
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What the caller is told of what it may not read. */
import type { Denial } from '../authorize/decide.ts'
import { formatErrors } from '../shape/errors.ts'
import type { AnswerError } from '../types/answer-error.ts'
import type { EngineAnswer } from '../types/flow.ts'
import type { PreparedOperation } from '../types/operation.ts'

/** A denial as an error of the answer. Never says which scope or policy is held or needed. */
export function denialError({ coordinate, path, country }: Denial): AnswerError {
  return { code: country === null ? 'UNAUTHORIZED_FIELD_OR_TYPE' : 'FORBIDDEN_BY_COUNTRY', country, coordinate, path }
}

/** The answer of the mode `reject`: nothing was asked. */
export function rejectOperation(denials: readonly Denial[], outKey: PreparedOperation['outKey']): EngineAnswer {
  return { data: null, errors: formatErrors(denials.map(denialError), outKey), status: 403 }
}

/** The answer of a dry run: nothing was asked; what would be denied, where, by which kind of rule. */
export function listDenials(denials: readonly Denial[], outKey: PreparedOperation['outKey']): EngineAnswer {
  const denied = denials.map(({ coordinate, path, kind, country }) => ({
    path: path.map(outKey),
    coordinate,
    rule: kind,
    ...(country === null ? {} : { country }),
  }))
  return { data: null, extensions: { dryRun: { denied } } }
}

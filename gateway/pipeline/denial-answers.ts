/** How an answer reports the fields that the caller may not read. */
import type { DenialKind } from '../../contract/access/rule.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import type { Denial } from '../authorize/decide.ts'
import { formatErrors } from '../shape/errors.ts'
import type { AnswerError } from '../types/answer-error.ts'
import type { EngineAnswer } from '../types/flow.ts'
import type { PreparedOperation } from '../types/operation.ts'

/** Makes an answer error of a denial. It never says which scope or policy the caller holds or needs. */
export function denialError({ coordinate, path, kind, country }: Denial): AnswerError {
  return { code: codeOf(kind, country), country, coordinate, path }
}

function codeOf(kind: DenialKind, country: string | null): ErrorCode {
  if (country !== null) return 'FORBIDDEN_BY_COUNTRY'
  // Every source demands a known caller, and only a request without a token has none.
  return kind === 'AUTHENTICATED' ? 'TOKEN_MISSING' : 'UNAUTHORIZED_FIELD_OR_TYPE'
}

/** Makes the answer of the mode `reject`, in which the gateway sends no legs. */
export function rejectOperation(denials: readonly Denial[], outKey: PreparedOperation['outKey']): EngineAnswer {
  return { data: null, errors: formatErrors(denials.map(denialError), outKey), status: 403 }
}

/** Makes the answer of a dry run, in which the gateway sends no legs. It lists what would be denied, where, and by which kind of rule. */
export function listDenials(denials: readonly Denial[], outKey: PreparedOperation['outKey']): EngineAnswer {
  const denied = denials.map(({ coordinate, path, kind, country }) => ({
    path: path.map(outKey),
    coordinate,
    rule: kind,
    ...(country === null ? {} : { country }),
  }))
  return { data: null, extensions: { dryRun: { denied } } }
}

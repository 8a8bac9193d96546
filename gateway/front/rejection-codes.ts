/** The codes of the errors in an answer that rejects a request, whose text is small. */
import { ERRORS, type ErrorCode } from '../../contract/errors.ts'

/** Reads the codes of all errors. */
export function codesOf(body: string): readonly string[] {
  const { errors = [] } = JSON.parse(body) as { errors?: { extensions: { code: string } }[] }
  return errors.map(({ extensions }) => extensions.code)
}

/** Reads the code of the first error. */
export function firstCodeOf(body: string): ErrorCode {
  return toErrorCode(codesOf(body)[0] ?? '')
}

/** Returns a code of the registry: the text, or `INTERNAL` if it is none. */
export function toErrorCode(code: string): ErrorCode {
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'INTERNAL'
}

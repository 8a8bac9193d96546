/** The codes of the errors in an answer that rejects a request, whose text is small. */
import { ERRORS, type ErrorCode } from '../../contract/errors.ts'
import type { SplicedText } from '../types/splice.ts'

/** Reads the codes of all errors. A text that came in parts was spliced, and has none. */
export function codesOf(body: SplicedText): readonly string[] {
  if (typeof body !== 'string') return []
  const { errors = [] } = JSON.parse(body) as { errors?: { extensions: { code: string } }[] }
  return errors.map(({ extensions }) => extensions.code)
}

/** Reads the code of the first error. */
export function firstCodeOf(body: SplicedText): ErrorCode {
  return toErrorCode(codesOf(body)[0] ?? '')
}

/** Returns a code of the registry: the text, or `INTERNAL` if it is none. */
export function toErrorCode(code: string): ErrorCode {
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'INTERNAL'
}

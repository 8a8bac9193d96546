import type { z } from 'zod'
import { DocumentError, describeIssue } from './personal-jws.ts'

/**
 * Parses what a person hands in to an authority, or what the authority answers: JSON in UTF-8 of one form.
 * @param what names the form in the message.
 * @throws {DocumentError} if it is malformed. The message holds no value of it.
 */
export function parseDocument<Schema extends z.ZodType>(
  schema: Schema,
  bytes: Uint8Array,
  what: string,
): z.infer<Schema> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new DocumentError(`expected ${what}, as JSON in UTF-8; came another text`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new DocumentError(`expected ${what}: ${describeIssue(parsed.error)}`)
}

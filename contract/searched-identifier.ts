import { detail } from './error-details.ts'
import { IstmoError } from './errors.ts'

/** The maximum length of a searched identifier, in UTF-16 code units. */
export const MAX_IDENTIFIER_LENGTH = 100

/**
 * Checks the identifier that a search is for. One that a country could not take would make it refuse the whole list.
 * @param place what the message calls its value: `Query.persons(search:).identifier.value`.
 * @throws {IstmoError} `BAD_USER_INPUT` for a value without a letter or digit, or too long. The message does not quote the value.
 */
export function checkSearchedIdentifier(place: string, identifier: unknown): void {
  const { value } = (identifier ?? {}) as { readonly value?: unknown }
  if (typeof value !== 'string') return
  if (value.length > MAX_IDENTIFIER_LENGTH) {
    const sizes = { place, most: MAX_IDENTIFIER_LENGTH, came: value.length }
    throw new IstmoError('BAD_USER_INPUT', detail('CHARACTERS', sizes))
  }
  if (!/[\p{L}\p{N}]/u.test(value)) throw new IstmoError('BAD_USER_INPUT', detail('WORDS', { place }))
}

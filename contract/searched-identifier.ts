import { detail } from './error-details.ts'
import { IstmoError } from './errors.ts'
import { isIdentifierCategory, normalIdentifier } from './identifiers.ts'

/** The maximum length of a searched identifier, in UTF-16 code units. */
export const MAX_IDENTIFIER_LENGTH = 100

/**
 * Checks the identifier that a search is for. One that a country could not take would make it refuse the whole list.
 * @param place what the message calls its value: `Query.persons(search:).identifier.value`.
 * @throws {IstmoError} `BAD_USER_INPUT` for a value without a letter or digit, too long, or not of its category: `no tiene` cannot be a telephone. The message does not quote the value.
 */
export function checkSearchedIdentifier(place: string, identifier: unknown): void {
  const { category, jurisdiction, value } = (identifier ?? {}) as Readonly<Record<string, unknown>>
  if (typeof value !== 'string') return
  if (value.length > MAX_IDENTIFIER_LENGTH) {
    const sizes = { place, most: MAX_IDENTIFIER_LENGTH, came: value.length }
    throw new IstmoError('BAD_USER_INPUT', detail('CHARACTERS', sizes))
  }
  if (!/[\p{L}\p{N}]/u.test(value)) throw new IstmoError('BAD_USER_INPUT', detail('WORDS', { place }))
  if (
    !isIdentifierCategory(category) ||
    normalIdentifier({ category, jurisdiction: String(jurisdiction), value }) !== null
  )
    return
  if (category === 'TELEPHONE') throw new IstmoError('BAD_USER_INPUT', detail('TELEPHONE', { place }))
  if (category === 'EMAIL') throw new IstmoError('BAD_USER_INPUT', detail('EMAIL', { place }))
  throw new IstmoError('BAD_USER_INPUT', detail('SOCIAL_HANDLE', { place }))
}

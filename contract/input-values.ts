import { type GraphQLInputType, isInputObjectType, isListType, isNonNullType } from 'graphql'
import { detail } from './error-details.ts'
import { IstmoError } from './errors.ts'
import { parseRecordId } from './record-id.ts'

/** The longest text of an argument, in UTF-16 code units. A cursor has a limit of its own (`MAX_CURSOR_LENGTH`). */
export const MAX_TEXT_LENGTH = 1_000

/** The largest list in an argument, in items. */
export const MAX_LIST_LENGTH = 500

/** The argument that takes a cursor. `decodeCursor` checks it. */
const CURSOR_ARGUMENT = 'after'

/**
 * Checks the argument values of a field, at any depth: ids have their form, texts can be stored in PostgreSQL, and texts and lists are not
 * too long (docs/design/contract.md, What a request may contain). The gateway and the national nodes both check them, so that nothing
 * that a client writes becomes a fault of a country.
 * @param values the values after coercion, by argument.
 * @param coordinate of the field, for messages.
 * @throws {IstmoError} `ID_INVALID` or `BAD_USER_INPUT`. The message names the argument or the input field, and never the value.
 */
export function checkInputValues(
  args: readonly { readonly name: string; readonly type: GraphQLInputType }[],
  values: Readonly<Record<string, unknown>>,
  coordinate: string,
): void {
  for (const { name, type } of args) {
    if (name !== CURSOR_ARGUMENT) checkValue(type, values[name], `${coordinate}(${name}:)`)
  }
}

function checkValue(type: GraphQLInputType, value: unknown, place: string): void {
  if (value === null || value === undefined) return
  if (isNonNullType(type)) checkValue(type.ofType, value, place)
  else if (isListType(type)) checkList(type.ofType, Array.isArray(value) ? value : [value], place)
  else if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      checkValue(field.type, (value as Record<string, unknown>)[field.name], `${type.name}.${field.name}`)
    }
  } else if (type.name === 'ID') parseRecordId(value)
  else if (typeof value === 'string') checkText(value, place)
}

function checkList(itemType: GraphQLInputType, items: readonly unknown[], place: string): void {
  if (items.length > MAX_LIST_LENGTH) {
    throw new IstmoError('BAD_USER_INPUT', detail('ITEMS', { place, most: MAX_LIST_LENGTH, came: items.length }))
  }
  for (const item of items) checkValue(itemType, item, place)
}

function checkText(text: string, place: string): void {
  if (text.length > MAX_TEXT_LENGTH) {
    throw new IstmoError('BAD_USER_INPUT', detail('CHARACTERS', { place, most: MAX_TEXT_LENGTH, came: text.length }))
  }
  if (isStorable(text)) return
  throw new IstmoError('BAD_USER_INPUT', detail('UNICODE', { place }))
}

/** Checks whether PostgreSQL can hold a text: it has no U+0000, and it can be encoded as UTF-8. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

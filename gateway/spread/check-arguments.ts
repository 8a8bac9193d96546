/**
 * Checks that reject a request with 400 before the gateway sends any leg (docs/design/contract.md, Outcomes): malformed ids and cursors,
 * page sizes out of range, unknown countries.
 */
import {
  type FieldNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLInputType,
  getArgumentValues,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import { checkFirst, decodeCursor } from '../../contract/cursor.ts'
import { IstmoError } from '../../contract/errors.ts'
import { INPUT_RULES } from '../../contract/input-rules.ts'
import { parseRecordId } from '../../contract/record-id.ts'
import type { Page } from '../types/leg.ts'
import type { CheckedField } from '../types/operation.ts'
import type { PageArguments } from '../types/shape.ts'

/**
 * Checks the arguments of each field that countries answer.
 * @param participants codes of all participants.
 * @throws {IstmoError} `ID_INVALID`, `BAD_CURSOR`, `BAD_USER_INPUT`, `UNKNOWN_COUNTRY`, `SEARCH_TOO_WIDE`.
 */
export function checkArguments(
  fields: readonly CheckedField[],
  variables: Readonly<Record<string, unknown>>,
  participants: ReadonlySet<string>,
): void {
  for (const field of fields) {
    const values = argumentValues(field.definition, field.node, variables)
    for (const argument of field.definition.args) checkIds(argument.type, values[argument.name])
    if (field.page) pageOf(field.page, values, field.spread?.who === 'EVERY')
    if (field.spread?.who === 'EVERY') checkCountries(values[field.spread.argument], participants, field.coordinate)
    INPUT_RULES[field.coordinate]?.(values)
  }
}

/**
 * Reads the argument values of a field, from literals, variables and defaults.
 * @throws {IstmoError} `BAD_USER_INPUT` if a required argument has a variable without a value.
 */
export function argumentValues(
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  try {
    return getArgumentValues(definition, node, variables)
  } catch (error) {
    if (error instanceof GraphQLError) throw new IstmoError('BAD_USER_INPUT', error.message)
    throw error
  }
}

/**
 * Reads the page that a connection field asks for. If `first` is null, the field's default applies.
 * @param takesSilent whether a cursor may have places of silent countries.
 * @throws {IstmoError} `BAD_CURSOR`, `BAD_USER_INPUT`.
 */
export function pageOf(page: PageArguments, values: Readonly<Record<string, unknown>>, takesSilent: boolean): Page {
  const byDefault = page.definition.args.find((argument) => argument.name === 'first')?.defaultValue
  const first = checkFirst(Number(values.first ?? byDefault), page.coordinate)
  const order = page.fixedOrder ?? String(values.orderBy ?? defaultOrder(page))
  const after = typeof values.after === 'string' ? values.after : null
  if (after === null) return { order, first, after, base: null, silent: {} }
  const cursor = decodeCursor(after, order)
  if (cursor.silent && !takesSilent) {
    throw new IstmoError('BAD_CURSOR', `${page.coordinate} takes a cursor of one country; came one of several`)
  }
  return { order, first, after, base: { key: cursor.key, id: cursor.id }, silent: cursor.silent ?? {} }
}

function defaultOrder(page: PageArguments): unknown {
  return page.definition.args.find((argument) => argument.name === 'orderBy')?.defaultValue
}

function checkIds(type: GraphQLInputType, value: unknown): void {
  if (value === null || value === undefined) return
  if (isNonNullType(type)) checkIds(type.ofType, value)
  else if (isListType(type)) {
    for (const item of Array.isArray(value) ? value : [value]) checkIds(type.ofType, item)
  } else if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      checkIds(field.type, (value as Record<string, unknown>)[field.name])
    }
  } else if (type.name === 'ID') parseRecordId(value)
}

function checkCountries(value: unknown, participants: ReadonlySet<string>, coordinate: string): void {
  if (!Array.isArray(value)) return
  for (const code of value) {
    if (participants.has(String(code))) continue
    const codes = [...participants].sort().join(', ')
    throw new IstmoError('UNKNOWN_COUNTRY', `${coordinate} takes ${codes}; came another code`)
  }
}

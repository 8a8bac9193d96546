/**
 * Checks that reject a request with 400 before the gateway sends any leg (docs/design/contract.md, Outcomes): malformed ids and cursors,
 * texts and lists that no country could take, page sizes out of range, codes of no country.
 */
import { type FieldNode, GraphQLError, type GraphQLField, getArgumentValues } from 'graphql'
import { isCountryCode } from '../../contract/country-code.ts'
import { checkFirst, decodeCursor } from '../../contract/cursor.ts'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { INPUT_RULES } from '../../contract/input-rules.ts'
import { checkInputValues } from '../../contract/input-values.ts'
import type { Page } from '../types/leg.ts'
import type { CheckedField } from '../types/operation.ts'
import type { PageArguments } from '../types/shape.ts'

/**
 * Checks the arguments of each field that countries answer.
 * @throws {IstmoError} `ID_INVALID`, `BAD_CURSOR`, `BAD_USER_INPUT`, `UNKNOWN_COUNTRY`, `SEARCH_TOO_WIDE`.
 */
export function checkArguments(fields: readonly CheckedField[], variables: Readonly<Record<string, unknown>>): void {
  for (const field of fields) {
    const values = argumentValues(field.definition, field.node, variables)
    checkInputValues(field.definition.args, values, field.coordinate)
    if (field.page) pageOf(field.page, values, field.spread?.who === 'EVERY')
    if (field.spread?.who === 'EVERY') checkCountries(values[field.spread.argument], field.coordinate)
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
    throw new IstmoError('BAD_CURSOR', detail('CURSOR_OF_SEVERAL_COUNTRIES', { place: page.coordinate }))
  }
  return { order, first, after, base: { key: cursor.key, id: cursor.id }, silent: cursor.silent ?? {} }
}

function defaultOrder(page: PageArguments): unknown {
  return page.definition.args.find((argument) => argument.name === 'orderBy')?.defaultValue
}

/** Checks codes of countries. A country that does not take part has an outcome of its own, so its code is accepted. */
function checkCountries(value: unknown, coordinate: string): void {
  if (!Array.isArray(value)) return
  if (value.every((code) => isCountryCode(String(code)))) return
  throw new IstmoError('UNKNOWN_COUNTRY', detail('COUNTRY_CODES', { place: coordinate }))
}

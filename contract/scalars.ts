import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import { isCountryCode } from './country-code.ts'
import type { ErrorCode } from './errors.ts'

/**
 * The scalars of contract/schema/common.graphql. They are strict for input and output. The national subgraphs and the gateway's API
 * schema use the same ones, so that both sides reject the same values.
 */

interface StringScalar {
  readonly name: string
  readonly description: string
  readonly specifiedByURL?: string
  /** The form as messages describe it, after «takes». */
  readonly form: string
  readonly accepts: (text: string) => boolean
  /** The code of the error for another value. Default: `BAD_USER_INPUT`. */
  readonly code?: ErrorCode
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d+)?([Zz]|[+-](\d{2}):(\d{2}))$/
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

/** Checks whether `text` is a day of the Gregorian calendar, `YYYY-MM-DD`, in the years 0001 to 9999. */
export function isDate(text: string): boolean {
  const match = DATE.exec(text)
  if (!match) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (year < 1 || day < 1) return false
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = month === 2 && leap ? 29 : DAYS_OF_MONTH[month - 1]
  return days !== undefined && day <= days
}

/**
 * Checks whether `text` is a date-time of RFC 3339, section 5.6, with its offset. It accepts second 60, a leap second, at the end of any
 * minute.
 */
export function isDateTime(text: string): boolean {
  const match = DATE_TIME.exec(text)
  if (!match) return false
  const [hour, minute, second] = [Number(match[2]), Number(match[3]), Number(match[4])]
  const [offsetHour, offsetMinute] = [Number(match[7] ?? 0), Number(match[8] ?? 0)]
  return isDate(match[1] ?? '') && hour < 24 && minute < 60 && second <= 60 && offsetHour < 24 && offsetMinute < 60
}

/** Checks whether `text` has the form of an ICCS v1.0 code with its leading zero: 2 to 6 digits. */
export function isIccsCode(text: string): boolean {
  return /^\d{2,6}$/.test(text)
}

function stringScalar({
  name,
  description,
  specifiedByURL,
  form,
  accepts,
  code,
}: StringScalar): GraphQLScalarType<string> {
  const parse = (value: unknown, nodes?: ValueNode): string => {
    if (typeof value === 'string' && accepts(value)) return value
    throw new GraphQLError(`${name} takes ${form}; came ${kindOf(value)}.`, {
      ...(nodes && { nodes }),
      extensions: { code: code ?? 'BAD_USER_INPUT' },
    })
  }
  return new GraphQLScalarType<string>({
    name,
    description,
    ...(specifiedByURL && { specifiedByURL }),
    parseValue: (value) => parse(value),
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : node, node),
    serialize(value) {
      if (typeof value === 'string' && accepts(value)) return value
      throw new TypeError(`A resolver gave ${kindOf(value)} where ${name} takes ${form}.`)
    },
  })
}

/** Describes a value without repeating it: it may be personal data, and messages get into logs. */
function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'another text'
  if (typeof value === 'object' && value !== null && 'kind' in value) return `a literal of kind ${String(value.kind)}`
  return value === null ? 'null' : `a value of type ${typeof value}`
}

/** ISO 3166-1 alpha-2, or `UN` for the treaty depositary. */
export const CountryCode = stringScalar({
  name: 'CountryCode',
  description: 'ISO 3166-1 alpha-2, or UN for the treaty depositary.',
  specifiedByURL: 'https://www.iso.org/iso-3166-country-codes.html',
  form: 'a code of ISO 3166-1 alpha-2 in two capital letters, or UN',
  accepts: isCountryCode,
  code: 'UNKNOWN_COUNTRY',
})

/** A day, `YYYY-MM-DD`. */
export const CalendarDate = stringScalar({
  name: 'Date',
  description: 'A day of the Gregorian calendar, YYYY-MM-DD, of the years 0001 to 9999.',
  form: 'a day that exists, as YYYY-MM-DD',
  accepts: isDate,
})

/** A moment with its offset, RFC 3339. */
export const DateTime = stringScalar({
  name: 'DateTime',
  description: 'A moment with its offset, as RFC 3339 says: 2026-03-14T09:26:53Z.',
  form: 'a date-time of RFC 3339 with its offset, as 2026-03-14T09:26:53Z',
  accepts: isDateTime,
})

/** A code of the UN International Classification of Crime for Statistical Purposes, v1.0, with its leading zero. */
export const IccsCode = stringScalar({
  name: 'IccsCode',
  description:
    'A code of the UN International Classification of Crime for Statistical Purposes, v1.0, with its leading zero: 2 to 6 digits.',
  form: 'a code of the ICCS v1.0 with its leading zero, 2 to 6 digits',
  accepts: isIccsCode,
})

/** The contract's scalars by their names in the schema. Each subgraph's resolvers and the gateway's API schema include them. */
export const SCALARS: Readonly<Record<'CountryCode' | 'Date' | 'DateTime' | 'IccsCode', GraphQLScalarType<string>>> = {
  CountryCode,
  Date: CalendarDate,
  DateTime,
  IccsCode,
}

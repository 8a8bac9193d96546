/** Why a value of a source was refused, in each language. The texts stand in the file of refused rows, beside the value itself. */
import type { Language } from '../../contract/language.ts'
import { RECORD_ID_FORM } from '../../contract/record-id.ts'

/** The reasons. They say what was expected and, where it is not plain, what to do. */
export interface ReasonWords {
  readonly noColumn: (column: string) => string
  readonly empty: (field: string) => string
  readonly notText: string
  readonly tooLong: (most: number) => string
  readonly pattern: (source: string) => string
  readonly notListed: (known: readonly string[]) => string
  readonly nearMiss: (known: string) => string
  readonly day: (format: string | null) => string
  readonly moment: (format: string | null) => string
  readonly noZone: string
  readonly boolean: string
  readonly whole: string
  readonly number: string
  readonly id: string
  readonly foreignId: (own: string, other: string) => string
  readonly ownId: (own: string) => string
  readonly countryCode: string
  readonly countryName: (languages: string) => string
  readonly subdivision: string
  readonly iccs: string
  readonly iccsZero: string
  readonly word: (words: readonly string[]) => string
}

/** How many values a reason lists. */
const MAX_LISTED = 12

function list(values: readonly string[], more: (count: number) => string): string {
  const shown = values.slice(0, MAX_LISTED).map((value) => (value === '' ? '""' : value))
  return shown.join(', ') + (values.length > MAX_LISTED ? more(values.length - MAX_LISTED) : '')
}

const inEnglish = (values: readonly string[]): string => list(values, (count) => ` and ${count} more`)
const inSpanish = (values: readonly string[]): string => list(values, (count) => ` y ${count} más`)

const ENGLISH: ReasonWords = {
  noColumn: (column) => `the source has no column ${column}`,
  empty: (field) => `${field} is required, and the source has nothing. Give a default, or correct the row`,
  notText: 'expected text that can be stored; it has a null character or half of a character',
  tooLong: (most) => `expected at most ${most} characters. Is it the right column?`,
  pattern: (source) => `expected a text that matches ${source}`,
  notListed: (known) =>
    `expected one of the mapping’s values: ${inEnglish(known)}. Add it there, or say what else it gives`,
  nearMiss: (known) =>
    `the mapping’s values have «${known}», which differs only in accents or in large and small letters. Add this one, or write fold: true`,
  day: (format) => `expected a day that exists, as ${format ?? 'YYYY-MM-DD'}`,
  moment: (format) => `expected a moment that exists, as ${format ?? 'YYYY-MM-DD HH:MM:SS'}`,
  noZone: 'expected to know the time zone: this time says none or another one. Write zone: in the mapping',
  boolean: 'expected true or false. Write values: for other words',
  whole: 'expected a whole number from 0 to 2147483647',
  number: 'expected a number in the form that the mapping says',
  id: `expected what makes an id: ${RECORD_ID_FORM}. Use replace: for other characters`,
  foreignId: (own, other) =>
    `expected an id of ${own}; it begins with the code of ${other}. If that is not a country here, write template: "${own}:{column}"`,
  ownId: (own) => `expected an id of another country, with its code: HN:P-12. It is one of ${own}`,
  countryCode: 'expected a code of ISO 3166-1 alpha-2, such as NI. Write countries: es for names',
  countryName: (languages) => `expected the name of a country (${languages}). Name others under values:`,
  subdivision: 'expected a code of ISO 3166-2, such as NI-MN. Write values: for names',
  iccs: 'expected a code of the ICCS: 2, 4, 5 or 6 digits, with the leading zero',
  iccsZero: 'expected a code of the ICCS; this one seems to have lost its leading zero',
  word: (words) => `expected one of ${inEnglish(words)}. Write values: for the source’s own words`,
}

const ID_FORM_ES =
  'un código ISO 3166-1 alfa-2 (o UN), dos puntos, y de 1 a 120 letras, cifras o ._:/- en NFC, como GT:MP001-2026-1234'

const SPANISH: ReasonWords = {
  noColumn: (column) => `la fuente no tiene la columna ${column}`,
  empty: (field) => `${field} es obligatorio, y la fuente no trae nada. Escriba default:, o corrija la fila`,
  notText: 'se esperaba un texto que se pueda guardar; tiene un carácter nulo o medio carácter',
  tooLong: (most) => `se esperaban como máximo ${most} caracteres. ¿Es la columna correcta?`,
  pattern: (source) => `se esperaba un texto que cumpla ${source}`,
  notListed: (known) =>
    `se esperaba uno de los valores del mapeo: ${inSpanish(known)}. Agréguelo ahí, o diga qué da lo demás`,
  nearMiss: (known) =>
    `entre los valores del mapeo está «${known}», que solo difiere en tildes o mayúsculas. Agregue este, o escriba fold: true`,
  day: (format) => `se esperaba un día que exista, como ${format ?? 'YYYY-MM-DD'}`,
  moment: (format) => `se esperaba un momento que exista, como ${format ?? 'YYYY-MM-DD HH:MM:SS'}`,
  noZone: 'falta la zona horaria: esta hora no dice ninguna, o dice otra. Escriba zone: en el mapeo',
  boolean: 'se esperaba true o false. Escriba values: para otras palabras',
  whole: 'se esperaba un número entero de 0 a 2147483647',
  number: 'se esperaba un número en la forma que dice el mapeo',
  id: `se esperaba con qué formar un id: ${ID_FORM_ES}. Use replace: para otros caracteres`,
  foreignId: (own, other) =>
    `se esperaba un id de ${own}; empieza con el código de ${other}. Si aquí no es un país, escriba template: "${own}:{columna}"`,
  ownId: (own) => `se esperaba un id de otro país, con su código: HN:P-12. Este es de ${own}`,
  countryCode: 'se esperaba un código ISO 3166-1 alfa-2, como NI. Escriba countries: es para nombres',
  countryName: (languages) => `se esperaba el nombre de un país (${languages}). Ponga otros nombres en values:`,
  subdivision: 'se esperaba un código ISO 3166-2, como NI-MN. Escriba values: para nombres',
  iccs: 'se esperaba un código de la ICCS: 2, 4, 5 o 6 cifras, con el cero inicial',
  iccsZero: 'se esperaba un código de la ICCS; parece que este perdió su cero inicial',
  word: (words) => `se esperaba una de ${inSpanish(words)}. Escriba values: para las palabras de la fuente`,
}

/** The reasons of each language. */
export const REASON_WORDS: Readonly<Record<Language, ReasonWords>> = { en: ENGLISH, es: SPANISH }

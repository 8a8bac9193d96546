import type { Language } from '../language.ts'

/**
 * The messages of graphql-js about a document that people see most, word for word, with their Spanish. Their values are what the document has at that
 * place, and go only to whoever wrote it.
 */
export const GRAPHQL_DETAILS = {
  GRAPHQL_UNKNOWN_FIELD: {
    en: 'Cannot query field "{field}" on type "{type}".',
    es: 'El tipo "{type}" no tiene el campo "{field}".',
  },
  GRAPHQL_UNKNOWN_ARGUMENT: {
    en: 'Unknown argument "{argument}" on field "{field}".',
    es: 'El campo "{field}" no tiene el argumento "{argument}".',
  },
  GRAPHQL_UNKNOWN_TYPE: { en: 'Unknown type "{type}".', es: 'El esquema no tiene el tipo "{type}".' },
  GRAPHQL_UNKNOWN_FRAGMENT: {
    en: 'Unknown fragment "{fragment}".',
    es: 'No está definido el fragmento "{fragment}".',
  },
  GRAPHQL_UNKNOWN_DIRECTIVE: {
    en: 'Unknown directive "{directive}".',
    es: 'El esquema no tiene la directiva "{directive}".',
  },
  GRAPHQL_UNUSED_FRAGMENT: {
    en: 'Fragment "{fragment}" is never used.',
    es: 'El fragmento "{fragment}" no se usa.',
  },
  GRAPHQL_ARGUMENT_MISSING: {
    en: 'Field "{field}" argument "{argument}" of type "{type}" is required, but it was not provided.',
    es: 'El campo "{field}" exige el argumento "{argument}" de tipo "{type}"; no llegó.',
  },
  GRAPHQL_INPUT_FIELD_MISSING: {
    en: 'Field "{field}" of required type "{type}" was not provided.',
    es: 'Falta el dato "{field}", de tipo obligatorio "{type}".',
  },
  GRAPHQL_UNKNOWN_INPUT_FIELD: {
    en: 'Field "{field}" is not defined by type "{type}".',
    es: 'El tipo "{type}" no define el dato "{field}".',
  },
  GRAPHQL_SELECTION_MISSING: {
    en: 'Field "{field}" of type "{type}" must have a selection of subfields.',
    es: 'El campo "{field}" de tipo "{type}" exige que se elijan campos de él, entre llaves.',
  },
  GRAPHQL_SELECTION_OF_LEAF: {
    en: 'Field "{field}" must not have a selection since type "{type}" has no subfields.',
    es: 'El campo "{field}" va sin llaves, porque su tipo "{type}" no tiene campos.',
  },
  GRAPHQL_VARIABLE_UNDEFINED_IN: {
    en: 'Variable "{variable}" is not defined by operation "{operation}".',
    es: 'La operación "{operation}" no define la variable "{variable}".',
  },
  GRAPHQL_VARIABLE_UNDEFINED: {
    en: 'Variable "{variable}" is not defined.',
    es: 'No está definida la variable "{variable}".',
  },
  GRAPHQL_VARIABLE_UNUSED_IN: {
    en: 'Variable "{variable}" is never used in operation "{operation}".',
    es: 'La operación "{operation}" no usa la variable "{variable}".',
  },
  GRAPHQL_VARIABLE_UNUSED: {
    en: 'Variable "{variable}" is never used.',
    es: 'La variable "{variable}" no se usa.',
  },
  GRAPHQL_VARIABLE_TYPE: {
    en: 'Variable "{variable}" of type "{type}" used in position expecting type "{expected}".',
    es: 'La variable "{variable}" es de tipo "{type}"; ahí se espera el tipo "{expected}".',
  },
  GRAPHQL_UNKNOWN_ENUM_VALUE: {
    en: 'Value "{value}" does not exist in "{type}" enum.',
    es: 'El tipo "{type}" no tiene el valor "{value}".',
  },
  GRAPHQL_ENUM_IN_QUOTES: {
    en: 'Enum "{type}" cannot represent non-enum value: "{value}".',
    es: 'Un valor del tipo "{type}" va sin comillas; llegó "{value}".',
  },
  GRAPHQL_INT_OF_OTHER_KIND: {
    en: 'Int cannot represent non-integer value: {value}',
    es: 'Int es un número entero sin comillas; llegó {value}.',
  },
  GRAPHQL_STRING_OF_OTHER_KIND: {
    en: 'String cannot represent a non string value: {value}',
    es: 'String es un texto entre comillas dobles; llegó {value}.',
  },
  GRAPHQL_COUNTRY_CODE: {
    en: 'CountryCode takes a code of ISO 3166-1 alpha-2 in two capital letters, or UN; came another text.',
    es: 'CountryCode es un código ISO 3166-1 alfa-2 de dos letras mayúsculas, o UN; llegó otro texto.',
  },
  GRAPHQL_DATE: {
    en: 'Date takes a day that exists, as YYYY-MM-DD; came another text.',
    es: 'Date es un día que existe, en la forma AAAA-MM-DD; llegó otro texto.',
  },
  GRAPHQL_DATE_TIME: {
    en: 'DateTime takes a date-time of RFC 3339 with its offset, as 2026-03-14T09:26:53Z; came another text.',
    es: 'DateTime es una fecha y hora de RFC 3339 con su zona, como 2026-03-14T09:26:53Z; llegó otro texto.',
  },
  GRAPHQL_ICCS_CODE: {
    en: 'IccsCode takes a code of the ICCS v1.0 with its leading zero, 2 to 6 digits; came another text.',
    es: 'IccsCode es un código de la ICCS v1.0 con su cero inicial, de 2 a 6 cifras; llegó otro texto.',
  },
  GRAPHQL_SYNTAX_EXPECTED: {
    en: 'Syntax Error: Expected {wanted}, found {found}.',
    es: 'Error de sintaxis: se esperaba {wanted}; llegó {found}.',
  },
  GRAPHQL_SYNTAX_UNEXPECTED: {
    en: 'Syntax Error: Unexpected {found}.',
    es: 'Error de sintaxis: no se esperaba {found}.',
  },
  GRAPHQL_SYNTAX_UNTERMINATED: {
    en: 'Syntax Error: Unterminated string.',
    es: 'Error de sintaxis: un texto no termina.',
  },
} as const satisfies Record<string, Readonly<Record<Language, string>>>

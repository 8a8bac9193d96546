import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { detailTexts, wordDetail } from '../../contract/error-details.ts'
import { SCALARS } from '../../contract/scalars.ts'
import { readDocument } from '../admit/read-document.ts'
import { readGraphqlMessage, wordInvalid } from './word-errors.ts'

const SCHEMA = buildSchema(`
  input Search { name: String! }
  enum Period { YEAR MONTH }
  ${Object.keys(SCALARS)
    .map((name) => `scalar ${name}`)
    .join('\n')}
  type Case { id: ID!, linked: Case }
  type Query {
    case(id: ID!): Case
    persons(search: Search!): [Case!]!
    counts(by: Period, first: Int, country: CountryCode, on: Date, since: DateTime, iccs: IccsCode): Int
  }
`)
for (const [name, { parseLiteral }] of Object.entries(SCALARS))
  Object.assign(SCHEMA.getType(name) ?? {}, { parseLiteral })

/** Wrong documents, by the message that each must lead to. */
const WRONG = {
  GRAPHQL_UNKNOWN_FIELD: '{ cas }',
  GRAPHQL_UNKNOWN_ARGUMENT: '{ case(id: 1, of: 2) { id } }',
  GRAPHQL_UNKNOWN_TYPE: 'query ($a: Nothing) { case(id: $a) { id } }',
  GRAPHQL_UNKNOWN_FRAGMENT: '{ case(id: 1) { ...F } }',
  GRAPHQL_UNKNOWN_DIRECTIVE: '{ case(id: 1) @quick { id } }',
  GRAPHQL_UNUSED_FRAGMENT: '{ case(id: 1) { id } } fragment F on Case { id }',
  GRAPHQL_ARGUMENT_MISSING: '{ case { id } }',
  GRAPHQL_INPUT_FIELD_MISSING: '{ persons(search: {}) { id } }',
  GRAPHQL_UNKNOWN_INPUT_FIELD: '{ persons(search: { name: "a", age: 1 }) { id } }',
  GRAPHQL_SELECTION_MISSING: '{ case(id: 1) }',
  GRAPHQL_SELECTION_OF_LEAF: '{ case(id: 1) { id { a } } }',
  GRAPHQL_VARIABLE_UNDEFINED_IN: 'query Q { case(id: $a) { id } }',
  GRAPHQL_VARIABLE_UNDEFINED: '{ case(id: $a) { id } }',
  GRAPHQL_VARIABLE_UNUSED_IN: 'query Q($a: ID) { case(id: 1) { id } }',
  GRAPHQL_VARIABLE_UNUSED: 'query ($a: ID) { case(id: 1) { id } }',
  GRAPHQL_VARIABLE_TYPE: 'query ($a: ID) { case(id: $a) { id } }',
  GRAPHQL_UNKNOWN_ENUM_VALUE: '{ counts(by: WEEK) }',
  GRAPHQL_ENUM_IN_QUOTES: '{ counts(by: "YEAR") }',
  GRAPHQL_INT_OF_OTHER_KIND: '{ counts(first: "ten") }',
  GRAPHQL_STRING_OF_OTHER_KIND: '{ persons(search: { name: 5 }) { id } }',
  GRAPHQL_COUNTRY_CODE: '{ counts(country: "gt") }',
  GRAPHQL_DATE: '{ counts(on: "31/12/2025") }',
  GRAPHQL_DATE_TIME: '{ counts(since: "2026-11-01") }',
  GRAPHQL_ICCS_CODE: '{ counts(iccs: "7") }',
  GRAPHQL_SYNTAX_EXPECTED: '{ case(id',
  GRAPHQL_SYNTAX_UNEXPECTED: '{ case(id: ) { id } }',
  GRAPHQL_SYNTAX_UNTERMINATED: '{ case(id: "1) { id } }',
} as const

function errorsOf(text: string) {
  const read = readDocument(text, SCHEMA, null)
  return read.kind === 'invalid' ? read.errors : expect.fail('the document is valid')
}

describe('a message of graphql-js', () => {
  it('has a wrong document here for each text that we have', () => {
    const keys = Object.keys(detailTexts('en')).filter((key) => key.startsWith('GRAPHQL_'))
    expect(Object.keys(WRONG).sort()).toEqual(keys.sort())
  })

  it.each(Object.entries(WRONG))('is known as %s, word for word', (key, text) => {
    const details = errorsOf(text).map(({ message }) => ({ message, detail: readGraphqlMessage(message) }))
    const found = details.find(({ detail }) => detail?.key === key)
    expect(found, JSON.stringify(details)).toBeDefined()
    // A message that ends with a value gets the full stop of a sentence.
    expect(wordDetail(found?.detail ? [found.detail] : null, 'en')).toBe(found?.message.replace(/[^.]$/, '$&.'))
  })

  it('is told in both languages with what it means and what to do', () => {
    const [error] = errorsOf('{ cas }')
    if (error === undefined) expect.fail('expected an error')
    expect(wordInvalid(error, 'es').message).toBe(
      'El documento no corresponde al esquema. El tipo "Query" no tiene el campo "cas". Compare el documento con el esquema publicado.',
    )
    expect(wordInvalid(error, 'en').message).toBe(
      'The document does not fit the schema. Cannot query field "cas" on type "Query". Compare the document with the published schema.',
    )
  })

  it('that libraries compare is left as it is in both languages', () => {
    const error = { message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }
    expect([wordInvalid(error, 'en'), wordInvalid(error, 'es')]).toEqual([error, error])
  })

  it('that we do not know follows in English', () => {
    expect(readGraphqlMessage('There can be only one fragment named "F".')).toBeNull()
    const error = errorsOf(
      '{ ...F ...F } fragment F on Query { case(id: 1) { id } } fragment F on Query { case(id: 1) { id } }',
    )[0]
    expect(error && wordInvalid(error, 'es').message).toContain(
      'Detalle en inglés: There can be only one fragment named "F".',
    )
    expect(error && wordInvalid(error, 'en').message).toBe(
      'The document does not fit the schema. There can be only one fragment named "F". Compare the document with the published schema.',
    )
  })
})

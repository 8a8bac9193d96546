import { buildSchema, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { describe, expect, it } from 'vitest'
import { CalendarDate, CountryCode } from '../../contract/scalars.ts'
import { readDocument } from './read-document.ts'
import { NO_LIMITS } from './testing.ts'

const SCHEMA = buildSchema(`
  directive @defer(if: Boolean, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  type Query { hello(name: String): String }`)

describe('a document', () => {
  it('that is valid is parsed', () => {
    expect(readDocument('{ hello }', SCHEMA, NO_LIMITS)).toMatchObject({
      kind: 'valid',
      document: { kind: 'Document' },
    })
  })

  it.each([
    ['{ hello', 'GRAPHQL_PARSE_FAILED', 'Syntax Error: Expected Name, found <EOF>.'],
    ['{ helo }', 'GRAPHQL_VALIDATION_FAILED', 'Cannot query field "helo" on type "Query".'],
    [
      '{ ... @defer { hello } }',
      'OPERATION_NOT_SUPPORTED',
      'Subscriptions, deferred parts and types of operations that the graph does not have are not supported.',
    ],
  ])('that is not valid has its errors with place and code, and no names of the schema: %s', (text, code, message) => {
    const [line, column] = [expect.any(Number), expect.any(Number)]
    expect(readDocument(text, SCHEMA, null)).toEqual({
      kind: 'invalid',
      errors: [{ message, locations: [{ line, column }], extensions: { code } }],
    })
  })

  it('with a text in place of a country code has the code that the same text in a variable has', () => {
    const schema = new GraphQLSchema({
      query: new GraphQLObjectType({
        name: 'Query',
        fields: { hello: { type: GraphQLString, args: { in: { type: CountryCode }, on: { type: CalendarDate } } } },
      }),
    })
    const codeOf = (text: string) => {
      const read = readDocument(text, schema, null)
      return read.kind === 'invalid' ? read.errors.map(({ extensions }) => extensions?.code) : read.kind
    }
    expect(codeOf('{ hello(in: "GT") }')).toBe('valid')
    expect(codeOf('{ hello(in: "Guatemala") }')).toEqual(['UNKNOWN_COUNTRY'])
    expect(codeOf('{ hello(in: 1) }')).toEqual(['UNKNOWN_COUNTRY'])
    expect(codeOf('{ hello(on: "yesterday") }')).toEqual(['GRAPHQL_VALIDATION_FAILED'])
  })

  it('that is over a limit is rejected before it is parsed', () => {
    const read = () => readDocument('{ hello hello', SCHEMA, { ...NO_LIMITS, tokens: 2 })
    expect(read).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
  })

  it('that is nested too deep for the parser is an error of its syntax, not a fault of the gateway', () => {
    const text = `{ hello(name: ${'['.repeat(9_900)}`
    expect(readDocument(text, SCHEMA, null)).toMatchObject({
      errors: [{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }],
    })
  })
})

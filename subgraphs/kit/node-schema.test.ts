import { buildSchema, execute, parse } from 'graphql'
import { expect, it } from 'vitest'
import { guardAnsweredBy } from './node-schema.ts'

const SDL = `
  directive @answeredBy(who: Answerer!, argument: String!) on FIELD_DEFINITION
  enum Answerer { OWNER EVERY }
  input Filter { codes: [String!], name: String }
  type Query {
    cases(countries: [String!], filter: Filter): String @answeredBy(who: EVERY, argument: "countries")
    case(id: ID!): String @answeredBy(who: OWNER, argument: "id")
    plain: String
  }`

function ask(source: string, variables: Record<string, unknown> = {}) {
  const schema = buildSchema(SDL)
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) field.resolve = () => 'answered'
  guardAnsweredBy(schema)
  const document = parse(source)
  const contextValue = { country: 'GT' }
  const answer = execute({ schema, document, variableValues: variables, contextValue })
  if (answer instanceof Promise) throw new Error('expected an answer at once')
  const { code } = (answer.errors?.[0]?.originalError ?? {}) as { code?: string }
  return code ?? Object.values(answer.data ?? {})[0]
}

it.each<[string, string, Record<string, unknown>, unknown]>([
  ['answers a question to itself', '{ cases(countries: ["GT"], filter: { name: "Ana" }) }', {}, 'answered'],
  ['answers a field without arguments', '{ plain }', {}, 'answered'],
  ['answers null for a record of another country', '{ case(id: "HN:1") }', {}, null],
  ['rejects a question to others', '{ cases(countries: ["GT", "HN"]) }', {}, 'BAD_USER_INPUT'],
  ['rejects an id without an owner', '{ case(id: "1") }', {}, 'ID_INVALID'],
  [
    'rejects U+0000 in an input object',
    'query ($f: Filter) { cases(countries: ["GT"], filter: $f) }',
    { f: { name: '\0' } },
    'BAD_USER_INPUT',
  ],
  [
    'rejects thousands of codes',
    'query ($f: Filter) { cases(countries: ["GT"], filter: $f) }',
    { f: { codes: Array(4_900).fill('01') } },
    'BAD_USER_INPUT',
  ],
])('a node %s', (_, source, variables, expected) => {
  expect(ask(source, variables)).toBe(expected)
})

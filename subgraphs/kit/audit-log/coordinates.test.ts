import { buildSchema } from 'graphql'
import { expect, it } from 'vitest'
import { createCoordinates } from './node-audit-log.ts'

const coordinatesOf = createCoordinates(
  buildSchema(
    'type Query { person(id: ID!): Person, law: Law } type Person { id: ID! names: [String] } type Law { id: ID! }',
  ),
)

it.each([
  ['fields and their arguments', '{ person(id: "HN:1") { id } }', ['Person.id', 'Query.person', 'Query.person(id:)']],
  [
    'fields in fragments, each once',
    '{ person(id: 1) { ...F ...F } } fragment F on Person { names }',
    ['Person.names', 'Query.person', 'Query.person(id:)'],
  ],
  ['no arguments of directives', '{ law @include(if: true) { id } }', ['Law.id', 'Query.law']],
  ['no field that does not exist', '{ law { secret } }', ['Query.law']],
  ['nothing for a document that does not parse', '{ law {', []],
])('lists %s', (_, query, expected) => {
  expect(coordinatesOf(query)).toEqual(expected)
  expect(coordinatesOf(query)).toEqual(expected)
})

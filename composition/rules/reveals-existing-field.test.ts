import { describe } from 'vitest'
import { revealsExistingField } from './reveals-existing-field.ts'
import { domainOf, QUERY, story, tellStories } from './testing.ts'

const THING = 'type Thing @key(fields: "id") { id: ID! name: String }'
const argument = (coordinate: string) =>
  `type Query { thing(id: ID!, name: String @reveals(field: "${coordinate}")): Thing } ${THING}`

describe('what @reveals names', () => {
  tellStories(revealsExistingField, [
    story('may be a field of this subgraph', argument('Thing.name')),
    story(
      'must have a type that exists',
      argument('Nothing.name'),
      ['Query.thing(name:)'],
      /came "Nothing\.name", which no subgraph has/,
    ),
    story('must have a field that exists', argument('Thing.title'), ['Query.thing(name:)']),
    story('must be a coordinate', argument('name'), ['Query.thing(name:)']),
    story('must be a field and not its argument', argument('Query.thing.name'), ['Query.thing(name:)']),
    story(
      'is checked on input fields and on the values of an enum',
      `${QUERY} ${THING} input Filter { name: String @reveals(field: "Thing.x") } enum Order { UP @reveals(field: "Thing.y") }`,
      ['Filter.name', 'Order.UP'],
    ),
    {
      title: 'may be a field of another subgraph',
      sdl: {
        things: domainOf(argument('Person.names')),
        persons: domainOf('type Person @key(fields: "id") { id: ID! names: [String!] }'),
      },
      rejected: [],
    },
  ])
})

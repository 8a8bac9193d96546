import { describe } from 'vitest'
import { rootFieldAnswered } from './root-field-answered.ts'
import { domainOf, QUERY, story, tellStories } from './testing.ts'

const THING = 'type Thing @key(fields: "id") { id: ID! }'

describe('the rule about root fields', () => {
  tellStories(rootFieldAnswered, [
    story('accepts a root field that says who answers', `${QUERY} ${THING}`),
    story(
      'rejects a query without it',
      `type Query { thing(id: ID!): Thing } ${THING}`,
      ['Query.thing'],
      /^ROOT_FIELD_WITHOUT_ANSWERED_BY \[things\] Query\.thing: expected @answeredBy; came none\. Say who answers/,
    ),
    story('rejects a mutation without it', `${QUERY} ${THING} type Mutation { drop(id: ID!): Thing }`, [
      'Mutation.drop',
    ]),
    story('names every such field', `type Query { a: Int b: Int }`, ['Query.a', 'Query.b']),
    {
      title: 'ignores a subgraph that does not link the spec',
      sdl: { plain: 'type Query { a: Int }', things: domainOf(`${QUERY} ${THING}`) },
      rejected: [],
    },
  ])
})

import { describe } from 'vitest'
import { rootFieldAnswered } from './root-field-answered.ts'
import { domainOf, QUERY, story, tellStories } from './testing.ts'

const THING = 'type Thing @key(fields: "id") { id: ID! }'

describe('a root field without @answeredBy', () => {
  tellStories(rootFieldAnswered, [
    story('takes a root field that says who answers', `${QUERY} ${THING}`),
    story(
      'refuses a query without it',
      `type Query { thing(id: ID!): Thing } ${THING}`,
      ['Query.thing'],
      /^ROOT_FIELD_WITHOUT_ANSWERED_BY \[things\] Query\.thing: expected @answeredBy; came none\. Say who answers/,
    ),
    story('refuses a mutation without it', `${QUERY} ${THING} type Mutation { drop(id: ID!): Thing }`, [
      'Mutation.drop',
    ]),
    story('names every such field', `type Query { a: Int b: Int }`, ['Query.a', 'Query.b']),
    {
      title: 'leaves a subgraph that does not link the spec alone',
      sdl: { plain: 'type Query { a: Int }', things: domainOf(`${QUERY} ${THING}`) },
      refused: [],
    },
  ])
})

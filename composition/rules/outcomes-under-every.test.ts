import { describe } from 'vitest'
import { outcomesUnderEvery } from './outcomes-under-every.ts'
import { story, tellStories } from './testing.ts'

const THINGS = 'type Things { outcomes: [CountryOutcome!]! }'
const every = 'all(in: [CountryCode!]): Things @answeredBy(who: EVERY, argument: "in")'

describe('a type with outcomes', () => {
  tellStories(outcomesUnderEvery, [
    story('is accepted under an EVERY field', `type Query { ${every} } ${THINGS}`),
    story(
      'is rejected under an OWNER field',
      `type Query { one(of: CountryCode): Things @answeredBy(who: OWNER, argument: "of") } ${THINGS}`,
      ['Query.one'],
      /came Things, which has outcomes/,
    ),
    story('is rejected under a plain field', `type Query { ${every} } ${THINGS} type Part { list: [Things!] }`, [
      'Part.list',
    ]),
    story('is rejected under an interface', `type Query { ${every} } ${THINGS} interface Node { more: Things }`, [
      'Node.more',
    ]),
    story(
      'may use the word outcomes with another meaning',
      'type Query { ruling(id: ID!): Ruling } type Ruling { outcomes: [String!] }',
    ),
  ])
})

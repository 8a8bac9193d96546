import { describe } from 'vitest'
import { answeredByArgument } from './answered-by-argument.ts'
import { QUERY, story, tellStories } from './testing.ts'

const OUTCOMES =
  'type Things { things: [Thing!] outcomes: [CountryOutcome!]! } type Thing @key(fields: "id") { id: ID! }'
const query = (field: string) => `type Query { ${field} } ${OUTCOMES}`

describe('the argument of @answeredBy', () => {
  tellStories(answeredByArgument, [
    story('accepts an id for OWNER', query('thing(id: ID!): Thing @answeredBy(who: OWNER, argument: "id")')),
    story(
      'accepts a country code for OWNER',
      query('of(land: CountryCode): Thing @answeredBy(who: OWNER, argument: "land")'),
    ),
    story(
      'accepts a list of codes for EVERY',
      query('all(in: [CountryCode!]!): Things @answeredBy(who: EVERY, argument: "in")'),
    ),
    story(
      'rejects an argument that does not exist',
      query('thing(id: ID!): Thing @answeredBy(who: OWNER, argument: "key")'),
      ['Query.thing(key:)'],
      /came no argument of the name "key"/,
    ),
    story(
      'rejects a list for OWNER',
      query('thing(ids: [ID!]): Thing @answeredBy(who: OWNER, argument: "ids")'),
      ['Query.thing(ids:)'],
      /a record id \(ID\) or a country code.*came one of type \[ID!\]/,
    ),
    story(
      'rejects a single code for EVERY',
      query('all(in: CountryCode): Things @answeredBy(who: EVERY, argument: "in")'),
      ['Query.all(in:)'],
      /a list of country codes.*came one of type CountryCode/,
    ),
    story(
      'rejects a list of texts for EVERY',
      query('all(in: [String!]): Things @answeredBy(who: EVERY, argument: "in")'),
      ['Query.all(in:)'],
    ),
    story(
      'looks at the fields of entities too',
      `${QUERY} type Thing @key(fields: "id") { id: ID! all: Things @answeredBy(who: EVERY, argument: "in") }
       type Things { outcomes: [CountryOutcome!]! }`,
      ['Thing.all(in:)'],
    ),
  ])
})

import { describe } from 'vitest'
import { answeredByPlace } from './answered-by-place.ts'
import { QUERY, story, tellStories } from './testing.ts'

const FIELD = 'all(in: [CountryCode!]): Things @answeredBy(who: EVERY, argument: "in")'
const THINGS = 'type Things { outcomes: [CountryOutcome!]! }'

describe('the place of @answeredBy', () => {
  tellStories(answeredByPlace, [
    story('accepts it on an entity', `${QUERY} ${THINGS} type Thing @key(fields: "id") { id: ID! ${FIELD} }`),
    story(
      'rejects it on a type without a key',
      `${QUERY} ${THINGS} type Thing @key(fields: "id") { id: ID! part: Part } type Part { ${FIELD} }`,
      ['Part.all'],
      /came @answeredBy on a field of Part, which has no @key/,
    ),
  ])
})

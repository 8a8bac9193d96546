import { describe } from 'vitest'
import { keyIsId } from './key-is-id.ts'
import { story, tellStories } from './testing.ts'

const QUERY = 'type Query { n(of: CountryCode): Int @answeredBy(who: OWNER, argument: "of") }'

describe('the key of an entity', () => {
  tellStories(keyIsId, [
    story('may be id', `${QUERY} type Thing @key(fields: "id") { id: ID! }`),
    story(
      'may be id among others',
      `${QUERY} type Thing @key(fields: "code") @key(fields: " id ") { id: ID! code: String }`,
    ),
    story(
      'may not be another field',
      `${QUERY} type Thing @key(fields: "code") { id: ID! code: String! }`,
      ['Thing'],
      /expected the key id: ID!; came the keys "code"/,
    ),
    story('may not be id with more', `${QUERY} type Thing @key(fields: "id code") { id: ID! code: String! }`, [
      'Thing',
    ]),
    story(
      'may not be of another type',
      `${QUERY} type Thing @key(fields: "id") { id: String! }`,
      ['Thing'],
      /came id: String!/,
    ),
    story('may not be nullable', `${QUERY} type Thing @key(fields: "id") { id: ID }`, ['Thing'], /came id: ID\./),
  ])
})

import { describe } from 'vitest'
import { nullableAcrossBorder } from './nullable-across-border.ts'
import { domainOf, QUERY, story, tellStories } from './testing.ts'

const part = (field: string) => `${QUERY} type Thing @key(fields: "id") { id: ID! ${field} }`

describe('a non-null field of a record that another names', () => {
  tellStories(nullableAcrossBorder, [
    story('is taken where nobody else names it', part('name: String!')),
    story('is taken where all but the key is nullable', part('name: String twin: Thing @crossBorder')),
    story(
      'is rejected across a border',
      part('name: String! twins: [Thing!] @crossBorder'),
      ['Thing.name'],
      /expected a nullable type, because Thing can be reached across a border; came String!/,
    ),
    story('is rejected where the border field is non-null itself', part('twins: [Thing!]! @crossBorder'), [
      'Thing.twins',
    ]),
    story(
      'is rejected across a border that an interface crosses',
      `${QUERY} interface Named @key(fields: "id") { id: ID! } type Thing implements Named @key(fields: "id") {
         id: ID! name: String! other: Named @crossBorder }`,
      ['Thing.name'],
    ),
    {
      title: 'is rejected where another domain names the record',
      sdl: {
        things: domainOf(part('name: String!')),
        persons: domainOf('type Thing @key(fields: "id") { id: ID! age: Int! }'),
      },
      rejected: ['persons Thing.age', 'things Thing.name'],
      message: /reached from persons and things/,
    },
  ])
})

import { describe } from 'vitest'
import { domainOf, QUERY, story, tellStories } from './testing.ts'

describe('the key of an entity', () => {
  const QUERY = 'type Query { n(of: CountryCode): Int @answeredBy(who: OWNER, argument: "of") }'

  tellStories('KEY_WITHOUT_ID', [
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

describe('the type of a field with @crossBorder', () => {
  const part = (field: string) => `${QUERY} type Thing @key(fields: "id") { id: ID! ${field} } type Part { n: Int }`

  tellStories('CROSS_BORDER_WITHOUT_RECORD', [
    story('may be a record', part('twin: Thing @crossBorder')),
    story('may be a list of records', part('twins: [Thing!]! @crossBorder')),
    story('may not be a plain object', part('part: Part @crossBorder'), ['Thing.part'], /came Part, which has no @key/),
    story('may not be a text', part('name: String @crossBorder'), ['Thing.name']),
  ])
})

describe('a non-null field of a record that another names', () => {
  const part = (field: string) => `${QUERY} type Thing @key(fields: "id") { id: ID! ${field} }`

  tellStories('NON_NULL_ACROSS_BORDER', [
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

describe('@requires', () => {
  const thing = (field: string) =>
    domainOf(`${QUERY} type Thing @key(fields: "id") { id: ID! rate: Int @external ${field} }`, 'requires', 'external')

  tellStories('REQUIRES_WITH_ARGUMENTS', [
    {
      title: 'is accepted on a field without arguments',
      sdl: { things: thing('tax: Int @requires(fields: "rate")') },
      rejected: [],
    },
    {
      title: 'is rejected on a field with arguments',
      sdl: { things: thing('tax(year: Int): Int @requires(fields: "rate")') },
      rejected: ['things Thing.tax'],
      message: /came Thing\.tax\(year:\)/,
    },
  ])
})

describe('an entity with several keys', () => {
  const thing = (keys: string) => `${QUERY} type Thing ${keys} { id: ID! code: String country: CountryCode }`

  tellStories('KEYS_PARTLY_RESOLVABLE', [
    story('is accepted if each key is resolvable', thing('@key(fields: "id") @key(fields: "code country")')),
    story('is accepted with a single key that is not resolvable', thing('@key(fields: "id", resolvable: false)')),
    story(
      'is rejected where one is not resolvable',
      thing('@key(fields: "id") @key(fields: "code country", resolvable: false)'),
      ['Thing'],
      /expected each of its 2 keys to be resolvable; came resolvable: false on "code country"/,
    ),
    story(
      'is rejected where several compound keys are not',
      thing(
        '@key(fields: "id code") @key(fields: "code country", resolvable: false) @key(fields: "id country", resolvable: false)',
      ),
      ['Thing'],
      /"code country", "id country"/,
    ),
  ])
})

describe('@interfaceObject', () => {
  const thing = (key: string) =>
    domainOf(`${QUERY} type Thing @interfaceObject @key(fields: "id"${key}) { id: ID! more: Int }`, 'interfaceObject')

  tellStories('INTERFACE_OBJECT_NOT_RESOLVABLE', [
    { title: 'is accepted with a resolvable key', sdl: { things: thing('') }, rejected: [] },
    {
      title: 'is rejected with a key that is not resolvable',
      sdl: { things: thing(', resolvable: false') },
      rejected: ['things Thing'],
      message: /came resolvable: false on "id"/,
    },
    story('is not looked for on other types', `${QUERY} type Thing @key(fields: "id", resolvable: false) { id: ID! }`),
  ])
})

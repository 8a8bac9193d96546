import { describe } from 'vitest'
import { domainOf, QUERY, story, tellStories } from './testing.ts'

describe('the rule about root fields', () => {
  const THING = 'type Thing @key(fields: "id") { id: ID! }'

  tellStories('ROOT_FIELD_WITHOUT_ANSWERED_BY', [
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

describe('the place of @answeredBy', () => {
  const FIELD = 'all(in: [CountryCode!]): Things @answeredBy(who: EVERY, argument: "in")'
  const THINGS = 'type Things { outcomes: [CountryOutcome!]! }'

  tellStories('ANSWERED_BY_MISPLACED', [
    story('accepts it on an entity', `${QUERY} ${THINGS} type Thing @key(fields: "id") { id: ID! ${FIELD} }`),
    story(
      'rejects it on a type without a key',
      `${QUERY} ${THINGS} type Thing @key(fields: "id") { id: ID! part: Part } type Part { ${FIELD} }`,
      ['Part.all'],
      /came @answeredBy on a field of Part, which has no @key/,
    ),
  ])
})

describe('the argument of @answeredBy', () => {
  const OUTCOMES =
    'type Things { things: [Thing!] outcomes: [CountryOutcome!]! } type Thing @key(fields: "id") { id: ID! }'
  const query = (field: string) => `type Query { ${field} } ${OUTCOMES}`

  tellStories('ANSWERED_BY_ARGUMENT', [
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

describe('the type of an EVERY field', () => {
  const query = (type: string) =>
    `type Query { all(in: [CountryCode!]): ${type} @answeredBy(who: EVERY, argument: "in") } type Bare { n: Int }`

  tellStories('EVERY_WITHOUT_OUTCOMES', [
    story('accepts an object with outcomes', `${query('Things')} type Things { outcomes: [CountryOutcome!]! }`),
    story(
      'accepts a non-null object with outcomes',
      `${query('Things!')} type Things { outcomes: [CountryOutcome!]! }`,
    ),
    story('rejects an object without', query('Bare'), ['Query.all'], /came Bare without outcomes/),
    story('rejects a scalar', query('Int'), ['Query.all'], /came Int without outcomes/),
    story('rejects a list', `${query('[Things]')} type Things { outcomes: [CountryOutcome!]! }`, ['Query.all']),
    story(
      'rejects nullable outcomes',
      `${query('Things')} type Things { outcomes: [CountryOutcome!] }`,
      ['Query.all'],
      /came Things with outcomes: \[CountryOutcome!\]\./,
    ),
    story(
      'accepts any type for an OWNER field',
      'type Query { n(of: CountryCode): Int @answeredBy(who: OWNER, argument: "of") }',
    ),
  ])
})

describe('a type with outcomes', () => {
  const THINGS = 'type Things { outcomes: [CountryOutcome!]! }'
  const every = 'all(in: [CountryCode!]): Things @answeredBy(who: EVERY, argument: "in")'

  tellStories('OUTCOMES_WITHOUT_EVERY', [
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

describe('the kind of @merge', () => {
  const part = (fields: string) => `${QUERY} type Thing @key(fields: "id") { id: ID! } type Part { ${fields} }
  type Page { edges: [Int!]! pageInfo: PageInfo! } enum Hue { RED }`
  const under = (fields: string) => `type Query { all(in: [CountryCode!]): All @answeredBy(who: EVERY, argument: "in") }
  type All { ${fields} outcomes: [CountryOutcome!]! } type Part { n: Int! }`

  tellStories('MERGE_DOES_NOT_FIT', [
    story(
      'is accepted if it fits the type',
      part(`a: Page! @merge(by: CONNECTION) b: [Int!]! @merge(by: JOIN) c: Int @merge(by: SUM) d: Float @merge(by: SUM)
        e: Boolean @merge(by: ALL) f: Boolean @merge(by: ANY) g: String @merge(by: EQUAL) h: Hue @merge(by: EQUAL) i: Thing @merge(by: EQUAL)`),
    ),
    story(
      'CONNECTION is rejected on what is none',
      part('a: [Int!] @merge(by: CONNECTION) b: Part @merge(by: CONNECTION) c: [Page] @merge(by: CONNECTION)'),
      ['Part.a', 'Part.b', 'Part.c'],
      /expected a connection, because CONNECTION merges the countries' values; came \[Int!\]/,
    ),
    story('JOIN is rejected on a type that is not a list', part('a: Int @merge(by: JOIN) b: Page @merge(by: JOIN)'), [
      'Part.a',
      'Part.b',
    ]),
    story(
      'SUM is rejected on a type that is not a number, or that is never null',
      part('a: String @merge(by: SUM) b: [Int] @merge(by: SUM) c: Int! @merge(by: SUM) d: Boolean @merge(by: SUM)'),
      ['Part.a', 'Part.b', 'Part.c', 'Part.d'],
    ),
    story(
      'ALL and ANY are rejected on a type that is not a boolean, or that is never null',
      part('a: Int @merge(by: ALL) b: String @merge(by: ANY) c: Boolean! @merge(by: ALL) d: [Boolean] @merge(by: ANY)'),
      ['Part.a', 'Part.b', 'Part.c', 'Part.d'],
    ),
    story(
      'EQUAL is rejected on a plain object, or what is never null',
      part('a: Part @merge(by: EQUAL) b: Int! @merge(by: EQUAL)'),
      ['Part.a', 'Part.b'],
    ),
    story('a nullable value under EVERY is accepted without @merge', under('n: Int list: [Int!]! part: Part!')),
    story(
      'a non-null value under EVERY is rejected without @merge',
      under('n: Int!'),
      ['All.n'],
      /because EQUAL merges/,
    ),
  ])
})

describe('a connection', () => {
  const PAGE = 'edges: [ThingEdge!]! pageInfo: PageInfo!'
  const EDGE = 'cursor: String! node: Thing!'
  const build = (page: string, edge: string, args = '(first: Int = 20, after: String)') =>
    `${QUERY} type Thing @key(fields: "id") { id: ID! things${args}: ThingConnection }
   type ThingConnection { ${page} } type ThingEdge { ${edge} } enum Hue { RED }`

  tellStories('CONNECTION_SHAPE', [
    story('has edges and page info', build(PAGE, EDGE)),
    story('may have outcomes', build(`${PAGE} outcomes: [CountryOutcome!]!`, EDGE)),
    story('may have scalars on its edges', build(PAGE, `${EDGE} band: Hue score: Float`)),
    story(
      'has no other field',
      build(`${PAGE} totalCount: Int`, EDGE),
      ['ThingConnection.totalCount'],
      /expected only edges, pageInfo and outcomes; came totalCount: Int/,
    ),
    story('must have edges', build('pageInfo: PageInfo!', EDGE), ['ThingConnection'], /the field edges; came none/),
    story(
      'must have page info',
      build('edges: [ThingEdge!]!', EDGE),
      ['ThingConnection'],
      /the field pageInfo; came none/,
    ),
    story('has edges that are never null', build('edges: [ThingEdge] pageInfo: PageInfo!', EDGE), [
      'ThingConnection.edges',
    ]),
    story('has edges that are objects', build('edges: [Hue!]! pageInfo: PageInfo!', EDGE), ['ThingConnection.edges']),
    story(
      'has no object on an edge but the node',
      build(PAGE, `${EDGE} other: Thing`),
      ['ThingEdge.other'],
      /a scalar or an enum/,
    ),
    story(
      'has a cursor on each edge',
      build(PAGE, 'node: Thing!'),
      ['ThingEdge'],
      /expected cursor: String!; came cursor: none/,
    ),
    story('has a node on each edge', build(PAGE, 'cursor: String! node: Hue!'), ['ThingEdge'], /came node: Hue!/),
    story(
      'has a node that is never null',
      build(PAGE, 'cursor: String! node: Thing'),
      ['ThingEdge'],
      /came node: Thing\./,
    ),
    story('is paged by first and after', build(PAGE, EDGE, ''), ['Thing.things(first:)', 'Thing.things(after:)']),
    story(
      'is paged by a number',
      build(PAGE, EDGE, '(first: String, after: String)'),
      ['Thing.things(first:)'],
      /came String/,
    ),
  ])
})

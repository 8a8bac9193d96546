import { describe } from 'vitest'
import { mergeFitsType } from './merge-fits-type.ts'
import { QUERY, story, tellStories } from './testing.ts'

const part = (fields: string) => `${QUERY} type Thing @key(fields: "id") { id: ID! } type Part { ${fields} }
  type Page { edges: [Int!]! pageInfo: PageInfo! } enum Hue { RED }`
const under = (fields: string) => `type Query { all(in: [CountryCode!]): All @answeredBy(who: EVERY, argument: "in") }
  type All { ${fields} outcomes: [CountryOutcome!]! } type Part { n: Int! }`

describe('the kind of @merge', () => {
  tellStories(mergeFitsType, [
    story(
      'is taken where it fits',
      part(`a: Page! @merge(by: CONNECTION) b: [Int!]! @merge(by: JOIN) c: Int @merge(by: SUM) d: Float @merge(by: SUM)
        e: Boolean @merge(by: ALL) f: Boolean @merge(by: ANY) g: String @merge(by: EQUAL) h: Hue @merge(by: EQUAL) i: Thing @merge(by: EQUAL)`),
    ),
    story(
      'CONNECTION is refused on what is none',
      part('a: [Int!] @merge(by: CONNECTION) b: Part @merge(by: CONNECTION) c: [Page] @merge(by: CONNECTION)'),
      ['Part.a', 'Part.b', 'Part.c'],
      /expected a connection, for the countries' values are merged by CONNECTION; came \[Int!\]/,
    ),
    story('JOIN is refused on what is no list', part('a: Int @merge(by: JOIN) b: Page @merge(by: JOIN)'), [
      'Part.a',
      'Part.b',
    ]),
    story(
      'SUM is refused on what is no number, or never null',
      part('a: String @merge(by: SUM) b: [Int] @merge(by: SUM) c: Int! @merge(by: SUM) d: Boolean @merge(by: SUM)'),
      ['Part.a', 'Part.b', 'Part.c', 'Part.d'],
    ),
    story(
      'ALL and ANY are refused on what is no boolean, or never null',
      part('a: Int @merge(by: ALL) b: String @merge(by: ANY) c: Boolean! @merge(by: ALL) d: [Boolean] @merge(by: ANY)'),
      ['Part.a', 'Part.b', 'Part.c', 'Part.d'],
    ),
    story(
      'EQUAL is refused on a plain object, or what is never null',
      part('a: Part @merge(by: EQUAL) b: Int! @merge(by: EQUAL)'),
      ['Part.a', 'Part.b'],
    ),
    story(
      'without @merge a value under EVERY is taken where it may be null',
      under('n: Int list: [Int!]! part: Part!'),
    ),
    story(
      'without @merge a value under EVERY is refused where it is never null',
      under('n: Int!'),
      ['All.n'],
      /merged by EQUAL/,
    ),
  ])
})

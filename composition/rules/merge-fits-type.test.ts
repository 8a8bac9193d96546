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

import { describe } from 'vitest'
import { connectionShape } from './connection-shape.ts'
import { QUERY, story, tellStories } from './testing.ts'

const PAGE = 'edges: [ThingEdge!]! pageInfo: PageInfo!'
const EDGE = 'cursor: String! node: Thing!'
const build = (page: string, edge: string, args = '(first: Int = 20, after: String)') =>
  `${QUERY} type Thing @key(fields: "id") { id: ID! things${args}: ThingConnection }
   type ThingConnection { ${page} } type ThingEdge { ${edge} } enum Hue { RED }`

describe('a connection', () => {
  tellStories(connectionShape, [
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

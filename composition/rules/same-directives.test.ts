import { describe } from 'vitest'
import { sameDirectives } from './same-directives.ts'
import { domainOf, QUERY, tellStories } from './testing.ts'

const shared = (directives: string) =>
  domainOf(`${QUERY} type Thing @key(fields: "id") @shareable { id: ID! names(of: ID ${directives}): [String!] }`)
const field = (directives: string) =>
  domainOf(`${QUERY} type Thing @key(fields: "id") @shareable { id: ID! tags: [String!] ${directives} }`)

describe('istmo directives that are repeated', () => {
  tellStories(sameDirectives, [
    {
      title: 'are accepted if they are equal',
      sdl: { a: field('@merge(by: JOIN)'), b: field('@merge(by: JOIN)') },
      rejected: [],
    },
    {
      title: 'are accepted in any order',
      sdl: {
        a: shared('@reveals(field: "Thing.id") @reveals(field: "Thing.names")'),
        b: shared('@reveals(field: "Thing.names") @reveals(field: "Thing.id")'),
      },
      rejected: [],
    },
    {
      title: 'are rejected if an argument differs',
      sdl: { a: field('@merge(by: JOIN)'), b: field('@merge(by: EQUAL)') },
      rejected: ['b Thing.tags'],
      message: /expected @merge\(by: "JOIN"\), as in a; came @merge\(by: "EQUAL"\)/,
    },
    {
      title: 'are rejected if one subgraph leaves them out',
      sdl: { a: field('@pii(class: IDENTITY)'), b: field('') },
      rejected: ['b Thing.tags'],
      message: /came none/,
    },
    {
      title: 'are rejected if one subgraph adds them',
      sdl: { a: field(''), b: field('@crossBorder') },
      rejected: ['b Thing.tags'],
      message: /expected no istmo directive, as in a; came @crossBorder/,
    },
    {
      title: 'are checked on arguments',
      sdl: { a: shared('@pii(class: IDENTITY)'), b: shared('@pii(class: LOCATION)') },
      rejected: ['b Thing.names(of:)'],
    },
    {
      title: 'are checked on input fields and values of enums',
      sdl: {
        a: domainOf(
          `${QUERY} type Thing @key(fields: "id") { id: ID! } input In { x: Int @pii(class: IDENTITY) } enum O { UP }`,
        ),
        b: domainOf('input In { x: Int } enum O { UP @reveals(field: "Thing.id") } type Query { n: Int }'),
      },
      rejected: ['b In.x', 'b O.UP'],
    },
    {
      title: 'are demanded of a subgraph that does not link the spec too',
      sdl: { a: field('@merge(by: JOIN)'), plain: 'type Thing { tags: [String!] } type Query { n: Int }' },
      rejected: ['plain Thing.tags'],
    },
  ])
})

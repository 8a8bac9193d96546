import { describe } from 'vitest'
import { domainOf, QUERY, story, tellStories } from './testing.ts'

describe('the istmo spec in a subgraph', () => {
  const WHOLE = domainOf(`${QUERY} type Thing @key(fields: "id") { id: ID! }`)

  tellStories('SPEC_NOT_AS_PUBLISHED', [
    { title: 'is accepted as it is published', sdl: { things: WHOLE }, rejected: [] },
    {
      title: 'is accepted under another name of the namespace',
      sdl: {
        things: WHOLE.replace('/istmo/v1.0", import', '/istmo/v1.0", as: "ix", import').replaceAll('istmo__', 'ix__'),
      },
      rejected: [],
    },
    {
      title: 'is rejected in another version',
      sdl: { things: WHOLE.replace('example/istmo/v1.0', 'example/istmo/v2.0') },
      rejected: ['things @link'],
      message: /expected istmo\/v1\.0; came istmo\/v2\.0/,
    },
    {
      title: 'is rejected with another enum',
      sdl: { things: WHOLE.replace('{ OWNER EVERY }', '{ OWNER EVERY SOME }') },
      rejected: ['things @answeredBy'],
      message: /came .*\{OWNER EVERY SOME\}/,
    },
    {
      title: 'is rejected with another argument',
      sdl: { things: WHOLE.replace('@reveals(field: String!)', '@reveals(field: String! mask: Int)') },
      rejected: ['things @reveals'],
    },
    {
      title: 'is rejected with another location',
      sdl: { things: WHOLE.replace('@crossBorder on FIELD_DEFINITION', '@crossBorder on FIELD_DEFINITION | OBJECT') },
      rejected: ['things @crossBorder'],
    },
  ])
})

describe('@composeDirective', () => {
  const without = (name: string) =>
    domainOf(`${QUERY} type Thing @key(fields: "id") { id: ID! twin: Thing @crossBorder }`).replace(
      `@composeDirective(name: "@${name}")`,
      '',
    )

  tellStories('DIRECTIVE_NOT_COMPOSED', [
    story(
      'names all in the contract’s header',
      `${QUERY} type Thing @key(fields: "id") { id: ID! twin: Thing @crossBorder }`,
    ),
    {
      title: 'must name a directive that the subgraph uses',
      sdl: { things: without('crossBorder') },
      rejected: ['things @crossBorder'],
      message: /expected @composeDirective\(name: "@crossBorder"\); came 1 uses without it/,
    },
    {
      title: 'need not name a directive that the subgraph does not use',
      sdl: { things: without('pii') },
      rejected: [],
    },
  ])
})

describe('istmo directives that are repeated', () => {
  const shared = (directives: string) =>
    domainOf(`${QUERY} type Thing @key(fields: "id") @shareable { id: ID! names(of: ID ${directives}): [String!] }`)
  const field = (directives: string) =>
    domainOf(`${QUERY} type Thing @key(fields: "id") @shareable { id: ID! tags: [String!] ${directives} }`)

  tellStories('DIRECTIVES_DIFFER', [
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

describe('an interface', () => {
  const build = (fields: string) => `${QUERY} type Thing @key(fields: "id") { id: ID! } interface Named { ${fields} }`

  tellStories('DIRECTIVE_ON_INTERFACE', [
    story('is accepted without istmo directives', build('name(of: ID): String')),
    story('has no @merge', build('name: [String!] @merge(by: JOIN)'), ['Named.name'], /came @merge/),
    story('has no @answeredBy', build('n(of: CountryCode): Int @answeredBy(who: OWNER, argument: "of")'), ['Named.n']),
    story('has no @crossBorder', build('thing: Thing @crossBorder'), ['Named.thing']),
    story('has no @pii', build('name: String @pii(class: IDENTITY)'), ['Named.name']),
    story('has no @reveals on an argument', build('name(of: ID @reveals(field: "Thing.id")): String'), [
      'Named.name(of:)',
    ]),
  ])
})

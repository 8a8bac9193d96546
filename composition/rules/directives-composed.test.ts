import { describe } from 'vitest'
import { directivesComposed } from './directives-composed.ts'
import { domainOf, QUERY, story, tellStories } from './testing.ts'

const without = (name: string) =>
  domainOf(`${QUERY} type Thing @key(fields: "id") { id: ID! twin: Thing @crossBorder }`).replace(
    `@composeDirective(name: "@${name}")`,
    '',
  )

describe('@composeDirective', () => {
  tellStories(directivesComposed, [
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

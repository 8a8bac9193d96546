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
      title: 'is missed for a directive that is used',
      sdl: { things: without('crossBorder') },
      refused: ['things @crossBorder'],
      message: /expected @composeDirective\(name: "@crossBorder"\); came 1 uses without it/,
    },
    { title: 'is not missed for one that is not used', sdl: { things: without('pii') }, refused: [] },
  ])
})

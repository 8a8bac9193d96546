import { describe } from 'vitest'
import { specAsPublished } from './spec-as-published.ts'
import { domainOf, QUERY, tellStories } from './testing.ts'

const WHOLE = domainOf(`${QUERY} type Thing @key(fields: "id") { id: ID! }`)

describe('the istmo spec in a subgraph', () => {
  tellStories(specAsPublished, [
    { title: 'is taken as it is published', sdl: { things: WHOLE }, refused: [] },
    {
      title: 'is taken under another name of the namespace',
      sdl: {
        things: WHOLE.replace('/istmo/v1.0", import', '/istmo/v1.0", as: "ix", import').replaceAll('istmo__', 'ix__'),
      },
      refused: [],
    },
    {
      title: 'is refused in another version',
      sdl: { things: WHOLE.replace('example/istmo/v1.0', 'example/istmo/v2.0') },
      refused: ['things @link'],
      message: /expected istmo\/v1\.0; came istmo\/v2\.0/,
    },
    {
      title: 'is refused with another enum',
      sdl: { things: WHOLE.replace('{ OWNER EVERY }', '{ OWNER EVERY SOME }') },
      refused: ['things @answeredBy'],
      message: /came .*\{OWNER EVERY SOME\}/,
    },
    {
      title: 'is refused with another argument',
      sdl: { things: WHOLE.replace('@reveals(field: String!)', '@reveals(field: String! mask: Int)') },
      refused: ['things @reveals'],
    },
    {
      title: 'is refused with another place',
      sdl: { things: WHOLE.replace('@crossBorder on FIELD_DEFINITION', '@crossBorder on FIELD_DEFINITION | OBJECT') },
      refused: ['things @crossBorder'],
    },
  ])
})

import { describe } from 'vitest'
import { specAsPublished } from './spec-as-published.ts'
import { domainOf, QUERY, tellStories } from './testing.ts'

const WHOLE = domainOf(`${QUERY} type Thing @key(fields: "id") { id: ID! }`)

describe('the istmo spec in a subgraph', () => {
  tellStories(specAsPublished, [
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

import { describe } from 'vitest'
import { interfaceObjectResolvable } from './interface-object-resolvable.ts'
import { domainOf, QUERY, story, tellStories } from './testing.ts'

const thing = (key: string) =>
  domainOf(`${QUERY} type Thing @interfaceObject @key(fields: "id"${key}) { id: ID! more: Int }`, 'interfaceObject')

describe('@interfaceObject', () => {
  tellStories(interfaceObjectResolvable, [
    { title: 'is accepted with a resolvable key', sdl: { things: thing('') }, rejected: [] },
    {
      title: 'is rejected with a key that is not resolvable',
      sdl: { things: thing(', resolvable: false') },
      rejected: ['things Thing'],
      message: /came resolvable: false on "id"/,
    },
    story('is not looked for on other types', `${QUERY} type Thing @key(fields: "id", resolvable: false) { id: ID! }`),
  ])
})

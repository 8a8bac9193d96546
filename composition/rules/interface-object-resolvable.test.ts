import { describe } from 'vitest'
import { interfaceObjectResolvable } from './interface-object-resolvable.ts'
import { domainOf, QUERY, story, tellStories } from './testing.ts'

const thing = (key: string) =>
  domainOf(`${QUERY} type Thing @interfaceObject @key(fields: "id"${key}) { id: ID! more: Int }`, 'interfaceObject')

describe('@interfaceObject', () => {
  tellStories(interfaceObjectResolvable, [
    { title: 'is taken with a key that is resolved', sdl: { things: thing('') }, refused: [] },
    {
      title: 'is refused with a key that is not',
      sdl: { things: thing(', resolvable: false') },
      refused: ['things Thing'],
      message: /came resolvable: false on "id"/,
    },
    story('does not speak of other types', `${QUERY} type Thing @key(fields: "id", resolvable: false) { id: ID! }`),
  ])
})

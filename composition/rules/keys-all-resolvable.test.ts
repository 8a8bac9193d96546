import { describe } from 'vitest'
import { keysAllResolvable } from './keys-all-resolvable.ts'
import { QUERY, story, tellStories } from './testing.ts'

const thing = (keys: string) => `${QUERY} type Thing ${keys} { id: ID! code: String country: CountryCode }`

describe('an entity with several keys', () => {
  tellStories(keysAllResolvable, [
    story('is accepted if each key is resolvable', thing('@key(fields: "id") @key(fields: "code country")')),
    story('is accepted with a single key that is not resolvable', thing('@key(fields: "id", resolvable: false)')),
    story(
      'is rejected where one is not resolvable',
      thing('@key(fields: "id") @key(fields: "code country", resolvable: false)'),
      ['Thing'],
      /expected each of its 2 keys to be resolvable; came resolvable: false on "code country"/,
    ),
    story(
      'is rejected where several compound keys are not',
      thing(
        '@key(fields: "id code") @key(fields: "code country", resolvable: false) @key(fields: "id country", resolvable: false)',
      ),
      ['Thing'],
      /"code country", "id country"/,
    ),
  ])
})

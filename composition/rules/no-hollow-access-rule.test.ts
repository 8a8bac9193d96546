import { describe } from 'vitest'
import { noHollowAccessRule } from './no-hollow-access-rule.ts'
import { QUERY, story, tellStories } from './testing.ts'

const thing = (rule: string) => `${QUERY} type Thing @key(fields: "id") { id: ID! name: String ${rule} }`

describe('an access rule', () => {
  tellStories(noHollowAccessRule, [
    story('is accepted if each alternative demands something', thing('@requiresScopes(scopes: [["a", "b"], ["c"]])')),
    story(
      'must have alternatives',
      thing('@requiresScopes(scopes: [])'),
      ['Thing.name'],
      /came @requiresScopes\(scopes: \[\]\)/,
    ),
    story('has no empty alternative', thing('@requiresScopes(scopes: [["a"], []])'), ['Thing.name']),
    story(
      'must demand a policy',
      thing('@policy(policies: [[]])'),
      ['Thing.name'],
      /came @policy\(policies: \[\[\]\]\)/,
    ),
    story('is checked on types', `${QUERY} type Thing @key(fields: "id") @policy(policies: []) { id: ID! }`, ['Thing']),
    story(
      'is checked on enums and scalars',
      `${thing('')} enum E @policy(policies: []) { A } scalar S @policy(policies: [])`,
      ['S', 'E'],
    ),
  ])
})

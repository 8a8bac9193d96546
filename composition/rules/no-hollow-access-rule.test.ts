import { describe } from 'vitest'
import { noHollowAccessRule } from './no-hollow-access-rule.ts'
import { QUERY, story, tellStories } from './testing.ts'

const thing = (rule: string) => `${QUERY} type Thing @key(fields: "id") { id: ID! name: String ${rule} }`

describe('an access rule', () => {
  tellStories(noHollowAccessRule, [
    story('is taken where each alternative asks for something', thing('@requiresScopes(scopes: [["a", "b"], ["c"]])')),
    story(
      'has alternatives',
      thing('@requiresScopes(scopes: [])'),
      ['Thing.name'],
      /came @requiresScopes\(scopes: \[\]\)/,
    ),
    story('has no empty alternative', thing('@requiresScopes(scopes: [["a"], []])'), ['Thing.name']),
    story('asks for a policy', thing('@policy(policies: [[]])'), ['Thing.name'], /came @policy\(policies: \[\[\]\]\)/),
    story('is looked at on types', `${QUERY} type Thing @key(fields: "id") @policy(policies: []) { id: ID! }`, [
      'Thing',
    ]),
    story(
      'is looked at on enums and scalars',
      `${thing('')} enum E @policy(policies: []) { A } scalar S @policy(policies: [])`,
      ['S', 'E'],
    ),
  ])
})

import { describe } from 'vitest'
import { piiFieldGuarded } from './pii-field-guarded.ts'
import { QUERY, story, tellStories } from './testing.ts'

const build = (thing: string, type: string, field: string) =>
  `${QUERY} type Thing @key(fields: "id") ${thing} { id: ID! part: Part @pii(class: IDENTITY) ${field} } type Part ${type} { n: Int }`

describe('a field with personal data', () => {
  tellStories(piiFieldGuarded, [
    story('is accepted with a rule on its parent type', build('@authenticated', '', '')),
    story('is accepted with a rule on the type that it returns', build('', '@requiresScopes(scopes: [["a"]])', '')),
    story(
      'is accepted with a rule on the field itself',
      `${QUERY} type Thing @key(fields: "id") { id: ID! name: String @pii(class: IDENTITY) @policy(policies: [["p"]]) }`,
    ),
    story(
      'is rejected without a rule',
      build('', '', ''),
      ['Thing.part'],
      /expected an access rule on personal data of class IDENTITY; came none/,
    ),
    story('is rejected with a rule that demands nothing', build('@requiresScopes(scopes: [[]])', '', ''), [
      'Thing.part',
    ]),
  ])
})

import { describe } from 'vitest'
import { piiFieldGuarded } from './pii-field-guarded.ts'
import { QUERY, story, tellStories } from './testing.ts'

const build = (thing: string, type: string, field: string) =>
  `${QUERY} type Thing @key(fields: "id") ${thing} { id: ID! part: Part @pii(class: IDENTITY) ${field} } type Part ${type} { n: Int }`

describe('a field with personal data', () => {
  tellStories(piiFieldGuarded, [
    story('is taken with a rule on its type', build('@authenticated', '', '')),
    story('is taken with a rule on the type that it returns', build('', '@requiresScopes(scopes: [["a"]])', '')),
    story(
      'is taken with a rule of its own',
      `${QUERY} type Thing @key(fields: "id") { id: ID! name: String @pii(class: IDENTITY) @policy(policies: [["p"]]) }`,
    ),
    story(
      'is refused without a rule',
      build('', '', ''),
      ['Thing.part'],
      /expected an access rule on personal data of class IDENTITY; came none/,
    ),
    story('is refused with a rule that asks for nothing', build('@requiresScopes(scopes: [[]])', '', ''), [
      'Thing.part',
    ]),
  ])
})

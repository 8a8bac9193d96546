import { describe } from 'vitest'
import { piiArgumentGuarded } from './pii-argument-guarded.ts'
import { story, tellStories } from './testing.ts'

const THING = 'type Thing @key(fields: "id") { id: ID! name: String }'
const SCOPE = '@requiresScopes(scopes: [["a"]])'
const ask = (argument: string, rule = '', more = '') =>
  `type Query { ask(${argument}): Thing ${rule} ${more} } ${THING}`
const INPUT =
  'input Search { name: String @pii(class: IDENTITY) deep: Deep again: Search } input Deep { n: Int @pii(class: IDENTITY) }'

describe('an argument with personal data', () => {
  tellStories(piiArgumentGuarded, [
    story('is accepted with @reveals', ask('name: String @pii(class: IDENTITY) @reveals(field: "Thing.name")')),
    story('is accepted on a field with a scope', ask('name: String @pii(class: IDENTITY)', SCOPE)),
    story(
      'is accepted on a field with a policy',
      ask('name: String @pii(class: IDENTITY)', '@policy(policies: [["p"]])'),
    ),
    story(
      'is rejected if the rule demands only an authenticated caller',
      ask('name: String @pii(class: IDENTITY)', '@authenticated'),
      ['Query.ask(name:)'],
      /came none, taken by Query\.ask/,
    ),
    story('is rejected without any rule', ask('name: String @pii(class: IDENTITY)'), ['Query.ask(name:)']),
    story('is accepted in an input that only fields with scopes take', `${ask('search: Search', SCOPE)} ${INPUT}`),
    story(
      'is rejected in an input, at any depth, that one field without a scope takes',
      `${ask('search: Search', SCOPE, 'other(search: Search!): Int')} ${INPUT}`,
      ['Search.name', 'Deep.n'],
      /came none, taken by Query\.other/,
    ),
    story('is covered by @reveals above it', `${ask('search: Search @reveals(field: "Thing.name")')} ${INPUT}`),
    story('is accepted in an input that no field takes', `${ask('id: ID')} ${INPUT}`),
  ])
})

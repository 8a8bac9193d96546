import { describe } from 'vitest'
import { domainOf, QUERY, story, tellStories } from './testing.ts'

describe('what @reveals names', () => {
  const THING = 'type Thing @key(fields: "id") { id: ID! name: String }'
  const argument = (coordinate: string) =>
    `type Query { thing(id: ID!, name: String @reveals(field: "${coordinate}")): Thing } ${THING}`

  tellStories('REVEALS_UNKNOWN_FIELD', [
    story('may be a field of this subgraph', argument('Thing.name')),
    story(
      'must have a type that exists',
      argument('Nothing.name'),
      ['Query.thing(name:)'],
      /came "Nothing\.name", which no subgraph has/,
    ),
    story('must have a field that exists', argument('Thing.title'), ['Query.thing(name:)']),
    story('must be a coordinate', argument('name'), ['Query.thing(name:)']),
    story('must be a field and not its argument', argument('Query.thing.name'), ['Query.thing(name:)']),
    story(
      'is checked on input fields and on the values of an enum',
      `${QUERY} ${THING} input Filter { name: String @reveals(field: "Thing.x") } enum Order { UP @reveals(field: "Thing.y") }`,
      ['Filter.name', 'Order.UP'],
    ),
    {
      title: 'may be a field of another subgraph',
      sdl: {
        things: domainOf(argument('Person.names')),
        persons: domainOf('type Person @key(fields: "id") { id: ID! names: [String!] }'),
      },
      rejected: [],
    },
  ])
})

describe('an access rule', () => {
  const thing = (rule: string) => `${QUERY} type Thing @key(fields: "id") { id: ID! name: String ${rule} }`

  tellStories('HOLLOW_ACCESS_RULE', [
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

describe('a field with personal data', () => {
  const build = (thing: string, type: string, field: string) =>
    `${QUERY} type Thing @key(fields: "id") ${thing} { id: ID! part: Part @pii(class: IDENTITY) ${field} } type Part ${type} { n: Int }`

  tellStories('PII_FIELD_WITHOUT_RULE', [
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

describe('an argument with personal data', () => {
  const THING = 'type Thing @key(fields: "id") { id: ID! name: String }'
  const SCOPE = '@requiresScopes(scopes: [["a"]])'
  const ask = (argument: string, rule = '', more = '') =>
    `type Query { ask(${argument}): Thing ${rule} ${more} } ${THING}`
  const INPUT =
    'input Search { name: String @pii(class: IDENTITY) deep: Deep again: Search } input Deep { n: Int @pii(class: IDENTITY) }'

  tellStories('PII_ARGUMENT_WITHOUT_RULE', [
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

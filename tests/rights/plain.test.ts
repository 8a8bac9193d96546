import { composeServices } from '@apollo/composition'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { execute, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { Caller } from '../../contract/access-token.ts'
import { createEngine } from '../../gateway/pipeline/engine.ts'
import { aContext } from '../../gateway/testing.ts'
import type { EngineAnswer } from '../../gateway/types/flow.ts'

/**
 * Rules on a graph that no country publishes, with the semantics of the Federation documentation (access directives, «composition and
 * federation»): interfaces, unions, keys that the planner needs, fields that are computed from protected ones.
 */

const HEAD = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", { name: "@authenticated", as: "@known" }, "@requiresScopes", "@policy", "@shareable"])\n`
const SHOP = `${HEAD}
  type Query { items: [Item!]! results: [Result!]! user: User  must: Strict  plain: Int  flag(on: Level = LOW): Int }
  interface Item { id: ID! name: String }
  type Open implements Item { id: ID! name: String extra: String  both: String }
  type Closed implements Item @requiresScopes(scopes: [["closed"]]) { id: ID! name: String both: String }
  union Result = Open | Closed
  type User @key(fields: "id") { id: ID! @requiresScopes(scopes: [["id"]]) name: String secret: String @requiresScopes(scopes: [["secret"]]) rank: Rank  stamp: Stamp }
  enum Rank @requiresScopes(scopes: [["rank"]]) { HIGH LOW }
  scalar Stamp @policy(policies: [["stamps"]])
  enum Level { LOW HIGH }
  type Strict { inner: Inner! }
  type Inner { hidden: Int! @known  shown: Int }
`
const SCORES = `${HEAD}
  type User @key(fields: "id") { id: ID! @requiresScopes(scopes: [["id"]]) secret: String @external
    score: Int @requires(fields: "secret") @requiresScopes(scopes: [["secret"]]) age: Int }
`

const ROWS = {
  items: [
    { __typename: 'Open', id: '1', name: 'one', extra: 'x', both: 'open' },
    { __typename: 'Closed', id: '2', name: 'two', both: 'closed' },
  ],
  user: { id: 'u', name: 'Ana', secret: 'sssh', rank: 'HIGH', stamp: 's' },
  must: { inner: { hidden: 1, shown: 2 } },
  plain: 1,
}
const SCHEMAS = new Map([
  [
    'shop',
    buildSubgraphSchema([
      { typeDefs: parse(SHOP), resolvers: { User: { __resolveReference: () => ROWS.user } } as never },
    ]),
  ],
  [
    'scores',
    buildSubgraphSchema([
      {
        typeDefs: parse(SCORES),
        resolvers: { User: { __resolveReference: ({ id }: { id: string }) => ({ id, score: 7, age: 40 }) } } as never,
      },
    ]),
  ],
])

const composed = composeServices([
  { name: 'shop', url: 'http://127.0.0.1:9/', typeDefs: parse(SHOP) },
  { name: 'scores', url: 'http://127.0.0.1:9/', typeDefs: parse(SCORES) },
])

const asked: string[] = []
const engine = createEngine({
  supergraphSdl: composed.supergraphSdl ?? '',
  participants: [],
  subgraphDefaults: { deadlineMs: 1, maxAnswerBytes: 1 },
  async sendLeg({ domain, query, variables }) {
    asked.push(query)
    const schema = SCHEMAS.get(domain)
    if (!schema) throw new Error('expected a subgraph')
    const rootValue = { ...ROWS, results: ROWS.items }
    const answer = await execute({ schema, document: parse(query), variableValues: variables, rootValue })
    return { kind: 'answered', data: JSON.parse(JSON.stringify(answer.data ?? null)), errors: [] }
  },
})

const PLAIN: Caller = { issuer: 'i', subject: 's', scopes: [], expiresAt: 32_000_000_000 }

async function ask(
  source: string,
  scopes: readonly string[] | null,
  policies: readonly string[] = [],
): Promise<EngineAnswer> {
  asked.length = 0
  const caller = scopes === null ? null : { ...PLAIN, scopes, policies }
  const request = { document: parse(source), source, operationName: undefined, variables: {} }
  return engine.execute(request, aContext({ caller }))
}

const denied = ({ errors = [] }: EngineAnswer): string[] =>
  errors.map(({ path, extensions }) => `${path?.join('.')} ${extensions?.coordinate}`)

describe('rules on a graph without countries', () => {
  it('compose', () => {
    expect(composed.errors).toBeUndefined()
  })

  it.each<[string, string, readonly string[] | null, unknown, readonly string[]]>([
    [
      'an interface if a rule guards one of its types: composition adds the types’ rules to it',
      '{ items { id } }',
      [],
      null,
      ['items Query.items'],
    ],
    [
      'the interface if only its `__typename` is requested',
      '{ items { __typename ... on Open { id } } }',
      [],
      null,
      ['items Query.items'],
    ],
    [
      'the interface if only fragments are requested',
      '{ items { ... on Open { id } ... on Closed { id } } }',
      [],
      null,
      ['items Query.items'],
    ],
    [
      'nothing of the interface with the right',
      '{ items { id ... on Closed { name } } }',
      ['closed'],
      { items: [{ id: '1' }, { id: '2', name: 'two' }] },
      [],
    ],
    [
      'a field of a union’s member, but not the union',
      '{ results { __typename ... on Open { extra } ... on Closed { name } } }',
      [],
      {
        results: [
          { __typename: 'Open', extra: 'x' },
          { __typename: 'Closed', name: null },
        ],
      },
      ['results.1.name Closed.name'],
    ],
    [
      'a response key on the one type that denies it',
      '{ results { ... on Open { same: both } ... on Closed { same: both } } }',
      [],
      { results: [{ same: 'open' }, { same: null }] },
      ['results.1.same Closed.both'],
    ],
    [
      'a field whose enum is guarded',
      '{ user { name rank } }',
      [],
      { user: { name: 'Ana', rank: null } },
      ['user.rank User.rank'],
    ],
    [
      'a field whose scalar is guarded by a policy',
      '{ user { name stamp } }',
      [],
      { user: { name: 'Ana', stamp: null } },
      ['user.stamp User.stamp'],
    ],
    [
      'a field that is computed from a protected one',
      '{ user { name score } }',
      [],
      { user: { name: 'Ana', score: null } },
      ['user.score User.score'],
    ],
    ['nothing with the right', '{ user { score } }', ['secret'], { user: { score: 7 } }, []],
    [
      'a required field: the null propagates to the nearest nullable field',
      '{ must { inner { hidden shown } } plain }',
      null,
      { must: null, plain: 1 },
      ['must.inner.hidden Inner.hidden'],
    ],
    ['all fields: then no leg is sent', '{ user { secret } }', [], null, ['user.secret User.secret']],
    [
      'from introspection what the caller may not read',
      '{ __type(name: "Closed") { name } plain }',
      [],
      { __type: null, plain: 1 },
      [],
    ],
  ])('remove %s: %s', async (_, source, scopes, data, errors) => {
    const answer = await ask(source, scopes)
    expect(denied(answer).sort()).toEqual([...errors].sort())
    expect(answer.data).toEqual(data)
    if (data === null) expect(asked).toEqual([])
  })

  it('do not reveal a key that the planner asked for itself', async () => {
    const answer = await ask('{ user { id age } }', [])
    expect(asked.some((query) => /\bid\b/.test(query))).toBe(true)
    expect(answer.data).toEqual({ user: null })
    expect(denied(answer)).toEqual(['user.id User.id'])
  })

  it('accept a policy that a claim grants', async () => {
    expect((await ask('{ user { stamp } }', [], ['stamps'])).data).toEqual({ user: { stamp: 's' } })
  })
})

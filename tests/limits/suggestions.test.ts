/** The gateway says what a client wrote wrongly, but not the correct name: a guess must not lead to a name. */
import { buildSchema } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createExecutor, LIMITS } from '../../subgraphs/kit/execute.ts'
import type { NodeContext } from '../../subgraphs/kit/types.ts'
import { type RunningGateway, startLimited } from './running-gateway.ts'

let gateway: RunningGateway
beforeAll(async () => {
  gateway = await startLimited()
})
afterAll(() => gateway.close())

/** Wrong operations, each with the name that a suggestion would reveal. */
const WRITTEN_WRONG: readonly [what: string, query: string, variables: unknown, name: RegExp][] = [
  ['a root field', '{ persn(id: "HN:1") { id } }', {}, /person/],
  ['a field', '{ person(id: "HN:1") { birthDat } }', {}, /birthDate/],
  ['a type', '{ person(id: "HN:1") { ... on Persn { id } } }', {}, /Person\b/],
  ['a type of a variable', 'query ($s: PersonSerch) { __typename }', {}, /PersonSearch/],
  ['an argument', '{ cases(frst: 1) { edges { cursor } } }', {}, /"first"/],
  ['an enum value', '{ cases(orderBy: FILED_ON_DES) { edges { cursor } } }', {}, /FILED_ON_DESC/],
  [
    'an enum value as a text',
    '{ cases(orderBy: "FILED_ON_DESC") { edges { cursor } } }',
    {},
    /value "?FILED_ON_DESC.*\?/,
  ],
  ['an input field', '{ persons(search: { nam: "a" }) { edges { cursor } } }', {}, /name/],
  ['a directive', '{ __typename @skp(if: true) }', {}, /skip/],
  ['a directive’s argument', '{ __typename @skip(iff: true) }', {}, /"if"\?/],
  ['a leaf with fields', '{ person(id: "HN:1") }', {}, /person \{/],
  [
    'an input field in a variable',
    'query ($s: PersonSearch!) { persons(search: $s) { edges { cursor } } }',
    { s: { nam: 'a' } },
    /name\b/,
  ],
  [
    'an enum value in a variable',
    'query ($o: CaseOrder) { cases(orderBy: $o) { edges { cursor } } }',
    { o: 'FILED_ON_DES' },
    /FILED_ON_DESC/,
  ],
]

describe('the gateway suggests nothing', () => {
  it.each(WRITTEN_WRONG)('for %s', async (_, query, variables, name) => {
    const { status, text, body } = await gateway.ask({ query, variables })
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([
      400,
      expect.stringMatching(/^(GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT)$/),
    ])
    for (const { message } of body.errors ?? []) {
      expect(message).not.toMatch(/did you mean/i)
      expect(message).not.toMatch(name)
    }
    expect(text).not.toMatch(/did you mean/i)
  })
})

const NODE_SCHEMA = buildSchema(`
  enum Order { FILED_ON }
  input Search { name: String }
  type Person { id: ID, birthDate: String }
  type Query { person(id: ID, search: Search, order: Order): Person }
`)

describe('a national node suggests nothing', () => {
  const execute = createExecutor(NODE_SCHEMA, LIMITS, () => {})

  it.each([
    ['a root field', '{ persn { id } }', {}],
    ['a field', '{ person { birthDat } }', {}],
    ['a type', '{ person { ... on Persn { id } } }', {}],
    ['an argument', '{ person(idd: 1) { id } }', {}],
    ['an enum value', '{ person(order: FILED_O) { id } }', {}],
    ['an input field', '{ person(search: { nam: "a" }) { id } }', {}],
    ['a directive', '{ person @skp(if: true) { id } }', {}],
    ['a leaf with fields', '{ person }', {}],
    ['an input field in a variable', 'query ($s: Search) { person(search: $s) { id } }', { s: { nam: 'a' } }],
    ['an enum value in a variable', 'query ($o: Order) { person(order: $o) { id } }', { o: 'FILED_O' }],
    ['a text of several lines', 'query ($s: Search) { person(search: $s) { id } }', { s: { nam: 'a\nb' } }],
  ])('for %s', async (_, query, variables) => {
    const { errors } = await execute({ query, variables }, { notes: [], db: {} } as unknown as NodeContext)
    expect(errors).not.toHaveLength(0)
    for (const { message } of errors ?? []) {
      expect(message).not.toMatch(/did you mean/i)
      expect(message).not.toBe('')
    }
  })
})

/** A hostile client against a running gateway: the gateway rejects a request that would cost too much, and answers the next one. */
import { readFile } from 'node:fs/promises'
import { deflateSync, gzipSync } from 'node:zlib'
import { getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fragmentBomb } from '../../gateway/admit/testing.ts'
import { type Answer, type RunningGateway, startLimited } from './running-gateway.ts'

let gateway: RunningGateway
beforeAll(async () => {
  gateway = await startLimited({ callerRate: '0', costRate: '0' })
})
afterAll(() => gateway.close())

const many = (n: number, part: (i: number) => string): string => Array.from({ length: n }, (_, i) => part(i)).join(' ')

/** Checks that a rejection is JSON with one code, and shows no internal details. */
function expectRejection(answer: Answer, status: number, code: string): void {
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
  expect([answer.status, answer.body.errors?.[0]?.extensions.code]).toEqual([status, code])
  expect(answer.body).not.toHaveProperty('data')
  expect(answer.text).not.toMatch(/stack|node_modules|<html/i)
}

async function expectToAnswer(): Promise<void> {
  expect((await gateway.ask({ query: '{ __typename }' })).text).toBe('{"data":{"__typename":"Query"}}\n')
}

describe('a document that would cost too much is rejected with the limit, what it allows and what came', () => {
  it.each([
    ['10,000 aliases', `{ ${many(10_000, (i) => `a${i}:__typename`)} }`, 'at most 5000 tokens'],
    ['1,000 aliases', `{ ${many(1_000, (i) => `a${i}:__typename`)} }`, 'at most 200 aliases; came 1000'],
    ['60 root fields', `{ ${many(60, (i) => `a${i}:__typename`)} }`, 'at most 50 fields at the root; came 60'],
    [
      '1,000 aliases below the root',
      `{ person(id: "HN:1") { ${many(1_000, (i) => `a${i}:id`)} } }`,
      'at most 200 aliases; came 1000',
    ],
    ['a depth of 5,000', `${'{a'.repeat(5_000)}${'}'.repeat(5_000)}`, 'at most 30 levels of nesting; came 31'],
    [
      'a depth of 5,000 through fragments',
      many(900, (i) => `fragment f${i} on Query{a{...f${i + 1}}}`),
      'at most 5000 tokens',
    ],
    [
      'a depth of 400 through fragments',
      `{ ...f0 } ${many(400, (i) => `fragment f${i} on A{a{...f${i + 1}}}`)} fragment f400 on A{a}`,
      'at most 30 levels',
    ],
    ['2^30 fields', fragmentBomb(30), 'at most 2000 fields after fragments are expanded'],
    ['2^300 fields', fragmentBomb(300), 'at most 2000 fields after fragments are expanded'],
    ['5,000 directives', `{ __typename ${'@skip(if:false) '.repeat(5_000)} }`, 'at most 5000 tokens'],
    ['1,000 directives', `{ __typename ${'@own '.repeat(1_000)} }`, 'at most 200 directives; came 1000'],
    [
      'pairs of fields to compare',
      `{ person(id: "HN:1") { ${'sex '.repeat(1_500)} } }`,
      'at most 10000 pairs of fields or fragments in one place',
    ],
    [
      'pairs of fields to compare, level by level',
      `{ person(id: "HN:1") { ${`sameAs { ${'id '.repeat(40)} } `.repeat(40)} } }`,
      'at most 10000 pairs',
    ],
    [
      'pairs of fragments',
      `{ person(id: "HN:1") { ${many(400, (i) => `...f${i}`)} } } ${many(400, (i) => `fragment f${i} on A{u${i}}`)}`,
      'at most 10000 pairs',
    ],
    ['100 operations', many(100, (i) => `query A${i} { __typename }`), 'at most 10 operations; came 100'],
    ['lists in one another', `{ person(id: ${'['.repeat(2_000)}`, 'at most 30 levels'],
  ])('%s', async (_, query, message) => {
    const answer = await gateway.ask({ query })
    expectRejection(answer, 400, 'LIMIT_EXCEEDED')
    expect(answer.body.errors?.[0]?.message).toContain(message)
    await expectToAnswer()
  })

  it.each([
    ['many values', { a: Array.from({ length: 50_000 }, () => 1) }, 'at most 5000 values in the variables'],
    ['long texts', { a: 'x'.repeat(200_000) }, 'at most 100000 characters in the variables; came 200001'],
    [
      'a great depth',
      JSON.parse(`{"a":${'['.repeat(1_000)}${']'.repeat(1_000)}}`),
      'at most 12 levels of nesting in the variables',
    ],
  ])('variables with %s', async (_, variables, message) => {
    const answer = await gateway.ask({ query: '{ __typename }', variables })
    expectRejection(answer, 400, 'LIMIT_EXCEEDED')
    expect(answer.body.errors?.[0]?.message).toContain(message)
    await expectToAnswer()
  })

  it('also by GET', async () => {
    const search = new URLSearchParams({
      query: '{ __typename }',
      variables: `{"a":${'['.repeat(20)}${']'.repeat(20)}}`,
    })
    const response = await fetch(`${gateway.url}/graphql?${search}`, { headers: { 'apollo-require-preflight': '1' } })
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('LIMIT_EXCEEDED')])
  })
})

describe('the operations of tools are within the limits', () => {
  it('complete introspection', async () => {
    const all = {
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
    }
    const { status, body } = await gateway.ask({ query: getIntrospectionQuery(all) })
    expect([status, body.errors]).toEqual([200, undefined])
  })

  it('the operation of the demo', async () => {
    const query = await readFile(new URL('../../demo/across-borders.graphql', import.meta.url), 'utf8')
    expect((await gateway.ask({ query, variables: { id: 'HN:P-000001' } })).status).toBe(200)
  })
})

describe('an operation that validation rejects', () => {
  it.each([
    ['fragments in a circle', '{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }'],
    ['a fragment in itself', '{ ...f } fragment f on Query { ...f }'],
    ['two fragments of one name', '{ ...f } fragment f on Query { __typename } fragment f on Query { a: __typename }'],
  ])('does not run: %s', async (_, query) => {
    expectRejection(await gateway.ask({ query }), 400, 'GRAPHQL_VALIDATION_FAILED')
    await expectToAnswer()
  })
})

describe('a body that inflates to more than it says', () => {
  const bomb = Buffer.from(JSON.stringify({ query: `{ __typename } ${' '.repeat(100 * 1024 * 1024)}` }))

  it.each([
    ['gzip', gzipSync(bomb)],
    ['deflate', deflateSync(bomb)],
  ])('is rejected: 100 MiB in %s', async (coding, body) => {
    expect(body.byteLength).toBeLessThan(256 * 1024)
    const init = { body: new Uint8Array(body), headers: { 'content-encoding': coding } }
    expectRejection(await gateway.ask('', init), 413, 'BODY_TOO_LARGE')
    await expectToAnswer()
  })

  it('may not be a list of operations', async () => {
    expectRejection(await gateway.ask([{ query: '{ __typename }' }, { query: '{ __typename }' }]), 400, 'BAD_REQUEST')
  })
})

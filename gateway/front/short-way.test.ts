/** The short way past Apollo Server against the long way: the same requests to two servers, of which one has a short way. */
import fc from 'fast-check'
import { buildSchema, type GraphQLFormattedError, graphql } from 'graphql'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IstmoError } from '../../contract/errors.ts'
import type { Language } from '../../contract/language.ts'
import { readDocument } from '../admit/read-document.ts'
import { aContext } from '../testing.ts'
import type { RequestContext } from '../types/flow.ts'
import type { ArrivedOperation, HttpAnswer } from './arrived-operation.ts'
import { createGraphQLServer, type GraphQLServer } from './graphql-server.ts'
import type { OperationRunner } from './operations.ts'

/** How many random requests are compared. */
const RUNS = 300

const JSON_TYPE = 'application/json'
const TYPED = 'application/graphql-response+json'
const SCHEMA = buildSchema(`
  type Query { hello(name: String): String fails: Int busy: Int refused: Int text: String }
  type Mutation { change(to: Int): String }
  type Subscription { news: String }`)

const rootValue = {
  hello: ({ name = 'world' }: { name?: string }) => `hello ${name}`,
  fails: () => {
    throw new TypeError('inside')
  },
  change: ({ to }: { to?: number }) => `changed to ${to}`,
}

/** Whether the operation server is being called. Only the short way asks for the document at once. */
let isCalling = false
let shortWays = 0

const runner: OperationRunner = {
  apiSchema: SCHEMA,
  async readDocument(source) {
    if (isCalling) shortWays += 1
    if (source.includes('unplanned')) throw new IstmoError('PLANNING_BUDGET_SPENT', undefined, { retryAfterSeconds: 7 })
    return readDocument(source, SCHEMA, null)
  },
  async execute({ source, operationName, variables: variableValues }, { isDryRun, language }) {
    if (source.includes('busy')) throw new IstmoError('RATE_LIMITED', undefined, { retryAfterSeconds: 3 })
    if (source.includes('refused')) return { data: null, status: 403, errors: [{ message: 'no' }] }
    if (variableValues.name === 'boom') throw new TypeError('inside')
    const { data, errors } = await graphql({ schema: SCHEMA, source, operationName, variableValues, rootValue })
    const extensions = { isDryRun, language }
    if (source.includes('text')) return { data: null, json: JSON.stringify(data), extensions }
    return { data: data ?? null, errors: errors as readonly GraphQLFormattedError[], extensions }
  },
}

let short: GraphQLServer
let long: GraphQLServer
beforeAll(async () => {
  const log = pino({ level: 'silent' })
  short = await createGraphQLServer(runner, { log, hasShortWay: true })
  long = await createGraphQLServer(runner, { log, hasShortWay: false })
})
afterAll(async () => {
  await short.stop()
  await long.stop()
})

async function askShort(arrived: ArrivedOperation, context: RequestContext): Promise<HttpAnswer> {
  isCalling = true
  const answer = short.execute(arrived, context)
  isCalling = false
  return answer
}

/** The headers of an answer are compared in their order. */
const shown = ({ status, headers, body }: HttpAnswer) => ({ status, headers: Object.entries(headers), body })

/** Asks both servers the same. Returns the answer, and whether the first one came by the short way. */
async function compare(arrived: ArrivedOperation, context = aContext()) {
  const before = shortWays
  const answer = await askShort(arrived, context)
  expect(shown(answer)).toEqual(shown(await long.execute(arrived, context)))
  return { answer, isShort: shortWays > before }
}

const HELLO = '{ hello }'
const NAMED = 'query A($name: String) { hello(name: $name) } query B { hello }'

function post(body: unknown, over: Partial<ArrivedOperation> = {}): ArrivedOperation {
  return { method: 'POST', headers: { 'content-type': JSON_TYPE, ...over.headers }, search: '', body, ...over }
}

describe('a request that came before takes the short way', () => {
  it.each<[string, ArrivedOperation]>([
    ['with a query', post({ query: HELLO })],
    ['with nulls', post({ query: HELLO, variables: null, operationName: null, extensions: null })],
    ['with an operation’s name and variables', post({ query: NAMED, operationName: 'A', variables: { name: 'x' } })],
    ['with the statement of a question', post({ query: HELLO, extensions: { istmo: { question: 'x' } } })],
    ['with a charset', post({ query: HELLO }, { headers: { 'content-type': 'application/json; charset=utf-8' } })],
    ['with an Accept', post({ query: HELLO }, { headers: { 'content-type': JSON_TYPE, accept: `${TYPED}, */*` } })],
    ['a mutation', post({ query: 'mutation { change(to: 1) }' })],
    ['with an error in a field', post({ query: '{ fails hello }' })],
    ['whose data is text already', post({ query: '{ text hello }' })],
  ])('%s', async (_, arrived) => {
    await compare(arrived)
    expect((await compare(arrived)).isShort).toBe(true)
  })

  it('with other variables, which may be wrong', async () => {
    const ask = (variables: object) => compare(post({ query: NAMED, operationName: 'A', variables }))
    await ask({ name: 'a' })
    for (const variables of [{ name: 'b' }, {}, { name: 'boom' }, { other: 1 }]) {
      expect((await ask(variables)).isShort).toBe(true)
    }
  })

  it('in another language, as a dry run', async () => {
    await compare(post({ query: HELLO }))
    const { answer, isShort } = await compare(post({ query: HELLO }), aContext({ language: 'es', isDryRun: true }))
    expect([isShort, JSON.parse(String(answer.body)).extensions]).toEqual([true, { isDryRun: true, language: 'es' }])
  })
})

describe('a request takes the long way each time', () => {
  const get = { method: 'GET', headers: { 'apollo-require-preflight': '1' }, body: undefined }
  it.each<[string, ArrivedOperation]>([
    ['by GET', { ...get, search: '?query={hello}' }],
    ['by GET without a preflight request', { ...get, headers: {}, search: '?query={hello}' }],
    ['by GET with a mutation', { ...get, search: '?query=mutation{change}' }],
    ['by PUT', post({ query: HELLO }, { method: 'PUT' })],
    ['with a query in the address', post({ query: HELLO }, { search: '?a' })],
    ['with a form', post({ query: HELLO }, { headers: { 'content-type': 'text/plain' } })],
    ['without a content type', post({ query: HELLO }, { headers: {} })],
    [
      'with a content type of a form after it',
      post({ query: HELLO }, { headers: { 'content-type': 'text/plain;application/json' } }),
    ],
    [
      'with a type that nobody has',
      post({ query: HELLO }, { headers: { 'content-type': JSON_TYPE, accept: 'text/html' } }),
    ],
    ['with a batch', post([{ query: HELLO }])],
    ['with an empty batch', post([])],
    ['with nothing', post(undefined)],
    ['with null', post(null)],
    ['with a text', post(HELLO)],
    ['without members', post({})],
    ['with an empty query', post({ query: '' })],
    ['with a parsed query', post({ query: { kind: 'Document' } })],
    ['with an unknown member', post({ query: HELLO, later: 1 })],
    ['with a document’s id', post({ query: HELLO, documentId: 'a' })],
    ['with a persisted query', post({ query: HELLO, extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } } })],
    ['with extensions that it does not know', post({ query: HELLO, extensions: { istmo: {}, other: 1 } })],
    ['with extensions that are a list', post({ query: HELLO, extensions: [] })],
    ['with extensions that are a text', post({ query: HELLO, extensions: '{}' })],
    ['with variables that are a list', post({ query: HELLO, variables: [] })],
    ['with variables that are a text', post({ query: HELLO, variables: '{}' })],
    ['with a name that is a number', post({ query: HELLO, operationName: 1 })],
    ['with an empty name', post({ query: HELLO, operationName: '' })],
    ['with a member of the prototype', post(JSON.parse('{"query":"{ hello }","__proto__":{"variables":{}}}'))],
    ['with an operation that does not exist', post({ query: NAMED, operationName: 'C' })],
    ['without a name where one is needed', post({ query: NAMED })],
    ['with a document that is not valid', post({ query: '{ nothing }' })],
    ['with a document that is not GraphQL', post({ query: '{' })],
    ['with a subscription', post({ query: 'subscription { news }' })],
    ['with a document that is not planned', post({ query: '{ unplanned }' })],
    ['with an operation that was only rejected', post({ query: '{ busy }' })],
    ['with an operation that was only refused', post({ query: '{ refused }' })],
  ])('%s', async (_, arrived) => {
    // What is usual in it is known.
    await compare(post({ query: HELLO }))
    await compare(post({ query: HELLO }))
    for (let times = 0; times < 3; times++) expect((await compare(arrived)).isShort).toBe(false)
  })

  it('with an operation of a document of which another operation is known', async () => {
    const query = 'query One { hello } query Two { hello }'
    await compare(post({ query, operationName: 'One' }))
    expect((await compare(post({ query, operationName: 'Two' }))).isShort).toBe(false)
  })

  it('with an Accept that did not come before', async () => {
    const accepting = (accept: string) => post({ query: HELLO }, { headers: { 'content-type': JSON_TYPE, accept } })
    await compare(accepting('*/*'))
    expect((await compare(accepting(`${TYPED};q=0.5, */*;q=0.1`))).isShort).toBe(false)
  })
})

it('a server of another graph knows nothing of what this one knows', async () => {
  await compare(post({ query: HELLO }))
  const known = short
  short = await createGraphQLServer(runner, { log: pino({ level: 'silent' }), hasShortWay: true })
  expect((await compare(post({ query: HELLO }))).isShort).toBe(false)
  expect((await compare(post({ query: HELLO }))).isShort).toBe(true)
  await short.stop()
  short = known
})

/** Mostly one of the usual values. */
function mostly<Value>(usual: readonly Value[], unusual: readonly Value[]): fc.Arbitrary<Value> {
  return fc.oneof({ arbitrary: fc.constantFrom(...usual), weight: 9 }, fc.constantFrom(...unusual))
}

const ANY_QUERY = mostly<unknown>(
  [HELLO, NAMED, '{ text }', '{ fails }'],
  ['{ busy }', '{ refused }', '{', '', 1, null],
)
const ANY_BODY = fc.oneof(
  {
    arbitrary: fc.record(
      {
        query: ANY_QUERY,
        variables: mostly<unknown>([{}, { name: 'x' }, { name: 'boom' }], [{ name: 1 }, null, [], 'x']),
        operationName: mostly<unknown>(['A', 'B', null], ['C', '', 1]),
      },
      { requiredKeys: ['query'] },
    ),
    weight: 8,
  },
  fc.record({
    query: ANY_QUERY,
    extensions: mostly<unknown>([null, {}, { istmo: 1 }], [{ persistedQuery: null }, [], 'x']),
  }),
  fc.record({ query: ANY_QUERY, later: fc.json() }),
  fc.jsonValue(),
)
const ANY_REQUEST = fc.record({
  method: mostly(['POST'], ['GET', 'PUT']),
  headers: fc.record(
    {
      'content-type': mostly([JSON_TYPE, 'application/json; charset=utf-8'], ['APPLICATION/JSON', 'text/plain', TYPED]),
      accept: mostly(
        ['*/*', JSON_TYPE, TYPED],
        ['text/html', '', `${TYPED};q=0.1, ${JSON_TYPE}`, ';', 'application/*'],
      ),
      'apollo-require-preflight': fc.constant('1'),
    },
    { requiredKeys: ['content-type'] },
  ),
  search: mostly([''], ['?query={hello}']),
  body: ANY_BODY,
})

it('the short way answers as the long way, whatever comes in whatever order', async () => {
  const before = shortWays
  await fc.assert(
    fc.asyncProperty(ANY_REQUEST, fc.constantFrom<Language>('en', 'es'), async (arrived, language) => {
      await compare(arrived, aContext({ language }))
      await compare(arrived, aContext({ language }))
    }),
    { numRuns: RUNS },
  )
  expect(shortWays - before).toBeGreaterThan(RUNS / 4)
})

import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { newLegSalt } from '../../subgraphs/kit/testing.ts'
import { RULES, SCOPES } from '../country-access/honduras.ts'
import { type Sent, startTestSidecar, type TestSidecar } from '../country-access/node.ts'
import { answerJson, type Came, type Service, startService } from './upstream.ts'

/**
 * A country whose service is not built on the kit runs `istmo node --upstream` in front of it (docs/design/access.md, The leg),
 * over real HTTP.
 */

let service: Service
let sidecar: TestSidecar

beforeAll(async () => {
  service = await startService()
  sidecar = await startTestSidecar(RULES, service.url)
})
beforeEach(() => {
  service.came.length = 0
  service.answer = (response) => answerJson(response, '{"data":{}}')
})
afterAll(async () => {
  await sidecar?.close()
  await service?.close()
})

const CASE = '{ case(id: "HN:1") { id category } }'
const ENTITIES = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Case { id } } }'
const representations = (count: number): object => ({
  r: Array.from({ length: count }, (_, i) => ({ __typename: 'Case', id: `HN:${i}` })),
})

/** The only request that the service received for this leg. */
async function passedOn(sent: Sent): Promise<Came> {
  const { status } = await sidecar.ask(sent)
  expect(status).toBe(200)
  expect(service.came).toHaveLength(1)
  return service.came[0] as Came
}

/** What the service is told of the caller. The salt, which is new for each request, says nothing of it. */
const told = ({ headers: { 'istmo-request-salt': salt, ...headers } }: Came): object => {
  expect(salt).toMatch(/^:[\w+/]{22}==:$/)
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('istmo-')))
}

describe('a leg that the rules allow', () => {
  it('is forwarded with its query and variables unchanged, and without its token', async () => {
    const came = await passedOn({ query: ENTITIES, variables: representations(2) })
    expect(came.path).toBe('/cases')
    expect(JSON.parse(came.body)).toEqual({ query: ENTITIES, variables: representations(2) })
    expect(came.headers.authorization).toBeUndefined()
    expect(JSON.stringify(came)).not.toMatch(/eyJ|pairwise/)
  })

  it.each<[string, string]>([
    ['spaces and escapes', '{ "data" : {"case": {"id":"HN:1", "category":"\\u0043OURT"}} }\n'],
    ['doubled members and large numbers', '{"data":{"a":1,"a":12345678901234567890.10}}'],
    ['errors of its own', '{"data":null,"errors":[{"message":"No está."}],"extensions":{"x":1}}'],
    ['only errors', '{"errors":[{"message":"no"}]}'],
  ])('is answered with the bytes of the service: %s', async (_, text) => {
    service.answer = (response) => answerJson(response, text)
    const reply = await sidecar.ask({ query: CASE })
    expect([reply.status, reply.text]).toEqual([200, text])
  })

  it('tells the service whose rows to show', async () => {
    expect(
      told(
        await passedOn({
          query: CASE,
          claims: { scope: 'case:read x:y', grounds: { purpose: 'INVESTIGATION', case: 'GT:ñ%\n1' } },
        }),
      ),
    ).toEqual({
      'istmo-task-force': 'jtf',
      'istmo-purpose': 'INVESTIGATION',
      'istmo-case': 'GT:%C3%B1%25%0A1',
      'istmo-caller-country': 'GT',
      'istmo-caller-agency': 'GT-MP',
      'istmo-caller-role': 'prosecutor',
      'istmo-scopes': 'case:read',
      'istmo-show-protected': '?0',
    })
  })

  it.each<[string, Sent['claims'], string]>([
    ['the rule that shows them is met', { scope: SCOPES, acr: '3', policies: 'protected_release' }, '?1'],
    ['the country’s policy denies it', { scope: SCOPES, acr: '2', policies: 'protected_release' }, '?0'],
    ['the token does not name the policy', { scope: SCOPES, acr: '3' }, '?0'],
    ['the scope is missing', { scope: 'case:read', acr: '3', policies: 'protected_release' }, '?0'],
  ])('says whether to show protected persons: %s', async (_, claims, shown) => {
    expect((await passedOn({ query: CASE, claims })).headers['istmo-show-protected']).toBe(shown)
  })

  it.each<[string, Sent['claims']]>([
    ['nobody', { sub: 'anonymous', caller_iss: undefined, org: undefined, mandate: undefined, grounds: undefined }],
    ['a caller whom the country does not recognise', { grounds: { purpose: 'PROSECUTION' } }],
  ])('tells the service nothing about %s, who receives the public law', async (_, claims) => {
    const came = await passedOn({ domain: 'legal', query: '{ statute(id: "HN:CP:1") { heading } }', claims })
    expect(told(came)).toEqual({ 'istmo-show-protected': '?0' })
  })

  it('carries no header that the caller forged', async () => {
    const token = await sidecar.sign(CASE)
    await fetch(`${sidecar.url}/cases`, {
      method: 'POST',
      headers: {
        ...{ 'content-type': 'application/json', authorization: `Bearer ${token}`, cookie: 'a=b', 'x-role': 'admin' },
        ...newLegSalt(),
        ...{ 'istmo-task-force': 'other', 'istmo-show-protected': '?1', 'istmo-scopes': 'person:protected' },
      },
      body: JSON.stringify({ query: CASE }),
    })
    const [came] = service.came
    expect(came?.headers).toMatchObject({
      'istmo-task-force': 'jtf',
      'istmo-show-protected': '?0',
      'istmo-scopes': 'case:read person:read',
    })
    expect(Object.keys(came?.headers ?? {})).not.toEqual(expect.arrayContaining(['cookie']))
    expect(came?.headers['x-role']).toBeUndefined()
  })

  it('is written again, so that the service receives only the member on which the rules decided, if one occurs twice', async () => {
    const token = await sidecar.sign(CASE)
    await fetch(`${sidecar.url}/cases`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...newLegSalt() },
      body: `{"query":"{ case(id: \\"HN:1\\") { court } }","query":${JSON.stringify(CASE)}}`,
    })
    expect(service.came.map(({ body }) => body)).toEqual([JSON.stringify({ query: CASE })])
  })
})

describe('a leg that the node rejects never reaches the service', () => {
  it.each<[string, Sent, number]>([
    ['without a token', { query: CASE, token: null }, 401],
    ['with a token of something else', { query: CASE, token: 'a.b.c' }, 401],
    ['for another country', { query: CASE, claims: { aud: 'GT' } }, 403],
    ['without the scope', { query: '{ case(id: "HN:1") { id prosecutor } }' }, 403],
    [
      'for a policy that is not granted',
      { query: '{ case(id: "HN:1") { narrative } }', claims: { scope: 'case:read case:narrative' } },
      403,
    ],
    [
      'by a filter in a variable',
      {
        query: 'query ($f: CaseFilter) { cases(filter: $f) { edges { cursor } } }',
        variables: { f: { participant: 'HN:P1' } },
        claims: { scope: 'case:read' },
      },
      403,
    ],
    [
      'for a field that the country’s own SDL leaves out',
      { domain: 'persons', query: '{ person(id: "HN:P1") { birthPlace } }', claims: { scope: SCOPES } },
      403,
    ],
    [
      'for a field that its own SDL guards more',
      { domain: 'persons', query: '{ person(id: "HN:P1") { birthDate } }', claims: { scope: SCOPES } },
      403,
    ],
    ['for its SDL', { query: '{ _service { sdl } }' }, 403],
    ['for introspection', { query: '{ __schema { types { name } } }' }, 200],
    ['with a field that does not exist', { query: '{ case(id: "HN:1") { courts } }' }, 200],
    ['that is not GraphQL', { query: '{' }, 200],
    [
      'with a variable that does not fit',
      { query: 'query ($f: Date) { cases(filter: { filedFrom: $f }) { edges { cursor } } }', variables: { f: 'soon' } },
      200,
    ],
    ['for too many records', { query: ENTITIES, variables: representations(1_001) }, 400],
  ])('%s', async (_, sent, status) => {
    const reply = await sidecar.ask(sent)
    expect([reply.status, reply.body.data, reply.body.errors === undefined]).toEqual([status, undefined, false])
    expect(reply.text).not.toMatch(/Did you mean/)
    expect(service.came).toEqual([])
  })
})

describe('a service that fails', () => {
  const SECRET = 'Ana María López at 10.1.2.3'
  const long = Buffer.alloc(9 * 1_048_576, 32)

  async function expectMasked(node: TestSidecar, status: number, code: string): Promise<void> {
    const reply = await node.ask({ query: CASE })
    expect([reply.status, reply.body.errors?.[0]?.extensions.code]).toEqual([status, code])
    expect(reply.text + JSON.stringify(reply.log)).not.toMatch(/Ana|10\.1\.2\.3/)
  }

  async function expectAnswer(node: TestSidecar): Promise<void> {
    service.answer = (response) => answerJson(response, '{"data":{}}')
    expect((await node.ask({ query: CASE })).text).toBe('{"data":{}}')
  }

  it.each<[string, Service['answer'], number, string]>([
    ['with a stack trace', (response) => answerJson(response, SECRET, 500), 502, 'BAD_ANSWER'],
    [
      'by redirecting',
      (response) => response.writeHead(302, { location: `${service.url}/elsewhere` }).end(),
      502,
      'BAD_ANSWER',
    ],
    [
      'with a page',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(SECRET),
      502,
      'BAD_ANSWER',
    ],
    ['with a body that is not JSON', (response) => answerJson(response, SECRET), 502, 'BAD_ANSWER'],
    ['with JSON that is not an answer', (response) => answerJson(response, `["${SECRET}"]`), 502, 'BAD_ANSWER'],
    ['with data that are not an object', (response) => answerJson(response, `{"data":"${SECRET}"}`), 502, 'BAD_ANSWER'],
    [
      'with a body that is not UTF-8',
      (response) => answerJson(response, Buffer.from('{"data":{"a":"\xf1"}}', 'latin1')),
      502,
      'BAD_ANSWER',
    ],
    ['with more than the node accepts', (response) => answerJson(response, long), 502, 'BAD_ANSWER'],
    [
      'in a coding that the node did not request',
      (response) =>
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(SECRET),
      502,
      'BAD_ANSWER',
    ],
    [
      'in the middle',
      (response) =>
        response
          .writeHead(200, { 'content-type': 'application/json', 'content-length': '50' })
          .write('{"data":', () => response.destroy()),
      502,
      'CONNECTION',
    ],
  ])('%s is masked, and the next leg is answered', async (_, answer, status, code) => {
    service.answer = answer
    await expectMasked(sidecar, status, code)
    expect(service.came).toHaveLength(1)
    await expectAnswer(sidecar)
  })

  // The service closes a connection after it rested for a while, perhaps just when the next leg is sent on it. A leg only reads, so it may be sent
  // again (RFC 9110, section 9.2.2). A new connection was not closed for resting.
  it.each<[string, string, boolean, number]>([
    ['a new connection', 'not asked again', false, 1],
    ['a connection that was kept alive', 'asked once more', true, 2],
  ])('by hanging up on %s is %s, is masked, and the next leg is answered', async (_, _asked, isKept, requests) => {
    const own = await startTestSidecar(RULES, service.url)
    try {
      if (isKept) await expectAnswer(own)
      service.came.length = 0
      service.answer = (response) => response.destroy()
      await expectMasked(own, 502, 'CONNECTION')
      expect(service.came).toHaveLength(requests)
      await expectAnswer(own)
    } finally {
      await own.close()
    }
  })

  it('shows in the readiness', async () => {
    const ready = async (): Promise<number> => (await fetch(`${sidecar.url}/health/ready`)).status
    expect(await ready()).toBe(200)
    service.answer = (response) => answerJson(response, '{}', 500)
    expect(await ready()).toBe(503)
  })
})

describe('in front of a service on Apollo Server', () => {
  it('answers with the service’s answer and the rows that the service filters', async () => {
    interface Context {
      readonly taskForce: string | string[] | undefined
    }
    const server = new ApolloServer<Context>({
      schema: buildSubgraphSchema([
        {
          typeDefs: parse(domainSdl('cases')),
          resolvers: {
            Query: {
              case: (_: unknown, { id }: { id: string }, { taskForce }: Context) =>
                taskForce === 'jtf' ? { id, category: 'COURT' } : null,
            },
          },
        },
      ]),
    })
    const { url } = await startStandaloneServer(server, {
      listen: { port: 0, host: '127.0.0.1' },
      context: async ({ req }) => ({ taskForce: req.headers['istmo-task-force'] }),
    })
    const inFront = await startTestSidecar(RULES, url.replace(/\/$/, ''))
    try {
      expect((await inFront.ask({ query: CASE })).body).toEqual({ data: { case: { id: 'HN:1', category: 'COURT' } } })
      expect((await inFront.ask({ query: CASE, claims: { mandate: undefined } })).status).toBe(403)
    } finally {
      await inFront.close()
      await server.stop()
    }
  })
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSchema, graphql } from 'graphql'
import { createLocalJWKSet, exportJWK, generateKeyPair, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LEG_TOKEN_TYPE, operationHash } from '../contract/leg-token.ts'
import { type Gateway, startGateway } from './main.ts'
import { readGatewayConfig } from './process/config.ts'

const PROJECT = join(import.meta.dirname, '..')
const ISSUER = 'https://id.gt.example'
const QUERY = '{ cases(first: 1) { edges { node { id } } outcomes { country reach code } } }'

let folder: string
let node: Server
let gateway: Gateway
let token: string
const legs: { readonly authorization: string | undefined; readonly query: string }[] = []

const nodeSchema = buildSchema(`
  scalar CountryCode
  type Query { cases(first: Int, after: String, countries: [CountryCode!]): CaseConnection! }
  type CaseConnection { edges: [CaseEdge!]! pageInfo: PageInfo! }
  type CaseEdge { cursor: String! node: Case! }
  type Case { id: ID! }
  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! }
`)

/** A small national node: it has no cases, and stores the requests that it gets. */
function createNode(): Server {
  const rootValue = { cases: { edges: [], pageInfo: { hasNextPage: false, hasPreviousPage: false } } }
  return createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { query: source, variables: variableValues } = JSON.parse(body)
    legs.push({ authorization: request.headers.authorization, query: source })
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(await graphql({ schema: nodeSchema, source, variableValues, rootValue })))
  })
}

async function writeFiles(nodeUrl: string): Promise<void> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
  const key = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'EdDSA' }
  await writeFile(join(folder, 'jwks.json'), JSON.stringify({ keys: [key] }))
  const honduras = `country: HN\nname: { es: Honduras, en: Honduras }\ndomains: { cases: { url: "${nodeUrl}" }, persons: { url: "${nodeUrl}" }, legal: { url: "${nodeUrl}" } }\n`
  const taskForces =
    'taskForces: [{ id: jtf-1, notAfter: 2099-12-31, members: [{ issuer: GT, agencies: [GT-MP], purposes: [INVESTIGATION], scopes: ["case:read"] }] }]\n'
  await writeFile(join(folder, 'HN.yaml'), honduras + taskForces)
  const task = { task_force: 'jtf-1', purposes: ['INVESTIGATION'], countries: ['HN'], not_after: '2099-12-31' }
  const mandate = { type: 'istmo_mandate', case: 'GT:secret-1', legal_basis: ['UN:XVIII-12#27'], ...task }
  const grounds = { org: { country: 'GT', agency: 'GT-MP' }, authorization_details: [mandate] }
  token = await new SignJWT({ sub: 'pairwise-1', jti: 'token-1', scope: 'case:read', ...grounds })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'one' })
    .setIssuer(ISSUER)
    .setAudience('istmo')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-gateway-'))
  node = createNode()
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
  await writeFiles(`http://127.0.0.1:${(node.address() as AddressInfo).port}/cases`)
  const flags = {
    supergraph: join(PROJECT, 'supergraph.graphql'),
    port: '0',
    operatorListen: '127.0.0.1:0',
    countries: folder,
    audience: 'istmo',
  }
  const config = readGatewayConfig({ ...flags, jwks: join(folder, 'jwks.json'), issuer: ISSUER }, {})
  gateway = await startGateway(config, pino({ level: 'silent' }))
})

afterAll(async () => {
  await gateway.close()
  node.closeAllConnections()
  node.close()
  await rm(folder, { recursive: true })
})

interface Answer {
  readonly data: { readonly cases: unknown }
  readonly errors?: unknown
}

async function ask(authorization?: string) {
  const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) }
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query: QUERY }),
  })
  return { status: response.status, body: (await response.json()) as Answer }
}

describe('a gateway', () => {
  it('asks the country with a leg token for only that country and text, and reports the outcome', async () => {
    const { status, body } = await ask(`Bearer ${token}`)
    expect(status).toBe(200)
    expect(body.data.cases).toEqual({ edges: [], outcomes: [{ country: 'HN', reach: 'ANSWERED', code: null }] })
    const [leg] = legs
    const keys = (await (await fetch(`${gateway.url}/.well-known/jwks.json`)).json()) as JSONWebKeySet
    const legToken = leg?.authorization?.replace('Bearer ', '') ?? ''
    const expected = { audience: 'HN', issuer: 'istmo', typ: LEG_TOKEN_TYPE }
    const { payload } = await jwtVerify(legToken, createLocalJWKSet(keys), expected)
    expect(payload).toMatchObject({
      sub: 'pairwise-1',
      grounds: { purpose: 'INVESTIGATION' },
      op: operationHash(leg?.query ?? ''),
    })
    // Honduras has no policy that reads the case or the legal basis, so it learns neither.
    expect(payload.mandate).toMatchObject({ countries: ['HN'], task_force: 'jtf-1' })
    expect(payload.withheld).toEqual(['case', 'legalBasis'])
    expect(JSON.stringify(payload)).not.toMatch(/secret-1|XVIII/)
    expect(legToken).not.toBe(token)
  })

  it('asks no country for a request without a token', async () => {
    const before = legs.length
    expect(await ask()).toMatchObject({ status: 401, body: { errors: [{ extensions: { code: 'TOKEN_MISSING' } }] } })
    expect(legs).toHaveLength(before)
  })

  it('shows the last outcome of the country to the operator, and no address', async () => {
    await ask(`Bearer ${token}`)
    const text = await (await fetch(`${gateway.operatorUrl}/status`)).text()
    expect(JSON.parse(text).participants[0].domains.cases).toMatchObject({ reach: 'ANSWERED', code: null })
    expect(text).not.toContain('127.0.0.1')
  })

  it('tells nobody else when a country was asked: the public status is the same before and after a question', async () => {
    const read = async () => (await fetch(`${gateway.url}/status`)).text()
    const before = await read()
    await ask(`Bearer ${token}`)
    expect(await read()).toBe(before)
    expect(JSON.parse(before).participants).toEqual([
      { country: 'HN', name: { es: 'Honduras', en: 'Honduras' }, domains: ['cases', 'persons', 'legal'] },
    ])
    expect(before).not.toMatch(/reach|breaker|127\.0\.0\.1|"at"/)
    expect((await fetch(`${gateway.url}/metrics`)).status).toBe(404)
  })
})

describe('a gateway does not start', () => {
  it.each([
    [
      'with a supergraph that does not exist',
      { supergraph: 'nowhere.graphql' },
      /nowhere\.graphql: expected a readable composed/,
    ],
    ['with a file that is not a supergraph', { supergraph: 'package.json' }, /package\.json: expected a supergraph/],
    ['with a folder that does not exist', { countries: 'nowhere' }, /nowhere: expected a readable folder/],
  ])('%s, and names the file', async (_, over, message) => {
    const files = { supergraph: 'supergraph.graphql', countries: 'countries', ...over }
    const supergraph = join(PROJECT, files.supergraph)
    const countries = join(PROJECT, files.countries)
    const config = readGatewayConfig({ supergraph, countries, port: '0', anonymous: true }, {})
    await expect(startGateway(config, pino({ level: 'silent' }))).rejects.toThrow(message)
  })
})

describe('the metrics', () => {
  const metrics = async () => (await fetch(`${gateway.operatorUrl}/metrics`)).text()

  it('count requests by their result, and legs by country and outcome, and name nobody', async () => {
    await ask()
    await ask(`Bearer ${token}`)
    const text = await metrics()
    expect(text).toMatch(/^istmo_requests_total\{route="\/graphql",status="401",code="TOKEN_MISSING"\} [1-9]/m)
    expect(text).toMatch(/^istmo_requests_total\{route="\/graphql",status="200",code="NONE"\} [1-9]/m)
    expect(text).toMatch(/^istmo_legs_total\{country="HN",domain="cases",reach="ANSWERED",code="NONE"\} [1-9]/m)
    expect(text).toMatch(/^istmo_leg_duration_seconds_count\{country="HN",domain="cases"\} [1-9]/m)
    expect(text).not.toMatch(/pairwise-1|127\.0\.0\.1/)
  })

  it('show the breaker of each country and domain, and how many plans are cached', async () => {
    await ask(`Bearer ${token}`)
    const text = await metrics()
    for (const domain of ['cases', 'persons', 'legal']) {
      expect(text).toContain(`istmo_breaker_state{country="HN",domain="${domain}"} 0\n`)
    }
    expect(text).toMatch(/^istmo_plans_cached [1-9]/m)
  })

  it('have no label that a request can choose', async () => {
    await fetch(`${gateway.url}/made-up`, { method: 'PROPFIND' })
    expect(await metrics()).toMatch(/^istmo_requests_total\{route="unknown",status="404",code="NOT_FOUND"\} \d+$/m)
    expect(await metrics()).not.toMatch(/made-up|PROPFIND/)
  })
})

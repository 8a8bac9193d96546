import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'graphql'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { LEG_TOKEN_TYPE, operationHash } from '../../contract/leg-token.ts'
import { ConfigError } from '../../service/config-error.ts'
import { parseNodeConfig } from '../node-command.ts'
import { type RunningNode, startNode } from './server.ts'
import { newLegSalt, openEmptyDatabase, type TestDatabase } from './testing.ts'
import type { Database, DomainModule } from './types.ts'

const SECRET = 'Ana María López'

// A module made for this test: it tests the server, whatever the domain.
const module: DomainModule = {
  domain: 'cases',
  typeDefs: parse(domainSdl('cases')),
  resolvers: {
    Query: {
      case: (_root: never, { id }: { readonly id: string }) => {
        if (id === 'HN:broken')
          throw Object.assign(new Error('relation "person" at 10.1.2.3 does not exist'), {
            params: [SECRET],
            detail: SECRET,
          })
        return { id, category: 'COURT', filedOn: id === 'HN:baddate' ? 'yesterday' : null }
      },
    },
    Case: { __resolveReference: ({ id }: never) => ({ id }) },
  },
  migrations: new URL('../cases/migrations/', import.meta.url),
}

const RULES = `
country: HN
name: { es: Honduras, en: Honduras }
domains: { cases: { url: "http://127.0.0.1:1/" } }
taskForces: [{ id: jtf, notAfter: "2099-12-31", members: [{ issuer: GT, agencies: [MP], purposes: [INVESTIGATION], scopes: ["case:read"] }] }]
`
/** A caller whom those rules recognise. */
const CALLER = {
  caller_iss: 'https://id.gt.example',
  org: { country: 'GT', agency: 'MP' },
  mandate: {
    type: 'istmo_mandate',
    task_force: 'jtf',
    purposes: ['INVESTIGATION'],
    countries: ['HN'],
    not_after: '2099-12-31',
  },
  grounds: { purpose: 'INVESTIGATION' },
}

let folder: string
let database: TestDatabase
let node: RunningNode
let sign: (query: string, claims?: Readonly<Record<string, unknown>>) => Promise<string>
const logged: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-node-'))
  const { privateKey, publicKey } = await generateKeyPair('EdDSA')
  const jwks = join(folder, 'jwks.json')
  await writeFile(jwks, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'EdDSA' }] }))
  sign = (query, claims) => {
    const iat = Math.floor(Date.now() / 1000)
    const all = {
      iss: 'istmo',
      aud: 'HN',
      sub: 's',
      iat,
      exp: iat + 60,
      jti: 'j',
      act: { sub: 'istmo' },
      scope: 'case:read',
    }
    return new SignJWT({ ...all, ...CALLER, op: operationHash(query), ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'k1', typ: LEG_TOKEN_TYPE })
      .sign(privateKey)
  }
  database = await openEmptyDatabase()
  await writeFile(join(folder, 'HN.yaml'), RULES)
  const flags = ['--development', '--country', 'HN', '--domains', 'cases', '--port', '0', '--gateway-jwks', jwks]
  flags.push('--rules', join(folder, 'HN.yaml'))
  node = await startNode(parseNodeConfig(flags, {}), {
    modules: [module],
    db: database.db,
    log: pino({ level: 'trace' }, { write: (line: string) => logged.push(line) }),
  })
})
afterAll(async () => {
  await node.close()
  await database.close()
  await rm(folder, { recursive: true })
})

interface Answer {
  readonly data: { readonly [field: string]: Readonly<Record<string, unknown>> }
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
}

interface Sent {
  readonly query: string
  readonly variables?: unknown
  readonly token?: string
  readonly accept?: string
  readonly salt?: Readonly<Record<string, string>>
}

function codeOf(body: unknown): string | undefined {
  return (body as Answer).errors?.[0]?.extensions.code
}

async function ask({ query, variables, token, accept, salt = newLegSalt() }: Sent) {
  const response = await fetch(`${node.url}/cases`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${token ?? (await sign(query))}`,
      ...salt,
      ...(accept !== undefined && { Accept: accept }),
    },
    body: JSON.stringify({ query, variables }),
  })
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: (await response.json()) as Answer,
  }
}

describe('a node', () => {
  it('rejects a leg whose salt is missing, not valid, or the salt of an earlier leg', async () => {
    const query = '{ __typename }'
    const salt = newLegSalt()
    expect((await ask({ query, salt })).status).toBe(200)
    const notValid = { 'Istmo-Leg-Salt': ':AAAA:' }
    for (const [sent, code] of [
      [{}, 'LEG_SALT_MISSING'],
      [notValid, 'LEG_SALT_NOT_VALID'],
      [salt, 'LEG_SALT_REPEATED'],
    ] as const) {
      const { status, body } = await ask({ query, salt: sent })
      expect([status, codeOf(body)]).toEqual([400, code])
    }
  })

  it('sends the salt of a request back with each answer, also with one that it refuses, and nothing that is no salt', async () => {
    const echoOf = async (path: string, headers: Readonly<Record<string, string>>) => {
      const { headers: came } = await fetch(`${node.url}${path}`, { method: 'POST', headers, body: '{}' })
      return [came.get('istmo-leg-salt'), came.get('istmo-request-salt')]
    }
    const salt = newLegSalt()
    const value = Object.values(salt)[0] ?? ''
    expect(await echoOf('/cases', salt)).toEqual([value, null])
    expect(await echoOf('/nothing', { ...salt, 'Istmo-Request-Salt': value })).toEqual([value, value])
    expect(await echoOf('/cases', { 'Istmo-Leg-Salt': 'no salt' })).toEqual([null, null])
    expect(await echoOf('/cases', {})).toEqual([null, null])
  })

  it('answers a leg with its token', async () => {
    const query = 'query($id: ID!) { case(id: $id) { id country category } }'
    const { status, body } = await ask({ query, variables: { id: 'HN:1' } })
    expect([status, body]).toEqual([200, { data: { case: { id: 'HN:1', country: null, category: 'COURT' } } }])
  })

  it('shows its SDL to nobody', async () => {
    const { status, body } = await ask({ query: '{ _service { sdl } }' })
    expect([status, codeOf(body)]).toEqual([403, 'REFUSED_BY_NODE'])
  })

  it('reports without a token that it is live and ready', async () => {
    for (const path of ['/health/live', '/health/ready']) expect((await fetch(node.url + path)).status).toBe(200)
  })

  it('masks an error from inside, keeps the path, and logs the complete error', async () => {
    const { body } = await ask({ query: '{ ok: case(id: "HN:1") { id } bad: case(id: "HN:broken") { id } }' })
    expect(body).toEqual({
      data: { ok: { id: 'HN:1' }, bad: null },
      errors: [{ message: 'An internal error occurred.', path: ['bad'], extensions: { code: 'INTERNAL' } }],
    })
    expect(logged.join('')).toContain('does not exist')
  })

  it('leaves out a row with a value that does not fit its scalar, says so, and tells the country’s log', async () => {
    logged.length = 0
    const { body } = await ask({ query: '{ case(id: "HN:baddate") { id filedOn } }' })
    expect(body).toEqual({
      data: { case: null },
      extensions: { istmo: { notes: [{ code: 'ROWS_DROPPED', count: 1 }] } },
    })
    const line = logged.find((text) => text.includes('its row was left out')) ?? '{}'
    expect(JSON.parse(line)).toMatchObject({ record: 'HN:baddate', field: 'Case.filedOn', reason: expect.any(String) })
    expect(line).not.toContain('yesterday')
  })

  it('logs no token, no text, no variable of a request and no parameter of a statement', async () => {
    const query = 'query($id: ID!) { mark: case(id: $id) { id } }'
    const token = await sign(query)
    await ask({ query, variables: { id: 'HN:Mark-7' }, token })
    await ask({ query, variables: { id: SECRET }, token })
    await ask({ query: '{ case(id: "HN:broken") { id } }' })
    expect(logged.join('')).toContain('does not exist')
    for (const text of [token, 'HN:Mark-7', 'mark: case', SECRET]) expect(logged.join('')).not.toContain(text)
  })

  it.each([
    ['another country', { aud: 'GT' }, 403, 'REFUSED_BY_NODE'],
    ['another operation', { op: operationHash('{ other }') }, 403, 'REFUSED_BY_NODE'],
    ['another gateway', { iss: 'other' }, 401, 'TOKEN_INVALID'],
    ['an hour', { exp: Math.floor(Date.now() / 1000) + 3600 }, 401, 'TOKEN_INVALID'],
  ])('rejects a token of %s', async (_name, claims, status, code) => {
    const query = '{ case(id: "HN:1") { id } }'
    const answer = await ask({ query, token: await sign(query, claims) })
    expect([answer.status, codeOf(answer.body)]).toEqual([status, code])
  })

  it.each([
    ['a document that does not parse', '{ case(', 'GRAPHQL_PARSE_FAILED'],
    ['a field that does not exist', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['introspection', '{ __schema { types { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a document too deep', `{a${'{a'.repeat(10_000)}${'}'.repeat(10_001)}`, 'LIMIT_EXCEEDED'],
    [
      'a variable of another kind',
      'query($c: [CountryCode!]) { cases(countries: $c) { edges { cursor } } }',
      'UNKNOWN_COUNTRY',
    ],
    [
      'two operations without a name',
      'query A { _service { sdl } } query B { _service { sdl } }',
      'OPERATION_RESOLUTION_FAILURE',
    ],
  ])(
    'does not execute %s: the status is 400 in GraphQL’s own media type, 200 in plain JSON',
    async (_name, query, code) => {
      const [own, plain] = await Promise.all([
        ask({ query, variables: { c: ['xx'] }, accept: 'application/graphql-response+json' }),
        ask({ query, variables: { c: ['xx'] } }),
      ])
      expect([own.status, own.type?.split(';')[0]]).toEqual([400, 'application/graphql-response+json'])
      expect([plain.status, plain.type?.split(';')[0]]).toEqual([200, 'application/json'])
      expect(own.body).toEqual(plain.body)
      expect(own.body).not.toHaveProperty('data')
      expect(codeOf(own.body)).toBe(code)
    },
  )

  it.each([
    ['a mutation', 'mutation { a }'],
    ['a mutation of entities', 'mutation { _entities(representations: []) { __typename } }'],
    ['a subscription', 'subscription { a }'],
    ['a query beside a mutation', 'query Q { _service { sdl } } mutation M { a }'],
  ])('refuses %s as the gateway’s fault, and logs no fault of its own', async (_what, query) => {
    logged.length = 0
    const { status, body } = await ask({ query, accept: 'application/graphql-response+json' })
    expect([status, codeOf(body)]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED'])
    expect(logged.join('')).not.toContain('stack')
  })

  it('accepts 1,000 representations and rejects 1,001, in all fields of a leg together', async () => {
    const query =
      'query($a: [_Any!]!, $b: [_Any!]!) { _entities(representations: $a) { __typename } b: _entities(representations: $b) { __typename } }'
    const some = (count: number) => Array.from({ length: count }, (_, i) => ({ __typename: 'Case', id: `HN:${i}` }))
    const taken = await ask({ query, variables: { a: some(600), b: some(400) } })
    expect(taken.body.data.b).toHaveLength(400)
    expect(taken.body.errors).toBeUndefined()
    const refused = await ask({ query, variables: { a: some(600), b: some(401) } })
    expect(codeOf(refused.body)).toBe('LIMIT_EXCEEDED')
  })

  const json = { 'Content-Type': 'application/json' }
  it.each([
    ['another path', '/persons', { method: 'POST', headers: json, body: '{}' }, 404, 'NOT_FOUND'],
    ['GET', '/cases?query={__typename}', { method: 'GET' }, 405, 'METHOD_NOT_ALLOWED'],
    ['no token', '/cases', { method: 'POST', headers: json, body: '{"query":"{ __typename }"}' }, 401, 'TOKEN_MISSING'],
    [
      'a form',
      '/cases',
      { method: 'POST', headers: { Authorization: 'Bearer a.b.c' }, body: 'query={x}' },
      400,
      'BAD_REQUEST',
    ],
    [
      'a body that is not JSON',
      '/cases',
      { method: 'POST', headers: { ...json, Authorization: 'Bearer a.b.c' }, body: '{' },
      400,
      'BAD_REQUEST',
    ],
    [
      'no query',
      '/cases',
      { method: 'POST', headers: { ...json, Authorization: 'Bearer a.b.c' }, body: '[]' },
      400,
      'BAD_REQUEST',
    ],
  ])('rejects %s with a code, in JSON', async (_name, path, init, status, code) => {
    const response = await fetch(node.url + path, init)
    expect([response.status, codeOf(await response.json())]).toEqual([status, code])
  })

  it('reads a body only up to its limit', async () => {
    const { status, body } = await post('x'.repeat(2_000_000))
    expect([status, codeOf(JSON.parse(body))]).toEqual([400, 'LIMIT_EXCEEDED'])
  })
})

// Chunked, so that the head does not tell the length.
function post(body: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', Authorization: 'Bearer a.b.c' }
    const request = httpRequest(`${node.url}/cases`, { method: 'POST', headers }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += String(chunk)
      })
      response.on('end', () => resolve({ status: response.statusCode, body: text }))
    })
    request.on('error', reject)
    request.write(body)
    request.end()
  })
}

describe('the start of a node', () => {
  it("rejects another country's database and a key set that does not exist", async () => {
    const flags = [
      '--domains',
      'cases',
      '--port',
      '0',
      '--gateway-jwks',
      join(folder, 'none.json'),
      '--log-level',
      'silent',
    ]
    const start = (country: string) =>
      startNode(parseNodeConfig(['--country', country, ...flags], {}), { modules: [module], db: database.db })
    await expect(start('GT')).rejects.toThrow('Expected a database of GT; this one holds the records of HN')
    // A wrong setting, with the exit code 2: systemd does not try again.
    await expect(start('HN')).rejects.toThrow(ConfigError)
    await expect(start('HN')).rejects.toThrow(
      /none\.json: expected a JSON Web Key Set: .*\. Correct --gateway-jwks \(LEG_JWKS_FILE\)\.$/,
    )
  })
})

describe('a node that should get no legs now', () => {
  it('says so while its clock differs from its database’s, and while it drains, and answers on', async () => {
    let aheadS = 300
    const db: Database = {
      ...database.db,
      async query<Row>(sql: string, params?: readonly unknown[]) {
        const rows = await database.db.query<Row>(sql, params)
        return rows.map((row) => ('now_s' in (row as object) ? { now_s: Date.now() / 1_000 - aheadS } : row) as Row)
      },
    }
    const flags = ['--development', '--country', 'HN', '--domains', 'cases', '--port', '0', '--log-level', 'silent']
    const config = parseNodeConfig([...flags, '--gateway-jwks', join(folder, 'jwks.json')], {})
    const other = await startNode(config, { modules: [module], db })
    const ready = async () => {
      const response = await fetch(`${other.url}/health/ready`)
      return [response.status, await response.text(), response.headers.get('connection')]
    }
    expect(await ready()).toEqual([503, expect.stringMatching(/it is 300 s ahead\. Let NTP set/), 'keep-alive'])
    aheadS = 0
    expect(await ready()).toEqual([200, '{"status":"ready"}', 'keep-alive'])
    other.drain()
    expect(await ready()).toEqual([503, '{"status":"the node is stopping"}', 'close'])
    expect((await fetch(`${other.url}/cases`, { method: 'POST', body: '{}' })).status, 'a leg without a token').toBe(
      401,
    )
    await other.close()
  })
})

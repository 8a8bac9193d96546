import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApolloServerPlugin, GraphQLRequestContextDidResolveOperation } from '@apollo/server'
import { Kind, visit } from 'graphql'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSessionKey } from '../../clients/session-key.ts'
import { signQuestion } from '../../clients/sign-question.ts'
import { istmo } from '../../embedding/embed.ts'
import { type Gateway, startGateway } from '../../gateway/main.ts'
import { readGatewayConfig } from '../../gateway/process/config.ts'
import { createProvider, proveWith, signAs } from '../tokens/identity-provider.ts'
import {
  type Body,
  CASES,
  createPlace,
  type Host,
  type HostContext,
  type Place,
  PUBLIC_URL,
  startHost,
} from './world.ts'

const ID = 'istmo-request-id'
const NO_CASES = {
  edges: [],
  outcomes: [
    { country: 'GT', reach: 'NOT_PUBLISHED', code: null },
    { country: 'HN', reach: 'ANSWERED', code: null },
  ],
}

let place: Place
let host: Host
let token: string
/** What the host's plugin saw of requests, and what it does to the next ones. */
const hooks: string[] = []
let meddle: (context: GraphQLRequestContextDidResolveOperation<HostContext>) => void = () => {}

const plugin: ApolloServerPlugin<HostContext> = {
  async serverWillStart() {
    return {
      schemaDidLoadOrUpdate: ({ coreSupergraphSdl = '' }) => void hooks.push(`schema ${coreSupergraphSdl.length}`),
    }
  },
  async requestDidStart() {
    hooks.push('requestDidStart')
    return {
      async didResolveOperation(context) {
        hooks.push('didResolveOperation')
        meddle(context)
      },
      async didEncounterErrors({ errors }) {
        hooks.push(`errors ${errors.map(({ extensions }) => extensions.code)}`)
      },
      async willSendResponse() {
        hooks.push('willSendResponse')
      },
    }
  },
}

beforeAll(async () => {
  place = await createPlace()
  token = await place.token()
  host = await startHost({ ...place.settings, connectionOf: ({ connection }) => connection }, [plugin])
})
afterAll(async () => {
  await host.stop()
  await place.close()
})

const bearer = (value = token) => ({ authorization: `Bearer ${value}` })
const codesOf = ({ errors = [] }: Body) => errors.map(({ extensions }) => extensions.code)

/** Runs `work` while the host's plugin does this to each operation. */
async function meddling<Result>(how: typeof meddle, work: () => Promise<Result>): Promise<Result> {
  meddle = how
  try {
    return await work()
  } finally {
    meddle = () => {}
  }
}

/** Whether a text is in a file of the audit log now. */
function isOnDisk(text: string): boolean {
  const files = readdirSync(join(place.folder, 'audit-log'), { recursive: true, withFileTypes: true })
  return files.some((file) => file.isFile() && readFileSync(join(file.parentPath, file.name)).includes(text))
}

describe('a host with an embedded gateway', () => {
  it('answers an officer, has the entry on the disk before, and names the request', async () => {
    const { status, headers, body } = await host.ask({ query: CASES }, bearer())
    expect(status).toBe(200)
    expect(body.data).toEqual({ cases: NO_CASES })
    expect(isOnDisk(headers.get(ID) ?? 'none')).toBe(true)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-language')).toBe('en')
  })

  it('proves to a caller who asks for it that the entry is in the log', async () => {
    const { headers } = await host.ask({ query: CASES }, { ...bearer(), 'istmo-log-proof': '?1' })
    expect(headers.get('istmo-log-proof')).toMatch(/\S{100}/)
  })

  it('gives a caller who asks for it what the countries sent', async () => {
    const { body } = await host.ask({ query: CASES }, { ...bearer(), 'istmo-evidence': 'legs' })
    expect(body.extensions).toMatchObject({ istmo: { evidence: { legs: [{ country: 'HN', domain: 'cases' }] } } })
  })

  it('runs the hooks of its plugins around the operation', async () => {
    hooks.length = 0
    await host.ask({ query: CASES }, bearer())
    await host.ask({ query: CASES })
    expect(hooks).toEqual([
      ...['requestDidStart', 'didResolveOperation', 'willSendResponse'],
      ...['requestDidStart', 'didResolveOperation', 'errors TOKEN_MISSING', 'willSendResponse'],
    ])
  })

  it('shows a caller only the part of the schema that the caller may read', async () => {
    const query = '{ __type(name: "Case") { fields { name } } }'
    const seen = await host.ask({ query }, bearer())
    const names = (seen.body.data as { __type: { fields: { name: string }[] } }).__type.fields.map(({ name }) => name)
    expect(names).toContain('court')
    expect(names).not.toContain('narrative')
  })
})

describe('a request is refused without a leg', () => {
  const legsNow = () => place.node.legs.length

  it.each<[string, () => Promise<Record<string, string>>, number, string]>([
    ['has no token', async () => ({}), 401, 'TOKEN_MISSING'],
    [
      'has a token that ended',
      async () => bearer(await place.token({ exp: 1_700_000_000, iat: 1_699_999_900 })),
      401,
      'TOKEN_EXPIRED',
    ],
    [
      'has a token of somebody who only says that he is Guatemala',
      async () => bearer(await forge()),
      401,
      'TOKEN_INVALID',
    ],
    [
      'has a token for another audience',
      async () => bearer(await place.token({ aud: 'https://other.example' })),
      401,
      'TOKEN_INVALID',
    ],
    [
      'shows a bound token without its key',
      async () => bearer(await place.token({ cnf: { jkt: 'x'.repeat(43) } })),
      401,
      'PROOF_INVALID',
    ],
    [
      'shows a token that is bound to a certificate',
      async () => bearer(await place.token({ cnf: { 'x5t#S256': 'x'.repeat(43) } })),
      401,
      'PROOF_INVALID',
    ],
    [
      'states grounds that are not in the mandate',
      async () => ({ ...bearer(), 'istmo-mandate': '"purpose";value="PROSECUTION"' }),
      400,
      'BAD_REQUEST',
    ],
  ])('if it %s', async (_, headers, status, code) => {
    const legs = legsNow()
    const answer = await host.ask({ query: CASES }, await headers())
    expect({ status: answer.status, codes: codesOf(answer.body) }).toEqual({ status, codes: [code] })
    expect('data' in answer.body).toBe(false)
    expect(answer.headers.has('www-authenticate')).toBe(status === 401)
    expect(legsNow()).toBe(legs)
  })

  it('if it is one of a batch', async () => {
    const legs = legsNow()
    const { body } = await host.ask([{ query: CASES }, { query: CASES }], bearer())
    expect((body as unknown as Body[]).map(codesOf)).toEqual([['BAD_REQUEST'], ['BAD_REQUEST']])
    expect(legsNow()).toBe(legs)
  })

  it.each<[string, typeof meddle]>([
    [
      'added a field to',
      (context) => {
        const id = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: 'court' } } as const
        const document = visit(context.document, {
          SelectionSet: (node, _key, parent) =>
            (parent as { name?: { value: string } }).name?.value === 'node'
              ? { ...node, selections: [...node.selections, id] }
              : undefined,
        })
        Object.assign(context, { document })
      },
    ],
    [
      'took a field out of',
      (context) => {
        const document = visit(context.document, {
          Field: (node) => (node.name.value === 'outcomes' ? null : undefined),
        })
        Object.assign(context, { document })
      },
    ],
    [
      'took a field in place out of',
      (context) => {
        const [operation] = context.document.definitions
        if (operation?.kind === Kind.OPERATION_DEFINITION) (operation.selectionSet.selections as unknown[]).splice(0, 1)
      },
    ],
    [
      'exchanged',
      (context) => void Object.assign(context, { operation: { ...context.operation, operation: 'mutation' } }),
    ],
  ])('if a plugin %s its document after it was parsed', async (_, how) => {
    const legs = legsNow()
    // A text of its own: Apollo Server keeps the document, which the plugin may have changed in place.
    const query = `query Changed${how.toString().length} ${CASES}`
    const { status, body } = await meddling(how, () => host.ask({ query }, bearer()))
    expect({ status, codes: codesOf(body) }).toEqual({ status: 400, codes: ['BAD_REQUEST'] })
    expect(legsNow()).toBe(legs)
  })
})

function withoutLog({ auditLogDir: _, auditLogKey: __, auditLogRefKeys: ___, ...settings }: Place['settings']) {
  return settings
}

async function forge(): Promise<string> {
  const other = await createProvider('GT', join(place.folder, 'keys'))
  return signAs(other, { ...JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) })
}

describe('a bound token', () => {
  const url = `${PUBLIC_URL}/graphql`

  async function bound() {
    const key = await generateKeyPair('ES256', { extractable: true })
    const jkt = await calculateJwkThumbprint(await exportJWK(key.publicKey))
    const own = await place.token({ cnf: { jkt } })
    const prove = (over: { url?: string; method?: string; nonce?: string } = {}) =>
      proveWith(key, { token: own, method: 'POST', url, ...over })
    const ask = (dpop: string) => host.ask({ query: CASES }, { authorization: `DPoP ${own}`, dpop })
    const { headers } = await ask(await prove())
    const nonce = headers.get('dpop-nonce') ?? ''
    return { prove: (over = {}) => prove({ nonce, ...over }), ask, first: headers }
  }

  it('is taken with a proof for the host’s public address and path, once', async () => {
    const { prove, ask, first } = await bound()
    expect(first.get('www-authenticate')).toContain('use_dpop_nonce')
    const proof = await prove()
    expect((await ask(proof)).body.data).toEqual({ cases: NO_CASES })
    const again = await ask(proof)
    expect({ status: again.status, codes: codesOf(again.body) }).toEqual({ status: 401, codes: ['PROOF_INVALID'] })
  })

  it.each([
    ['another path', { url: `${PUBLIC_URL}/` }],
    ['another host', { url: 'https://other.example/graphql' }],
    ['another method', { method: 'GET' }],
  ])('is not taken with a proof for %s', async (_, over) => {
    const { prove, ask } = await bound()
    expect(codesOf((await ask(await prove(over))).body)).toEqual(['PROOF_INVALID'])
  })
})

describe('a signed question', () => {
  const document =
    'query Mine($first: Int) { cases(first: $first) { edges { node { id } } outcomes { country reach code } } }'
  const variables = { first: 1 }

  async function signed() {
    const key = await createSessionKey()
    const accessToken = await place.token({ cnf: { jkt: key.thumbprint } })
    const iat = Math.floor(Date.now() / 1000)
    const stated = { gateway: PUBLIC_URL, accessToken, document, variables, purpose: 'INVESTIGATION', basis: [] }
    const { text } = await signQuestion({ ...stated, countries: ['HN'], iat }, key)
    const proof = async (nonce?: string) => {
      const ath = hash('sha256', accessToken, 'base64url')
      const claims = { jti: crypto.randomUUID(), htm: 'POST', htu: `${PUBLIC_URL}/graphql`, iat, ath, nonce }
      return key.signJwt({ typ: 'dpop+jwt', jwk: key.publicKey }, claims)
    }
    let nonce: string | undefined
    const ask = async (over: object = {}) => {
      const body = { query: document, variables, extensions: { istmo: { question: text } }, ...over }
      const answer = await host.ask(body, { authorization: `DPoP ${accessToken}`, dpop: await proof(nonce) })
      nonce = answer.headers.get('dpop-nonce') ?? nonce
      return answer
    }
    await ask()
    return ask
  }

  it('is taken once', async () => {
    const ask = await signed()
    expect((await ask()).body.data).toEqual({ cases: NO_CASES })
    expect(codesOf((await ask()).body)).toEqual(['QUESTION_INVALID'])
  })

  it('is refused if a plugin changes the value of a variable', async () => {
    const ask = await signed()
    const how: typeof meddle = ({ request }) => void Object.assign(request, { variables: { first: 2 } })
    const { body } = await meddling(how, () => ask())
    expect(codesOf(body)).toEqual(['QUESTION_INVALID'])
  })

  it('is refused with another document than the one that was signed', async () => {
    const ask = await signed()
    expect(codesOf((await ask({ query: document.replace('id', 'id court') })).body)).toEqual(['QUESTION_INVALID'])
  })
})

describe('the embedded gateway', () => {
  let own: Gateway
  beforeAll(async () => {
    const config = readGatewayConfig({ ...(withoutLog(place.settings) as object), port: '0' }, {})
    own = await startGateway(config, pino({ level: 'silent' }))
  })
  afterAll(() => own.close())

  it.each<[string, object, Record<string, string>?]>([
    ['a question', { query: CASES }],
    ['a field that its caller may not read', { query: '{ cases(first: 1) { edges { node { narrative } } } }' }],
    [
      'a wrong value of a variable',
      { query: 'query A($n: Int) { cases(first: $n) { edges { cursor } } }', variables: { n: 'x' } },
    ],
    ['a cursor of nobody', { query: '{ cases(first: 1, after: "x") { edges { cursor } } }' }],
    [
      'an unknown country',
      {
        query: 'query A($c: [CountryCode!]) { cases(first: 1, countries: $c) { edges { cursor } } }',
        variables: { c: ['XX'] },
      },
    ],
    ['too large a page', { query: '{ cases(first: 100000) { edges { node { id } } } }' }],
    ['introspection', { query: '{ __schema { types { name fields { name } } } }' }],
    ['no operation of this name', { query: 'query A { __typename }', operationName: 'B' }],
    [
      'what would be denied',
      { query: '{ cases(first: 1) { edges { node { narrative } } } }' },
      { 'istmo-dry-run': '?1' },
    ],
    [
      'a refusal in Spanish',
      { query: '{ cases(first: 1, after: "x") { edges { cursor } } }' },
      { 'accept-language': 'es' },
    ],
  ])('answers as a gateway of its own: %s', async (_, body, headers = {}) => {
    const all = { 'content-type': 'application/json', ...bearer(), ...headers }
    const response = await fetch(`${own.url}/graphql`, { method: 'POST', headers: all, body: JSON.stringify(body) })
    const embedded = await host.ask(body, all)
    expect(embedded.body).toEqual(await response.json())
    expect(embedded.status).toBe(response.status)
    for (const name of ['content-language', 'vary', 'retry-after']) {
      expect(embedded.headers.get(name)).toBe(response.headers.get(name))
    }
  })

  it('tells the host of a new graph, and answers by it', async () => {
    const file = join(place.folder, 'supergraph.graphql')
    const before = await readFile(file, 'utf8')
    const query = '{ __type(name: "Case") { description } }'
    hooks.length = 0
    await writeFile(file, `${before}\n# another one\n`)
    await host.gateway.reload()
    expect(hooks).toContain(`schema ${before.length + '\n# another one\n'.length}`)
    expect((await host.ask({ query }, bearer())).status).toBe(200)
  })

  it('keeps its graph and tells nobody if the new one cannot be served', async () => {
    const file = join(place.folder, 'supergraph.graphql')
    const before = await readFile(file, 'utf8')
    hooks.length = 0
    await writeFile(file, 'type Query { nothing: Int }')
    await host.gateway.reload()
    await writeFile(file, before)
    await host.gateway.reload()
    expect(hooks.filter((hook) => hook.startsWith('schema'))).toEqual([])
    expect((await host.ask({ query: CASES }, bearer())).body.data).toEqual({ cases: NO_CASES })
  })
})

describe('istmo()', () => {
  const settings = { supergraph: 'supergraph.graphql', anonymous: true } as const

  it.each<[string, object, RegExp]>([
    [
      'a setting of the host',
      { ...settings, port: 4000 },
      /^port: expected nothing, because that is up to the host\. Remove it\.$/,
    ],
    [
      'a name that is no setting',
      { ...settings, suprgraph: 'x' },
      /^suprgraph: expected a flag of istmo gateway in camel case, .*\. Did you mean supergraph\?$/,
    ],
    [
      'a name that is like no setting',
      { ...settings, weather: 'x' },
      /^weather: expected a flag of istmo gateway in camel case, .*\. Correct it\.$/,
    ],
    [
      'no public address beside issuers',
      { ...settings, issuers: 'issuers.yaml' },
      /publicUrl: expected the https origin/,
    ],
    [
      'a value that its setting does not take',
      { ...settings, requestDeadline: 0 },
      /^requestDeadline: expected .*; came "0"/,
    ],
    ['no supergraph', { anonymous: true }, /^supergraph: expected the path/],
    [
      'no issuer, in words that a host can follow',
      { supergraph: 'x' },
      /^jwks, issuer, audience: .* Give all of jwks,/,
    ],
    [
      'a path that is none',
      { ...settings, path: 'graphql' },
      /^path: expected a path that begins with \/, .*; came "graphql"/,
    ],
    ['a connection that is no function', { ...settings, connectionOf: 3 }, /^connectionOf: expected a function/],
    [
      'half an audit log',
      { ...settings, auditLogDir: 'x' },
      /^auditLogKey, auditLogRefKeys: .* Give all of auditLogDir,/,
    ],
  ])('rejects %s', (_, options, message) => {
    expect(() => istmo(options as typeof settings)).toThrow(message)
  })

  it('says what it needs to JavaScript that gives it nothing', () => {
    const call = istmo as unknown as () => void
    expect(() => call()).toThrow(/^supergraph: expected the path/)
  })

  it('does not read the environment, where a host may mean something else by the same names', () => {
    const variable = 'REQUEST_DEADLINE_MS'
    process.env[variable] = 'soon'
    try {
      expect(() => istmo(settings)).not.toThrow()
    } finally {
      delete process.env[variable]
    }
  })

  it('does not start with a dangerous configuration', async () => {
    const gateway = istmo({ ...withoutLog(place.settings), development: false, log: pino({ level: 'silent' }) })
    await expect(gateway.load({ apollo: {} })).rejects.toThrow(
      /audit log, .* Give auditLogDir, .*, give development\.$/s,
    )
    await gateway.stop()
  })

  it('names the file and the setting if the supergraph is not one', async () => {
    const gateway = istmo({ ...settings, supergraph: 'package.json', log: pino({ level: 'silent' }) })
    await expect(gateway.load({ apollo: {} })).rejects.toThrow(
      /^package\.json: expected a composed supergraph: Syntax Error: .*\. Correct supergraph\.$/,
    )
    await gateway.stop()
  })

  it('serves one Apollo Server', async () => {
    await expect(host.gateway.load({ apollo: {} })).rejects.toThrow(/one Apollo Server/)
  })
})

describe('a host that stops', () => {
  it('waits for the request in progress and its entry, and each of its requests has one entry', async () => {
    const first = await host.ask({ query: CASES }, bearer())
    const { reached, release } = place.node.hold()
    const asked = host.ask({ query: CASES }, bearer())
    await reached
    const stopped = host.stop()
    release()
    const [{ body, headers }] = await Promise.all([asked, stopped])
    expect(body.data).toEqual({ cases: NO_CASES })
    const entries = await place.entries()
    const ids = entries.filter(({ kind }) => kind === 'request').map(({ id }) => id)
    expect(ids.slice(-2)).toEqual([first.headers.get(ID), headers.get(ID)])
    expect(new Set(ids).size).toBe(ids.length)
    expect(entries.at(-1)?.kind).toBe('stop')
  })
})

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSessionKey } from '../../clients/session-key.ts'
import { type Question, signQuestion } from '../../clients/sign-question.ts'
import { disclose, readSdJwt, writeSdJwt } from '../../contract/trust/sd-jwt.ts'
import { signAs } from '../tokens/identity-provider.ts'
import { sessionOf, startWorld, type TestSession, type World } from './world.ts'

const DOCUMENT = 'query Find($id: ID!) { person(id: $id) { id } }'
const VARIABLES = { id: 'GT:P-1' }

let world: World
let session: TestSession

beforeAll(async () => {
  world = await startWorld()
  session = await world.session({ mandate: { legal_basis: ['UN:XVIII-12#27'] } })
})
afterAll(() => world?.close())
beforeEach(() => void world.nodes.takeLegs())

/** Signs a question of the session. */
async function sign(over: Partial<Question> = {}, key = session.key): Promise<string> {
  const question = {
    ...{ gateway: world.gateway.url, accessToken: session.accessToken, document: DOCUMENT, variables: VARIABLES },
    ...{ purpose: 'INVESTIGATION', basis: [], countries: ['*'], iat: Math.floor(Date.now() / 1_000), ...over },
  }
  return (await signQuestion(question, key)).text
}

interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object | string
  readonly by?: TestSession
}

/** Sends a request of the session, and returns its status, its first code and message. */
async function send({ headers = {}, body = {}, by = session }: Sent) {
  const text = typeof body === 'string' ? body : JSON.stringify({ query: DOCUMENT, variables: VARIABLES, ...body })
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text }
  const response = await by.sender.send(`${world.gateway.url}/graphql`, init, by.accessToken)
  const { errors = [] } = (await response.json()) as { errors?: { message: string; extensions: { code: string } }[] }
  return { status: response.status, code: errors[0]?.extensions.code ?? 'answered', message: errors[0]?.message ?? '' }
}

const withStatement = (text: string) => ({ 'istmo-question': text })

describe('a statement is refused', () => {
  it.each<[string, () => Promise<Sent>, RegExp, string?]>([
    [
      'that another key signed',
      async () => {
        const other = await createSessionKey()
        return { headers: withStatement(await sign({}, other)) }
      },
      /bound to \(`cnf\.jkt`\)/,
    ],
    [
      'about another access token',
      async () => ({ headers: withStatement(await sign({ accessToken: 'a.b.c' })) }),
      /`ath`/,
    ],
    [
      'for another gateway',
      async () => ({ headers: withStatement(await sign({ gateway: 'https://evil.example' })) }),
      /`aud`/,
    ],
    [
      'for this gateway with a slash',
      async () => ({ headers: withStatement(await sign({ gateway: `${world.gateway.url}/` })) }),
      /`aud`/,
    ],
    [
      'that is stale',
      async () => ({ headers: withStatement(await sign({ iat: Math.floor(Date.now() / 1_000) - 62 })) }),
      /at most 60 s ago/,
    ],
    [
      'from the future',
      async () => ({ headers: withStatement(await sign({ iat: Math.floor(Date.now() / 1_000) + 30 })) }),
      /future/,
    ],
    [
      'of another document',
      async () => ({
        headers: withStatement(await sign()),
        body: { query: 'query Find($id: ID!) { person(id: $id) { id name { full } } }' },
      }),
      /`doc`/,
    ],
    [
      'of a document with one space more',
      async () => ({ headers: withStatement(await sign()), body: { query: `${DOCUMENT} ` } }),
      /`doc`/,
    ],
    [
      'of another value',
      async () => ({ headers: withStatement(await sign()), body: { variables: { id: 'GT:P-2' } } }),
      /1 differ/,
    ],
    [
      'of a value of another type',
      async () => ({ headers: withStatement(await sign({ variables: { id: 1 } })), body: { variables: { id: '1' } } }),
      /1 differ/,
    ],
    [
      'without a variable of the request',
      async () => ({ headers: withStatement(await sign({ variables: {} })) }),
      /1 are missing/,
    ],
    [
      'with a variable that the request lacks',
      async () => ({
        headers: withStatement(await sign({ variables: { ...VARIABLES, other: 1 } })),
      }),
      /1 are not in it/,
    ],
    [
      'with a disclosure left out',
      async () => {
        const { jwt, disclosures } = readSdJwt(await sign())
        return { headers: withStatement(writeSdJwt({ jwt, disclosures: disclosures.slice(0, -1) })) }
      },
      /1 digests without one/,
    ],
    [
      'with a country left out',
      async () => {
        const { jwt, disclosures } = readSdJwt(await sign({ countries: ['GT', 'HN'] }))
        return { headers: withStatement(writeSdJwt({ jwt, disclosures: disclosures.slice(1) })) }
      },
      /1 digests without one/,
    ],
    [
      'with a disclosure of somebody else',
      async () => {
        const { jwt, disclosures } = readSdJwt(await sign())
        const added = disclose('id', 'GT:P-9').disclosure
        return { headers: withStatement(writeSdJwt({ jwt, disclosures: [...disclosures, added] })) }
      },
      /one has none/,
    ],
    [
      'with a disclosure in place of another',
      async () => {
        const { jwt, disclosures } = readSdJwt(await sign())
        const swapped = [...disclosures.slice(0, -1), disclose('id', 'GT:P-9').disclosure]
        return { headers: withStatement(writeSdJwt({ jwt, disclosures: swapped })) }
      },
      /one has none/,
    ],
    [
      'of another operation',
      async () => ({ headers: withStatement(await sign({ operationName: 'Find' })) }),
      /`operation`/,
    ],
    [
      'with a purpose that the mandate lacks',
      async () => ({ headers: withStatement(await sign({ purpose: 'OVERSIGHT' })) }),
      /purposes/,
      'MANDATE_NOT_COVERED',
    ],
    [
      'with a basis that the mandate lacks',
      async () => ({ headers: withStatement(await sign({ basis: ['UN:I-1'] })) }),
      /legal basis/,
      'MANDATE_NOT_COVERED',
    ],
    [
      'with a case that the mandate lacks',
      async () => ({ headers: withStatement(await sign({ case: 'GT:C-9' })) }),
      /names no case/,
      'MANDATE_NOT_COVERED',
    ],
    [
      'that says less than Istmo-Mandate',
      async () => ({
        headers: { ...withStatement(await sign()), 'istmo-mandate': 'purpose=INVESTIGATION, basis="UN:XVIII-12#27"' },
      }),
      /leave it out/,
    ],
    [
      'in the header and in the body',
      async () => {
        const text = await sign()
        return { headers: withStatement(text), body: { extensions: { istmo: { question: text } } } }
      },
      /came both/,
    ],
    ['in the body as an object', async () => ({ body: { extensions: { istmo: { question: {} } } } }), /to be a text/],
    ['in the body as null', async () => ({ body: { extensions: { istmo: { question: null } } } }), /to be a text/],
    [
      'that is longer than a header may be',
      async () => ({ headers: withStatement('x'.repeat(8_193)) }),
      /into the body/,
    ],
    [
      'that is too long for the body',
      async () => ({ body: { extensions: { istmo: { question: 'x'.repeat(131_073) } } } }),
      /at most 131072/,
    ],
    ['that is empty', async () => ({ headers: withStatement('') }), /disclosure/],
    ['that is a bare JWT', async () => ({ headers: withStatement(readSdJwt(await sign()).jwt) }), /disclosure/],
  ])('%s', async (_, make, message, code = 'QUESTION_INVALID') => {
    const came = await send(await make())
    expect(came).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(came.status).toBe(code === 'QUESTION_INVALID' ? 400 : 403)
    expect(world.nodes.takeLegs()).toEqual([])
  })

  it('that was used before, also in the body after the header, and also if ten come at once', async () => {
    const text = await sign()
    const inBody = { body: { extensions: { istmo: { question: text } } } }
    expect((await send({ headers: withStatement(text) })).code).toBe('answered')
    for (const again of [{ headers: withStatement(text) }, inBody]) {
      expect(await send(again)).toMatchObject({ status: 400, code: 'QUESTION_INVALID' })
    }
    const other = await sign()
    const codes = await Promise.all(Array.from({ length: 10 }, () => send({ headers: withStatement(other) })))
    expect(codes.filter(({ code }) => code === 'answered')).toHaveLength(1)
  })

  it('that was refused is not used up: the same statement with its own request is answered', async () => {
    const text = await sign()
    expect((await send({ headers: withStatement(text), body: { variables: { id: 'GT:P-2' } } })).code).toBe(
      'QUESTION_INVALID',
    )
    expect((await send({ headers: withStatement(text) })).code).toBe('answered')
  })

  it.each([
    ['a text', 'query Find { person(id: "GT:P-1") { id } }', /text .*line 1, column 25/],
    ['a number', 'query Find {\n  cases(first: 5) { edges { node { id } } } }', /number .*line 2, column 16/],
    [
      'a default',
      'query Find($first: Int = 5) { cases(first: $first) { edges { node { id } } } }',
      /number .*line 1, column 26/,
    ],
  ])('whose document has %s of its own, with its place and the remedy', async (_, document, message) => {
    const variables = document.includes('$first') ? { first: 1 } : {}
    const sent = { headers: withStatement(await sign({ document, variables })), body: { query: document, variables } }
    expect(await send(sent)).toMatchObject({
      status: 400,
      code: 'QUESTION_INVALID',
      message: expect.stringMatching(message),
    })
    const spanish = await send({ ...sent, headers: { ...sent.headers, 'accept-language': 'es' } })
    expect(spanish.message).toMatch(/ponga el (texto|número) de la línea/)
  })

  it('that does not state a variable which its operation declares', async () => {
    const document = 'query ($filter: CaseFilter) { cases(filter: $filter) { edges { node { id } } } }'
    const sent = {
      headers: withStatement(await sign({ document, variables: {} })),
      body: { query: document, variables: {} },
    }
    expect(await send(sent)).toMatchObject({ code: 'QUESTION_INVALID', message: expect.stringContaining('$filter') })
  })

  it('that comes in two headers', async () => {
    const text = await sign()
    const { request } = await import('node:http')
    const url = `${world.gateway.url}/graphql`
    const probe = await fetch(url, { method: 'POST', headers: await proof(url) })
    const nonce = probe.headers.get('dpop-nonce') ?? ''
    const headers = { ...(await proof(url, nonce)), 'content-type': 'application/json', 'istmo-question': [text, text] }
    const body = await new Promise<string>((resolve) => {
      const sending = request(url, { method: 'POST', headers }, async (response) => {
        let came = ''
        for await (const chunk of response) came += chunk
        resolve(came)
      })
      sending.end(JSON.stringify({ query: DOCUMENT, variables: VARIABLES }))
    })
    expect(JSON.parse(body).errors[0]).toMatchObject({
      extensions: { code: 'QUESTION_INVALID' },
      message: expect.stringMatching(/came several/),
    })
  })

  it('with a token that is bound to no key, and without a token', async () => {
    const text = await sign()
    const claims = { cnf: undefined }
    const bearer = await world.session({ claims })
    const init = {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${bearer.accessToken}`,
        ...withStatement(text),
      },
    }
    const response = await fetch(`${world.gateway.url}/graphql`, {
      ...init,
      body: JSON.stringify({ query: DOCUMENT, variables: VARIABLES }),
    })
    expect([
      response.status,
      ((await response.json()) as { errors: { extensions: object }[] }).errors[0]?.extensions,
    ]).toEqual([400, { code: 'QUESTION_INVALID' }])
  })

  it('in a GET, whose address would have the values', async () => {
    const url = new URL(`${world.gateway.url}/graphql`)
    url.searchParams.set('query', DOCUMENT)
    url.searchParams.set('variables', JSON.stringify(VARIABLES))
    const headers = { 'apollo-require-preflight': '1', ...withStatement(await sign()) }
    const response = await session.sender.send(String(url), { method: 'GET', headers }, session.accessToken)
    expect(response.status).toBe(400)
    expect(await response.text()).toMatch(/QUESTION_INVALID.*|.*POST.*QUESTION_INVALID/)
  })

  it('whose claims come twice', async () => {
    const { jwt, disclosures } = readSdJwt(await sign())
    const claims = Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()
    const twice = JSON.parse(claims) as Record<string, unknown>
    const text = claims.replace('"doc":', `"doc":"${'A'.repeat(43)}","doc":`)
    expect(JSON.parse(text)).toEqual(twice)
    const forged = jwt.split('.').with(1, Buffer.from(text).toString('base64url')).join('.')
    const came = await send({ headers: withStatement(writeSdJwt({ jwt: forged, disclosures })) })
    expect(came).toMatchObject({ code: 'QUESTION_INVALID', message: expect.stringMatching(/duplicate members/) })
  })

  it('of a body that names its statement, query or variables twice is the one that is answered, or it is refused', async () => {
    const text = await sign()
    const query = JSON.stringify(DOCUMENT)
    const other = JSON.stringify('query Find($id: ID!) { person(id: $id) { name { full } } }')
    const twice = `{"query":${query},"query":${other},"variables":${JSON.stringify(VARIABLES)}}`
    expect((await send({ headers: withStatement(text), body: twice })).code).toBe('QUESTION_INVALID')
    const values = `{"query":${query},"variables":{"id":"GT:P-1","id":"GT:P-2"}}`
    expect((await send({ headers: withStatement(text), body: values })).code).toBe('QUESTION_INVALID')
  })
})

async function proof(url: string, nonce?: string): Promise<Record<string, string>> {
  const { key, accessToken } = session
  const claims = {
    ...{ jti: crypto.randomUUID(), htm: 'POST', htu: url, iat: Math.floor(Date.now() / 1_000), nonce },
    ath: Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(accessToken))).toString('base64url'),
  }
  const dpop = await key.signJwt({ typ: 'dpop+jwt', jwk: key.publicKey }, claims)
  return { authorization: `DPoP ${accessToken}`, dpop }
}

it('a token for one key and a statement of another key of the same officer do not go together', async () => {
  const other = await createSessionKey()
  const token = await signAs(
    world.provider,
    session.accessToken ? JSON.parse(Buffer.from(session.accessToken.split('.')[1] ?? '', 'base64url').toString()) : {},
  )
  const mixed = sessionOf(session.key, token)
  expect(await send({ headers: withStatement(await sign({ accessToken: token }, other)), by: mixed })).toMatchObject({
    code: 'QUESTION_INVALID',
  })
})

import { request } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  askToLogIn,
  beginLogin,
  CALLBACK,
  createBrowser,
  exchangeCode,
  locationOf,
  logIn,
  type RunningProvider,
  sendForm,
  startProvider,
} from './testing.ts'

let provider: RunningProvider
beforeAll(async () => {
  provider = await startProvider()
})
afterAll(() => provider.close())

/** The error of an answer: in its body, or in the address to which it sends the browser. */
async function errorOf(response: Response): Promise<string> {
  if (response.status === 303) return locationOf(response).searchParams.get('error') ?? 'none'
  return ((await response.json()) as { error: string }).error
}

async function codeFor(attempt: ReturnType<typeof beginLogin>): Promise<string> {
  return (await logIn(createBrowser(), provider.address, 'analyst', attempt)).searchParams.get('code') ?? ''
}

describe('PKCE', () => {
  it.each([
    ['without a challenge', { code_challenge: null, code_challenge_method: null }],
    ['with a plain challenge', { code_challenge_method: 'plain' }],
    ['with a challenge whose method is left out, which means plain', { code_challenge_method: null }],
    ['with a challenge that is too short', { code_challenge: 'short' }],
  ])('a login %s is refused', async (_, overrides) => {
    const answer = await askToLogIn(createBrowser(), provider.address, beginLogin(overrides))
    expect(await errorOf(answer)).toBe('invalid_request')
    expect(locationOf(answer).searchParams.has('code')).toBe(false)
  })

  it.each([
    ['of another login', () => beginLogin().verifier],
    ['that is the challenge itself', ({ query }: ReturnType<typeof beginLogin>) => query.code_challenge ?? ''],
    ['that is empty', () => ''],
  ])('a code with a verifier %s gives nothing, and is not used up', async (_, verifierFrom) => {
    const attempt = beginLogin()
    const code = await codeFor(attempt)
    const stolen = await exchangeCode(provider.address, code, { code_verifier: verifierFrom(attempt) })
    expect([stolen.status, await errorOf(stolen)]).toEqual([400, expect.stringMatching(/^invalid_(grant|request)$/)])
    const own = await exchangeCode(provider.address, code, { code_verifier: attempt.verifier })
    expect(own.status).toBe(200)
  })

  it('a code without a verifier gives nothing', async () => {
    const answer = await exchangeCode(provider.address, await codeFor(beginLogin()), {})
    expect(await errorOf(answer)).toBe('invalid_grant')
  })
})

describe('a code', () => {
  it('that was used gives nothing the second time', async () => {
    const attempt = beginLogin()
    const code = await codeFor(attempt)
    const exchange = () => exchangeCode(provider.address, code, { code_verifier: attempt.verifier })
    expect((await exchange()).status).toBe(200)
    expect(await errorOf(await exchange())).toBe('invalid_grant')
  })

  it('that twenty use at the same time gives tokens to one', async () => {
    const attempt = beginLogin()
    const code = await codeFor(attempt)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => exchangeCode(provider.address, code, { code_verifier: attempt.verifier })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 400)])
  })

  it.each([
    ['another redirect address', { redirect_uri: 'http://127.0.0.1:9/other' }, 'invalid_grant'],
    ['an unknown client', { client_id: 'somebody' }, 'invalid_client'],
    ['the client of the command line, which is not known here', { client_id: 'istmo-development' }, 'invalid_client'],
  ])('with %s gives nothing', async (_, overrides, error) => {
    const attempt = beginLogin()
    const code = await codeFor(attempt)
    const answer = await exchangeCode(provider.address, code, { code_verifier: attempt.verifier, ...overrides })
    expect(await errorOf(answer)).toBe(error)
  })

  it('is not given in a form that a script would send, nor in the fragment', async () => {
    for (const mode of ['form_post', 'fragment']) {
      const answer = await askToLogIn(createBrowser(), provider.address, beginLogin({ response_mode: mode }))
      const where = locationOf(answer)
      expect(where.pathname).not.toMatch(/^\/login/)
      expect(`${where.search}${where.hash}`).not.toContain('code=')
    }
  })
})

describe('an address to be sent back to', () => {
  it.each([
    'https://evil.example/',
    'http://127.0.0.1:9/console/../evil',
    'http://127.0.0.1:9/console',
    'http://127.0.0.1:9/console/?next=https://evil.example',
    'http://127.0.0.1:10/console/',
    'http://localhost:9/console/',
    'http://127.0.0.1:9@evil.example/console/',
    'http://127.0.0.1:9\\@evil.example/console/',
    'https://127.0.0.1:9/console/',
    'HTTP://127.0.0.1:9/console/',
    '//evil.example/console/',
    'javascript:alert(1)',
    'data:text/html,hello',
    'http://127.0.0.1:9/console/#fragment',
    '',
  ])('that is not registered is not followed: %j', async (redirect_uri) => {
    const answer = await askToLogIn(createBrowser(), provider.address, beginLogin({ redirect_uri }))
    expect(answer.status).toBe(400)
    expect(answer.headers.get('location')).toBeNull()
    const html = await answer.text()
    if (redirect_uri !== '') expect(html).not.toContain(redirect_uri)
  })

  it('that is left out is not guessed', async () => {
    const answer = await askToLogIn(createBrowser(), provider.address, beginLogin({ redirect_uri: null }))
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
  })

  it('is followed only if it is the registered one, whatever else is asked for', async () => {
    const piece = fc.oneof(fc.constantFrom(CALLBACK, '.', '/', '@', '%2f', '\\', ' ', '\t', '?', '#'), fc.webUrl())
    const address = fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(''))
    await fc.assert(
      fc.asyncProperty(address, async (redirect_uri) => {
        const answer = await askToLogIn(createBrowser(), provider.address, beginLogin({ redirect_uri }))
        await answer.arrayBuffer()
        const goesOn = answer.status === 303 && locationOf(answer).pathname.startsWith('/login/')
        expect(goesOn).toBe(redirect_uri === CALLBACK)
        if (!goesOn) expect(answer.headers.get('location')).toBeNull()
      }),
      { numRuns: 60 },
    )
  })

  it('never comes from the form or the address of the login page', async () => {
    const browser = createBrowser()
    const page = locationOf(await askToLogIn(browser, provider.address, beginLogin()))
    const evil = 'https://evil.example/'
    const end = await sendForm(browser, `${page.href}?redirect_uri=${evil}&returnTo=${evil}`, {
      ...{ profile: 'analyst', redirect_uri: evil, returnTo: evil },
    })
    expect(`${end.origin}${end.pathname}`).toBe(CALLBACK)
  })

  it.each(['/login//evil.example', '//evil.example/login', '/login/%2e%2e//evil.example', '/login'])(
    'is not made from a strange path: %s',
    async (path) => {
      const answer = await fetch(`${provider.address}${path}`, { redirect: 'manual' })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.headers.get('location')).toBeNull()
    },
  )
})

describe('a login page', () => {
  it('cannot be shown in a frame, and no answer may be kept', async () => {
    const browser = createBrowser()
    const page = locationOf(await askToLogIn(browser, provider.address, beginLogin())).href
    for (const address of [page, `${provider.address}/auth?client_id=x`, `${provider.address}/nothing`]) {
      const { headers } = await browser.open(address)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy.split('; ')).toEqual([
        ...["default-src 'none'", "style-src 'self'", "form-action 'self' http://127.0.0.1:9"],
        ...["frame-ancestors 'none'", "base-uri 'none'"],
      ])
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('cache-control')).toContain('no-store')
    }
  })

  it('of another browser is of no use: the form needs the cookie of its login', async () => {
    const page = locationOf(await askToLogIn(createBrowser(), provider.address, beginLogin())).href
    const stranger = createBrowser()
    expect((await stranger.open(page)).status).toBe(400)
    const sent = await stranger.open(page, { method: 'POST', body: new URLSearchParams({ profile: 'analyst' }) })
    expect([sent.status, sent.headers.get('location')]).toEqual([400, null])
  })

  it('is shown also to who comes with the name of an officer, where this is no development login', async () => {
    const browser = createBrowser()
    const page = locationOf(await askToLogIn(browser, provider.address, beginLogin({ login_hint: 'analyst' })))
    expect((await browser.open(page.href)).status).toBe(200)
  })

  it('sets cookies that no script reads and that forms of other sites do not carry', async () => {
    const answer = await askToLogIn(createBrowser(), provider.address, beginLogin())
    const cookies = answer.headers.getSetCookie()
    expect(cookies.length).toBeGreaterThan(0)
    for (const cookie of cookies) expect(cookie).toMatch(/^istmo_gt_.*; samesite=lax; httponly/i)
  })

  it.each([
    ['from another site', { 'sec-fetch-site': 'cross-site' }, 'profile=analyst', 403],
    ['from another port of this machine', { 'sec-fetch-site': 'same-site' }, 'profile=analyst', 403],
    ['for a profile that does not exist', {}, 'profile=king', 400],
    ['for a profile that every object has', {}, 'profile=__proto__', 400],
    ['with nothing in it', {}, '', 400],
    ['that is too long', {}, `profile=analyst&more=${'x'.repeat(2000)}`, 400],
    ['as JSON', { 'content-type': 'application/json' }, '{"profile":"analyst"}', 400],
  ])('refuses a form %s', async (_, headers, body, status) => {
    const browser = createBrowser()
    const page = locationOf(await askToLogIn(browser, provider.address, beginLogin())).href
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const sent = await browser.open(page, { method: 'POST', headers: { ...type, ...headers }, body })
    expect([sent.status, sent.headers.get('location')]).toEqual([status, null])
  })

  it('is not shown under another name that leads to this machine', async () => {
    const port = Number(new URL(provider.address).port)
    for (const host of [`evil.example:${port}`, `localhost:${port}`, '127.0.0.1']) {
      const status = await new Promise((resolve) => {
        const headers = { host }
        request({ host: '127.0.0.1', port, path: '/.well-known/openid-configuration', headers }, (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        }).end()
      })
      expect(status).toBe(421)
    }
  })

  it('lets a page of the registered origin exchange its code, and no other page', async () => {
    const exchange = async (origin: string) => {
      const attempt = beginLogin()
      const code = await codeFor(attempt)
      const form = { grant_type: 'authorization_code', client_id: 'istmo-console', redirect_uri: CALLBACK, code }
      return fetch(`${provider.address}/token`, {
        method: 'POST',
        headers: { origin },
        body: new URLSearchParams({ ...form, code_verifier: attempt.verifier }),
      })
    }
    const own = await exchange('http://127.0.0.1:9')
    expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([200, 'http://127.0.0.1:9'])
    expect((await exchange('https://evil.example')).status).toBe(400)
  })
})

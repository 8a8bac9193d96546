import type { RequestListener } from 'node:http'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEVELOPMENT_CLIENT, DEVELOPMENT_GRANT } from '../authority/authorities.ts'
import { PROFILES } from './officers.ts'
import {
  AUDIENCE,
  askToLogIn,
  beginLogin,
  createBrowser,
  exchangeCode,
  locationOf,
  logIn,
  type RunningProvider,
  startProvider,
} from './testing.ts'

let provider: RunningProvider
beforeAll(async () => {
  provider = await startProvider({ development: true })
})
afterAll(() => provider.close())

const FORM = { grant_type: DEVELOPMENT_GRANT, client_id: DEVELOPMENT_CLIENT, profile: 'analyst' }

async function logInAt(address: string, form: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const body = new URLSearchParams({ ...FORM, ...form })
  const answer = await fetch(`${address}/token`, { method: 'POST', headers, body })
  return { status: answer.status, body: (await answer.json()) as Record<string, string> }
}

/** Shows the provider a connection from `address`. */
const comingFrom =
  (address: string) =>
  (listener: RequestListener): RequestListener =>
  (request, response) => {
    Object.defineProperty(request.socket, 'remoteAddress', { value: address, configurable: true })
    listener(request, response)
  }

describe('the development login', () => {
  it.each(Object.entries(PROFILES))(
    'gives a %s an access token for the authority',
    async (profile, { role, unit, acr }) => {
      const { status, body } = await logInAt(provider.address, { profile })
      expect([status, body.token_type]).toEqual([200, 'Bearer'])
      const keys = createRemoteJWKSet(new URL(`${provider.address}/.well-known/jwks.json`))
      const rules = { issuer: provider.address, audience: AUDIENCE, typ: 'at+jwt', algorithms: ['EdDSA'] }
      const { payload } = await jwtVerify(body.access_token ?? '', keys, rules)
      expect(payload).toMatchObject({
        ...{ client_id: DEVELOPMENT_CLIENT, acr },
        org: { country: 'GT', agency: `GT-MP-${unit}`, role },
      })
    },
  )

  it('gives an officer the subject that the browser’s login gives', async () => {
    const attempt = beginLogin()
    const end = await logIn(createBrowser(), provider.address, 'analyst', attempt)
    const code = end.searchParams.get('code') ?? ''
    const answer = await exchangeCode(provider.address, code, { code_verifier: attempt.verifier })
    const { access_token: fromPage } = (await answer.json()) as { access_token: string }
    const { body } = await logInAt(provider.address)
    expect(decodeJwt(body.access_token ?? '').sub).toBe(decodeJwt(fromPage).sub)
  })

  it('lets a page name the officer, who then sees no page (login_hint)', async () => {
    const browser = createBrowser()
    const come = async (hint: string, prompt = 'login') => {
      const attempt = beginLogin({ login_hint: hint, prompt })
      const page = locationOf(await askToLogIn(browser, provider.address, attempt))
      const sent = await browser.open(page.href)
      if (sent.status !== 303) return sent.status
      const end = locationOf(await browser.open(locationOf(sent).href))
      const answer = await exchangeCode(provider.address, end.searchParams.get('code') ?? '', {
        code_verifier: attempt.verifier,
      })
      return (decodeJwt(((await answer.json()) as { id_token: string }).id_token).org as { role: string }).role
    }
    expect([await come('analyst'), await come('prosecutor'), await come('king')]).toEqual([
      'analyst',
      'prosecutor',
      200,
    ])
  })

  it.each([
    ['a profile that does not exist', { profile: 'king' }, {}, 'invalid_request'],
    ['a profile that every object has', { profile: 'constructor' }, {}, 'invalid_request'],
    ['no profile', { profile: '' }, {}, 'invalid_request'],
    ['the client of the console', { client_id: 'istmo-console' }, {}, 'invalid_request'],
    ['an unknown client', { client_id: 'somebody' }, {}, 'invalid_client'],
    ['a request that came through a proxy', {}, { 'x-forwarded-for': '192.0.2.7' }, 'access_denied'],
    ['a request that a page sent', {}, { origin: 'http://127.0.0.1:9' }, 'invalid_request'],
    ['a request that a browser sent', {}, { 'sec-fetch-site': 'none' }, 'access_denied'],
  ])('refuses %s', async (_, form, headers, error) => {
    const { status, body } = await logInAt(provider.address, form, headers)
    expect([status, body.error]).toEqual([expect.any(Number), error])
    expect(status).toBeGreaterThanOrEqual(400)
    expect(body).not.toHaveProperty('access_token')
  })

  it.each(['192.0.2.7', '10.0.0.1', '::ffff:192.0.2.7', 'fe80::1', '2001:db8::127.0.0.1'])(
    'refuses a connection from %s',
    async (address) => {
      const exposed = await startProvider({ development: true }, comingFrom(address))
      const { status, body } = await logInAt(exposed.address)
      await exposed.close()
      expect([status, body.error]).toEqual([400, 'access_denied'])
    },
  )

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('answers a connection from %s', async (address) => {
    const near = await startProvider({ development: true }, comingFrom(address))
    expect((await logInAt(near.address)).status).toBe(200)
    await near.close()
  })

  it('does not exist without development', async () => {
    const real = await startProvider()
    for (const client_id of [DEVELOPMENT_CLIENT, 'istmo-console']) {
      const { status, body } = await logInAt(real.address, { client_id })
      expect(status).toBeGreaterThanOrEqual(400)
      expect(body).not.toHaveProperty('access_token')
    }
    await real.close()
  })
})

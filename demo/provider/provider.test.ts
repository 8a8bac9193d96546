import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROFILES, type ProfileName } from './officers.ts'
import {
  AUDIENCE,
  askToLogIn,
  type Browser,
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
let browser: Browser

beforeAll(async () => {
  provider = await startProvider()
  browser = createBrowser()
})
afterAll(() => provider.close())

async function tokensOf(profile: string): Promise<Record<string, string>> {
  const attempt = beginLogin()
  const end = await logIn(createBrowser(), provider.address, profile, attempt)
  const answer = await exchangeCode(provider.address, end.searchParams.get('code') ?? '', {
    code_verifier: attempt.verifier,
  })
  expect(answer.status).toBe(200)
  return (await answer.json()) as Record<string, string>
}

async function verify(token: string | undefined, audience: string, typ?: string) {
  const keys = createRemoteJWKSet(new URL(`${provider.address}/.well-known/jwks.json`))
  const rules = { issuer: provider.address, audience, algorithms: ['EdDSA'], ...(typ !== undefined && { typ }) }
  return (await jwtVerify(token ?? '', keys, rules)).payload
}

describe('the login provider', () => {
  it('says who it is, where a browser begins, and which ways it offers', async () => {
    const discovery = await (await fetch(`${provider.address}/.well-known/openid-configuration`)).json()
    expect(discovery).toMatchObject({
      issuer: provider.address,
      authorization_endpoint: `${provider.address}/auth`,
      token_endpoint: `${provider.address}/token`,
      jwks_uri: `${provider.address}/.well-known/jwks.json`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code'],
      code_challenge_methods_supported: ['S256'],
    })
    for (const absent of ['registration', 'userinfo', 'end_session', 'introspection', 'pushed_authorization_request']) {
      expect(discovery).not.toHaveProperty(`${absent}_endpoint`)
    }
  })

  it('publishes its public key, and not the private one', async () => {
    const { keys } = (await (await fetch(`${provider.address}/.well-known/jwks.json`)).json()) as { keys: object[] }
    expect(keys).toEqual([expect.objectContaining({ kty: 'OKP', crv: 'Ed25519', kid: 'k1' })])
    expect(keys[0]).not.toHaveProperty('d')
  })

  it.each(Object.entries(PROFILES))(
    'says of a %s in both tokens who they are',
    async (profile, { role, unit, acr }) => {
      const tokens = await tokensOf(profile)
      const who = { org: { country: 'GT', agency: `GT-MP-${unit}`, role }, acr }
      const access = await verify(tokens.access_token, AUDIENCE, 'at+jwt')
      expect(access).toMatchObject({ ...who, client_id: 'istmo-console', jti: expect.stringMatching(/./) })
      const id = await verify(tokens.id_token, 'istmo-console')
      expect(id).toMatchObject({ ...who, nonce: 'a nonce', sub: access.sub })
      expect(Number(access.exp) - Number(access.iat)).toBe(3_600)
    },
  )

  it('gives each officer one subject that does not name the profile', async () => {
    const subjectOf = async (profile: ProfileName) =>
      (await verify((await tokensOf(profile)).id_token, 'istmo-console')).sub
    const subject = await subjectOf('analyst')
    expect(await subjectOf('analyst')).toBe(subject)
    expect(await subjectOf('prosecutor')).not.toBe(subject)
    expect(subject).toMatch(/^[\w-]{22}$/)
  })

  it('sends an officer back with a code, the state, and its own name', async () => {
    const end = await logIn(browser, provider.address, 'analyst', beginLogin())
    expect(`${end.origin}${end.pathname}`).toBe(CALLBACK)
    const { code, ...others } = Object.fromEntries(end.searchParams)
    expect(code).toMatch(/^[\w-]{20,}$/)
    expect(others).toEqual({ state: 'a state', iss: provider.address })
  })

  it('does not ask an officer again who is logged in, unless the page wants it', async () => {
    const own = createBrowser()
    await logIn(own, provider.address, 'analyst', beginLogin())
    expect(locationOf(await askToLogIn(own, provider.address, beginLogin())).searchParams.get('code')).not.toBeNull()
    const again = locationOf(await askToLogIn(own, provider.address, beginLogin({ prompt: 'login' })))
    expect(again.pathname).toMatch(/^\/login\//)
    const end = await sendForm(own, again.href, { profile: 'analyst' })
    expect(end.searchParams.get('code')).not.toBeNull()
  })

  it('logs the first officer of a browser out when a second one logs in, without a script', async () => {
    const own = createBrowser()
    await logIn(own, provider.address, 'analyst', beginLogin())
    const attempt = beginLogin({ prompt: 'login' })
    const second = await logIn(own, provider.address, 'prosecutor', attempt)
    const tokens = await exchangeCode(provider.address, second.searchParams.get('code') ?? '', {
      code_verifier: attempt.verifier,
    })
    const { id_token: token } = (await tokens.json()) as { id_token: string }
    expect((await verify(token, 'istmo-console')).org).toMatchObject({ role: 'prosecutor' })
    const next = beginLogin()
    const silent = locationOf(await askToLogIn(own, provider.address, next)).searchParams.get('code') ?? ''
    const again = await exchangeCode(provider.address, silent, { code_verifier: next.verifier })
    expect(decodeJwt(((await again.json()) as { id_token: string }).id_token).org).toMatchObject({ role: 'prosecutor' })
  })

  it('tells the page when an officer does not want to log in', async () => {
    const own = createBrowser()
    const page = locationOf(await askToLogIn(own, provider.address, beginLogin()))
    const end = await sendForm(own, page.href, { cancel: 'yes' })
    expect(Object.fromEntries(end.searchParams)).toMatchObject({ error: 'access_denied', state: 'a state' })
  })
})

describe('the login page', () => {
  let page: string

  beforeAll(async () => {
    browser = createBrowser()
    page = locationOf(await askToLogIn(browser, provider.address, beginLogin())).href
  })

  const read = async (address: string, language?: string) => {
    const headers = language === undefined ? {} : { 'accept-language': language }
    return (await browser.open(address, { headers })).text()
  }

  it('shows every profile, and a field for nothing', async () => {
    const html = await read(page)
    for (const profile of Object.keys(PROFILES)) expect(html).toContain(`value="${profile}"`)
    expect(html).not.toMatch(/<input|<textarea|password"/)
  })

  it.each([
    ['es-GT,es;q=0.9', '', 'es', '¿Quién es usted?'],
    ['en', '', 'en', 'Who are you?'],
    ['fr', '', 'en', 'Who are you?'],
    ['en', '?lang=es', 'es', '¿Quién es usted?'],
    ['es', '?lang=en', 'en', 'Who are you?'],
    ['es', '?lang=__proto__', 'es', '¿Quién es usted?'],
  ])('speaks for %s%s the language %s', async (accepted, query, language, words) => {
    const html = await read(`${page}${query}`, accepted)
    expect(html).toContain(`<html lang="${language}">`)
    expect(html).toContain(words)
  })

  it('speaks the language that the tool asks for before the one of the browser', async () => {
    const asked = locationOf(await askToLogIn(browser, provider.address, beginLogin({ ui_locales: 'es en' })))
    expect(await read(asked.href, 'en')).toContain('<html lang="es">')
  })

  it('has no script, no style and no address of another place in it', async () => {
    const html = await read(page)
    expect(html).not.toMatch(/<script|<style|\son\w+=|style=|javascript:|https?:/i)
    expect(html.match(/(?:href|src|action)="[^"]*"/g)).toEqual(['href="/login.css"', 'href="?lang=es"'])
    const style = await fetch(`${provider.address}/login.css`)
    expect(style.headers.get('content-type')).toMatch(/^text\/css/)
    expect(await style.text()).not.toMatch(/url\(|@import/)
  })
})

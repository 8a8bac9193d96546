/** The real console at the demo: signing in, and what a link or a page of a thief can make of it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { consolePort, issuerPort } from '../../demo/countries.ts'
import { findBarriers } from './console-story.ts'

const CHROMIUM = process.env.ISTMO_CHROMIUM ?? '/usr/bin/chromium'
const { port } = inject('world')
const origin = `http://127.0.0.1:${consolePort(port, 'GT')}`
const provider = `http://127.0.0.1:${issuerPort(port, 'GT')}`

let browser: Browser
let context: BrowserContext
let page: Page
/** The addresses that the page asked, and what it was told of the policy that it broke. */
let asked: string[]
let broken: string[]

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  // The demo builds the console where nobody has.
  while (!existsSync(join(import.meta.dirname, '../../console/dist/index.html'))) await sleep(500)
})
afterAll(() => browser?.close())
beforeEach(async () => {
  context = await browser.newContext({ locale: 'es-GT' })
  page = await context.newPage()
  asked = []
  broken = []
  page.on('request', (request) => void asked.push(request.url()))
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) broken.push(message.text())
  })
})
afterEach(() => context.close())

async function signIn(): Promise<void> {
  await page.goto(`${origin}/console/`)
  await page.getByRole('button', { name: /entrar|iniciar/i }).click()
  await page.click('button[value=analyst]')
  await page.getByText('Guatemala · FECO').first().waitFor()
}

describe('signing in', () => {
  it('leaves no token in the address, in storage, in a cookie or in the history, and breaks no policy', async () => {
    const tokens: string[] = []
    page.on('response', async (response) => {
      if (!response.url().endsWith('/token') || response.status() !== 200) return
      const body = (await response.json().catch(() => ({}))) as Record<string, unknown>
      tokens.push(
        ...['access_token', 'id_token'].flatMap((name) => (typeof body[name] === 'string' ? [body[name]] : [])),
      )
    })
    await signIn()
    expect(tokens.length).toBeGreaterThanOrEqual(2)
    const kept = await page.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state, performance.getEntriesByType("navigation").map((entry) => entry.name)])',
    )
    for (const token of tokens) expect(kept).not.toContain(token.split('.')[1])
    expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/console\/#\//)
    // What went out in an address: the code and the state of the sign-in, once, and never a token.
    for (const url of asked) for (const token of tokens) expect(url).not.toContain(token.slice(0, 40))
    expect(broken).toEqual([])
    const origins = () => [...new Set(asked.map((url) => new URL(url).origin))].sort()
    // The gateway is asked for its nonce, so that the first question is quick.
    await expect.poll(origins).toEqual([provider, origin, `http://127.0.0.1:${port}`].sort())
  })

  it('keeps a key that no script can read', async () => {
    await signIn()
    const extractable = await page.evaluate(`new Promise((resolve, reject) => {
      const opening = indexedDB.open('istmo-console')
      opening.onerror = () => reject(opening.error)
      opening.onsuccess = () => {
        const names = [...opening.result.objectStoreNames]
        const all = opening.result.transaction(names).objectStore(names[0]).getAll()
        all.onsuccess = async () => {
          const text = []
          const visit = async (value) => {
            if (value instanceof CryptoKey) {
              if (value.type !== 'private') return
              const taken = await crypto.subtle.exportKey('jwk', value).then(() => 'taken', () => 'kept')
              text.push([value.type, value.extractable, taken])
            } else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) await visit(each)
          }
          for (const value of all.result) await visit(value)
          resolve(text)
        }
      }
    })`)
    const found = extractable as readonly unknown[]
    expect(found.length).toBeGreaterThan(0)
    for (const each of found) expect(each).toEqual(['private', false, 'kept'])
  })
})

describe('the landing page', () => {
  const landing = `http://127.0.0.1:${port}/`

  it.each([
    ['Entrar como analista', 'Guatemala · FECO', 'Investigación'],
    ['Entrar como fiscal', 'Guatemala · FECO', 'Persecución penal'],
    ['Entrar como enlace', 'Honduras · ATIC', 'Investigación'],
  ])('lets somebody in with one press: %s', async (door, agency, purpose) => {
    await page.goto(landing)
    await page.getByRole('link', { name: door }).click()
    await page.getByText(agency).first().waitFor()
    await page.getByText(purpose).first().waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect([broken, page.url()]).toEqual([[], expect.stringMatching(/\/console\/#\/$/)])
  })

  it('opens a story where it happens, also for who is signed in as somebody else', async () => {
    await page.goto(landing)
    await page.getByRole('link', { name: 'Un teléfono, dos casos, dos países' }).click()
    await expect.poll(() => page.locator('main input').first().inputValue()).toBe('+502 1555 0107')
    await page.goto(landing)
    await page.getByRole('link', { name: 'Una orden de captura en Honduras' }).click()
    await page.getByRole('heading', { level: 1, name: /Erick Ramírez Guzmán/ }).waitFor()
    await page.getByRole('heading', { name: /órdenes vigentes/ }).waitFor()
  })

  it.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)('keeps nobody out: %s', async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 800 })
    await page.goto(landing)
    expect(await findBarriers(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(broken).toEqual([])
  })
})

describe('a link of a thief', () => {
  it.each([
    '/console/signed-in?code=a-code-of-the-thief&state=a-state-of-the-thief',
    '/console/signed-in?code=a&state=b&iss=https://evil.example',
    '/console/signed-in?error=%3Cimg%20src%3Dx%3E&state=b',
    '/console/signed-in?code=a&state=b&redirect_uri=https://evil.example&returnTo=//evil.example',
  ])('gets no token, and leads nowhere else: %s', async (path) => {
    await page.goto(`${origin}${path}`)
    await page.getByRole('button').first().waitFor()
    expect(asked.filter((url) => url.endsWith('/token'))).toEqual([])
    expect(new Set(asked.map((url) => new URL(url).origin))).toEqual(new Set([origin]))
    expect(page.url()).not.toContain('code=')
    expect(page.url().startsWith(`${origin}/console/`)).toBe(true)
  })

  it.each([
    // The console's own place, so that the others are known to be looked at.
    ['/cases', '/cases'],
    ['//evil.example/', '/'],
    ['/\\evil.example', '/'],
    ['javascript:stolen=1', '/'],
  ])('cannot say where a sign-in ends: %s leads to %s of the console', async (returnTo, end) => {
    await page.goto(`${origin}/console/`)
    await page.getByRole('button', { name: /entrar|iniciar/i }).click()
    await page.waitForURL(`${provider}/login/**`)
    // A page of the same origin that was written by somebody else has changed what the console noted.
    await context.addInitScript(`if (location.origin === '${origin}') {
        const noted = JSON.parse(sessionStorage.getItem('istmo.login') ?? 'null')
        if (noted !== null) sessionStorage.setItem('istmo.login', JSON.stringify({ ...noted, returnTo: ${JSON.stringify(returnTo)} }))
      }`)
    await page.click('button[value=analyst]')
    await page.getByText('Guatemala · FECO').first().waitFor()
    expect(page.url()).toBe(`${origin}/console/#${end}`)
    expect(await page.evaluate("'stolen' in window")).toBe(false)
  })

  it('cannot make the login provider send a code elsewhere', async () => {
    for (const redirect of ['https://evil.example/', `${origin}/console/`, `${origin}/console/signed-in/../x`]) {
      const query = new URLSearchParams({
        ...{ client_id: 'istmo-console', response_type: 'code', scope: 'openid', redirect_uri: redirect, state: 's' },
        ...{ code_challenge: 'c'.repeat(43), code_challenge_method: 'S256' },
      })
      const response = await fetch(`${provider}/auth?${query}`, { redirect: 'manual' })
      expect([response.status, response.headers.get('location')]).toEqual([400, null])
    }
  })
})

/** What an attacker can get out of a session or put into it: secrets that stay behind, another officer of the same browser, a sign-in that somebody else began. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  goTo,
  type HostileWorld,
  openHostileWorld,
  openWindow,
  signIn,
  type VictimWindow,
} from './attacks/hostile-world.ts'
import { type Kept, readKept } from './attacks/kept-by-browser.ts'

/** A sign-in counts as ended 35 seconds before its end. What is left is for the page to be drawn, which takes more than a second on a busy machine. */
const ENDS_SOON_S = 45

let world: HostileWorld
let victim: VictimWindow
/** The addresses that the browser asked. */
let asked: string[]
/** What the browser said of where it came from, with each request that was answered. */
let origins: Promise<string>[]
beforeAll(async () => {
  world = await openHostileWorld()
})
afterAll(() => world?.stop())
beforeEach(async () => {
  Object.assign(world.doors, { officer: { subject: 'ana', name: 'Ana López' }, lifeS: 600, mandates: 1, refusal: null })
  Object.assign(world.doors, { checksVerifier: true, loginPage: null, honest: {} })
  victim = await openWindow(world)
  asked = []
  origins = []
  victim.context.on('request', (request) => asked.push(request.url()))
  // What was sent: what the browser announces before may name a place that it then keeps to itself.
  victim.context.on('response', (response) => {
    const sent = response.request().allHeaders()
    // A window that is closed meanwhile tells nothing more.
    origins.push(sent.then(({ referer = '' }) => referer).catch(() => ''))
  })
})
afterEach(() => victim.context.close())

/** Tokens and codes that are in a text. */
function secretsIn(text: string): readonly string[] {
  return [...world.doors.secrets].filter((secret) => {
    const parts = secret.startsWith('code-') ? [secret] : secret.split('.').slice(1)
    return parts.some((part) => text.includes(part))
  })
}

const keptNow = (): Promise<Kept> => readKept(victim.context, victim.page)

/** Waits until an officer is signed in and has chosen a purpose. */
const awaitBar = (page: Page): Promise<void> => page.locator('.bar').waitFor()

async function searchFor(page: Page, name: string): Promise<void> {
  await page.getByLabel('Nombre, documento, teléfono').fill(name)
  await page.getByRole('button', { name: 'Buscar', exact: true }).click()
  await page.locator('main table.rows').first().waitFor()
}

const signOut = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Más', exact: true }).click()
  await page.getByRole('button', { name: 'Cerrar sesión' }).click()
}

describe('a token or a code', () => {
  it('is kept nowhere after a sign-in, a question, a reload, a renewal, a sign-out and an error', async () => {
    const { page } = victim
    const steps: [string, () => Promise<void>][] = [
      ['sign-in', () => signIn(page)],
      ['question', () => searchFor(page, 'Ana')],
      ['reload', reload],
      ['renewal', renew],
      ['sign-out', () => signOut(page)],
      ['error', failToSignIn],
    ]
    for (const [name, step] of steps) {
      await step()
      const kept = await keptNow()
      expect([name, secretsIn(kept.text)]).toEqual([name, []])
      expect(Object.keys(kept.local).filter((key) => key !== 'istmo.language')).toEqual([])
    }
    expect(world.doors.secrets.size).toBeGreaterThan(6)
    // A code goes back to the console in an address, once; a token never does, and nobody is told where the browser was.
    expect(asked.filter((url) => secretsIn(url).some((secret) => !secret.startsWith('code-')))).toEqual([])
    expect(origins.length).toBeGreaterThan(6)
    expect((await Promise.all(origins)).filter((each) => each !== '')).toEqual([])
    expect(world.doors.referrers).toEqual([])
  })

  async function renew(): Promise<void> {
    const { page, context } = victim
    await page.getByRole('button', { name: 'Renovar la sesión' }).waitFor()
    world.doors.lifeS = 600
    const [popup] = await Promise.all([
      context.waitForEvent('page'),
      page.getByRole('button', { name: 'Renovar la sesión' }).click(),
    ])
    if (!popup.isClosed()) await popup.waitForEvent('close')
    await page.getByRole('button', { name: 'Renovar la sesión' }).waitFor({ state: 'detached' })
  }

  /** The tokens of after it end at once. */
  async function reload(): Promise<void> {
    world.doors.lifeS = ENDS_SOON_S
    await victim.page.reload()
    await awaitBar(victim.page)
  }

  /** Signs in at a provider that gives nothing. */
  async function failToSignIn(): Promise<void> {
    world.doors.refusal = 'TOKENS'
    await victim.page.getByRole('button', { name: 'Iniciar sesión', exact: true }).click()
    await victim.page.getByRole('alert').waitFor()
    world.doors.refusal = null
  }

  it('leaves no key and no place behind when the officer signs out', async () => {
    const { page } = victim
    await signIn(page)
    await goTo(page, '/person/GT:P-1')
    await page.locator('main .identities').first().waitFor()
    expect((await keptNow()).databases['istmo-console/keys']).toHaveLength(1)
    await signOut(page)
    await page.getByRole('button', { name: 'Iniciar sesión', exact: true }).waitFor()
    await expect.poll(async () => (await keptNow()).databases['istmo-console/keys']).toEqual([])
    const kept = await keptNow()
    expect(kept.session).toEqual({})
    expect(page.url()).toBe(`${world.console.origin}/console/#/`)
  })
})

describe('another officer in the same browser', () => {
  it('of the same name sees no note, no search, no answer and no export of the first', async () => {
    const { page } = victim
    await signIn(page)
    await searchFor(page, 'La Primera')
    await page.getByRole('button', { name: 'Exportar', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Imprimir' }).click()
    await page.locator('.print-only').waitFor({ state: 'attached' })
    await goTo(page, '/person/GT:P-1')
    await page.getByLabel('Nota nueva').fill('Secreto de la primera')
    await page.getByRole('button', { name: 'Guardar nota' }).click()
    await page.getByText('Secreto de la primera').waitFor()
    await signOut(page)

    world.doors.officer = { subject: 'otra-ana', name: 'Ana López' }
    await signIn(page)
    await page.getByText('Escriba').or(page.locator('main .empty')).first().waitFor()
    expect(await page.getByLabel('Nombre, documento, teléfono').inputValue()).toBe('')
    expect(await page.locator('.print-only').count()).toBe(0)
    expect(await page.locator('main table').count()).toBe(0)
    await goTo(page, '/notes')
    await page.locator('main .empty').waitFor()
    expect(await page.content()).not.toContain('Secreto')
    asked.length = 0
    await goTo(page, '/person/GT:P-1')
    await page.locator('main .identities').first().waitFor()
    expect(asked.filter((each) => each.includes('/graphql')).length).toBeGreaterThan(0)
    expect(await page.content()).not.toContain('Secreto')
    await signOut(page)

    world.doors.officer = { subject: 'ana', name: 'Ana López' }
    await signIn(page)
    await goTo(page, '/notes')
    await page.getByText('Secreto de la primera').waitFor()
  })

  it('who is logged in at the provider when the page is loaded again must say for what they ask', async () => {
    const { page } = victim
    await signIn(page)
    await awaitBar(page)
    world.doors.officer = { subject: 'otra', name: 'Otra Persona' }
    await page.reload()
    await page.getByRole('dialog').waitFor()
    expect(await page.locator('.bar').textContent()).toContain('Otra Persona')
  })

  it('at a renewal ends the session, and finds neither its place nor its answers', async () => {
    const { page, context } = victim
    await signIn(page)
    await goTo(page, '/person/GT:P-1')
    await page.locator('main .identities').first().waitFor()
    world.doors.lifeS = ENDS_SOON_S
    await page.reload()
    await page.getByRole('button', { name: 'Renovar la sesión' }).waitFor()
    Object.assign(world.doors, { lifeS: 600, officer: { subject: 'otra', name: 'Otra Persona' } })
    await Promise.all([context.waitForEvent('page'), page.getByRole('button', { name: 'Renovar la sesión' }).click()])
    await page.getByText('entró otra persona').waitFor()
    expect(page.url()).toBe(`${world.console.origin}/console/#/`)
    expect(await page.locator('main .identities, main table').count()).toBe(0)
    expect((await keptNow()).session).toEqual({})
  })
})

describe('a sign-in that somebody else began', () => {
  /** Lets the officer begin a sign-in, and gives what the provider sends back to a function that changes it. */
  async function comeBack(change: (url: URL) => void): Promise<void> {
    await victim.page.route('**/auth?*', async (route) => {
      const { headers } = await fetch(route.request().url(), { redirect: 'manual' })
      const url = new URL(headers.get('location') ?? '')
      change(url)
      await route.fulfill({ status: 302, headers: { location: url.href } })
    })
    await victim.page.getByRole('button', { name: 'Iniciar sesión', exact: true }).click()
    await victim.page.getByRole('alert').waitFor()
  }

  /** A code that the provider gave in a sign-in of the attacker. */
  async function codeOfAttacker(): Promise<string> {
    const query = new URLSearchParams({
      redirect_uri: `${world.console.origin}/console/signed-in`,
      state: 's',
      nonce: 'n',
    })
    const { headers } = await fetch(`${world.doors.origin}/auth?${query}&code_challenge=c`, { redirect: 'manual' })
    return new URL(headers.get('location') ?? '').searchParams.get('code') ?? ''
  }

  const tokensAsked = (): readonly string[] =>
    asked.filter((each) => each.includes('-token') || each.includes('/token'))

  it('is not taken with the attacker’s state, and no code is redeemed', async () => {
    const code = await codeOfAttacker()
    await comeBack((url) => {
      url.searchParams.set('state', 's')
      url.searchParams.set('code', code)
    })
    await victim.page.getByText('no empezó en esta ventana').waitFor()
    expect(tokensAsked()).toEqual([])
  })

  it.each([
    ['a provider that checks the verifier', true, 'invalid_grant'],
    ['a provider that does not, by the nonce', false, 'nonce of another sign-in'],
  ])('is not taken with the attacker’s code: %s', async (_, checksVerifier, detail) => {
    world.doors.checksVerifier = checksVerifier
    const code = await codeOfAttacker()
    await comeBack((url) => url.searchParams.set('code', code))
    await victim.page.getByText(detail).waitFor()
    expect(asked.filter((each) => new URL(each).pathname === '/token')).toEqual([])
    expect(Object.keys((await keptNow()).session)).toEqual([])
  })

  it('is not taken from another provider (RFC 9207)', async () => {
    await comeBack((url) => url.searchParams.set('iss', 'https://evil.example'))
    await victim.page.getByText('answer of another provider').waitFor()
    expect(tokensAsked()).toEqual([])
  })
})

describe('the window of a renewal', () => {
  it('cannot reach the console, and what it says is not heard', async () => {
    const { page, context } = victim
    world.doors.lifeS = ENDS_SOON_S
    await signIn(page)
    world.doors.loginPage = `<!doctype html><title>login</title><script>
      window.found = window.opener === null ? 'nobody' : 'the console'
      const forged = { state: 's', code: 'c', error: null, issuer: null }
      try { window.opener?.postMessage(forged, '*') } catch {}
      try { if (window.opener) window.opener.location = 'http://evil.example/' } catch {}
      new BroadcastChannel('istmo-signed-in').postMessage(forged)
    </script>`
    await page.getByRole('button', { name: 'Renovar la sesión' }).waitFor()
    const [popup] = await Promise.all([
      context.waitForEvent('page'),
      page.getByRole('button', { name: 'Renovar la sesión' }).click(),
    ])
    await expect.poll(() => popup.evaluate('window.found')).toBe('nobody')
    asked.length = 0
    // A window of the console itself that somebody feeds with a forged answer.
    const other = await context.newPage()
    await other.goto(`${world.console.origin}/console/signed-in?code=forged&state=forged`)
    await other
      .evaluate(
        `for (const each of [null, 1, {}, { state: 's', code: 'c' }]) new BroadcastChannel('istmo-signed-in').postMessage(each)`,
      )
      .catch(() => undefined)
    await page.evaluate(`window.postMessage({ state: 's', code: 'c', error: null, issuer: null }, '*')`)
    await page.waitForTimeout(100)
    expect(asked.filter((each) => each.includes('token'))).toEqual([])
    expect(page.url()).toContain(`${world.console.origin}/console/#/`)
    expect(victim.watched.faults).toEqual([])
    await page.getByRole('button', { name: 'Renovar la sesión' }).waitFor()
  })
})

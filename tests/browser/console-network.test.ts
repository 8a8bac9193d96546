/** The network of a person, in a real browser: a path that is not on the page yet, and nothing that the page's policy refuses. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { openConsole, signInAsAnalyst } from '../../tools/screenshots/open-console.ts'
import { startIfStopped } from './console-story.ts'

const CHROMIUM = process.env.ISTMO_CHROMIUM ?? '/usr/bin/chromium'
const ERICK = 'GT:P-000001'
const world = inject('world')

let browser: Browser
let context: BrowserContext | null = null
let page: Page
/** What the browser reported of the page as an error. */
let reported: string[]

beforeAll(async () => {
  await startIfStopped('SV')
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  while (!existsSync(join(import.meta.dirname, '../../console/dist/index.html'))) await sleep(500)
})
beforeEach(async () => {
  reported = []
  const viewport = { width: 1280, height: 800 }
  const opened = await openConsole(browser, { port: world.port, language: 'es', viewport }, async (fresh) => {
    fresh.on('pageerror', ({ message }) => void reported.push(message))
    fresh.on('console', (message) => {
      // A server that wants a nonce says so with 401 (RFC 9449), and the browser reports each 401.
      const isNonce = /status of 401/.test(message.text()) && message.location().url.endsWith('/graphql')
      if (message.type() === 'error' && !isNonce) reported.push(message.text())
    })
  })
  context = opened.context
  page = opened.page
  await signInAsAnalyst(page, 'es')
  await page.evaluate(`location.hash = '/network/${ERICK}'`)
  await page.locator('.graph canvas').first().waitFor()
})
afterEach(async () => {
  await context?.close()
  context = null
})
afterAll(() => browser?.close())

async function seek(id: string): Promise<void> {
  const isOpen = await page.getByLabel('Otra persona, por su registro').isVisible()
  if (!isOpen) await page.locator('summary', { hasText: 'Camino hasta' }).click()
  await page.getByLabel('Otra persona, por su registro').fill(id)
  await page.getByRole('button', { name: 'Buscar el camino' }).click()
}

describe('the network of a person', () => {
  it('leads to a person who is not on the page, by reading from both, and says where there is no path', async () => {
    const persons = page.getByLabel('Camino entre dos personas').locator('option')
    await page.getByText('Wilmer Antonio Euceda Cálix').first().waitFor({ state: 'attached' })
    expect(await persons.allTextContents()).not.toContain('Wilmer Antonio Euceda Calix (GT:P-000002)')
    await seek('GT:P-000002')
    await page
      .getByText(/2 pasos: Erick Ramírez Guzmán → .* → Wilmer Antonio Euceda Cálix → Wilmer Antonio Euceda Calix/)
      .waitFor()
    await seek('SV:P-NADIE')
    await page.getByText('No hay camino de hasta cuatro saltos').waitFor()
    await seek('nadie')
    await page.getByText('Escriba el registro de otra persona').waitFor()
    expect(reported).toEqual([])
  })

  it('grows by a step, and adds no style that the policy refuses', async () => {
    const picture = page.locator('.graph')
    const before = await picture.getAttribute('aria-label')
    await page.getByRole('button', { name: 'Ampliar un paso más' }).click()
    await expect.poll(() => picture.getAttribute('aria-label')).not.toBe(before)
    expect(await page.evaluate("document.querySelectorAll('style').length")).toBe(0)
    expect(reported).toEqual([])
  })

  it('finds whom it shows, shows what was chosen, and exports the graph with what each country answered', async () => {
    await page.getByLabel('Buscar en la red').fill('wilmer')
    await page.getByText(/^1 encontrado$/).waitFor()
    await page.evaluate(CHOOSE_CASE)
    const chosen = page.getByRole('region', { name: 'Elegido en la red' })
    expect(await chosen.getByRole('link', { name: 'Abrir caso' }).getAttribute('href')).toMatch(/case/)
    await chosen.getByRole('button', { name: 'Ocultar' }).click()
    await page.getByRole('button', { name: 'Mostrar 1 quitado de la vista' }).click()
    for (const [form, sign] of [
      ['GRAPHML', /<data key="about">.*(INCOMPLETO|Completo)[\s\S]*<node id="GT:P-000001">.*Erick Ramírez/],
      ['SVG', /<svg [\s\S]*Erick Ramírez[\s\S]*(INCOMPLETO|Completo)/],
      ['PNG', /^.PNG/],
    ] as const) {
      const saved = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Exportar', exact: true }).click()
      await page.getByRole('menuitem', { name: form }).click()
      expect(readFileSync(await (await saved).path(), 'utf8')).toMatch(sign)
    }
    expect(reported).toEqual([])
  })
})

/** Chooses a case, as a press on it would. */
const CHOOSE_CASE = "document.querySelector('.graph')._cyreg.cy.nodes('[kind = \"case\"]')[0].emit('tap')"

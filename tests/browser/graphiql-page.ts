/** GraphiQL of the demo in a real browser. `ISTMO_CHROMIUM` names the browser's program (default: chromium of Debian). */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, inject } from 'vitest'
import type { World } from '../clients/world.ts'
import { tokenOf } from '../demo/running-demo.ts'

const CHROMIUM = process.env.ISTMO_CHROMIUM ?? '/usr/bin/chromium'

/** The sizes of windows, in CSS pixels. */
export const TELEPHONE = { width: 390, height: 844 }
export const DESK = { width: 1280, height: 800 }

/** What a person does with GraphiQL. */
export interface GraphiQL {
  /** A token of an analyst. */
  token(): string
  /** Opens it in a window of its own, which is closed at the end of the test. */
  open(viewport: { readonly width: number; readonly height: number }, locale: string): Promise<Page>
  connect(page: Page, token: string): Promise<void>
  /** Asks the first question as an analyst. Returns what the line of countries says. */
  ask(page: Page): Promise<string>
}

/** Starts a browser before the tests of a file, and closes it behind them. */
export function useGraphiQL(): GraphiQL {
  const world: World = inject('world')
  let browser: Browser
  let token: string
  let contexts: BrowserContext[] = []
  beforeAll(async () => {
    token = await tokenOf(world, 'analyst')
    // Chromium's sandbox does not run for root.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  })
  // A page that nobody looks at costs as much as another: its cursor blinks.
  afterEach(async () => {
    for (const context of contexts) await context.close()
    contexts = []
  })
  afterAll(() => browser?.close())
  const connect: GraphiQL['connect'] = async (page, text) => {
    await page.fill('#token', text)
    await page.click('#connect button')
  }
  return {
    token: () => token,
    connect,
    async open(viewport, locale) {
      const context = await browser.newContext({ viewport, locale })
      contexts.push(context)
      const page = await context.newPage()
      await page.goto(`http://127.0.0.1:${world.port}/graphiql`)
      await page.waitForSelector('.graphiql-query-editor .CodeMirror')
      return page
    },
    async ask(page) {
      await connect(page, token)
      await page.click('.graphiql-execute-button')
      await page.locator('#countries', { hasText: /./ }).waitFor()
      return (await page.textContent('#countries')) ?? ''
    },
  }
}

import type { Browser, BrowserContext, Page } from 'playwright-core'
import { consolePort } from '../../demo/ports.ts'

/** Signs in at the console of a demo that runs, in a real browser. */

/** The languages of the console, with what the browser says and the words of the buttons that are pressed. */
export const CONSOLE_WORDS = {
  es: {
    ...{ locale: 'es-GT', signIn: 'Iniciar sesión', goOn: 'Continuar', search: 'Buscar' },
    ...{ name: 'Nombre, en cualquier orden', details: 'Detalle por país', count: 'Contar' },
  },
  en: {
    ...{ locale: 'en-GB', signIn: 'Sign in', goOn: 'Go on', search: 'Search' },
    ...{ name: 'Name, in any order', details: 'Details by country', count: 'Count' },
  },
} as const

/** A language of {@link CONSOLE_WORDS}. */
export type ShownLanguage = keyof typeof CONSOLE_WORDS

/** A console in a window of its own. */
export interface OpenedConsole {
  readonly context: BrowserContext
  readonly page: Page
}

/**
 * Opens the console of Guatemala, as far as the page of the login provider on which one chooses who one is.
 * @param port the base of the demo's ports.
 * @throws {Error} if nobody answers there.
 */
export async function openConsole(
  browser: Browser,
  { port, language, viewport }: { readonly port: number; readonly language: ShownLanguage; readonly viewport: Size },
  prepare: (page: Page) => Promise<void> = async () => undefined,
): Promise<OpenedConsole> {
  const { locale, signIn } = CONSOLE_WORDS[language]
  const context = await browser.newContext({ viewport, locale })
  const page = await context.newPage()
  await prepare(page)
  const address = `http://127.0.0.1:${consolePort(port, 'GT')}/console/`
  await page.goto(address).catch((error: unknown) => {
    throw new Error(`expected a demo that runs (npm start) with its console at ${address}; came: ${String(error)}`)
  })
  await page.getByRole('button', { name: signIn, exact: true }).click()
  await page.locator('button[value=analyst]').waitFor()
  return { context, page }
}

/** Signs in as an analyst, and takes the purpose that is offered first. */
export async function signInAsAnalyst(page: Page, language: ShownLanguage): Promise<void> {
  await page.click('button[value=analyst]')
  await page.getByRole('dialog').getByRole('button', { name: CONSOLE_WORDS[language].goOn }).click()
}

/** Searches for a name, and waits for the first row. */
export async function searchName(page: Page, language: ShownLanguage, name: string): Promise<void> {
  const words = CONSOLE_WORDS[language]
  await page.getByLabel(words.name).fill(name)
  await page.getByRole('button', { name: words.search, exact: true }).click()
  await page.locator('table tbody tr').first().waitFor()
}

/** Reads the base of a demo's ports; undefined if it is no whole number, or leaves no room for the ports behind it. */
export function readBasePort(text: string): number | undefined {
  const port = Number(text)
  return /^\d{1,5}$/.test(text) && port > 0 && port < 65_500 ? port : undefined
}

/** The size of a window, in CSS pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

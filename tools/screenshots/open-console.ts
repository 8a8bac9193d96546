import type { Browser, BrowserContext, Page } from 'playwright-core'
import { consolePort } from '../../demo/countries.ts'
import type { ProfileName } from '../../demo/provider/officers.ts'

/** Signs in at the console of a demo that runs, in a real browser. */

/** The languages of the console, with what the browser says and the words of the buttons that are pressed. */
export const CONSOLE_WORDS = {
  es: {
    ...{ locale: 'es-GT', signIn: 'Iniciar sesión', goOn: 'Continuar', search: 'Buscar' },
    ...{ name: 'Nombre, documento, teléfono', details: 'Detalle por país', count: 'Contar' },
  },
  en: {
    ...{ locale: 'en-GB', signIn: 'Sign in', goOn: 'Go on', search: 'Search' },
    ...{ name: 'Name, document, telephone', details: 'Details by country', count: 'Count' },
  },
} as const

/** A language of {@link CONSOLE_WORDS}. */
export type ShownLanguage = keyof typeof CONSOLE_WORDS

/** A console in a window of its own. */
export interface OpenedConsole {
  readonly context: BrowserContext
  readonly page: Page
}

/** Which console is opened, and in what kind of window. */
export interface WhichConsole {
  /** The base of the demo's ports. */
  readonly port: number
  readonly language: ShownLanguage
  /** Whose console; by default that of Guatemala. */
  readonly country?: 'GT' | 'HN'
  readonly viewport: Size
  readonly colorScheme?: 'light' | 'dark'
  readonly reducedMotion?: 'reduce' | 'no-preference'
  /** How many pixels of the screen are as wide as one CSS pixel; 2 is what a page at 200 % has. */
  readonly deviceScaleFactor?: number
}

/**
 * Opens a console, as far as the page of the login provider on which one chooses who one is.
 * @throws {Error} if nobody answers there.
 */
export async function openConsole(
  browser: Browser,
  { port, language, country = 'GT', ...look }: WhichConsole,
  prepare: (page: Page) => Promise<void> = async () => undefined,
): Promise<OpenedConsole> {
  const { locale, signIn } = CONSOLE_WORDS[language]
  const context = await browser.newContext({ ...look, locale })
  const page = await context.newPage()
  await prepare(page)
  const address = `http://127.0.0.1:${consolePort(port, country)}/console/`
  await page.goto(address).catch((error: unknown) => {
    throw new Error(`expected a demo that runs (npm start) with its console at ${address}; came: ${String(error)}`)
  })
  await page.getByRole('button', { name: signIn, exact: true }).click()
  await page.locator('button[value=analyst]').waitFor()
  return { context, page }
}

/** Signs in as an officer, and takes the purpose that is offered first. */
export async function signInAs(page: Page, language: ShownLanguage, profile: ProfileName): Promise<void> {
  await page.click(`button[value=${profile}]`)
  await page.getByRole('dialog').getByRole('button', { name: CONSOLE_WORDS[language].goOn }).click()
}

/** Signs in as an analyst, and takes the purpose that is offered first. */
export const signInAsAnalyst = (page: Page, language: ShownLanguage): Promise<void> =>
  signInAs(page, language, 'analyst')

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

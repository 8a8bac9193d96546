/**
 * What the stories of the console share: a console that an officer has opened in a window of some size, language and look, and what a person does and sees
 * there, with a mouse or with only the keyboard.
 *
 * Each story is told in the settings that its file names, in CI in one of them. With ISTMO_CONSOLE_SETTINGS=N, each is told in the first N settings of the grid
 * (`npm run test:full -- --only console-grid`).
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest'
import { wordsIn } from '../../console/src/words/catalogue.ts'
import { homeIn } from '../../demo/home.ts'
import type { ProfileName } from '../../demo/provider/officers.ts'
import { openConsole, type ShownLanguage, signInAs, type WhichConsole } from '../../tools/screenshots/open-console.ts'
import { runBeside, tokenOf } from '../demo/running-demo.ts'
import { someOf } from '../share.ts'

const CHROMIUM = process.env.ISTMO_CHROMIUM ?? '/usr/bin/chromium'
const BUILT = join(import.meta.dirname, '../../console/dist/index.html')

/** In what kind of window a story is told. */
export interface Setting extends Omit<WhichConsole, 'port' | 'country'> {
  /** For the titles of the tests. */
  readonly name: string
  /** Whether the story is walked with only the keyboard, or with a mouse (`handOf`). */
  readonly hand: 'keyboard' | 'mouse'
}

/** Spanish at a desk: where each story is told in CI. */
export const DESK: Setting = {
  ...{ name: 'Spanish, 1280 × 800, by keyboard', hand: 'keyboard' },
  ...{ language: 'es', viewport: { width: 1280, height: 800 } },
}

/** English on a telephone. */
export const TELEPHONE: Setting = {
  ...{ name: 'English, 390 × 844, by mouse', hand: 'mouse' },
  ...{ language: 'en', viewport: { width: 390, height: 844 } },
}

const SIZES = [
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
]

/** All settings: both languages in all sizes and looks, then a page at 200 %, and one for somebody whom motion makes ill. */
const GRID: readonly Setting[] = [
  ...(['es', 'en'] as const).flatMap((language) =>
    SIZES.flatMap((viewport) =>
      (['light', 'dark'] as const).map((colorScheme) => {
        const hand = colorScheme === 'light' ? 'keyboard' : 'mouse'
        const name = `${language}, ${viewport.width} × ${viewport.height}, ${colorScheme}, by ${hand}`
        return { name, language, viewport, colorScheme, hand } as const
      }),
    ),
  ),
  { ...DESK, name: 'es, at 200 %, by keyboard', viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
  { ...DESK, name: 'es, with reduced motion, by keyboard', reducedMotion: 'reduce' },
]

/** Returns the settings in which a story is told: those that its file names, of which CI takes one, or the grid's if the environment says so. */
export function settingsOf(...usual: readonly Setting[]): readonly Setting[] {
  const count = process.env.ISTMO_CONSOLE_SETTINGS
  return count === undefined ? someOf(usual.map(({ name }) => name).join(), usual) : GRID.slice(0, Number(count))
}

/** A console in which somebody is signed in. */
export interface Story {
  readonly page: Page
  readonly context: BrowserContext
  readonly setting: Setting
  /** The console's words in the language of the setting. */
  readonly words: (key: string) => string
  /** What the browser complained of, and errors of the page. */
  readonly complaints: readonly string[]
}

/** Opens consoles. They are closed at the end of each test. */
export interface Consoles {
  browser(): Browser
  /** Opens a console as far as the login provider's page. */
  begin(setting: Setting, country?: 'GT' | 'HN'): Promise<Story>
  /** Opens a console, signs an officer in, and takes the purpose that is offered first. */
  open(setting: Setting, profile?: ProfileName, country?: 'GT' | 'HN'): Promise<Story>
}

/**
 * Starts a browser before the tests of a file, and closes it behind them.
 * @param countries whom the demo's world has stopped, and these stories need. They run until the end of the world.
 */
export function useConsoles(countries: readonly string[] = ['SV']): Consoles {
  let browser: Browser
  let contexts: BrowserContext[] = []
  beforeAll(async () => {
    for (const country of countries) await startIfStopped(country)
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
    // The demo builds the console where nobody has.
    while (!existsSync(BUILT)) await sleep(500)
  })
  afterEach(async () => {
    for (const context of contexts) await context.close()
    contexts = []
  })
  afterAll(async () => {
    await browser?.close()
  })
  const begin: Consoles['begin'] = async (setting, country = 'GT') => {
    const { name: _, hand: __, ...look } = setting
    const complaints: string[] = []
    const { context, page } = await openConsole(
      browser,
      { ...look, port: inject('world').port, country },
      async (opened) => hear(opened, complaints),
    )
    contexts.push(context)
    return { page, context, setting, words: wordsIn(setting.language), complaints }
  }
  return {
    browser: () => browser,
    begin,
    open: async (setting, profile = 'analyst', country = 'GT') => {
      const story = await begin(setting, country)
      await signInAs(story.page, setting.language, profile)
      await story.page.getByRole('dialog').waitFor({ state: 'detached' })
      return story
    },
  }
}

function hear(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => void complaints.push(error.message))
  page.on('console', (message) => {
    // A server that wants a newer nonce says so with 401, and an authority with 400 (RFC 9449). The browser reports each.
    const isNonce = message.text().includes(message.location().url.endsWith('/token') ? '400' : '401')
    if (message.type() === 'error' && !isNonce) complaints.push(`${message.location().url} ${message.text()}`)
  })
}

/** Stops a country of the demo, or starts it and waits until it is ready. */
export async function controlCountry(what: 'start' | 'stop', country: string): Promise<void> {
  const { code, stderr } = await runBeside(inject('world'), 'demo/control.ts', what, country)
  if (code !== 0) throw new Error(`expected ${country} to ${what}; came ${code}: ${stderr}`)
}

/**
 * Starts a country of the demo that no story in a browser has started yet. It is not stopped again: to start one for each file takes three seconds of a
 * core, and the client libraries, which need a country that is stopped, have been asked before (tests/clients/vitest.config.ts).
 */
export async function startIfStopped(country: string): Promise<void> {
  if (!(await isRunning(country))) await controlCountry('start', country)
}

/** Stops a country of the demo that the world has not stopped, or a story has started. */
export async function stopIfRunning(country: string): Promise<void> {
  if (await isRunning(country)) await controlCountry('stop', country)
}

async function isRunning(country: string): Promise<boolean> {
  const pids = await readFile(homeIn(inject('world').home).pids, 'utf8')
  return country in (JSON.parse(pids) as Readonly<Record<string, number>>)
}

/** An answer of the gateway. */
export interface PlainAnswer<Data> {
  readonly data: Data
  readonly errors?: readonly { readonly message: string }[]
}

/** Tokens by profile. One lives ten minutes; it is used for five. */
const tokens = new Map<ProfileName, { readonly token: Promise<string>; readonly until: number }>()

function findToken(profile: ProfileName): Promise<string> {
  const known = tokens.get(profile)
  if (known !== undefined && known.until > Date.now()) return known.token
  const token = tokenOf(inject('world'), profile)
  tokens.set(profile, { token, until: Date.now() + 300_000 })
  return token
}

/** Asks the gateway without a console, as a program of an officer would. */
export async function askGateway<Data>(
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  profile: ProfileName = 'analyst',
): Promise<PlainAnswer<Data>> {
  const response = await fetch(inject('world').url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await findToken(profile)}` },
    body: JSON.stringify({ query, variables }),
  })
  if (response.status !== 200) throw new Error(`expected 200; came ${response.status}: ${await response.text()}`)
  return (await response.json()) as PlainAnswer<Data>
}

/** Puts values into a text of the console's words. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]))
}

/** The name of a country, as the console says it. */
export function nameCountry(language: ShownLanguage, code: string): string {
  return new Intl.DisplayNames([language], { type: 'region' }).of(code) ?? code
}

/** Goes to a place of the console, such as `/cases`. */
export async function goTo(page: Page, place: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(place)}`)
}

/** What the line of countries says. */
export const readLine = async (page: Page): Promise<string> => (await page.textContent('.line [role=status]')) ?? ''

/** Waits until the line of countries says how a country stands, in one of these ways: `answered`, `partly`, `unavailable`, `denied` and so on. */
export async function waitForStanding(
  { page, setting }: Story,
  code: string,
  ...standings: readonly string[]
): Promise<void> {
  await page
    .locator(standings.map((each) => `.line .chip.${each}`).join(', '), {
      hasText: nameCountry(setting.language, code),
    })
    .waitFor()
}

/** Waits until nothing is asked any more. */
export async function waitForAnswers(page: Page): Promise<void> {
  await page.locator('.line .chip').first().waitFor()
  await page.locator('.line .chip.asking').first().waitFor({ state: 'detached' })
  await page.locator('main .skeleton').first().waitFor({ state: 'detached' })
}

/** It runs in the page, of which the types of this project know nothing. */
const readCells = new Function(
  'rows',
  "return rows.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.innerText))",
) as (rows: unknown) => string[][]

/** The cells of a table with this caption, row by row. */
export async function readTable(page: Page, caption: string): Promise<readonly (readonly string[])[]> {
  const rows = page.getByRole('table', { name: caption, exact: true }).locator('tbody tr')
  // To ask for each row by itself looks for the table as often.
  return rows.evaluateAll(readCells)
}

/** Expects that nothing on the page keeps somebody out: axe finds nothing serious, nothing is cut off at the side, and nothing moves that should not. */
export async function expectUsable({ page, setting }: Pick<Story, 'page' | 'setting'>): Promise<void> {
  const [barriers, overflow, motion] = [
    await findBarriers(page),
    await page.evaluate(OVERFLOW),
    await page.evaluate(MOTION),
  ]
  expect({ barriers, overflow }).toEqual({ barriers: [], overflow: [] })
  if (setting.reducedMotion === 'reduce') expect(motion).toBe(0)
}

const MOTION = "document.getAnimations().filter(({ playState }) => playState === 'running').length"

/** The parts of the page that make it wider than its window. */
const OVERFLOW = `(() => {
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth <= clientWidth) return []
  const wide = [...document.body.querySelectorAll('*')].filter((part) => part.getBoundingClientRect().right > clientWidth + 1)
  return [scrollWidth + ' of ' + clientWidth, ...wide.slice(-3).map((part) => part.outerHTML.slice(0, 160))]
})()`

/** The findings of axe that it calls serious or critical, with the first part that has them. The page's policy lets only the debugger run it. */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe.source)
  // Of the rules that the page keeps, nothing is read here.
  const { violations } = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as {
    readonly violations: readonly { id: string; impact: string | null; nodes: readonly { html: string }[] }[]
  }
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}

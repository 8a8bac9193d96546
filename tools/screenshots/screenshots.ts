import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { compress, MOST_BYTES } from './compress.ts'
import {
  CONSOLE_WORDS,
  openConsole,
  readBasePort,
  type ShownLanguage,
  type Size,
  searchName,
  signInAsAnalyst,
} from './open-console.ts'

/**
 * `npm run screenshots`: takes the pictures of docs/console.md from a demo that runs. It drives a real browser as an officer would, so that a picture cannot
 * show what the console does not do.
 */

const SPEC = {
  name: 'npm run screenshots --',
  description: 'Takes the pictures of the pages about the console. A demo must run (npm start).',
  options: {
    port: {
      ...{ flag: 'port', value: 'port', meaning: 'the base of the demo’s ports', default: '4000' },
      ...{ expected: 'a whole number from 1 to 65499', parse: readBasePort },
    },
    out: { flag: 'out', value: 'dir', meaning: 'where the pictures go', default: 'docs/images' },
    look: {
      ...{ flag: 'look', value: 'look', meaning: 'light, dark, or both; dark pictures have .dark in their names' },
      ...{ expected: 'light, dark or both', default: 'light', parse: readLook },
    },
    chromium: { flag: 'chromium', value: 'file', meaning: 'the browser', default: '/usr/bin/chromium' },
  },
} as const satisfies CommandSpec

/** Which of the browser's color schemes are shown. */
type Look = 'light' | 'dark' | 'both'

function readLook(text: string): Look | undefined {
  return text === 'light' || text === 'dark' || text === 'both' ? text : undefined
}

/** One picture. */
interface Shot {
  readonly name: string
  readonly size: Size
  /** Brings the page to what is shown. It begins on the page of the search. */
  readonly show: (page: Page, language: ShownLanguage) => Promise<void>
}

const DESK: Size = { width: 1200, height: 760 }
const TELEPHONE: Size = { width: 390, height: 780 }
const ERICK = 'GT:P-000001'

const SHOTS: readonly Shot[] = [
  { name: 'search', size: DESK, show: (page, language) => searchName(page, language, 'Erik Ramires Gusman') },
  {
    name: 'dossier',
    size: DESK,
    show: async (page) => {
      await goTo(page, `/person/${ERICK}`)
      await page.locator('.identities thead th', { hasText: 'SV:P-000003' }).waitFor()
      await bringUp(page, '#identities')
    },
  },
  {
    name: 'network',
    size: DESK,
    show: async (page) => {
      await goTo(page, `/network/${ERICK}`)
      await page.locator('.graph canvas').first().waitFor()
      await page.locator('.chip.asking').waitFor({ state: 'detached' })
      await bringUp(page, 'h1')
    },
  },
  {
    name: 'counts',
    size: DESK,
    show: async (page, language) => {
      await goTo(page, '/counts')
      await page.getByRole('button', { name: CONSOLE_WORDS[language].count, exact: true }).click()
      await page.locator('.count-sheets').first().waitFor()
      await bringUp(page, '.count-sheets')
    },
  },
  {
    name: 'line',
    size: TELEPHONE,
    show: async (page, language) => {
      await searchName(page, language, 'Erik Ramires Gusman')
      await page.getByRole('button', { name: CONSOLE_WORDS[language].details }).click()
    },
  },
]

async function goTo(page: Page, place: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(place)}`)
}

/** Scrolls so that a part of the page is at the top of the window, and what it is about is in the picture. */
async function bringUp(page: Page, selector: string): Promise<void> {
  await page.locator(selector).evaluate((part) => part.scrollIntoView({ block: 'start' }))
}

/** Takes one picture, in a window of its own. */
async function take(
  browser: Browser,
  { size, show }: Shot,
  {
    port,
    language,
    colorScheme,
  }: { readonly port: number; readonly language: ShownLanguage; readonly colorScheme: 'light' | 'dark' },
): Promise<Buffer> {
  const { context, page } = await openConsole(browser, { port, language, viewport: size })
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await signInAsAnalyst(page, language)
  await show(page, language)
  // A chart and a network draw once more after their data are there.
  await page.waitForTimeout(800)
  const picture = await compress(await context.newCDPSession(page))
  await context.close()
  return picture
}

await runCommand(SPEC, process.argv.slice(2), async ({ port, out, look, chromium: executablePath }) => {
  await mkdir(out, { recursive: true })
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    for (const language of Object.keys(CONSOLE_WORDS) as ShownLanguage[]) {
      for (const colorScheme of look === 'both' ? (['light', 'dark'] as const) : [look]) {
        for (const shot of SHOTS) {
          const picture = await take(browser, shot, { port, language, colorScheme })
          const file = join(out, `console-${shot.name}${colorScheme === 'dark' ? '.dark' : ''}.${language}.webp`)
          await writeFile(file, picture)
          process.stdout.write(`${file}: ${picture.length} bytes of at most ${MOST_BYTES}\n`)
        }
      }
    }
  } finally {
    await browser.close()
  }
})

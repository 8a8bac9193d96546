import type { Browser, Page } from 'playwright-core'
import { openConsole, searchName, signInAsAnalyst } from '../../tools/screenshots/open-console.ts'

/** The link of an office at the border: 1.6 Mb/s down, 0.75 Mb/s up, 150 ms there and back; and a processor of a quarter of this one's speed. */
const LINK = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 } as const
const CPU_RATE = 4

/** How long an officer waits, in milliseconds. What the officer reads and types is not counted. */
export interface FirstRow {
  /** From the click at the login provider until the console asks for the purpose. */
  readonly signInMs: number
  /** From the click on the search until the first row is there. */
  readonly searchMs: number
}

/** Makes a page as slow as {@link LINK} and {@link CPU_RATE} say. */
async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', LINK)
  await session.send('Emulation.setCPUThrottlingRate', { rate: CPU_RATE })
}

/**
 * Signs in at the console of a demo and searches, in a browser that has nothing of the console in its cache.
 * @throws {Error} if the first row is not the person whom one looked for.
 */
export async function measureFirstRow(browser: Browser, port: number): Promise<FirstRow> {
  const viewport = { width: 1280, height: 800 }
  const { context, page } = await openConsole(browser, { port, language: 'es', viewport }, slowDown)
  try {
    let beganAt = performance.now()
    await signInAsAnalyst(page, 'es')
    const signInMs = performance.now() - beganAt
    await page.getByLabel('Nombre, en cualquier orden').waitFor()
    beganAt = performance.now()
    await searchName(page, 'es', 'Erik Ramires Gusman')
    const searchMs = performance.now() - beganAt
    const row = await page.locator('table tbody tr').first().textContent()
    if (row?.includes('Erick Ramírez Guzmán') !== true)
      throw new Error(`expected Erick Ramírez Guzmán in the first row; came ${row}`)
    return { signInMs, searchMs }
  } finally {
    await context.close()
  }
}

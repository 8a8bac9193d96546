import type { Browser, Page } from 'playwright-core'
import { CONSOLE_WORDS, openConsole, signInAsAnalyst } from '../../tools/screenshots/open-console.ts'
import { startTrace, type Trace, writeChain } from './trace.ts'

/** How slow the browser is made, besides a link of 1.6 Mb/s down and 0.75 Mb/s up. */
export interface Slowness {
  /** The time of each request's way there and back, in milliseconds, besides what its bytes take. */
  readonly latencyMs: number
  /** How many times slower than this machine's the processor is. */
  readonly cpuRate: number
}

/** The link of an office at the border, and a processor of a quarter of this one's speed. */
export const BORDER_OFFICE: Slowness = { latencyMs: 150, cpuRate: 4 }

/** How long an officer waits, in milliseconds. What the officer reads and types is not counted. */
export interface FirstRow {
  /** From the click at the login provider until the console has a field to type in. */
  readonly signInMs: number
  /** From the Enter key until the first row is there. */
  readonly searchMs: number
  /** The requests of both, a line for each. */
  readonly chains: { readonly signIn: readonly string[]; readonly search: readonly string[] }
}

/** How long the officer reads and types between sign-in and search, in milliseconds. */
const TYPING_MS = 3_000

const NAME = 'Erik Ramires Gusman'

/** Makes a page slow, and begins to note its requests. */
async function slowDown(page: Page, { latencyMs, cpuRate }: Slowness): Promise<Trace> {
  const session = await page.context().newCDPSession(page)
  const trace = await startTrace(session)
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: latencyMs,
    downloadThroughput: 1_600_000 / 8,
    uploadThroughput: 750_000 / 8,
  })
  await session.send('Emulation.setCPUThrottlingRate', { rate: cpuRate })
  return trace
}

/**
 * Signs in at the console of a demo and searches, in a browser that has nothing of the console in its cache before the first page. The officer types for
 * three seconds in between.
 * @throws {Error} if the first row is not the person whom one looked for.
 */
export async function measureFirstRow(browser: Browser, port: number, slowness: Slowness): Promise<FirstRow> {
  const viewport = { width: 1280, height: 800 }
  const tracing = Promise.withResolvers<Trace>()
  const { context, page } = await openConsole(browser, { port, language: 'es', viewport }, async (opened) =>
    tracing.resolve(await slowDown(opened, slowness)),
  )
  try {
    const trace = await tracing.promise
    const field = page.getByLabel(CONSOLE_WORDS.es.name)
    const signInMs = await time(trace, async () => {
      await signInAsAnalyst(page, 'es')
      await field.waitFor()
    })
    const signIn = writeChain(trace.list())
    await field.fill(NAME)
    await page.waitForTimeout(TYPING_MS)
    const first = page.locator('table tbody tr').first()
    const searchMs = await time(trace, async () => {
      await field.press('Enter')
      await first.waitFor()
    })
    const row = await first.textContent()
    if (row?.includes('Erick Ramírez Guzmán') !== true) {
      throw new Error(`expected Erick Ramírez Guzmán in the first row; came ${row}`)
    }
    return { signInMs, searchMs, chains: { signIn, search: writeChain(trace.list()) } }
  } finally {
    await context.close()
  }
}

async function time(trace: Trace, act: () => Promise<void>): Promise<number> {
  trace.restart()
  const beganAt = performance.now()
  await act()
  return performance.now() - beganAt
}

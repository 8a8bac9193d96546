import { execFile } from 'node:child_process'
import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

/** How long the browser may take, in milliseconds. */
import { exists } from '../../../audit/if-there.ts'

const TIMEOUT_MS = 60_000

/** Where Debian and other systems have the browser. */
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/**
 * Prints an HTML file as PDF with Chromium, without a network.
 * @param browser the browser's program; without it, the first one of the usual places.
 * @throws {Error} if there is no browser, or it makes no file. The message says what to do.
 */
export async function printPdf(html: string, pdf: string, browser?: string): Promise<void> {
  const program = browser ?? (await findBrowser())
  if (program === undefined) {
    throw new Error(
      `expected Chromium for the PDF at ${BROWSERS.join(' or ')}; came none. Install it (apt-get install chromium), name it with --browser, or open ${html} in any browser and print it`,
    )
  }
  const profile = await mkdtemp(join(tmpdir(), 'istmo-report-'))
  try {
    await promisify(execFile)(program, argumentsFor(html, pdf, profile), { timeout: TIMEOUT_MS })
    await access(pdf)
  } catch (error) {
    const { message } = error as Error
    throw new Error(`${program} made no PDF (${message.split('\n')[0]}). Open ${html} in a browser and print it`)
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

function argumentsFor(html: string, pdf: string, profile: string): readonly string[] {
  return [
    '--headless',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    // The page has no script and loads nothing, and the sandbox does not run for root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    `--user-data-dir=${profile}`,
    '--no-pdf-header-footer',
    `--print-to-pdf=${resolve(pdf)}`,
    pathToFileURL(resolve(html)).href,
  ]
}

async function findBrowser(): Promise<string | undefined> {
  for (const path of BROWSERS) {
    if (await exists(path)) return path
  }
  return undefined
}

/** The console in a real browser, where everybody whom it asks is an attacker. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { rotateKeyFile } from '../../../audit/pseudonym/key-file.ts'
import { startTestConsole, type TestConsole } from '../../console-server/testing.ts'
import { type HostileDoors, openHostileDoors } from './hostile-doors.ts'
import { type Watched, watchContext } from './inspect-page.ts'

const CHROMIUM = process.env.ISTMO_CHROMIUM ?? '/usr/bin/chromium'
const DIST = join(import.meta.dirname, '../../../console/dist')

/** The world of an attack. */
export interface HostileWorld {
  readonly doors: HostileDoors
  readonly console: TestConsole
  readonly browser: Browser
  /** A folder for files of the test. */
  readonly folder: string
  stop(): Promise<void>
}

/** Opens the world. The console is the one that is built. */
export async function openHostileWorld(): Promise<HostileWorld> {
  // The demo builds it where nobody has.
  while (!existsSync(join(DIST, 'index.html'))) await sleep(500)
  const folder = await mkdtemp(join(tmpdir(), 'istmo-attacks-'))
  const doors = await openHostileDoors()
  await writeFile(
    join(folder, 'policy'),
    `log ${doors.marks.of('TrustPolicy')}<img src=x onerror=stolen()>\u202e\u05d0\n`,
  )
  await rotateKeyFile(join(folder, 'GT.refs.json'), Date.parse('2026-01-01T00:00:00Z'))
  const served = await startTestConsole({
    ...{ files: DIST, gateway: doors.origin },
    authority: { issuer: 'https://id.gt.example', country: 'GT', address: doors.origin },
    oversight: { url: `${doors.origin}/audit/graphql`, trustPolicies: [join(folder, 'policy')] },
    provider: {
      ...{ issuer: doors.origin, client: 'console' },
      ...{ authorizationEndpoint: `${doors.origin}/auth`, tokenEndpoint: `${doors.origin}/provider-token` },
    },
  })
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  return {
    ...{ doors, console: served, browser, folder },
    async stop() {
      await browser.close()
      await served.remove()
      doors.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A window of the victim. */
export interface VictimWindow {
  readonly context: BrowserContext
  readonly page: Page
  readonly watched: Watched
}

/** Opens a window of a browser of its own, before anybody signs in. */
export async function openWindow({ browser, console: { origin }, doors }: HostileWorld): Promise<VictimWindow> {
  const context = await browser.newContext({ locale: 'es-GT', viewport: { width: 1280, height: 900 } })
  const watched = await watchContext(context, [origin, doors.origin])
  const page = await context.newPage()
  await page.goto(`${origin}/console/`)
  return { context, page, watched }
}

/** Signs in, and chooses the purpose. */
export async function signIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Iniciar sesión', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Continuar' }).click()
}

/** Goes to a place of the console. */
export async function goTo(page: Page, place: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(place)}`)
}

/** What another site can do with the pages of the built console: frame them, lead them elsewhere, take its files for something else, feed it other settings. */
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goTo, type HostileWorld, openHostileWorld, openWindow, signIn } from './attacks/hostile-world.ts'
import { changeAnswers } from './changed-answers.ts'

let world: HostileWorld
let thief: Server
let site: string
/** What the thief's site was asked. */
const stolen: string[] = []
beforeAll(async () => {
  world = await openHostileWorld()
  thief = createServer((request, response) => {
    stolen.push(`${request.method} ${request.url}`)
    const cors = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': '*',
      'content-type': 'text/html',
    }
    response.writeHead(200, cors).end('<!doctype html><title>a site</title>')
  }).listen(0, '127.0.0.1')
  await once(thief, 'listening')
  site = `http://127.0.0.1:${(thief.address() as AddressInfo).port}`
})
afterAll(async () => {
  await world?.stop()
  thief?.close()
})

it('a page of another site that frames the console, in any way, gets nothing', async () => {
  const context = await world.browser.newContext()
  const page = await context.newPage()
  await page.goto(`${site}/`)
  const base = `${world.console.origin}/console/`
  for (const [tag, attribute] of [
    ['iframe', 'src'],
    ['embed', 'src'],
    ['object', 'data'],
  ] as const) {
    for (const path of ['', '#/person/GT:P-1', 'signed-in?code=a&state=b', 'config.json', 'icon.svg']) {
      const isBlocked = await page.evaluate(`new Promise((resolve) => {
        const frame = document.createElement('${tag}')
        frame.onload = frame.onerror = () => setTimeout(resolve, 20)
        setTimeout(resolve, 500)
        frame.${attribute} = '${base}${path}'
        document.body.append(frame)
      })`)
      expect(isBlocked).toBeUndefined()
    }
  }
  const shown = page.frames().filter((frame) => frame.url().startsWith(world.console.origin))
  expect(shown.map((frame) => frame.url())).toEqual([])
  await context.close()
})

it('no place in the fragment of an address leads out of the console or runs', async () => {
  const { context, page, watched } = await openWindow(world)
  await signIn(page)
  for (const place of [
    `//${new URL(site).host}/x`,
    '/\\evil.example',
    'javascript:stolen()',
    `/${site}/x`,
    '/person/%0d%0a',
    '/case/%',
    '/__proto__',
    '/person/../../x',
    '/cases?iccs=%3Cimg%20src%3Dx%3E',
    '/audit?log=%22%3E%3Csvg%20onload%3Dstolen()%3E',
  ]) {
    await goTo(page, `#${place}`)
    await page.locator('main h1, main h2').first().waitFor()
    expect(new URL(page.url()).origin).toBe(world.console.origin)
  }
  expect(await page.evaluate('watched.stolen')).toEqual([])
  expect(watched.faults.filter((each) => each.startsWith('asked') || each.startsWith('a dialog'))).toEqual([])
  await context.close()
})

it('each file is served as what it is, and none that the build wrote for others', async () => {
  const types: Readonly<Record<string, string>> = {
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.html': 'text/html',
    '.svg': 'image/svg+xml',
    '.json': 'application/json',
    '.woff2': 'font/woff2',
  }
  const dist = join(import.meta.dirname, '../../console/dist')
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => extname(name) !== '')
  expect(files.length).toBeGreaterThan(20)
  for (const name of files) {
    const response = await fetch(`${world.console.origin}/console/${name}`, { redirect: 'error' })
    // What the build says of itself is not served: whoever asks for it gets the page.
    const type = name === 'manifest.json' ? 'text/html' : types[extname(name)]
    expect([name, response.headers.get('content-type')?.split(';')[0]]).toEqual([name, type])
    expect([name, response.headers.get('x-content-type-options')]).toEqual([name, 'nosniff'])
    await response.body?.cancel()
  }
})

/** Changes the console's page on its way, with the policy that came with it. */
async function changePage(page: Page, change: (html: string) => string): Promise<void> {
  const isPage = ({ pathname }: URL): boolean => pathname === '/console/' || pathname === '/console/signed-in'
  await changeAnswers(page, isPage, async (response, route) =>
    route.fulfill({ response, body: change(await response.text()) }),
  )
}

describe('settings of another host', () => {
  it.each<[string, (config: string) => string]>([
    ['another gateway', (config) => config.replace(/"gateway":"[^"]*"/, `"gateway":"${'SITE'}"`)],
    [
      'another place for exports',
      (config) => config.replace(/"exports":\{[^}]*\}/, '"exports":{"url":"SITE/exports"}'),
    ],
    [
      'another token endpoint',
      (config) => config.replaceAll(/"tokenEndpoint":"[^"]*"/g, '"tokenEndpoint":"SITE/token"'),
    ],
    [
      'a script in place of an address',
      (config) => config.replace(/"authorizationEndpoint":"[^"]*"/, '"authorizationEndpoint":"javascript:stolen()"'),
    ],
  ])('send it nothing: %s', async (_, change) => {
    const { context, page } = await openWindow(world)
    stolen.length = 0
    let changed = 0
    await changePage(page, (html) => {
      const other = change(html).replaceAll('SITE', site)
      if (other !== html) changed++
      return other
    })
    await page.reload()
    expect(changed).toBe(1)
    const button = page.getByRole('button', { name: 'Iniciar sesión', exact: true })
    await button.or(page.locator('.detail')).first().waitFor()
    if ((await button.count()) > 0) {
      await button.click()
      await page.getByRole('alert').or(page.getByRole('dialog')).first().waitFor()
      const dialog = page.getByRole('dialog').getByRole('button', { name: 'Continuar' })
      if ((await dialog.count()) > 0) {
        await dialog.click()
        await goTo(page, '/case/GT:C-1')
        await page.locator('main [role=alert], main dl').first().waitFor()
      }
    }
    expect(await page.evaluate('watched.stolen')).toEqual([])
    expect(stolen).toEqual([])
    await context.close()
  })

  it('are not read from where a redirect leads', async () => {
    const { context, page } = await openWindow(world)
    stolen.length = 0
    // A page without settings asks for them.
    await changePage(page, (html) => html.replace(/<script type="application\/json"[^<]*<\/script>/, ''))
    let askedFor = 0
    await page.route('**/console/config.json', (route) => {
      askedFor++
      return route.fulfill({ status: 302, headers: { location: `${site}/config.json` } })
    })
    await page.reload()
    await page.locator('.detail').waitFor()
    expect(askedFor).toBe(1)
    expect(stolen).toEqual([])
    await context.close()
  })
})

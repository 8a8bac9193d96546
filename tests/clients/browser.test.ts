import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ALLOWED_HEADERS } from '../../gateway/front/cors.ts'
import { tokenHere } from './token.ts'

/** Pages of other origins in a real browser. `ISTMO_CHROMIUM` names the browser's program (default: chromium of Debian). */

const world = inject('world')
const CHROMIUM = process.env.ISTMO_CHROMIUM ?? '/usr/bin/chromium'

interface Asked {
  readonly status: number
  readonly requestId: string | null
  readonly challenge: string | null
  readonly text: string
}

let browser: Browser
let allowed: Page
let stranger: Page
beforeAll(async () => {
  // Chromium's sandbox does not run for root.
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  allowed = await open(world.allowedPage)
  stranger = await open(world.strangePage)
})
afterAll(() => browser?.close())

async function open(address: string): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(address)
  return page
}

/** Asks as a script of the page. Rejects with the browser's own error if the browser does not let the page. */
function askFrom(page: Page, headers: Record<string, string>, init: RequestInit = {}): Promise<Asked> {
  const body = JSON.stringify({ query: '{ person(id: "GT:P-000001") { id } }' })
  const request = { method: 'POST', body, ...init, headers: { 'content-type': 'application/json', ...headers } }
  const search = init.method === 'GET' ? `?query=${encodeURIComponent('{ person(id: "GT:P-000001") { id } }')}` : ''
  return page.evaluate(
    async ([url, how]) => {
      const response = await fetch(url, how)
      const { headers: got } = response
      const [requestId, challenge] = [got.get('istmo-request-id'), got.get('www-authenticate')]
      return { status: response.status, requestId, challenge, text: await response.text() }
    },
    [world.url + search, init.method === 'GET' ? { method: 'GET', headers: request.headers } : request] as const,
  )
}

const authorization = `Bearer ${await tokenHere()}`
const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=b' }

describe('a page of an origin that --cors-origin names', () => {
  it('reads answers and the id of the request', async () => {
    const asked = await askFrom(allowed, { authorization })
    expect(asked).toMatchObject({ status: 200, text: expect.stringContaining('GT:P-000001') })
    expect(asked.requestId).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('can send grounds, a dry run, a trace, and the name of its client', async () => {
    const { text } = await askFrom(allowed, {
      authorization,
      'istmo-mandate': 'purpose=INVESTIGATION',
      'istmo-dry-run': '?1',
      'apollographql-client-name': 'desk',
      ...trace,
    })
    expect(JSON.parse(text)).toMatchObject({ extensions: { dryRun: { denied: [] } } })
  })

  it.each(ALLOWED_HEADERS)('can send the header %s', async (name) => {
    const value = name === 'content-type' ? 'application/json' : 'x'
    // The gateway may reject the value. The page can read that, too.
    expect((await askFrom(allowed, { [name]: value })).requestId).not.toBeNull()
  })

  it('can read why its token is not valid', async () => {
    const asked = await askFrom(allowed, { authorization: 'Bearer none' })
    expect(asked.status).toBe(401)
    expect(asked.challenge).toContain('error="invalid_token"')
  })

  it('can use GET with the header that no page sends unasked', async () => {
    const headers = { authorization, 'apollo-require-preflight': '1' }
    const asked = await askFrom(allowed, headers, { method: 'GET' })
    expect(asked).toMatchObject({ status: 200, text: expect.stringContaining('GT:P-000001') })
  })

  it('cannot send a header that the gateway does not know', async () => {
    await expect(askFrom(allowed, { authorization, 'x-unknown': '1' })).rejects.toThrow('Failed to fetch')
  })
})

describe('a page of another origin', () => {
  it.each([
    ['with a token', { authorization }],
    ['without a token', {}],
  ])('can neither ask nor read anything %s', async (_, headers) => {
    await expect(askFrom(stranger, headers)).rejects.toThrow('Failed to fetch')
  })
})

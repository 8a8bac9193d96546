/** What serves the console, as an attacker meets it: paths, methods, hosts and headers. */
import { readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBuiltFiles } from '../../authority/console/console-routes.ts'
import { askRaw, FILES, readPage, SCRIPT, SECRET, startTestConsole, type TestConsole } from './testing.ts'

let tested: TestConsole
beforeAll(async () => {
  tested = await startTestConsole({
    oversight: { url: 'http://127.0.0.1:8/audit/graphql', trustPolicies: ['dist/icon.svg'] },
  })
})
afterAll(() => tested.remove())

const ask = (path: string, init: Parameters<typeof askRaw>[2] = {}) => askRaw(tested.origin, path, init)

describe('the paths of a console', () => {
  it.each([
    ['/console/', 'index.html', 'text/html; charset=utf-8', 'no-store'],
    ['/console/buscar?q=x', 'index.html', 'text/html; charset=utf-8', 'no-store'],
    ['/console/personas/GT%3AP-000001', 'index.html', 'text/html; charset=utf-8', 'no-store'],
    ['/console/signed-in?code=a&state=b', 'index.html', 'text/html; charset=utf-8', 'no-store'],
    [`/console/${SCRIPT}`, SCRIPT, 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/console/icon.svg', 'icon.svg', 'image/svg+xml', 'no-cache'],
    ['/console/trust-policy/0', 'icon.svg', 'text/plain; charset=utf-8', 'no-store'],
  ])('answers %s', async (path, file, type, cache) => {
    const { status, headers, body } = await ask(path)
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, type, cache])
    expect(readPage(body).page).toBe(FILES[file])
  })

  it.each([
    '/console/../secret.json',
    '/console/../../secret.json',
    '/console/%2e%2e/secret.json',
    '/console/..%2fsecret.json',
    '/console/%2e%2e%2fsecret.json',
    '/console/..%5csecret.json',
    '/console/..\\secret.json',
    '/console/%252e%252e/secret.json',
    '/console//etc/passwd',
    '/console/./.env',
    '/console/.env',
    '/console/up/secret.json',
    '/console/linked.json',
    '/console/assets/linked-AAAAAAAA.json',
    '/console/assets/source.ts',
    '/console/assets/',
    '/console/assets/../../secret.json',
    '/console/manifest.json',
    '/console/trust-policy/1',
    '/console/trust-policy/../../secret.json',
    '/console/trust-policy/0/../0',
    '/console/%00',
    '/console/index.html%00.js',
    '/console/%E0%A4%A',
    '/console/__proto__',
    '/console/constructor',
    `/console/${'a'.repeat(4_000)}`,
    '/secret.json',
    '/dist/index.html',
  ])('give nothing but the page or 404 for %s', async (path) => {
    const { status, body, headers } = await ask(path)
    const text = body.toString()
    expect(text).not.toContain(SECRET)
    expect(text).not.toContain('/home/builder')
    expect(text).not.toContain('Index of')
    if (status === 200) expect(readPage(body).page).toBe(FILES['index.html'])
    else expect([status, headers['content-type']]).toEqual([404, 'application/json; charset=utf-8'])
  })

  it.each(['..', '%2e%2e', '..%2f', '..%5c', '%00', '%E0%A4%A', './x'])(
    'that climb or are malformed are 404, and not the page: %s',
    async (part) => {
      expect((await ask(`/console/${part}`)).status).toBe(404)
    },
  )

  it('never answer the name of a missing script with the page', async () => {
    const { status, headers } = await ask('/console/assets/index-CCCCCCCC.js')
    expect([status, headers['content-type']]).toEqual([404, 'application/json; charset=utf-8'])
  })

  it('lead to the console, and nowhere else', async () => {
    for (const path of ['/', '/console', '/console?return=//evil.example', '/?next=https://evil.example']) {
      const { status, headers } = await ask(path)
      expect([status, headers.location]).toEqual([308, '/console/'])
    }
    expect((await ask('//evil.example/console')).status).toBe(404)
  })
})

/** Parts from which an attacker makes paths. */
const PARTS = [
  ...[
    '..',
    '.',
    '/',
    '//',
    '\\\\',
    '%2e',
    '%2e%2e',
    '%2f',
    '%5c',
    '%00',
    '%252e',
    '%',
    ';',
    '~',
    'a',
    'index.html',
    'assets',
  ],
  ...[
    'assets/',
    'up',
    'linked.json',
    'secret.json',
    '.env',
    'manifest.json',
    'source.ts',
    SCRIPT,
    'icon.svg',
    'trust-policy/',
  ],
]

it('whatever a path is made of, it gives the page, a file of the console, or 404', async () => {
  const own = new Set(['index.html', SCRIPT, 'icon.svg'].map((name) => FILES[name]))
  const paths = fc.array(fc.constantFrom(...PARTS), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(paths, async (parts) => {
      const { status, body, headers } = await ask(`/console/${parts.join('')}`)
      if (status === 200) return own.has(readPage(body).page)
      return status === 404 && headers['content-type'] === 'application/json; charset=utf-8'
    }),
    { numRuns: 200 },
  )
})

describe('methods', () => {
  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])('%s is 405 for a file', async (method) => {
    for (const path of ['/console/', `/console/${SCRIPT}`, '/console/config.json']) {
      const { status, headers } = await ask(path, { method, headers: { origin: 'https://evil.example' } })
      expect([status, headers.allow, headers['access-control-allow-origin']]).toEqual([405, 'GET', undefined])
    }
  })

  it('HEAD is GET without the body', async () => {
    const [head, get] = [await ask(`/console/${SCRIPT}`, { method: 'HEAD' }), await ask(`/console/${SCRIPT}`)]
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, `${get.body.length}`, 0])
  })

  it('a range is answered with the whole file, and a known file with 304', async () => {
    const ranged = await ask(`/console/${SCRIPT}`, { headers: { range: 'bytes=0-3' } })
    expect([ranged.status, ranged.body.toString()]).toEqual([200, FILES[SCRIPT]])
    const etag = ranged.headers.etag ?? ''
    const again = await ask(`/console/${SCRIPT}`, { headers: { 'if-none-match': `"x", W/${etag}` } })
    expect([again.status, again.body.length, again.headers['content-security-policy']]).toEqual([
      ...[304, 0],
      expect.stringContaining("default-src 'none'"),
    ])
    const page = await ask('/console/', { headers: { 'if-none-match': '*' } })
    expect(page.status).toBe(200)
  })

  it.each<[string, string | undefined, (bytes: Buffer) => Buffer]>([
    ['br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
    ['identity', undefined, (bytes) => bytes],
    ['br;q=0.000', undefined, (bytes) => bytes],
  ])('Accept-Encoding %s gives %s', async (accepted, coding, decode) => {
    const { headers, body } = await ask(`/console/${SCRIPT}`, { headers: { 'accept-encoding': accepted } })
    expect([headers['content-encoding'], headers.vary]).toEqual([coding, 'Accept-Encoding'])
    expect(decode(body).toString()).toBe(FILES[SCRIPT])
    expect(Number(headers['content-length'])).toBe(body.length)
  })
})

describe('the host', () => {
  it.each(['evil.example', '127.0.0.1', 'localhost', '127.0.0.1.evil.example'])(
    'is the console’s own: %s is misdirected',
    async (host) => {
      for (const path of ['/console/', '/console/config.json', '/console/mandates', '/token']) {
        const method = path === '/token' ? 'POST' : 'GET'
        const { status, body } = await ask(path, { method, headers: { host } })
        expect(status).toBe(421)
        expect(body.toString()).not.toContain('evil')
      }
    },
  )

  it('is not written into any answer', async () => {
    const { body } = await ask('/console/config.json', { headers: { 'x-forwarded-host': 'evil.example' } })
    expect(body.toString()).not.toContain('evil')
  })
})

/** Reads a policy into its directives. */
function readPolicy(header: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    header.split(';').map((directive) => {
      const [name = '', ...values] = directive.trim().split(/\s+/)
      return [name, values]
    }),
  )
}

describe('the headers', () => {
  it.each([
    '/console/',
    `/console/${SCRIPT}`,
    '/console/config.json',
    '/console/none/..',
    '/console',
    '/console/trust-policy/0',
  ])('of %s let no page frame it, sniff it or learn from where a browser came', async (path) => {
    const { headers } = await ask(path)
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect(headers['permissions-policy']).toContain('camera=()')
    expect(headers).not.toHaveProperty('access-control-allow-origin')
    expect(headers).not.toHaveProperty('set-cookie')
    expect(headers).not.toHaveProperty('x-powered-by')
  })

  it('have a policy that allows the console’s own files and exactly four other parties', async () => {
    const policy = readPolicy((await ask('/console/')).headers['content-security-policy'] as string)
    expect(Object.fromEntries(policy)).toEqual({
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': ["'self'", 'data:', 'blob:'],
      'font-src': ["'self'"],
      'connect-src': ["'self'", 'http://127.0.0.1:9', 'http://127.0.0.1:7', 'http://127.0.0.1:8'],
      'worker-src': ["'self'"],
      'manifest-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
      'require-trusted-types-for': ["'script'"],
      'trusted-types': ["'none'"],
    })
    for (const [name, values] of policy) {
      expect(
        values.filter((value) => /unsafe|\*|https?:$/.test(value)),
        name,
      ).toEqual([])
    }
  })
})

it('what the pages are told holds addresses and names, and nothing else', async () => {
  const { body } = await ask('/console/config.json')
  expect(JSON.parse(body.toString())).toEqual({
    ...{ version: 1, country: 'GT', gateway: 'http://127.0.0.1:9', languages: ['es', 'en'], development: true },
    ...{ institution: null, contact: null },
    redirectPath: '/console/signed-in',
    authority: {
      ...{ issuer: 'https://authority.gt.example', clientId: 'console' },
      tokenEndpoint: `${tested.origin}/token`,
      mandatesEndpoint: `${tested.origin}/console/mandates`,
    },
    exports: { url: `${tested.origin}/console/exports` },
    provider: {
      ...{ issuer: 'http://127.0.0.1:7', clientId: 'console', scope: 'openid', subjectToken: 'access_token' },
      ...{ authorizationEndpoint: 'http://127.0.0.1:7/auth', tokenEndpoint: 'http://127.0.0.1:7/token' },
      ...{ endSessionEndpoint: null, resource: null },
    },
    oversight: {
      ...{ url: 'http://127.0.0.1:8/audit/graphql', audience: 'http://127.0.0.1:8' },
      trustPolicy: ['/console/trust-policy/0'],
    },
  })
})

describe('the settings in the page', () => {
  it('are those of their own path, in each form of the page', async () => {
    const told: unknown = JSON.parse((await ask('/console/config.json')).body.toString())
    for (const path of ['/console/', '/console/signed-in?code=a&state=b', '/console/index.html']) {
      expect(readPage((await ask(path)).body).settings, path).toEqual(told)
    }
    const { body } = await ask('/console/', { headers: { 'accept-encoding': 'br' } })
    expect(readPage(brotliDecompressSync(body)).settings).toEqual(told)
  })

  it('cannot end their element, begin a comment, or become a script', async () => {
    const client = '</script><script>stolen=1</script><!--'
    const provider = { authorizationEndpoint: 'http://127.0.0.1:7/auth', tokenEndpoint: 'http://127.0.0.1:7/token' }
    const other = await startTestConsole({ client, provider: { ...provider, issuer: client, client } })
    const { body } = await askRaw(other.origin, '/console/')
    await other.remove()
    expect(body.toString().match(/<script/g)).toHaveLength(2)
    expect(body.toString()).not.toContain('<!--')
    expect(readPage(body)).toMatchObject({
      page: FILES['index.html'],
      settings: { authority: { clientId: client }, provider: { issuer: client, clientId: client } },
    })
  })

  it('name whom the browser connects to ahead, where an officer comes back from the login provider', async () => {
    const { headers } = await ask('/console/signed-in?code=a&state=b')
    const expected = ['http://127.0.0.1:7', 'http://127.0.0.1:9'].map(
      (origin) => `<${origin}>; rel=preconnect; crossorigin`,
    )
    expect(headers.link).toBe(expected.join(', '))
    expect((await ask('/console/')).headers).not.toHaveProperty('link')
  })
})

it('an authority that is away is 503, and says nothing of where it is', async () => {
  const { status, body } = await ask('/console/mandates', { headers: { authorization: 'Bearer a.b.c' } })
  expect([status, JSON.parse(body.toString())]).toEqual([
    503,
    { error: 'temporarily_unavailable', reason: 'UNAVAILABLE' },
  ])
})

describe('a folder', () => {
  it('that is built anew is served anew, and one that is gone is said to be', async () => {
    const other = await startTestConsole()
    const page = join(other.files, 'index.html')
    const look = async () => (await askRaw(other.origin, '/console/')).body.toString()
    expect(readPage(Buffer.from(await look())).page).toBe(FILES['index.html'])
    await writeFile(page, 'another build')
    await utimes(page, 1, 1)
    while ((await look()) !== 'another build') await sleep(50)
    await rm(page)
    let answer = await askRaw(other.origin, '/console/')
    while (answer.status !== 503) answer = await askRaw(other.origin, '/console/')
    expect(answer.body.toString()).toContain('The console is not built')
    expect(answer.body.toString()).not.toContain(other.folder)
    expect(answer.headers['retry-after']).toBe('3')
    await other.remove()
  })

  it.each([
    ['no page', {}, /expected the folder of a built console with index\.html.*npm run build -w console/],
    [
      'a file that is too large',
      { 'index.html': 'x', 'assets/large-AAAAAAAA.js': 'x'.repeat(16 * 1024 * 1024 + 1) },
      /expected at most 16777216 bytes in .*large-AAAAAAAA\.js/,
    ],
  ])('with %s is refused with its remedy', async (_, files, message) => {
    const other = await startTestConsole({}, files)
    await expect(readBuiltFiles(other.files)).rejects.toThrow(message)
    await other.remove()
  })

  it('gives the bytes that are on the disk', async () => {
    const files = await readBuiltFiles(tested.files)
    expect(files.find(SCRIPT)?.bytes).toEqual(await readFile(join(tested.files, SCRIPT)))
    expect(files.find('linked.json')).toBeUndefined()
  })
})

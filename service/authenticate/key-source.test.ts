import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, type FetchImplementation, generateKeyPair, type JWK } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createKeySource } from './key-source.ts'

const URL = 'http://127.0.0.1:1/jwks.json'
const TOKEN = { payload: '', signature: '' }
let publicKey: JWK
let privateKey: JWK
let folder: string

beforeAll(async () => {
  const pair = await generateKeyPair('Ed25519', { extractable: true })
  publicKey = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'EdDSA' }
  privateKey = { ...(await exportJWK(pair.privateKey)), kid: 'one', alg: 'EdDSA' }
  folder = await mkdtemp(join(tmpdir(), 'istmo-keys-'))
})

afterAll(() => rm(folder, { recursive: true }))

/** A replacement for fetch that counts its calls and returns what `reply` returns. */
function provider(reply: () => Response): { readonly fetch: FetchImplementation; readonly calls: () => number } {
  let calls = 0
  return {
    fetch: async () => {
      calls += 1
      return reply()
    },
    calls: () => calls,
  }
}

const silent = (): Response => {
  throw new TypeError('fetch failed')
}

/** A body that never ends, a mebibyte at a time. */
function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1_048_576)) })
}

describe('a key set at a URL', () => {
  it('is KEYS_UNAVAILABLE while its address does not answer and nothing is cached, and is not fetched for each request', async () => {
    const idp = provider(silent)
    let now = 0
    const find = await createKeySource(URL, { fetch: idp.fetch, now: () => now })
    const header = { alg: 'EdDSA', kid: 'one' }
    await expect(find(header, TOKEN)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE', status: 503 })
    await expect(find(header, TOKEN)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
    expect(idp.calls()).toBe(1)
    now = 6_000
    await expect(find(header, TOKEN)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
    expect(idp.calls()).toBe(2)
  })

  it('returns a key, and TOKEN_INVALID for an id that it does not have', async () => {
    const idp = provider(() => Response.json({ keys: [publicKey] }))
    const find = await createKeySource(URL, { fetch: idp.fetch, now: () => 0 })
    expect(await find({ alg: 'EdDSA', kid: 'one' }, TOKEN)).toBeDefined()
    await expect(find({ alg: 'EdDSA', kid: 'two' }, TOKEN)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
    expect(idp.calls()).toBe(1)
  })

  it.each([
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'http://127.0.0.1:1/other' } })],
    ['a page of HTML', () => new Response('<html></html>', { headers: { 'content-type': 'text/html' } })],
    ['an error', () => new Response('{}', { status: 500 })],
    ['no key set', () => Response.json({ keys: {} })],
    ['a list', () => Response.json([publicKey])],
    ['more than 256 KiB', () => Response.json({ keys: [publicKey], more: 'x'.repeat(262_144) })],
    ['parts without an end', () => new Response(endless())],
  ])('that answers with %s is KEYS_UNAVAILABLE', async (_, reply) => {
    const find = await createKeySource(URL, { fetch: provider(reply).fetch, now: () => 0 })
    await expect(find({ alg: 'EdDSA', kid: 'one' }, TOKEN)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
  })
})

describe('an RSA key', () => {
  it.each([
    ['is not believed with the exponent 1, with which anybody can sign', 'AQ', false],
    ['is not believed with the exponent 3', 'Aw', false],
    ['is believed with the exponent 65537', 'AQAB', true],
  ])('%s', async (_, e, isBelieved) => {
    const { publicKey: rsa } = await generateKeyPair('RS256', { extractable: true })
    const { n } = await exportJWK(rsa)
    const keys = [{ kty: 'RSA', n, e, kid: 'rsa', alg: 'RS256' }]
    const file = join(folder, `rsa-${e}.json`)
    await writeFile(file, JSON.stringify({ keys }))
    for (const location of [URL, file]) {
      const find = await createKeySource(location, {
        fetch: provider(() => Response.json({ keys })).fetch,
        now: () => 0,
      })
      const found = find({ alg: 'RS256', kid: 'rsa' }, TOKEN)
      if (isBelieved) expect(await found).toBeDefined()
      else
        await expect(found).rejects.toMatchObject({ code: 'TOKEN_INVALID', message: expect.stringContaining('65537') })
    }
  })
})

describe('a key set that was fetched', () => {
  const header = { alg: 'EdDSA', kid: 'one' }

  // jose reads the clock itself, so the test sets the global clock.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 0 }))
  afterEach(() => void vi.useRealTimers())

  it.each<[string, () => Response]>([
    ['does not answer', silent],
    ['answers with a page of HTML', () => new Response('<html></html>')],
    ['answers with JSON that is not a key set', () => Response.json({ error: 'no' })],
  ])('is used for an hour while its address %s, and no longer', async (_, down) => {
    let reply = () => Response.json({ keys: [publicKey] })
    const find = await createKeySource(URL, { fetch: provider(() => reply()).fetch, now: Date.now })
    await find(header, TOKEN)
    reply = down
    for (const minutes of [6, 30, 59]) {
      vi.setSystemTime(minutes * 60_000)
      expect(await find(header, TOKEN)).toBeDefined()
      await expect(find({ alg: 'EdDSA', kid: 'two' }, TOKEN)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
    }
    vi.setSystemTime(61 * 60_000)
    await expect(find(header, TOKEN)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
  })

  it('has a key that its provider removed for at most five minutes', async () => {
    let keys = [publicKey]
    const find = await createKeySource(URL, { fetch: provider(() => Response.json({ keys })).fetch, now: Date.now })
    await find(header, TOKEN)
    keys = []
    vi.setSystemTime(300_001)
    await expect(find(header, TOKEN)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it('is not fetched again for each unknown key id', async () => {
    const idp = provider(() => Response.json({ keys: [publicKey] }))
    const find = await createKeySource(URL, { fetch: idp.fetch, now: () => 0 })
    const asked = Array.from({ length: 1000 }, (_, index) => find({ alg: 'EdDSA', kid: `made-up-${index}` }, TOKEN))
    const answers = await Promise.allSettled(asked)
    expect(answers.every(({ status }) => status === 'rejected')).toBe(true)
    expect(idp.calls()).toBe(1)
  })
})

describe('a key set in a file', () => {
  it('that cannot be read names the file and the setting', async () => {
    await expect(createKeySource(import.meta.dirname, { now: () => 0 })).rejects.toThrow(
      /expected a JWK set.*EISDIR.*--jwks/,
    )
    await expect(createKeySource('/no/such/file', { now: () => 0 })).rejects.toThrow(/no\/such\/file.*ENOENT/)
    await expect(createKeySource(import.meta.filename, { now: () => 0 })).rejects.toThrow(/not JSON/)
  })

  it.each([
    ['a private key', () => ({ keys: [privateKey] }), /keys\.0\.d: expected a public key/],
    ['a symmetric key', () => ({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }] }), /keys\.0\.kty/],
    ['no keys', () => ({ keys: [] }), /keys/],
  ])('that holds %s is rejected, with the file’s name and the path in the message', async (_, content, message) => {
    const file = join(folder, 'refused.json')
    await writeFile(file, JSON.stringify(content()))
    await expect(createKeySource(file, { now: () => 0 })).rejects.toThrow(message)
    await expect(createKeySource(file, { now: () => 0 })).rejects.toThrow('refused.json')
  })
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, type FetchImplementation, generateKeyPair, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

/** A stand-in for fetch that counts its calls and answers as `reply` says at the time. */
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

describe('a key set at a URL', () => {
  it('is KEYS_UNAVAILABLE while its address is silent and nothing is cached, and is not asked for on every request', async () => {
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

  it('gives a key, and TOKEN_INVALID for an id that it does not have', async () => {
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
  ])('that answers with %s is KEYS_UNAVAILABLE', async (_, reply) => {
    const find = await createKeySource(URL, { fetch: provider(reply).fetch, now: () => 0 })
    await expect(find({ alg: 'EdDSA', kid: 'one' }, TOKEN)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
  })
})

describe('a key set in a file', () => {
  it('that cannot be read names the file and the setting', async () => {
    await expect(createKeySource(import.meta.dirname, { now: () => 0 })).rejects.toThrow(
      /expected a JWK set.*EISDIR.*--jwks/,
    )
    await expect(createKeySource('/no/such/file', { now: () => 0 })).rejects.toThrow(/no\/such\/file.*ENOENT/)
    await expect(createKeySource(import.meta.filename, { now: () => 0 })).rejects.toThrow(/no JSON/)
  })

  it.each([
    ['a private key', () => ({ keys: [privateKey] }), /keys\.0\.d: expected a public key/],
    ['a symmetric key', () => ({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }] }), /keys\.0\.kty/],
    ['no keys', () => ({ keys: [] }), /keys/],
  ])('that holds %s is refused with the file’s name and the path', async (_, content, message) => {
    const file = join(folder, 'refused.json')
    await writeFile(file, JSON.stringify(content()))
    await expect(createKeySource(file, { now: () => 0 })).rejects.toThrow(message)
    await expect(createKeySource(file, { now: () => 0 })).rejects.toThrow('refused.json')
  })
})

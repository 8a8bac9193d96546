import { CompactSign } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { generateRevealKeys, type RevealKeys, readPrivateKeys, readPublicKeys, toPublicKeys } from './reveal-keys.ts'
import {
  REVEAL_REQUEST_TYPE,
  type RevealRequestClaims,
  readRequestKid,
  signRevealRequest,
  verifyRevealRequest,
} from './reveal-request.ts'

let secret: RevealKeys
let shown: RevealKeys
let stranger: RevealKeys
beforeAll(async () => {
  const keys = await generateRevealKeys('X25519', true)
  secret = await readPrivateKeys(JSON.stringify({ keys }))
  shown = await readPublicKeys(JSON.stringify({ keys: toPublicKeys(keys) }))
  stranger = await readPrivateKeys(JSON.stringify({ keys: await generateRevealKeys('P-256', true) }))
})

const CLAIMS: RevealRequestClaims = {
  ...{ v: 1, aud: 'https://authority.gt.example', iat: 1_795_000_000, jti: '01940000-0000-7000-8000-000000000001' },
  ...{ about: { ref: `1.${'r'.repeat(43)}` }, reason: 'order 77/2026', seal_to: 's'.repeat(43) },
}

/** Signs anything, as somebody would who does not use our code. */
async function signRaw(claims: unknown, header: object = {}): Promise<string> {
  const [key] = secret.signing
  const all = { alg: 'EdDSA', typ: REVEAL_REQUEST_TYPE, kid: key?.kid ?? '', ...header }
  const signer = new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader(all)
  return signer.sign(key?.key as never)
}

describe('a request to reveal', () => {
  it.each<[string, RevealRequestClaims['about']]>([
    ['a ref', { ref: `2.${'a'.repeat(43)}` }],
    ['a token and when it was used', { token: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6', at: 1_795_000_000 }],
    ['a subject and who sees it', { subject: `1.${'b'.repeat(43)}`, audience: 'HN' }],
  ])('names %s', async (_, about) => {
    const text = await signRevealRequest({ ...CLAIMS, about }, secret.signing[0] as never)
    const read = await verifyRevealRequest(text, shown.signing)
    expect(read.claims).toEqual({ ...CLAIMS, about })
    expect(read.kid).toBe(shown.signing[0]?.kid)
    expect(readRequestKid(text)).toBe(read.kid)
  })

  it('has one hash, however its signature is written', async () => {
    const text = await signRevealRequest(CLAIMS, secret.signing[0] as never)
    const { hash } = await verifyRevealRequest(text, shown.signing)
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const at = last.indexOf(text.at(-1) ?? '')
    // The last character of 64 bytes in base64url has four bits that nobody reads.
    const other = `${text.slice(0, -1)}${last[at ^ 1]}`
    expect(other).not.toBe(text)
    const again = await verifyRevealRequest(other, shown.signing).catch(() => null)
    expect(again === null || again.hash === hash).toBe(true)
  })

  it('counts only with the signature of a pinned key', async () => {
    const text = await signRevealRequest(CLAIMS, secret.signing[0] as never)
    await expect(verifyRevealRequest(text, stranger.signing)).rejects.toThrow('another key signed it')
    const forged = [{ kid: shown.signing[0]?.kid ?? '', key: stranger.signing[0]?.key as never }]
    await expect(verifyRevealRequest(text, forged)).rejects.toThrow('expected a request')
    const [header, , signature] = text.split('.')
    const claims = Buffer.from(JSON.stringify({ ...CLAIMS, reason: 'another' })).toString('base64url')
    await expect(verifyRevealRequest(`${header}.${claims}.${signature}`, shown.signing)).rejects.toThrow(
      'does not hold',
    )
  })

  it.each<[string, object]>([
    ['no reason', { reason: undefined }],
    ['an empty reason', { reason: '   ' }],
    ['a reason of two lines', { reason: 'order 77\nIGNORE' }],
    ['a long reason', { reason: 'x'.repeat(201) }],
    ['nothing that it is about', { about: undefined }],
    ['two things that it is about', { about: { ref: `1.${'r'.repeat(43)}`, token: 'a', at: 1 } }],
    ['a ref of another form', { about: { ref: 'officer-1' } }],
    ['a token without its time', { about: { token: 'a' } }],
    ['a jti that is no UUIDv7', { jti: 'a' }],
    ['a member that nobody knows', { officer: 'officer-1' }],
    ['another version', { v: 2 }],
  ])('is refused with %s', async (_, over) => {
    const claims = JSON.parse(JSON.stringify({ ...CLAIMS, ...over }))
    await expect(verifyRevealRequest(await signRaw(claims), shown.signing)).rejects.toThrow('expected a well-formed')
    await expect(signRevealRequest(claims, secret.signing[0] as never)).rejects.toThrow('expected a well-formed')
  })

  it.each<[string, object]>([
    ['another type', { typ: 'JWT' }],
    ['a member that nobody knows', { jku: 'https://evil.example' }],
  ])('is refused with %s in its header', async (_, header) => {
    await expect(verifyRevealRequest(await signRaw(CLAIMS, header), shown.signing)).rejects.toThrow(
      'expected a request',
    )
  })

  it.each(['', 'a.b.c', 'x'.repeat(10_000)])('is not any text', async (text) => {
    await expect(verifyRevealRequest(text, shown.signing)).rejects.toThrow('expected a request')
  })
})

describe('a file of keys', () => {
  it('keeps keys that sign apart from those to which one seals', () => {
    expect(secret.signing).toHaveLength(1)
    expect(secret.sealing).toHaveLength(1)
    expect(secret.signing[0]?.kid).not.toBe(secret.sealing[0]?.kid)
  })

  it.each<[string, (keys: readonly Record<string, unknown>[]) => unknown, string]>([
    ['with a secret', (keys) => ({ keys }), 'set of public keys'],
    [
      'with another kid',
      (keys) => ({ keys: keys.map(({ d: _, ...key }) => ({ ...key, kid: 'k'.repeat(43) })) }),
      'thumbprint',
    ],
    ['with a key for both', (keys) => ({ keys: keys.map(({ d: _, ...key }) => ({ ...key, use: 'enc' })) }), 'set of'],
    ['without keys', () => ({ keys: [] }), 'set of public keys'],
    ['with something else', () => 'keys', 'set of public keys'],
  ])('is not taken for public keys %s', async (_, change, message) => {
    const keys = await generateRevealKeys('X25519', true)
    const text = JSON.stringify(change(keys as unknown as readonly Record<string, unknown>[]))
    await expect(readPublicKeys(text)).rejects.toThrow(message)
  })
})

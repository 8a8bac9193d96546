import { createHash, sign as createSignature, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { CompactSign, calculateJwkThumbprint, type JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkKeyProof, checkProof, createNonces, createReplayCache } from './dpop-proof.ts'

const NOW_S = 1_800_000_000
const TOKEN = 'a.b.c'
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')

interface Key {
  readonly privateKey: KeyObject
  readonly jwk: JWK
  readonly thumbprint: string
}

async function makeKey(pair: { privateKey: KeyObject; publicKey: KeyObject }): Promise<Key> {
  const jwk = pair.publicKey.export({ format: 'jwk' }) as JWK
  return { privateKey: pair.privateKey, jwk, thumbprint: await calculateJwkThumbprint(jwk) }
}

let key: Key
let other: Key
let now = NOW_S
let uses = 0
const replays = createReplayCache(() => now)
const nonces = createNonces(() => now)

beforeAll(async () => {
  key = await makeKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }))
  other = await makeKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }))
})

function claims(over: object = {}): Record<string, unknown> {
  uses += 1
  const address = 'https://istmo.example/graphql'
  return {
    jti: `proof-${uses}`,
    htm: 'POST',
    htu: address,
    iat: NOW_S,
    ath: sha256(TOKEN),
    nonce: nonces.current(),
    ...over,
  }
}

function prove(content: unknown = claims(), header: object = {}, signer = key): Promise<string> {
  const bytes = new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content))
  return new CompactSign(bytes)
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: signer.jwk, ...header })
    .sign(signer.privateKey)
}

/** Signs a header that jose would not. */
function signAnything(header: object): string {
  const signed = [header, claims()].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signer = { key: key.privateKey, dsaEncoding: 'ieee-p1363' as const }
  return `${signed}.${createSignature('sha256', Buffer.from(signed), signer).toString('base64url')}`
}

function check(proofs: readonly string[], over: { method?: string; path?: string; publicUrl?: string } = {}) {
  const { method = 'POST', path = '/graphql', publicUrl = 'https://istmo.example' } = over
  const world = { publicUrl: () => publicUrl, replays, nonces, now: () => now * 1000 }
  return checkProof({ proofs, method, path }, { ath: sha256(TOKEN), keyThumbprint: key.thumbprint }, world).then(
    () => 'accepted',
    (error: { code?: unknown }) => error.code,
  )
}

describe('a DPoP proof', () => {
  it.each<[string, object, object]>([
    ['made just now', {}, {}],
    ['by a clock that is 4 s ahead', { iat: NOW_S + 4 }, {}],
    ['59 s ago', { iat: NOW_S - 59 }, {}],
    ['for the address with a query and a fragment', { htu: 'https://istmo.example/graphql?query=x#y' }, {}],
    ['for the address with its port and in capitals', { htu: 'HTTPS://ISTMO.example:443/graphql' }, {}],
    ['with additional claims', { sub: 'ignored' }, { kid: 'ignored' }],
  ])('is accepted %s', async (_, over, header) => {
    expect(await check([await prove(claims(over), header)])).toBe('accepted')
  })

  it('is accepted from an Ed25519 key', async () => {
    const ed = await makeKey(generateKeyPairSync('ed25519'))
    const world = { publicUrl: () => 'https://istmo.example', replays, nonces, now: () => now * 1000 }
    const proofs = [await prove(claims(), { alg: 'EdDSA' }, ed)]
    const proofOf = { ath: sha256(TOKEN), keyThumbprint: ed.thumbprint }
    await checkProof({ proofs, method: 'POST', path: '/graphql' }, proofOf, world)
  })

  it('is accepted with a key that has descriptive members', async () => {
    const jwk = { ...key.jwk, kid: 'one', use: 'sig', key_ops: ['verify'], ext: true, alg: 'ES256' }
    expect(await check([await prove(claims(), { jwk })])).toBe('accepted')
  })

  it.each<[string, () => unknown]>([
    ['for another method', () => claims({ htm: 'GET' })],
    ['for the method in small letters', () => claims({ htm: 'post' })],
    ['for another path', () => claims({ htu: 'https://istmo.example/other' })],
    ['for another host', () => claims({ htu: 'https://evil.example/graphql' })],
    ['for another scheme', () => claims({ htu: 'http://istmo.example/graphql' })],
    ['for another port', () => claims({ htu: 'https://istmo.example:8443/graphql' })],
    ['for no address', () => claims({ htu: '/graphql' })],
    ['for an address with a user', () => claims({ htu: 'https://a@istmo.example/graphql' })],
    ['made 60 s ago', () => claims({ iat: NOW_S - 60 })],
    ['made 6 s in the future', () => claims({ iat: NOW_S + 6 })],
    ['with its time as text', () => claims({ iat: String(NOW_S) })],
    ['without a time', () => claims({ iat: undefined })],
    ['for another token', () => claims({ ath: sha256('d.e.f') })],
    ['for no token', () => claims({ ath: undefined })],
    ['without an id', () => claims({ jti: undefined })],
    ['with an empty id', () => claims({ jti: '' })],
    ['with an id of 257 characters', () => claims({ jti: 'x'.repeat(257) })],
    ['with a duplicate member', () => JSON.stringify(claims()).replace('"htm":', '"htm":"GET","htm":')],
    ['whose claims are an array', () => [claims()]],
    ['whose claims are not JSON', () => '{'],
  ])('is rejected %s', async (_, content) => {
    expect(await check([await prove(content())])).toBe('PROOF_INVALID')
  })

  it.each<[string, () => object]>([
    ['of another type', () => ({ typ: 'at+jwt' })],
    ['of no type', () => ({ typ: undefined })],
    ['without a key', () => ({ jwk: undefined })],
    ['with its private key', () => ({ jwk: key.privateKey.export({ format: 'jwk' }) })],
    ['with a symmetric key', () => ({ jwk: { kty: 'oct', k: 'c2VjcmV0' } })],
    [
      'with an RSA key',
      () => ({ jwk: generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }) }),
    ],
    ['with a certificate in its key', () => ({ jwk: { ...key.jwk, x5c: ['AA'] } })],
    ['with another key than signed', () => ({ jwk: other.jwk })],
    ['with a point that is on no curve', () => ({ jwk: { ...key.jwk, y: key.jwk.x } })],
    ['with a critical extension', () => ({ crit: ['b64'], b64: true })],
  ])('is rejected %s, although its signature is valid', async (_, header) => {
    const full = { typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk, ...header() }
    expect(await check([signAnything(full)])).toBe('PROOF_INVALID')
    expect(await check([signAnything({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk })])).toBe('accepted')
  })

  it('is rejected with alg none, HS256 and ES384', async () => {
    for (const alg of ['none', 'HS256', 'ES384', 'RS256']) {
      const head = Buffer.from(JSON.stringify({ typ: 'dpop+jwt', alg, jwk: key.jwk })).toString('base64url')
      const body = Buffer.from(JSON.stringify(claims())).toString('base64url')
      expect(await check([`${head}.${body}.AA`])).toBe('PROOF_INVALID')
    }
  })

  it('is rejected from another key, although its signature is valid', async () => {
    expect(await check([await prove(claims(), {}, other)])).toBe('PROOF_INVALID')
  })

  it('is rejected from a key of small order, with which one signature fits any text', async () => {
    const identity = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)])
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: identity.toString('base64url') }
    const parts = [{ typ: 'dpop+jwt', alg: 'EdDSA', jwk }, claims()].map((part) => JSON.stringify(part))
    const signed = parts.map((part) => Buffer.from(part).toString('base64url')).join('.')
    const proof = `${signed}.${Buffer.concat([identity, Buffer.alloc(32)]).toString('base64url')}`
    const world = { publicUrl: () => 'https://istmo.example', replays, nonces, now: () => now * 1000 }
    const shown = { proofs: [proof], method: 'POST', path: '/graphql' }
    await expect(checkKeyProof(shown, { ath: null, keyThumbprint: null }, world)).rejects.toMatchObject({
      code: 'PROOF_INVALID',
    })
  })

  it('is rejected if its signature was changed', async () => {
    const proof = await prove()
    expect(await check([proof.replace(/.(?=.{40}$)/, (letter) => (letter === 'A' ? 'B' : 'A'))])).toBe('PROOF_INVALID')
  })

  it('is rejected if none came, if two came, or if it is not a compact JWS', async () => {
    const proof = await prove()
    const tooLong = `${'a'.repeat(8192)}.b.c`
    for (const proofs of [[], [proof, proof], [`${proof}, ${proof}`], ['a.b'], ['a.b.c.d.e'], [''], [tooLong]]) {
      expect(await check(proofs)).toBe('PROOF_INVALID')
    }
    expect(await check([proof])).toBe('accepted')
  })

  it('is accepted once, even from several requests at the same time, until it is too old', async () => {
    const proof = await prove()
    const answers = await Promise.all([proof, proof, proof].map((again) => check([again])))
    expect(answers.toSorted()).toEqual(['PROOF_INVALID', 'PROOF_INVALID', 'accepted'])
    now = NOW_S + 59
    expect(await check([proof])).toBe('PROOF_INVALID')
    now = NOW_S + 66
    expect(await check([proof])).toBe('PROOF_INVALID')
    now = NOW_S
  })

  it('needs a nonce of this server, which says which one, and only to who has the key', async () => {
    const old = createNonces(() => now - 180).current()
    const foreign = createNonces(() => now).current()
    for (const nonce of [undefined, '', 'invented', old, foreign, `${nonces.current()}A`]) {
      expect(await check([await prove(claims({ nonce }))])).toBe('NONCE_REQUIRED')
      expect(await check([await prove(claims({ nonce }), {}, other)])).toBe('PROOF_INVALID')
    }
    for (const nonce of [7, null, ['a']]) expect(await check([await prove(claims({ nonce }))])).toBe('PROOF_INVALID')
  })

  it('that was signed in advance is not accepted when its time has come', async () => {
    const inAdvance = await prove(claims({ iat: NOW_S + 3_600 }))
    now = NOW_S + 3_600
    expect(await check([inAdvance])).toBe('NONCE_REQUIRED')
    expect(await check([await prove(claims({ iat: now }))])).toBe('accepted')
    now = NOW_S
  })

  it('without a nonce uses up no id', async () => {
    const content = claims()
    expect(await check([await prove({ ...content, nonce: 'x' })])).toBe('NONCE_REQUIRED')
    expect(await check([await prove(content)])).toBe('accepted')
  })

  it('that is not valid uses up no id', async () => {
    const content = claims()
    expect(await check([await prove({ ...content, htm: 'GET' })])).toBe('PROOF_INVALID')
    expect(await check([await prove(content, {}, other)])).toBe('PROOF_INVALID')
    expect(await check([await prove(content)])).toBe('accepted')
  })

  it('is made for the public address, with the path prefix before the gateway’s path', async () => {
    const publicUrl = 'https://tools.example/istmo'
    expect(await check([await prove(claims({ htu: `${publicUrl}/graphql` }))], { publicUrl })).toBe('accepted')
    expect(await check([await prove(claims())], { publicUrl })).toBe('PROOF_INVALID')
  })
})

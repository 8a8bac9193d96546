import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTestSession } from './question-statement/testing.ts'
import { type SessionKey, sessionKey, thumbprintOf } from './session-key.ts'
import { isSignedBySession, isSignedBySessionSoon, type SessionAlgorithm } from './session-signature.ts'

interface Signer {
  readonly alg: SessionAlgorithm
  readonly key: SessionKey
  readonly privateKey: KeyObject
}

function newSigner(alg: SessionAlgorithm): Signer {
  const { key, privateKey } = createTestSession(alg)
  return { alg, key, privateKey }
}

const signers = (['ES256', 'EdDSA', 'ES256', 'EdDSA'] as const).map(newSigner)
const at = fc.integer({ min: 0, max: signers.length - 1 })

/** One attempt: a text that one signer signed, shown as the text of a key under an algorithm. */
const attempt = fc.record({
  signer: at,
  key: at,
  alg: fc.constantFrom<SessionAlgorithm>('ES256', 'EdDSA'),
  text: fc.string(),
  shown: fc.option(fc.string(), { nil: undefined }),
  flipped: fc.option(fc.integer({ min: 0, max: 511 }), { nil: undefined }),
})

function makeSignature({ alg, privateKey }: Signer, text: string, flipped: number | undefined): Buffer {
  const hash = alg === 'ES256' ? 'sha256' : null
  const signature = sign(hash, Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  const byte = Math.floor((flipped ?? 0) / 8)
  if (flipped !== undefined) signature[byte] = (signature[byte] ?? 0) ^ (1 << (flipped % 8))
  return signature
}

/** What a verifier says that remembers nothing. */
function verifyAlone(key: SessionKey, alg: SessionAlgorithm, text: string, signature: Uint8Array): boolean {
  if (alg !== (key.kty === 'EC' ? 'ES256' : 'EdDSA')) return false
  const imported = createPublicKey({ key, format: 'jwk' })
  return verify(
    alg === 'ES256' ? 'sha256' : null,
    Buffer.from(text),
    { key: imported, dsaEncoding: 'ieee-p1363' },
    signature,
  )
}

describe('the signature of a session', () => {
  it('holds for a remembered key, on either thread, exactly if it holds for a verifier that remembers nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(attempt, { minLength: 1, maxLength: 6 }), async (attempts) => {
        for (const { signer, key: shownKey, alg, text, shown = text, flipped } of attempts) {
          const { key } = signers[shownKey] as Signer
          const signature = makeSignature(signers[signer] as Signer, text, flipped)
          const signed = { key, keyThumbprint: thumbprintOf(key), alg, text: shown, signature }
          const expected = verifyAlone(key, alg, shown, signature)
          expect([await isSignedBySessionSoon(signed), isSignedBySession(signed)]).toEqual([expected, expected])
        }
      }),
    )
  })

  it('holds with numbers that begin with a byte of zeros, or with a bit that would be a sign', () => {
    const signer = newSigner('ES256')
    const { key, alg } = signer
    // A byte of zeros is in one of 256 signatures. A bit that would be a sign keeps it.
    const isOf = [0, 32].flatMap((from) => [
      (signature: Buffer) => signature[from] === 0 && (signature[from + 1] ?? 0) <= 0x7f,
      (signature: Buffer) => signature[from] === 0 && (signature[from + 1] ?? 0) > 0x7f,
      (signature: Buffer) => (signature[from] ?? 0) > 0x7f,
    ])
    for (const isWanted of isOf) {
      let signature = makeSignature(signer, 'a.b', undefined)
      while (!isWanted(signature)) signature = makeSignature(signer, 'a.b', undefined)
      expect(isSignedBySession({ key, keyThumbprint: thumbprintOf(key), alg, text: 'a.b', signature })).toBe(true)
    }
  })

  it.each(['ES256', 'EdDSA'] as const)(
    'of %s is refused with another length, or with nothing but equal bytes',
    (alg) => {
      const signer = newSigner(alg)
      const { key } = signer
      const right = makeSignature(signer, 'a.b', undefined)
      const wrong = [
        right.subarray(0, 63),
        Buffer.concat([right, Buffer.alloc(1)]),
        Buffer.concat([Buffer.alloc(1), right]),
      ]
      const equal = [0, 1, 0x80, 0xff].map((byte) => Buffer.alloc(64, byte))
      for (const signature of [Buffer.alloc(0), ...wrong, ...equal]) {
        expect(isSignedBySession({ key, keyThumbprint: thumbprintOf(key), alg, text: 'a.b', signature })).toBe(false)
        expect(verifyAlone(key, alg, 'a.b', signature)).toBe(false)
      }
    },
  )

  it('of a known key is not that of another key', () => {
    const [one, other] = [newSigner('ES256'), newSigner('ES256')]
    const of = ({ key }: Signer, signer: Signer) =>
      isSignedBySession({
        ...{ key, keyThumbprint: thumbprintOf(key), alg: 'ES256', text: 'a.b' },
        signature: makeSignature(signer, 'a.b', undefined),
      })
    expect([of(one, one), of(other, other), of(one, other), of(other, one)]).toEqual([true, true, false, false])
  })

  it('is refused each time for a key of small order, with which a signature fits any text', async () => {
    const small = sessionKey.parse({ kty: 'OKP', crv: 'Ed25519', x: Buffer.alloc(32).toString('base64url') })
    const signed = { key: small, keyThumbprint: thumbprintOf(small), alg: 'EdDSA' as const, text: 'a.b' }
    for (let time = 0; time < 2; time++) {
      const attempted = { ...signed, signature: Buffer.alloc(64) }
      expect(() => isSignedBySession(attempted)).toThrow('its order is small')
      await expect(isSignedBySessionSoon(attempted)).rejects.toThrow('its order is small')
    }
  })

  it('is refused each time for a point that is on no curve', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { kty, crv, x } = publicKey.export({ format: 'jwk' })
    const off = sessionKey.parse({ kty, crv, x, y: x })
    const signed = { key: off, keyThumbprint: thumbprintOf(off), alg: 'ES256' as const, text: 'a.b' }
    for (let time = 0; time < 2; time++) {
      expect(() => isSignedBySession({ ...signed, signature: Buffer.alloc(64) })).toThrow()
    }
  })
})

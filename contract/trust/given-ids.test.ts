import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createGivenIdsReader, type NodeKey, signGivenIds } from './given-ids.ts'
import { sessionKey, thumbprintOf } from './session-key.ts'

function makeKey(): NodeKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { kty, crv, x } = publicKey.export({ format: 'jwk' })
  return { privateKey, publicKey: sessionKey.parse({ kty, crv, x }) }
}

describe('given ids', () => {
  it('are read as they were signed, as many as fit, also if each id is as long as an id may be', () => {
    const key = makeKey()
    const partners = new Map([[thumbprintOf(key.publicKey), 'HN']])
    const read = createGivenIdsReader({ partners, now: () => 1_000 })
    for (const letter of ['7', 'ñ', '漢', '𐐀']) {
      const ids = Array.from({ length: 2_000 }, (_, at) => `HN:${String(at).padStart(4, '0')}${letter.repeat(116)}`)
      const question = 'q'.repeat(256)
      const given = read(signGivenIds({ country: 'HN', question, ids, iat: 1 }, key), question)
      expect(given).toEqual(ids.slice(0, given.length))
      expect(given.length).toBeGreaterThan(600)
    }
  })

  it('are read by a reader that knows their key as by one that does not', () => {
    const [own, foreign] = [makeKey(), makeKey()]
    const partners = new Map([[thumbprintOf(own.publicKey), 'HN']])
    const settings = { partners, now: () => 1_000_000 }
    const known = createGivenIdsReader(settings)
    const outcome = (read: () => readonly string[]): unknown => {
      try {
        return read()
      } catch (error) {
        return String(error)
      }
    }
    fc.assert(
      fc.property(
        fc.array(
          fc.integer({ min: 0, max: 9 }).map((at) => `SV:P-${at}`),
          { maxLength: 3 },
        ),
        fc.constantFrom(
          own,
          own,
          foreign,
          { ...foreign, publicKey: own.publicKey },
          { ...own, publicKey: foreign.publicKey },
        ),
        fc.constantFrom('HN', 'HN', 'GT'),
        fc.constantFrom(1_000, 1_000, 1, 2_000),
        (ids, key, country, iat) => {
          const text = signGivenIds({ country, question: 'q', ids, iat }, key)
          const fresh = outcome(() => createGivenIdsReader(settings)(text, 'q'))
          for (let i = 0; i < 2; i++) expect(outcome(() => known(text, 'q'))).toEqual(fresh)
        },
      ),
    )
  })
})

import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createGivenIdsReader, signGivenIds } from '../../contract/trust/given-ids.ts'
import { sessionKey, thumbprintOf } from '../../contract/trust/session-key.ts'
import { createKeptGivenIds } from './trace-question.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const jwk = sessionKey.parse({ kty: 'OKP', crv: 'Ed25519', x: publicKey.export({ format: 'jwk' }).x })
const give = (...ids: readonly string[]) =>
  signGivenIds({ country: 'HN', question: 'q', ids, iat: 1_795_000_000 }, { privateKey, publicKey: jwk })
const now = () => 1_795_000_001_000
const read = createGivenIdsReader({ partners: new Map([[thumbprintOf(jwk), 'HN']]), now })
const shown = (texts: readonly string[]) => texts.map((text) => read(text, 'q'))

describe('what nodes signed of the ids in their answers', () => {
  it('is shown to another node with only the ids that it is asked about', () => {
    const kept = createKeptGivenIds()
    kept.keep(give('HN:P-1', 'GT:P-9', 'GT:P-8'), 'hn')
    kept.keep(give('SV:P-3', 'GT:P-9'), 'sv')
    expect(shown(kept.show(['GT:P-9', 'SV:P-3', 'GT:P-7'], 'gt'))).toEqual([['GT:P-9'], ['SV:P-3']])
    expect(kept.show([], 'gt')).toEqual([])
  })

  it('is not shown to the node that has given the id itself, whoever gave it first', () => {
    const kept = createKeptGivenIds()
    kept.keep(give('GT:P-9'), 'hn')
    kept.keep(give('GT:P-9'), 'sv')
    expect([kept.show(['GT:P-9'], 'hn'), kept.show(['GT:P-9'], 'sv')]).toEqual([[], []])
    expect(shown(kept.show(['GT:P-9'], 'gt'))).toEqual([['GT:P-9']])
  })

  it('is what it would be if each text was read when it came', () => {
    const id = fc.constantFrom('GT:P-1', 'GT:P-2', 'HN:P-1', 'SV:P-1', 'SV:P-2')
    const origin = fc.constantFrom('gt', 'hn', 'sv')
    const step = fc.record({ kind: fc.constantFrom('keep', 'show'), ids: fc.uniqueArray(id, { minLength: 1 }), origin })
    let shownTexts = 0
    fc.assert(
      fc.property(fc.array(step, { maxLength: 10 }), (steps) => {
        const kept = createKeptGivenIds()
        const given: { readonly ids: readonly string[]; readonly origin: string; readonly jwt: string }[] = []
        for (const { kind, ids, origin } of steps) {
          if (kind === 'keep') {
            const text = give(...ids)
            kept.keep(text, origin)
            given.push({ ids, origin, jwt: text.split('~', 1)[0] ?? '' })
            continue
          }
          const byJwt = new Map<string, string[]>()
          for (const id of ids) {
            const isOwn = given.some((each) => each.origin === origin && each.ids.includes(id))
            const first = isOwn ? undefined : given.find((each) => each.ids.includes(id))
            if (first !== undefined) byJwt.set(first.jwt, [...(byJwt.get(first.jwt) ?? []), id])
          }
          const texts = kept.show(ids, origin)
          shownTexts += texts.length
          expect(texts.map((text) => text.split('~', 1)[0])).toEqual([...byJwt.keys()])
          expect(shown(texts)).toEqual([...byJwt.values()])
        }
      }),
    )
    expect(shownTexts).toBeGreaterThan(50)
  })

  it('is not looked for if no other node gave anything', () => {
    const kept = createKeptGivenIds()
    const ids = { [Symbol.iterator]: () => expect.fail('somebody looked at the ids') }
    expect(kept.show(ids, 'hn')).toEqual([])
    kept.keep(give('HN:P-1'), 'hn')
    expect(kept.show(ids, 'hn')).toEqual([])
  })

  it.each([
    '',
    'x',
    'a.b.c~x~',
    `a.b.c~${Buffer.from('null').toString('base64url')}~`,
    `a.b.c~${Buffer.from('["s",7]').toString('base64url')}~`,
  ])('is nothing if it does not have the form: %j', (text) => {
    const kept = createKeptGivenIds()
    kept.keep(text, 'hn')
    expect(kept.show(['GT:P-9', '7'], 'gt')).toEqual([])
  })
})

import { createHash } from 'node:crypto'
import { ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js'
import fc from 'fast-check'
import { calculateJwkThumbprint } from 'jose'
import { describe, expect, it } from 'vitest'
import { createTestSession, type TestQuestion } from './question-statement/testing.ts'
import {
  MAX_QUESTION_LENGTH,
  QuestionError,
  showQuestion,
  verifyQuestion,
  verifyQuestionSoon,
} from './question-statement.ts'
import { disclose, readSdJwt, writeSdJwt } from './sd-jwt.ts'

const NOW_S = 1_795_000_000
const now = (): number => NOW_S * 1000
const DOCUMENT = 'query Search($name: String!) { persons(name: $name) { edges { node { id } } } }'
const QUESTION: TestQuestion = {
  aud: 'https://gateway.example',
  iat: NOW_S - 1,
  ath: createHash('sha256').update('token').digest('base64url'),
  document: DOCUMENT,
  variables: { name: 'Ana', order: { by: ['NAME'], limit: 3 } },
  countries: ['GT', 'HN'],
  case: 'GT:C-000001',
  basis: ['UN:XVIII-12#27'],
  operation: 'Search',
}
const session = createTestSession()
const read = (text: string, checks: Partial<Parameters<typeof verifyQuestion>[1]> = {}) =>
  verifyQuestion(text, { now, ...checks })

describe.each(['ES256', 'EdDSA'] as const)('a statement signed with %s', (alg) => {
  const signer = createTestSession(alg)

  it('says what the tool signed', async () => {
    const { text } = signer.ask(QUESTION)
    const question = read(text, { audience: QUESTION.aud })
    expect(question).toMatchObject({
      aud: QUESTION.aud,
      iat: QUESTION.iat,
      ath: QUESTION.ath,
      purpose: 'INVESTIGATION',
      basis: ['UN:XVIII-12#27'],
      doc: createHash('sha256').update(DOCUMENT).digest('base64url'),
      operation: 'Search',
      keyThumbprint: await calculateJwkThumbprint(signer.key),
      case: 'GT:C-000001',
      countries: ['GT', 'HN'],
      undisclosed: { case: 0, countries: 0, variables: 0 },
    })
    expect([...question.variables]).toEqual(Object.entries(QUESTION.variables ?? {}))
  })

  it('is refused after one changed character anywhere in its JWT', () => {
    const { jwt } = signer.ask(QUESTION)
    for (let at = 0; at < jwt.length; at += 7) {
      const changed = `${jwt.slice(0, at)}${jwt[at] === 'A' ? 'B' : 'A'}${jwt.slice(at + 1)}`
      expect(() => read(`${changed}~`)).toThrow(QuestionError)
    }
  })

  it('is accepted or refused on another thread as on its own, for the same reason', async () => {
    const change = fc.oneof(
      fc.record({ at: fc.nat(), letter: fc.constantFrom('A', '_', '.', '~', 'é') }),
      fc.record({
        over: fc.constantFrom<Partial<TestQuestion>>({}, { iat: NOW_S + 9 }, { iat: NOW_S - 90 }, { aud: '' }),
      }),
    )
    const outcome = async (check: () => unknown) => {
      try {
        return await check()
      } catch (error) {
        return error instanceof QuestionError ? error.message : error
      }
    }
    await fc.assert(
      fc.asyncProperty(change, async (changed) => {
        const { text } = signer.ask({ ...QUESTION, ...('over' in changed && changed.over) })
        const at = 'at' in changed ? changed.at % text.length : text.length
        const shown = 'at' in changed ? `${text.slice(0, at)}${changed.letter}${text.slice(at + 1)}` : text
        // What is good is remembered, so a changed text is first shown to the check that is known to be right.
        const before = 'at' in changed ? await outcome(() => verifyQuestion(shown, { now })) : undefined
        const soon = await outcome(() => verifyQuestionSoon(shown, { now }))
        expect(soon).toEqual(before ?? (await outcome(() => verifyQuestion(shown, { now }))))
      }),
      { numRuns: 60 },
    )
  })

  it('is refused on another thread if another key has signed it, and stays refused', async () => {
    const forged = signer.ask({ ...QUESTION, header: { jwk: createTestSession(alg).key } }).text
    await expect(verifyQuestionSoon(forged, { now })).rejects.toThrow(/a signature that the key/)
    expect(() => read(forged)).toThrow(/a signature that the key/)
  })

  it('is of the key in its header, whichever headers were read before', () => {
    const others = [createTestSession(alg), createTestSession(alg)]
    for (const one of [signer, ...others, signer]) {
      expect(read(one.ask(QUESTION).text).keyThumbprint).toBe(one.thumbprint)
      const forged = signer.ask({ ...QUESTION, header: { jwk: one.key } })
      if (one !== signer) expect(() => read(forged.text)).toThrow(/a signature that the key/)
    }
  })

  it('is refused under the other algorithm’s name', () => {
    const other = alg === 'ES256' ? 'EdDSA' : 'ES256'
    expect(() => read(signer.ask({ ...QUESTION, header: { alg: other } }).text)).toThrow(/ES256 with a key/)
  })
})

describe('a part of a statement', () => {
  it('shows a country its own code, the variables that are kept and the case only if asked', () => {
    const whole = read(session.ask(QUESTION).text)
    const part = read(showQuestion(whole, { country: 'HN', withCase: false, keeps: (name) => name === 'order' }))
    expect([part.countries, [...part.variables.keys()], part.case]).toEqual([['HN'], ['order'], null])
    expect(part.undisclosed).toEqual({ case: 1, countries: 1, variables: 1 })
    expect([part.jti, part.keyThumbprint]).toEqual([whole.jti, whole.keyThumbprint])
    expect(read(showQuestion(whole, { country: 'GT', withCase: true, keeps: () => false })).case).toBe('GT:C-000001')
  })

  it('shows the star to a country that is not named, and nothing without a star', () => {
    const all = read(session.ask({ ...QUESTION, countries: ['GT', '*'] }).text)
    const part = { withCase: false, keeps: () => false }
    expect(read(showQuestion(all, { country: 'SV', ...part })).countries).toEqual(['*'])
    expect(read(showQuestion(all, { country: 'GT', ...part })).countries).toEqual(['GT'])
    const two = read(session.ask(QUESTION).text)
    expect(read(showQuestion(two, { country: 'SV', ...part })).countries).toEqual([])
  })
})

describe('a statement is refused', () => {
  const badClaims: [string, Record<string, unknown>, RegExp][] = [
    ['without a document', { doc: undefined }, /`doc`/],
    ['with a shorter hash', { doc: 'abc' }, /`doc`/],
    ['without the token’s hash', { ath: undefined }, /`ath`/],
    ['without iat', { iat: undefined }, /`iat`/],
    ['with iat as text', { iat: String(NOW_S) }, /`iat`/],
    ['with half a second', { iat: NOW_S - 0.5 }, /`iat`/],
    ['with a jti that is no UUID', { jti: 'one' }, /`jti`/],
    ['with an unknown purpose', { purpose: 'GOSSIP' }, /`purpose`/],
    ['with a basis that is text', { basis: 'UN:XVIII-12' }, /`basis`/],
    ['with an unknown claim', { sub: 'me' }, /no other members/],
    ['with exp, which nobody would check', { exp: NOW_S + 60 }, /no other members/],
    ['without the name of the hash', { _sd_alg: undefined }, /`_sd_alg`/],
    ['with another hash', { _sd_alg: 'sha-512' }, /`_sd_alg`/],
    ['without countries', { countries: [] }, /`countries`/],
    ['with an open country', { countries: ['GT'] }, /`countries.0`/],
    ['with an open variable', { variables: { _sd: [], name: 'Ana' } }, /no other members/],
    ['with two hidden claims at the top', { _sd: [disclose('case', 'a').digest, disclose('x', 'b').digest] }, /`_sd`/],
    ['with an operation that is no name', { operation: '{ a }' }, /`operation`/],
  ]
  it.each(badClaims)('%s', (_, claims, message) => {
    const { jwt } = session.ask({ ...QUESTION, claims })
    expect(() => read(`${jwt}~`)).toThrow(message)
  })

  const jwk = session.key
  it.each<[string, Record<string, unknown>]>([
    ['of another type', { typ: 'istmo-leg+jwt' }],
    ['without a type', { typ: undefined }],
    ['without a signature’s algorithm', { alg: 'none' }],
    ['with an HMAC under the public key', { alg: 'HS256' }],
    ['with another curve', { alg: 'ES384' }],
    ['with critical members', { crit: ['exp'], exp: 1 }],
    ['with the address of a key', { jku: 'https://evil.example/jwks' }],
    ['with a certificate', { x5c: ['MIIB'] }],
    ['with a key id', { kid: 'one' }],
    ['without a key', { jwk: undefined }],
    ['with a private key', { jwk: { ...jwk, d: 'A'.repeat(43) } }],
    ['with another key', { jwk: createTestSession().key }],
    ['with a point that is not on the curve', { jwk: { ...jwk, x: 'A'.repeat(43) } }],
    ['with a key in loose base64url', { jwk: { ...jwk, x: `${jwk.x}=` } }],
  ])('%s in its header', (_, header) => {
    expect(() => read(session.ask({ ...QUESTION, header }).text)).toThrow(QuestionError)
  })

  it.each(ED25519_TORSION_SUBGROUP)('with the key %s, with which a signature fits any text', (hex) => {
    const x = Buffer.from(hex, 'hex').toString('base64url')
    const header = { alg: 'EdDSA', jwk: { kty: 'OKP', crv: 'Ed25519', x } }
    expect(() => read(session.ask({ ...QUESTION, header }).text)).toThrow(/full order/)
  })

  it.each<[string, number, RegExp]>([
    ['6 s in the future', NOW_S + 6, /future/],
    ['61 s old', NOW_S - 61, /61 s/],
  ])('%s', (_, iat, message) => {
    expect(() => read(session.ask({ ...QUESTION, iat }).text)).toThrow(message)
  })

  it('is accepted at the edges of its time, and when it is older where the reader allows it', () => {
    for (const iat of [NOW_S + 5, NOW_S - 60]) expect(read(session.ask({ ...QUESTION, iat }).text).iat).toBe(iat)
    expect(read(session.ask({ ...QUESTION, iat: NOW_S - 600 }).text, { maxAgeS: 600 }).iat).toBe(NOW_S - 600)
  })

  it('also from memory when its time has passed or the audience is another', () => {
    const { text } = session.ask(QUESTION)
    expect(read(text).jti).toBeDefined()
    expect(() => verifyQuestion(text, { now: () => (NOW_S + 61) * 1000 })).toThrow(/came 62 s/)
    expect(() => read(text, { audience: 'https://other.example' })).toThrow(/`aud`/)
  })

  it('for another gateway, also with a slash more', () => {
    const { text } = session.ask({ ...QUESTION, aud: 'https://gateway.example/' })
    expect(() => read(text, { audience: 'https://gateway.example' })).toThrow(/`aud`/)
  })

  it('that is too long, before anything is parsed', () => {
    expect(() => read('x'.repeat(MAX_QUESTION_LENGTH + 1))).toThrow(/at most/)
  })

  it('whose claims come twice', () => {
    const { jwt } = session.ask(QUESTION)
    const [header, claims = ''] = jwt.split('.')
    const twice = Buffer.from(claims, 'base64url').toString().replace('"doc":', '"doc":"x","doc":')
    const text = `${header}.${Buffer.from(twice).toString('base64url')}`
    expect(() => read(`${text}.${jwt.split('.')[2]}~`)).toThrow(/duplicate members/)
  })

  it.each<[string, string | null, unknown, string]>([
    ['a country that is none', null, 'XX', 'countries'],
    ['a country that is a number', null, 7, 'countries'],
    ['a case that is a number', 'case', 7, 'top'],
    ['another claim in place of the case', 'officer', 'Ana', 'top'],
  ])('that discloses %s', (_, name, value, place) => {
    const { digest, disclosure } = disclose(name, value)
    const claims = place === 'top' ? { _sd: [digest] } : { countries: [{ '...': digest }] }
    const { jwt } = session.ask({ ...QUESTION, claims })
    expect(() => read(writeSdJwt({ jwt, disclosures: [disclosure] }))).toThrow(QuestionError)
  })

  it('that discloses a country twice under two salts', () => {
    const [one, two] = [disclose(null, 'GT'), disclose(null, 'GT')]
    const { jwt } = session.ask({
      ...QUESTION,
      claims: { countries: [one, two].map(({ digest }) => ({ '...': digest })) },
    })
    expect(() => read(writeSdJwt({ jwt, disclosures: [one.disclosure, two.disclosure] }))).toThrow(/twice/)
  })

  it('whose variable hides digests, which could make one text say two things', () => {
    const inner = disclose('admin', true)
    const { jwt, disclosures } = session.ask({ ...QUESTION, variables: { filter: { _sd: [inner.digest] } } })
    const shown = [disclosures.get('$filter') ?? '']
    expect(() => read(writeSdJwt({ jwt, disclosures: shown }))).toThrow(/inside a disclosed value/)
    expect(() => read(writeSdJwt({ jwt, disclosures: [...shown, inner.disclosure] }))).toThrow(
      /inside a disclosed value/,
    )
  })

  it('with a disclosure of another question', () => {
    const other = session.ask({ ...QUESTION, variables: { name: 'Eva' } })
    const { jwt, disclosures } = readSdJwt(session.ask(QUESTION).text)
    const text = writeSdJwt({ jwt, disclosures: [...disclosures, other.disclosures.get('$name') ?? ''] })
    expect(() => read(text)).toThrow(/one has none/)
  })
})

import { createHash, createPublicKey, verify } from 'node:crypto'
import { SDJwtInstance } from '@sd-jwt/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { disclose, readSdJwt, resolveDisclosures, SdJwtError, writeSdJwt } from './sd-jwt.ts'
import { parseJwsPart } from './unambiguous-json.ts'

/** RFC 9901, section 5.1: the issued SD-JWT, and appendix A.5: the issuer's key. */
const ISSUED = [
  'eyJhbGciOiAiRVMyNTYiLCAidHlwIjogImV4YW1wbGUrc2Qtand0In0.eyJfc2QiOiBbIkNyUWU3UzVrcUJBSHQtbk1ZWGdjNmJkdDJTSDVhVFkxc1VfTS1QZ2tqUEki',
  'LCAiSnpZakg0c3ZsaUgwUjNQeUVNZmVadTZKdDY5dTVxZWhabzdGN0VQWWxTRSIsICJQb3JGYnBLdVZ1Nnh5bUphZ3ZrRnNGWEFiUm9jMkpHbEFVQTJCQTRvN2NJIiwg',
  'IlRHZjRvTGJnd2Q1SlFhSHlLVlFaVTlVZEdFMHc1cnREc3JaemZVYW9tTG8iLCAiWFFfM2tQS3QxWHlYN0tBTmtxVlI2eVoyVmE1TnJQSXZQWWJ5TXZSS0JNTSIsICJY',
  'ekZyendzY002R242Q0pEYzZ2Vks4QmtNbmZHOHZPU0tmcFBJWmRBZmRFIiwgImdiT3NJNEVkcTJ4Mkt3LXc1d1BFemFrb2I5aFYxY1JEMEFUTjNvUUw5Sk0iLCAianN1',
  'OXlWdWx3UVFsaEZsTV8zSmx6TWFTRnpnbGhRRzBEcGZheVF3TFVLNCJdLCAiaXNzIjogImh0dHBzOi8vaXNzdWVyLmV4YW1wbGUuY29tIiwgImlhdCI6IDE2ODMwMDAw',
  'MDAsICJleHAiOiAxODgzMDAwMDAwLCAic3ViIjogInVzZXJfNDIiLCAibmF0aW9uYWxpdGllcyI6IFt7Ii4uLiI6ICJwRm5kamtaX1ZDem15VGE2VWpsWm8zZGgta284',
  'YUlLUWM5RGxHemhhVllvIn0sIHsiLi4uIjogIjdDZjZKa1B1ZHJ5M2xjYndIZ2VaOGtoQXYxVTFPU2xlclAwVmtCSnJXWjAifV0sICJfc2RfYWxnIjogInNoYS0yNTYi',
  'LCAiY25mIjogeyJqd2siOiB7Imt0eSI6ICJFQyIsICJjcnYiOiAiUC0yNTYiLCAieCI6ICJUQ0FFUjE5WnZ1M09IRjRqNFc0dmZTVm9ISVAxSUxpbERsczd2Q2VHZW1j',
  'IiwgInkiOiAiWnhqaVdXYlpNUUdIVldLVlE0aGJTSWlyc1ZmdWVjQ0U2dDRqVDlGMkhaUSJ9fX0.MczwjBFGtzf-6WMT-hIvYbkb11NrV1WMO-jTijpMPNbswNzZ87wY',
  '2uHz-CXo6R04b7jYrpj9mNRAvVssXou1iw~WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd~WyJlbHVWNU9nM2dTTklJOEVZbnN4',
  'QV9BIiwgImZhbWlseV9uYW1lIiwgIkRvZSJd~WyI2SWo3dE0tYTVpVlBHYm9TNXRtdlZBIiwgImVtYWlsIiwgImpvaG5kb2VAZXhhbXBsZS5jb20iXQ~WyJlSThaV205',
  'UW5LUHBOUGVOZW5IZGhRIiwgInBob25lX251bWJlciIsICIrMS0yMDItNTU1LTAxMDEiXQ~WyJRZ19PNjR6cUF4ZTQxMmExMDhpcm9BIiwgInBob25lX251bWJlcl92Z',
  'XJpZmllZCIsIHRydWVd~WyJBSngtMDk1VlBycFR0TjRRTU9xUk9BIiwgImFkZHJlc3MiLCB7InN0cmVldF9hZGRyZXNzIjogIjEyMyBNYWluIFN0IiwgImxvY2FsaXR5',
  'IjogIkFueXRvd24iLCAicmVnaW9uIjogIkFueXN0YXRlIiwgImNvdW50cnkiOiAiVVMifV0~WyJQYzMzSk0yTGNoY1VfbEhnZ3ZfdWZRIiwgImJpcnRoZGF0ZSIsICIx',
  'OTQwLTAxLTAxIl0~WyJHMDJOU3JRZmpGWFE3SW8wOXN5YWpBIiwgInVwZGF0ZWRfYXQiLCAxNTcwMDAwMDAwXQ~WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIlVTI',
  'l0~WyJuUHVvUW5rUkZxM0JJZUFtN0FuWEZBIiwgIkRFIl0~',
].join('')
const ISSUER_KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ',
  y: 'Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8',
}

/** Section 6.2: each member of the address is a disclosure. Section 6.3: the address is one too, and holds the digests of its members. */
const ADDRESS_MEMBERS = [
  'WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgInN0cmVldF9hZGRyZXNzIiwgIlNjaHVsc3RyLiAxMiJd',
  'WyJlbHVWNU9nM2dTTklJOEVZbnN4QV9BIiwgImxvY2FsaXR5IiwgIlNjaHVscGZvcnRhIl0',
  'WyI2SWo3dE0tYTVpVlBHYm9TNXRtdlZBIiwgInJlZ2lvbiIsICJTYWNoc2VuLUFuaGFsdCJd',
  'WyJlSThaV205UW5LUHBOUGVOZW5IZGhRIiwgImNvdW50cnkiLCAiREUiXQ',
]
const ADDRESS_WITH_DIGESTS = [
  'WyJRZ19PNjR6cUF4ZTQxMmExMDhpcm9BIiwgImFkZHJlc3MiLCB7Il9zZCI6IFsiNnZoOWJxLXpTNEdLTV83R3BnZ1ZiWXp6dTZvT0dYcm1OVkdQSFA3NVVkMCIsICI5',
  'Z2pWdVh0ZEZST0NnUnJ0TmNHVVhtRjY1cmRlemlfNkVyX2o3NmttWXlNIiwgIktVUkRQaDRaQzE5LTN0aXotRGYzOVY4ZWlkeTFvVjNhM0gxRGEyTjBnODgiLCAiV045',
  'cjlkQ0NKOEhUQ3NTMmpLQVN4VGpFeVc1bTV4NjVfWl8ycm8yamZYTSJdfV0',
].join('')
const ADDRESS = {
  street_address: 'Schulstr. 12',
  locality: 'Schulpforta',
  region: 'Sachsen-Anhalt',
  country: 'DE',
}
const CLAIMS_OF_6 = { iss: 'https://issuer.example.com', sub: '6c5c0a49-b589-431d-bae7-219122a9ec2c' }

const payloadOf = (jwt: string) => parseJwsPart(jwt.split('.')[1] ?? '') ?? {}
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url')
const encode = (json: string) => Buffer.from(json).toString('base64url')

describe('the examples of RFC 9901', () => {
  const { jwt, disclosures } = readSdJwt(ISSUED)
  const payload = payloadOf(jwt)

  it('5.1: the issued SD-JWT is the one that its issuer signed', () => {
    const [header, body, signature = ''] = jwt.split('.')
    const key = createPublicKey({ key: ISSUER_KEY, format: 'jwk' })
    const data = Buffer.from(`${header}.${body}`)
    expect(verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))).toBe(true)
  })

  it('5.1: all disclosures together give what the issuer was given', () => {
    const { claims, undisclosed } = resolveDisclosures(payload, disclosures)
    expect(claims).toMatchObject({
      sub: 'user_42',
      given_name: 'John',
      family_name: 'Doe',
      email: 'johndoe@example.com',
      phone_number: '+1-202-555-0101',
      phone_number_verified: true,
      address: { street_address: '123 Main St', locality: 'Anytown', region: 'Anystate', country: 'US' },
      birthdate: '1940-01-01',
      updated_at: 1_570_000_000,
      nationalities: ['US', 'DE'],
    })
    expect([Object.hasOwn(claims, '_sd'), Object.hasOwn(claims, '_sd_alg'), undisclosed.size]).toEqual([
      false,
      false,
      0,
    ])
  })

  it('5.2: a part of the disclosures gives the processed payload that the RFC prints', () => {
    const shown = [1, 5, 0, 8].map((index) => disclosures[index] ?? '')
    const { claims, disclosed, undisclosed } = resolveDisclosures(payload, shown)
    expect(claims).toEqual({
      iss: 'https://issuer.example.com',
      iat: 1_683_000_000,
      exp: 1_883_000_000,
      sub: 'user_42',
      nationalities: ['US'],
      cnf: { jwk: expect.objectContaining({ x: 'TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc' }) },
      family_name: 'Doe',
      address: { street_address: '123 Main St', locality: 'Anytown', region: 'Anystate', country: 'US' },
      given_name: 'John',
    })
    expect(disclosed.map(({ at, name }) => [...at, name].join('/')).sort()).toEqual(
      ['address', 'family_name', 'given_name', 'nationalities/'].sort(),
    )
    expect([...undisclosed]).toEqual([
      ['nationalities', 1],
      ['', 5],
    ])
  })

  it('6.1 to 6.3: the address as one disclosure, by its members, and both', () => {
    const whole = encode(
      '["2GLC42sKQveCfGfryNRN9w", "address", {"street_address": "Schulstr. 12", "locality": "Schulpforta", "region": "Sachsen-Anhalt", "country": "DE"}]',
    )
    const flat = { ...CLAIMS_OF_6, _sd: ['fOBUSQvo46yQO-wRwXBcGqvnbKIueISEL961_Sjd4do'], _sd_alg: 'sha-256' }
    const structured = { ...CLAIMS_OF_6, address: { _sd: ADDRESS_MEMBERS.map(sha256) }, _sd_alg: 'sha-256' }
    const recursive = { ...CLAIMS_OF_6, _sd: [sha256(ADDRESS_WITH_DIGESTS)], _sd_alg: 'sha-256' }
    for (const [given, shown] of [
      [flat, [whole]],
      [structured, ADDRESS_MEMBERS],
      [recursive, [...ADDRESS_MEMBERS.slice(0, 3), ADDRESS_WITH_DIGESTS]],
    ] as const) {
      const { address } = resolveDisclosures(given, shown).claims
      expect(address).toMatchObject({ street_address: ADDRESS.street_address, region: ADDRESS.region })
    }
    expect(resolveDisclosures(structured, ADDRESS_MEMBERS).claims).toEqual({ ...CLAIMS_OF_6, address: ADDRESS })
  })

  it.each([
    [
      '4.2.1',
      'WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0',
      'X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0',
    ],
    ['4.2.2', 'WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0', 'w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs'],
    ['5.1', 'WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIlVTIl0', 'pFndjkZ_VCzmyTa6UjlZo3dh-ko8aIKQc9DlGzhaVYo'],
  ])('%s: the digest is over the text of the disclosure, whatever its spaces', (_, disclosure, digest) => {
    const claims = { list: [{ '...': digest }], _sd: [] as string[] }
    const isElement = _ !== '4.2.1'
    const payload = isElement ? claims : { _sd: [digest] }
    expect(resolveDisclosures(payload, [disclosure]).disclosed).toHaveLength(1)
  })
})

describe('an SD-JWT is refused', () => {
  const country = disclose(null, 'GT')
  const name = disclose('name', 'Ana')
  const hidden = (json: string) => encode(json)
  const payload = { _sd: [name.digest], countries: [{ '...': country.digest }] }
  const shownOf = (json: string) => [{ _sd: [sha256(hidden(json))] }, [hidden(json)]] as const
  const elementOf = (json: string) => [{ list: [{ '...': sha256(hidden(json)) }] }, [hidden(json)]] as const

  it.each<[string, readonly [Record<string, unknown>, readonly string[]], RegExp]>([
    ['with a disclosure twice', [payload, [name.disclosure, name.disclosure]], /came twice/],
    ['with a disclosure that fits no digest', [payload, [disclose('name', 'Ana').disclosure]], /one has none/],
    ['with a digest twice in one list', [{ _sd: [name.digest, name.digest] }, []], /appears twice/],
    ['with a digest twice at two places', [{ _sd: [name.digest], a: { _sd: [name.digest] } }, []], /appears twice/],
    [
      'with a digest twice, once inside a disclosure',
      (() => {
        const outer = disclose('outer', { _sd: [name.digest] })
        return [{ _sd: [name.digest, outer.digest] }, [name.disclosure, outer.disclosure]] as const
      })(),
      /appears twice/,
    ],
    [
      'with a disclosure that holds its own digest’s place',
      [{ _sd: [name.digest], name: 'Eva' }, [name.disclosure]],
      /taken/,
    ],
    [
      'with two disclosures of one name',
      (() => {
        const other = disclose('name', 'Eva')
        return [{ _sd: [name.digest, other.digest] }, [name.disclosure, other.disclosure]] as const
      })(),
      /taken/,
    ],
    ['with a claim named _sd in a disclosure', shownOf('["c2FsdA","_sd",["x"]]'), /named `_sd`/],
    ['with a claim named ... in a disclosure', shownOf('["c2FsdA","...","x"]'), /named `_sd`/],
    ['with _sd that is no list', [{ _sd: name.digest }, []], /digests/],
    ['with a digest that is no text', [{ _sd: [7] }, []], /digests/],
    ['with a digest of another length', [{ _sd: ['abc'] }, []], /digests/],
    ['with a digest for an element that is no text', [{ a: [{ '...': 7 }] }, []], /digests/],
    ['with another member beside ...', [{ a: [{ '...': country.digest, b: 1 }] }, []], /only member/],
    ['with ... outside a list', [{ a: { '...': country.digest } }, []], /as the one member/],
    ['with ... at the top', [{ '...': country.digest }, []], /as the one member/],
    [
      'with an element’s disclosure for a member',
      [{ _sd: [country.digest] }, [country.disclosure]],
      /salt, name, value/,
    ],
    ['with a member’s disclosure for an element', [{ a: [{ '...': name.digest }] }, [name.disclosure]], /salt, value/],
    ['with a disclosure of four members', shownOf('["c2FsdA","a",1,2]'), /salt, name, value/],
    ['with a salt that is a number', shownOf('[1,"a",1]'), /salt, name, value/],
    ['with a name that is a number', shownOf('["c2FsdA",1,1]'), /salt, name, value/],
    ['with a disclosure that is an object', shownOf('{"0":"a"}'), /salt, name, value/],
    ['with a disclosure that is not JSON', shownOf('["a",'), /salt, name, value/],
    ['with a member twice inside a disclosure', shownOf('["c2FsdA","a",{"b":1,"b":2}]'), /salt, name, value/],
    ['with an element whose member comes twice', elementOf('["c2FsdA",{"b":1,"\\u0062":2}]'), /salt, value/],
    ['with a byte order mark in a disclosure', shownOf('\uFEFF["c2FsdA","a",1]'), /salt, name, value/],
    ['with another hash', [{ ...payload, _sd_alg: 'sha-512' }, []], /sha-256/],
    ['with a text in sixteen lists', [JSON.parse(`{"a":${'['.repeat(16)}1${']'.repeat(16)}}`), []], /deep/],
    ['with a text in sixteen objects', [JSON.parse(`${'{"a":'.repeat(17)}1${'}'.repeat(17)}`), []], /deep/],
    ['with claims nested a thousand deep', [JSON.parse(`{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`), []], /deep/],
  ])('%s', (_, [given, shown], message) => {
    expect(() => resolveDisclosures(given, shown)).toThrow(message)
    expect(() => resolveDisclosures(given, shown)).toThrow(SdJwtError)
  })

  it('with padding or another alphabet in a disclosure, although its digest fits', () => {
    const padded = `${Buffer.from('["c2FsdA","a","ñ?"]').toString('base64')}`
    expect(padded).toMatch(/[+/=]/)
    expect(() => resolveDisclosures({ _sd: [sha256(padded)] }, [padded])).toThrow(/salt, name, value/)
  })

  it.each(['', 'a.b.c', '~', 'a.b.c~x', 'a.b.c~~', 'a.b.c~x~~y~', 'a.b.c~x~key.binding.jwt'])(
    'in the form %s',
    (text) => {
      expect(() => readSdJwt(text)).toThrow(SdJwtError)
    },
  )
})

/** Values as the variables of a request hold them. */
const json = fc
  .jsonValue({ maxDepth: 3, noUnicodeString: false })
  .filter((value) => !/"(_sd|\.\.\.|__proto__|_sd_alg)"/.test(JSON.stringify(value)))
const claimName = fc
  .string({ minLength: 1, maxLength: 8 })
  .filter((name) => !['_sd', '...', '_sd_alg', '__proto__'].includes(name))

describe('whatever is disclosed', () => {
  it('resolves to what a plain reader makes of it, and @sd-jwt/core agrees', async () => {
    const oracle = new SDJwtInstance({
      hasher: (data) =>
        createHash('sha256')
          .update(Buffer.from(data as string))
          .digest(),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(claimName, json, fc.constantFrom('open', 'shown', 'kept')), {
          selector: ([name]) => name,
          maxLength: 6,
        }),
        fc.array(fc.tuple(json, fc.constantFrom('open', 'shown', 'kept')), { maxLength: 6 }),
        async (members, elements) => {
          const made = members.map(([name, value, how]) => ({ name, value, how, ...disclose(name, value) }))
          const items = elements.map(([value, how]) => ({ value, how, ...disclose(null, value) }))
          const payload = {
            object: {
              ...Object.fromEntries(made.filter(({ how }) => how === 'open').map(({ name, value }) => [name, value])),
              _sd: made.filter(({ how }) => how !== 'open').map(({ digest }) => digest),
            },
            list: items.map(({ value, how, digest }) => (how === 'open' ? value : { '...': digest })),
            _sd_alg: 'sha-256',
          }
          const shown = [...made, ...items].filter(({ how }) => how === 'shown').map(({ disclosure }) => disclosure)
          const { claims } = resolveDisclosures(JSON.parse(JSON.stringify(payload)), shown)
          expect(claims).toEqual({
            object: Object.fromEntries(
              made
                .filter(({ how }) => how !== 'kept')
                .map(({ name, value }) => [name, JSON.parse(JSON.stringify(value))]),
            ),
            list: items.filter(({ how }) => how !== 'kept').map(({ value }) => JSON.parse(JSON.stringify(value))),
          })
          const jwt = `${encode('{"alg":"none"}')}.${encode(JSON.stringify(payload))}.c2ln`
          expect(await oracle.getClaims(writeSdJwt({ jwt, disclosures: shown }))).toEqual(claims)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('is refused as soon as one character of one disclosure differs', () => {
    fc.assert(
      fc.property(claimName, json, fc.nat(), (name, value, at) => {
        const { disclosure, digest } = disclose(name, value)
        const index = at % disclosure.length
        const other = disclosure[index] === 'A' ? 'B' : 'A'
        const changed = disclosure.slice(0, index) + other + disclosure.slice(index + 1)
        expect(() => resolveDisclosures({ _sd: [digest] }, [changed])).toThrow(SdJwtError)
      }),
    )
  })

  it('has a salt of 128 bits that differs each time', () => {
    const salts = Array.from(
      { length: 50 },
      () => JSON.parse(Buffer.from(disclose('a', 1).disclosure, 'base64url').toString())[0],
    )
    expect(new Set(salts).size).toBe(50)
    expect(salts.every((salt) => Buffer.from(salt, 'base64url').length === 16)).toBe(true)
  })
})

/** Country tokens that no authority would write, at a node: the same attacks as on access tokens at the gateway (RFC 8725). */
import { CompactEncrypt } from 'jose'
import { COUNTRY_TOKEN_TYPE } from '../../../contract/trust/country-token.ts'
import { repeat, signRaw, signWithPublicKey, unsigned } from '../../authority/raw-jws.ts'
import type { Key } from '../../authority/world.ts'
import type { Captor } from '../captor.ts'
import { nowS } from '../kept.ts'
import { type Act, refused } from './act.ts'
import { forge } from './others.ts'

/** What a token is made of: the claims of a good one, the authority's key, and a header as the authority writes it. */
interface Parts {
  readonly claims: object
  readonly key: Key
  readonly header: Readonly<Record<string, unknown>>
  readonly captor: Captor
}

type Write = (parts: Parts) => string | Promise<string>

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The signature of a good token under another header. */
const reheaded =
  (header: (good: Parts['header']) => unknown): Write =>
  ({ claims, key, header: good }) => {
    const [, payload, signature] = signRaw(good, claims, key).split('.')
    return `${encode(header(good))}.${payload}.${signature}`
  }
/** A good signature over this header. */
const headed =
  (more: Readonly<Record<string, unknown>>): Write =>
  ({ claims, key, header }) =>
    signRaw({ ...header, ...more }, claims, key)
/** A good signature over these claims. */
const claiming =
  (write: (claims: object) => object | string): Write =>
  ({ claims, key, header }) =>
    signRaw(header, write(claims), key)

async function encrypted({ claims, key, header }: Parts): Promise<string> {
  const bytes = new TextEncoder().encode(signRaw(header, claims, key))
  const protectedHeader = { alg: 'dir', enc: 'A256GCM', cty: COUNTRY_TOKEN_TYPE }
  return new CompactEncrypt(bytes).setProtectedHeader(protectedHeader).encrypt(new Uint8Array(32))
}

const WRITES: readonly (readonly [string, Write])[] = [
  ['alg none', ({ claims, header }) => unsigned(claims, { ...header, alg: 'none' })],
  [
    'alg none and something as a signature',
    ({ claims, header }) => `${unsigned(claims, { ...header, alg: 'none' })}AA`,
  ],
  ['alg None, in other letters', ({ claims, header }) => unsigned(claims, { ...header, alg: 'None' })],
  ['HS256 under the public key', ({ claims, key, header }) => signWithPublicKey(claims, key, header)],
  ['the algorithm of another key', headed({ alg: 'ES256' })],
  ['an encrypted token', encrypted],
  [
    'a token inside a token',
    ({ claims, key, header }) => signRaw({ ...header, cty: 'JWT' }, signRaw(header, claims, key), key),
  ],
  ['the key of another authority', ({ claims, header, captor }) => signRaw(header, claims, captor.world.oldLegKey)],
  [
    'a key that it brings along',
    ({ claims, header, captor: { world } }) => {
      const { jwk, thumbprint } = world.oldLegKey
      return signRaw({ ...header, kid: thumbprint, jwk }, claims, world.oldLegKey)
    },
  ],
  ['a key set that it names', headed({ jku: 'http://127.0.0.1:9/jwks' })],
  ['a certificate that it names', headed({ x5u: 'http://127.0.0.1:9/x', x5c: ['AA'] })],
  ['a path as key id', headed({ kid: '../../../../etc/passwd' })],
  ['SQL as key id', headed({ kid: "' OR 1=1 --" })],
  ['a long key id', headed({ kid: 'x'.repeat(4_000) })],
  ['a list as key id', reheaded((good) => ({ ...good, kid: [good.kid] }))],
  ['no key id', headed({ kid: undefined })],
  ['a critical extension', headed({ crit: ['exp'] })],
  ['a payload that is not encoded', headed({ crit: ['b64'], b64: false })],
  ['a header that is a list', reheaded((good) => [good])],
  ['a header member twice', ({ claims, key, header }) => signRaw(repeat(header, 'alg', 'none'), claims, key)],
  ['the type of an access token', headed({ typ: 'at+jwt' })],
  ['the type of a leg token', headed({ typ: 'istmo-leg+jwt' })],
  ['no type', headed({ typ: undefined })],
  ['a claim twice', claiming((claims) => repeat(claims, 'sub', 'other'))],
  ['claims that are no JSON', claiming(() => '{"iss":')],
  ['claims 4,000 levels deep', claiming(() => `${'['.repeat(2_000)}${']'.repeat(2_000)}`)],
  ['a prototype among the claims', claiming((claims) => `{"__proto__":${JSON.stringify(claims)}}`)],
  ['a time without end', claiming((claims) => JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e999'))],
  ['a time of issue in the future', claiming((claims) => ({ ...claims, iat: nowS() + 60, exp: nowS() + 200 }))],
  ['a token that has ended', claiming((claims) => ({ ...claims, iat: nowS() - 400, exp: nowS() - 100 }))],
  ['two audiences', claiming((claims) => ({ ...claims, aud: ['GT', 'HN'] }))],
  ['another audience', claiming((claims) => ({ ...claims, aud: 'SV' }))],
  ['a number as sub', claiming((claims) => ({ ...claims, sub: 1 }))],
  ['no jti', claiming((claims) => ({ ...claims, jti: undefined }))],
  ['no mandate', claiming((claims) => ({ ...claims, mandate: undefined }))],
  ['a claim that nobody knows', claiming((claims) => ({ ...claims, only_on: 'mondays' }))],
  ['a token that is too long', () => `${'a'.repeat(9_000)}.b.c`],
  ['text', () => 'secret'],
]

/** Each token, beside a leg that is good but for it. */
export const TOKENS: readonly Act[] = WRITES.map(([title, write]) => ({
  ...{ title, row: null, signed: refused('CALLER_NOT_VERIFIED', 'GT'), why: 'a country token that holds' },
  async attack(captor) {
    const { key: owned } = captor.world.owned
    const key: Key = { ...owned, jwk: owned.publicJwk }
    const header = { alg: 'EdDSA', typ: COUNTRY_TOKEN_TYPE, kid: key.thumbprint }
    const leg = { claims: { exp: nowS() + 60 } }
    return captor.leg(await forge(captor, { write: (claims) => write({ claims, key, header, captor }), leg }))
  },
}))

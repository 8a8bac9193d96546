import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  readSuspension,
  SUSPENSION_TYPE,
  type Suspender,
  SuspensionInvalidError,
  suspenderSchema,
  suspenderThumbprint,
  verifySuspension,
} from './suspension.ts'

type Pair = {
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey']
  readonly suspender: Suspender
  readonly kid: string
}

let country: Pair
let oversight: Pair

async function makePair(name: string, alg: 'EdDSA' | 'ES256'): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  const suspender = suspenderSchema.parse({ name, key: await exportJWK(publicKey) })
  return { privateKey, suspender, kid: suspenderThumbprint(suspender) }
}

beforeAll(async () => {
  country = await makePair('HN', 'EdDSA')
  oversight = await makePair('oversight-hn', 'ES256')
})

const CLAIMS = {
  iss: 'HN',
  seq: 7,
  iat: 1_795_000_000,
  action: 'suspend',
  what: { agency: 'GT-MP-FECO' },
  reason: 'an investigation',
}

interface Made {
  readonly by?: Pair
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
}

function sign({ by = country, claims, header }: Made = {}): Promise<string> {
  const alg = by.suspender.key.kty === 'OKP' ? 'EdDSA' : 'ES256'
  return new SignJWT({ ...CLAIMS, ...claims })
    .setProtectedHeader({ alg, typ: SUSPENSION_TYPE, kid: by.kid, ...header })
    .sign(by.privateKey)
}

const signers = () => [country.suspender, oversight.suspender]

describe('verifySuspension', () => {
  it('reads what each of its signers says, with either algorithm', async () => {
    const read = await verifySuspension(await sign(), signers())
    expect(read).toMatchObject({ claims: CLAIMS, kind: 'agency', value: 'GT-MP-FECO' })
    const claims = { iss: 'oversight-hn', what: { coordinate: 'Person.names' } }
    const other = await verifySuspension(await sign({ by: oversight, claims }), signers())
    expect(other).toMatchObject({ kind: 'coordinate', value: 'Person.names' })
  })

  it.each([
    { country: 'HN' },
    { domain: 'persons' },
    { coordinate: 'Person.names' },
    { agency: 'GT-MP-FECO' },
    { authority: 'https://authority.gt.example' },
    { task_force: 'jtf-2026-03' },
    { officer: '1.abc-DEF_' },
    { token: '01JD' },
    { key: 'a'.repeat(43) },
    { mandate: 'b'.repeat(43) },
  ])('takes %o', async (what) => {
    const [[kind, value] = []] = Object.entries(what)
    expect(readSuspension(await sign({ claims: { what } }))).toMatchObject({ kind, value })
  })

  const key = 'a'.repeat(43)
  it.each<readonly [string, Made]>([
    ['a claim that nobody knows', { claims: { until: 1 } }],
    ['two things at once', { claims: { what: { agency: 'a', domain: 'cases' } } }],
    ['nothing at all', { claims: { what: {} } }],
    ['a kind that nobody knows', { claims: { what: { person: 'x' } } }],
    ['a country that is none', { claims: { what: { country: 'Honduras' } } }],
    ['a field without its type', { claims: { what: { coordinate: 'names' } } }],
    ['a key that is not a thumbprint', { claims: { what: { key: `${key}=` } } }],
    ['a text with a line break', { claims: { what: { agency: 'a\nb' } } }],
    ['another action', { claims: { action: 'delete' } }],
    ['no reason', { claims: { reason: '' } }],
    ['a reason without end', { claims: { reason: 'x'.repeat(501) } }],
    ['a number as a text', { claims: { seq: '7' } }],
    ['number zero', { claims: { seq: 0 } }],
    ['a number that JavaScript cannot count', { claims: { seq: 2 ** 53 } }],
    ['no time', { claims: { iat: undefined } }],
    ['another typ', { header: { typ: 'istmo-leg+jwt' } }],
    ['a key of its own in the header', { header: { jwk: {} } }],
    ['a key that is not its signer’s', { header: { kid: key } }],
    ['the name of another signer', { claims: { iss: 'oversight-hn' } }],
    ['a name that nobody knows', { claims: { iss: 'stranger' } }],
  ])('refuses %s', async (_, made) => {
    await expect(sign(made).then((text) => verifySuspension(text, signers()))).rejects.toThrow(SuspensionInvalidError)
  })

  it('refuses a stranger who signs with his own key under the name and the kid of a signer', async () => {
    const stranger = await makePair('HN', 'EdDSA')
    const forged = await sign({ by: { ...stranger, kid: country.kid } })
    await expect(verifySuspension(forged, signers())).rejects.toThrow('expected a signature of the key')
    await expect(verifySuspension(await sign({ by: stranger }), signers())).rejects.toThrow('expected a signer')
  })

  it('refuses a statement with another claim than was signed, without a signature, or without end', async () => {
    const [header, , signature] = (await sign()).split('.')
    const claims = Buffer.from(JSON.stringify({ ...CLAIMS, action: 'resume' })).toString('base64url')
    const texts = [
      `${header}.${claims}.${signature}`,
      new UnsecuredJWT(CLAIMS).encode(),
      `${await sign()}.x`,
      '',
      'x'.repeat(5_000),
    ]
    for (const text of texts) await expect(verifySuspension(text, signers())).rejects.toThrow(SuspensionInvalidError)
  })
})

describe('suspenderSchema', () => {
  it('takes no private key', () => {
    const key = { ...country.suspender.key, d: 'a'.repeat(43) }
    expect(suspenderSchema.safeParse({ name: 'HN', key }).error?.issues[0]?.message).toContain('came a private one')
  })
})

import { createHash } from 'node:crypto'
import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthenticate } from './authenticate.ts'
import type { Credentials, MisuseError } from './credentials.ts'
import { createNonces } from './dpop-proof.ts'
import type { Issuer } from './issuer.ts'
import { CLAIMS, createTestIssuers, MANDATE, NOW_S, OPTIONS, shown, type TestIssuers } from './testing.ts'

let made: TestIssuers
let issuers: readonly Issuer[]
let now = NOW_S * 1000

const sign: TestIssuers['sign'] = (...args) => made.sign(...args)

beforeAll(async () => {
  made = await createTestIssuers()
  issuers = made.issuers
})
afterAll(() => made.remove())

describe('a token, if countries take part,', () => {
  const full = { ...CLAIMS, jti: 'token-1' }
  const demanding = async (claims: unknown, over: Partial<Issuer> = {}, mandate: readonly string[] = []) => {
    const [first, ...others] = issuers
    const entries = [{ ...(first as Issuer), ...over }, ...others]
    const room = await createAuthenticate({ ...OPTIONS, issuers: entries, requireMandate: true }, { now: () => now })
    return room(shown([`Bearer ${await sign(claims)}`], { mandate }))
  }

  it('is accepted with an id, a country and a mandate, and determines the grounds', async () => {
    const { caller, grounds, groundsRejected } = await demanding(full)
    expect(caller).toMatchObject({ tokenId: 'token-1', organisation: { country: 'GT' } })
    expect([grounds, groundsRejected]).toEqual([{ purpose: 'INVESTIGATION' }, null])
  })

  it.each<[string, object, RegExp]>([
    ['a jti', { jti: undefined }, /`jti`/],
    ['an organisation', { org: undefined }, /`org\.country`/],
    ['a country', { org: { agency: 'GT-MP-FECO' } }, /`org\.country`/],
    ['authorization details', { authorization_details: undefined }, /`authorization_details` with an `istmo_mandate`/],
    ['a mandate among them', { authorization_details: [{ type: 'payment' }] }, /`authorization_details` with/],
  ])('is rejected without %s, with the claim in the message', async (_, over, message) => {
    await expect(demanding({ ...full, ...over })).rejects.toThrow(message)
    await expect(demanding({ ...full, ...over })).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it('is read at the claims that its issuer’s entry names', async () => {
    const claims = {
      country: '/https:~1~1id.gt.example~1country',
      agency: '/groups/0',
      role: '/realm/roles/1',
      mandate: '/istmo_mandate',
      policies: '/granted',
    }
    const { type: _, ...untyped } = MANDATE
    const mapped = {
      ...{ ...full, org: 'something else', authorization_details: 7, istmo_mandate: untyped },
      ...{
        'https://id.gt.example/country': 'GT',
        groups: ['GT-MP-FECO'],
        realm: { roles: ['user', 'analyst'] },
        granted: ['narrative_release'],
      },
    }
    const { caller } = await demanding(mapped, { claims })
    expect(caller?.organisation).toEqual({ country: 'GT', agency: 'GT-MP-FECO', role: 'analyst' })
    expect(caller?.mandate).toEqual(MANDATE)
    expect(caller?.policies).toEqual(['narrative_release'])
    const names = ['may read narratives', '«Ñandú»', '', 'a"b\\c']
    expect((await demanding({ ...mapped, granted: names }, { claims })).caller?.policies).toEqual(names)
    for (const granted of [7, [7], [['a']], { a: 1 }]) {
      await expect(demanding({ ...mapped, granted }, { claims })).rejects.toThrow(/`granted`/)
    }
    const foreign = { ...mapped, 'https://id.gt.example/country': 'HN' }
    await expect(demanding(foreign, { claims })).rejects.toThrow(
      /`https:\/\/id.gt.example\/country` is not the country/,
    )
  })

  it('is rejected if it lives longer than its issuer’s entry allows', async () => {
    expect((await demanding(full, { maxLifetimeS: 610 })).caller).not.toBeNull()
    await expect(demanding(full, { maxLifetimeS: 609 })).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it('acts on the grounds that the header states, and is rejected with grounds that its mandate does not name', async () => {
    expect((await demanding(full, {}, ['purpose=INVESTIGATION'])).grounds).toEqual({ purpose: 'INVESTIGATION' })
    await expect(demanding(full, {}, ['purpose=PROSECUTION'])).rejects.toMatchObject({ code: 'MANDATE_NOT_COVERED' })
    await expect(demanding(full, {}, ['purpose'])).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('loses its grounds when its mandate ends, although it is cached', async () => {
    const endS = Date.parse('2027-04-01T00:00:00Z') / 1000
    now = (endS - 60) * 1000
    const token = `Bearer ${await sign({ ...full, iat: endS - 60, exp: endS + 600 })}`
    const room = await createAuthenticate({ ...OPTIONS, issuers, requireMandate: true }, { now: () => now })
    const before = await room(shown([token]))
    now = endS * 1000
    const after = await room(shown([token]))
    now = NOW_S * 1000
    expect(after.caller).toBe(before.caller)
    expect([before.grounds, before.groundsRejected]).toEqual([{ purpose: 'INVESTIGATION' }, null])
    expect([after.grounds, after.groundsRejected?.code]).toEqual([null, 'MANDATE_NOT_COVERED'])
  })
})

describe('a token that is bound', () => {
  const key = Buffer.alloc(32, 7)
  const nonceKey = () => key
  const nonces = createNonces(() => now / 1000, nonceKey)
  const room = () => createAuthenticate({ ...OPTIONS, issuers }, { now: () => now, nonceKey })
  const THUMBPRINT = 'A'.repeat(43)

  async function dpop() {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const jwk = await exportJWK(publicKey)
    const token = await sign({ ...CLAIMS, cnf: { jkt: await calculateJwkThumbprint(jwk) } })
    let count = 0
    const prove = () => {
      count += 1
      const ath = createHash('sha256').update(token).digest('base64url')
      const nonce = nonces.current()
      const address = 'https://istmo.example/graphql'
      const claims = { jti: `p-${count}`, htm: 'POST', htu: address, iat: Math.floor(now / 1000), ath, nonce }
      const bytes = new TextEncoder().encode(JSON.stringify(claims))
      return new CompactSign(bytes).setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk }).sign(privateKey)
    }
    return { token, prove }
  }

  it('to a key is accepted with a proof, each time with a new one, even from the cache', async () => {
    const authenticate = await room()
    const { token, prove } = await dpop()
    for (const scheme of ['DPoP', 'dpop']) {
      const credentials = shown([`${scheme} ${token}`], { proofs: [await prove()] })
      expect((await authenticate(credentials)).caller?.subject).toBe('pairwise-1')
      await expect(authenticate(credentials)).rejects.toMatchObject({ code: 'PROOF_INVALID', status: 401 })
    }
  })

  it('to a key gets a newer nonce when its own is no longer the newest one', async () => {
    const authenticate = await room()
    const { token, prove } = await dpop()
    const before = now
    now += 30_000
    const [first, second] = [await prove(), await prove()]
    expect((await authenticate(shown([`DPoP ${token}`], { proofs: [first] }))).nextNonce).toBeUndefined()
    now += 40_000
    expect((await authenticate(shown([`DPoP ${token}`], { proofs: [second] }))).nextNonce).toBe(nonces.current())
    now = before
  })

  it('and is misused rejects with the caller and with what was done', async () => {
    const authenticate = await room()
    const { token, prove } = await dpop()
    const replayed = shown([`DPoP ${token}`], { proofs: [await prove()] })
    await authenticate(replayed)
    const misuseOf = (credentials: Credentials) => authenticate(credentials).catch((error: MisuseError) => error.noted)
    const caller = expect.objectContaining({ subject: 'pairwise-1' })
    expect(await misuseOf(replayed)).toEqual({ caller, code: 'PROOF_INVALID', misuse: 'PROOF_REPLAYED' })
    expect(await misuseOf(shown([`Bearer ${token}`]))).toMatchObject({ caller, misuse: 'PROOF_NOT_VALID' })
    const open = [`Bearer ${await sign(CLAIMS)}`]
    for (const [mandate, misuse] of [
      ['purpose=PROSECUTION', 'PURPOSE_NOT_IN_MANDATE'],
      ['case="GT:9"', 'CASE_NOT_IN_MANDATE'],
      ['basis="UN:XVIII-12#99"', 'BASIS_NOT_IN_MANDATE'],
    ] as const) {
      expect(await misuseOf(shown(open, { mandate: [mandate] }))).toEqual({
        caller,
        code: 'MANDATE_NOT_COVERED',
        misuse,
      })
    }
    const bare = [`Bearer ${await sign({ ...CLAIMS, authorization_details: undefined })}`]
    expect(await misuseOf(shown(bare, { mandate: ['purpose=PROSECUTION'] }))).toMatchObject({
      misuse: 'TOKEN_WITHOUT_MANDATE',
    })
    expect(await misuseOf(shown(open, { mandate: ['purpose="x'] }))).toBeUndefined()
  })

  it('to a key is rejected under the scheme Bearer, with a proof and without', async () => {
    const authenticate = await room()
    const { token, prove } = await dpop()
    for (const proofs of [[], [await prove()]]) {
      await expect(authenticate(shown([`Bearer ${token}`], { proofs }))).rejects.toMatchObject({
        code: 'PROOF_INVALID',
      })
    }
    await expect(authenticate(shown([`DPoP ${token}`]))).rejects.toMatchObject({ code: 'PROOF_INVALID' })
  })

  it('to nothing is rejected under the scheme DPoP, although the proof is valid', async () => {
    const authenticate = await room()
    const { prove } = await dpop()
    const credentials = shown([`DPoP ${await sign(CLAIMS)}`], { proofs: [await prove()] })
    await expect(authenticate(credentials)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it('to a certificate is accepted only over a connection with it', async () => {
    const authenticate = await room()
    const authorization = [`Bearer ${await sign({ ...CLAIMS, cnf: { 'x5t#S256': THUMBPRINT } })}`]
    expect((await authenticate(shown(authorization, { clientCertificate: THUMBPRINT }))).caller).not.toBeNull()
    for (const clientCertificate of [null, 'B'.repeat(43)]) {
      const credentials = shown(authorization, { clientCertificate })
      await expect(authenticate(credentials)).rejects.toMatchObject({ code: 'PROOF_INVALID' })
    }
  })

  it('to both is accepted only with both', async () => {
    const authenticate = await room()
    const token = await sign({ ...CLAIMS, cnf: { jkt: THUMBPRINT, 'x5t#S256': THUMBPRINT } })
    const without = shown([`Bearer ${token}`], { clientCertificate: THUMBPRINT })
    await expect(authenticate(without)).rejects.toMatchObject({ code: 'PROOF_INVALID' })
  })
})

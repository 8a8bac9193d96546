import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { generateRevealKeys, type RevealKey, readPrivateKeys, readPublicKeys, toPublicKeys } from './reveal-keys.ts'
import {
  newSealSalt,
  openOfficer,
  openShare,
  type SealedOfficer,
  sealOfficer,
  sealShare,
  xorShares,
} from './sealed-officer.ts'

/** Both halves of a key to which one seals. */
interface Pair {
  readonly shown: RevealKey
  readonly secret: RevealKey
}

async function newPair(curve: 'X25519' | 'P-256' = 'X25519'): Promise<Pair> {
  const keys = await generateRevealKeys(curve, false)
  const [secret] = (await readPrivateKeys(JSON.stringify({ keys }))).sealing
  const [shown] = (await readPublicKeys(JSON.stringify({ keys: toPublicKeys(keys) }))).sealing
  return { shown, secret } as Pair
}

const REF = `1.${'r'.repeat(43)}`
const OFFICER = { issuer: 'https://login.gt.example', subject: 'officer-1' }

let authority: Pair
let auditor: Pair
let other: Pair
beforeAll(async () => {
  authority = await newPair()
  auditor = await newPair('P-256')
  other = await newPair()
})

const sealFor = (officer = OFFICER, salt = newSealSalt()): Promise<SealedOfficer> =>
  sealOfficer({ officer, ref: REF, salt, authority: authority.shown, auditors: [auditor.shown, other.shown] })

/** Opens all that the holders of these keys can open, as the procedure does. */
async function sharesOf(sealed: SealedOfficer) {
  const ofAuthority = await openShare(sealed.authority.share, [authority.secret], { part: 'AUTHORITY', ref: REF })
  const [first, second] = sealed.auditors
  const ofAuditor = await openShare(first?.share ?? '', [auditor.secret], { part: 'AUDITOR', ref: REF })
  const ofOther = await openShare(second?.share ?? '', [other.secret], { part: 'AUDITOR', ref: REF })
  return { ofAuthority, ofAuditor, ofOther }
}

const text = fc.string({ minLength: 1, maxLength: 600, unit: 'binary' })

describe('a sealed officer', () => {
  it('opens for each auditor with the authority’s share and the salt, whoever the officer is', async () => {
    const property = fc.asyncProperty(text, text, async (issuer, subject) => {
      const salt = newSealSalt()
      const sealed = await sealFor({ issuer, subject }, salt)
      const { ofAuthority, ofAuditor, ofOther } = await sharesOf(sealed)
      const given = xorShares(ofAuthority, salt)
      expect(await openOfficer(sealed.sealed, REF, [ofAuditor, given])).toEqual({ issuer, subject })
      expect(await openOfficer(sealed.sealed, REF, [given, ofOther])).toEqual({ issuer, subject })
    })
    await fc.assert(property, { numRuns: 30 })
  })

  it('does not open without one of the three parts, whatever stands in its place', async () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 })
    const property = fc.asyncProperty(bytes, bytes, async (guess, filler) => {
      const salt = newSealSalt()
      const sealed = await sealFor(OFFICER, salt)
      const { ofAuthority, ofAuditor } = await sharesOf(sealed)
      const tries: readonly (readonly [Uint8Array, Uint8Array])[] = [
        [ofAuditor, guess],
        [ofAuditor, ofAuthority],
        [ofAuditor, xorShares(ofAuthority, filler)],
        [ofAuditor, salt],
        [xorShares(ofAuthority, salt), guess],
        [xorShares(ofAuthority, salt), new Uint8Array(32)],
        [ofAuditor, new Uint8Array(32)],
      ]
      for (const shares of tries) await expect(openOfficer(sealed.sealed, REF, shares)).rejects.toThrow('does not open')
    })
    await fc.assert(property, { numRuns: 10 })
  })

  it('has shares that no seal repeats, and a length that tells nothing of the name', async () => {
    const short = await sealFor({ issuer: 'a', subject: 'b' })
    const long = await sealFor({ issuer: 'https://login.gt.example', subject: 'x'.repeat(100) })
    expect(short.sealed).toHaveLength(long.sealed.length)
    const [one, two] = await Promise.all([short, long].map(sharesOf))
    expect(one?.ofAuthority).not.toEqual(two?.ofAuthority)
    expect(one?.ofAuditor).not.toEqual(two?.ofAuditor)
    expect(one?.ofAuditor).toEqual(one?.ofOther)
  })

  it('gives its shares to nobody else', async () => {
    const sealed = await sealFor()
    const opened = openShare(sealed.authority.share, [auditor.secret, other.secret], { part: 'AUTHORITY', ref: REF })
    await expect(opened).rejects.toThrow('sealed to another')
    // The same kid with another key.
    const forged = { kid: authority.secret.kid, key: other.secret.key }
    await expect(openShare(sealed.authority.share, [forged], { part: 'AUTHORITY', ref: REF })).rejects.toThrow(
      'does not open',
    )
  })

  it('cannot be mixed up with another officer, nor a share with that of another step', async () => {
    const sealed = await sealFor()
    const keys = [authority.secret]
    const elsewhere = `1.${'q'.repeat(43)}`
    await expect(openShare(sealed.authority.share, keys, { part: 'AUTHORITY', ref: elsewhere })).rejects.toThrow(
      'another',
    )
    await expect(openShare(sealed.authority.share, keys, { part: 'SALT', ref: REF })).rejects.toThrow('another')
    const salt = newSealSalt()
    const again = await sealFor(OFFICER, salt)
    const { ofAuthority, ofAuditor } = await sharesOf(again)
    const shares = [ofAuditor, xorShares(ofAuthority, salt)] as const
    await expect(openOfficer(again.sealed, elsewhere, shares)).rejects.toThrow('of this ref')
  })

  it.each([
    [
      'a changed share',
      (jwe: string) => jwe.replace(/\.([\w-])([\w-]+)$/, (_, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`),
    ],
    ['a share without its tag', (jwe: string) => jwe.slice(0, jwe.lastIndexOf('.') + 1)],
    ['a text', () => 'share'],
    ['nothing', () => ''],
  ])('is not opened with %s', async (_, spoil) => {
    const { share } = await sealShare({ part: 'GIVEN', ref: REF, share: newSealSalt() }, auditor.shown)
    await expect(openShare(spoil(share), [auditor.secret], { part: 'GIVEN', ref: REF })).rejects.toThrow('expected')
  })

  it('is not opened with shares of another length', () => {
    expect(() => xorShares(new Uint8Array(31), new Uint8Array(32))).toThrow('32 bytes')
  })
})

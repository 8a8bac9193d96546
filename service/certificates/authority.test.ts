import { createPrivateKey, X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Authority, createAuthority, issueCertificate, type KeyedCertificate } from './authority.ts'
import { listEnds, showEnds, warnOfEnds } from './ends.ts'
import { certificateHash, describeCertificate, pinOf, readCertificates } from './read-certificates.ts'

const DAY_MS = 86_400_000
const NOW = Date.UTC(2026, 10, 27)
const MONTH = { notBefore: NOW, notAfter: NOW + 30 * DAY_MS }

let authority: Authority
beforeAll(async () => {
  authority = await createAuthority('Istmo GT', MONTH)
})

function parse({ cert }: KeyedCertificate): X509Certificate {
  return new X509Certificate(cert)
}

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/)
const request = fc.record({
  name: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/),
  use: fc.constantFrom('server' as const, 'client' as const),
  dnsNames: fc.array(
    fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.')),
    { maxLength: 3 },
  ),
  ipAddresses: fc.array(fc.ipV4(), { maxLength: 3 }),
})

describe('a certificate', () => {
  it('says what it was asked for, is signed by its authority alone, and has a key that fits and a serial of its own', async () => {
    const other = await createAuthority('Istmo GT', MONTH)
    const serials = new Set<string>()
    await fc.assert(
      fc.asyncProperty(request, async (asked) => {
        const issued = await issueCertificate(authority, asked, MONTH)
        const certificate = parse(issued)
        const { subject, issuer, uses, names, isAuthority, notBefore, notAfter, serial } =
          describeCertificate(certificate)
        expect({ subject, issuer, uses, isAuthority, notBefore, notAfter }).toEqual({
          ...{ subject: asked.name, issuer: 'Istmo GT', uses: [asked.use], isAuthority: false },
          ...MONTH,
        })
        expect(names).toEqual([
          ...asked.dnsNames.map((name) => `DNS:${name}`),
          ...asked.ipAddresses.map((address) => `IP Address:${address}`),
        ])
        expect(certificate.checkPrivateKey(createPrivateKey(issued.key))).toBe(true)
        expect(certificate.verify(parse(authority).publicKey)).toBe(true)
        expect(certificate.verify(parse(other).publicKey)).toBe(false)
        expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/)
        serials.add(serial)
      }),
      { numRuns: 40 },
    )
    expect(serials.size).toBe(40)
  })

  it('that is renewed with its key has the same pin and another hash', async () => {
    const first = await issueCertificate(authority, { name: 'gateway', use: 'client' }, MONTH)
    const second = await issueCertificate(authority, { name: 'gateway', use: 'client', key: first.key }, MONTH)
    expect(second.key).toBe(first.key)
    expect(pinOf(parse(second))).toBe(pinOf(parse(first)))
    expect(certificateHash(parse(second))).not.toBe(certificateHash(parse(first)))
  })

  it.each(['', 'a,b', 'CN=a', ' a', 'a\n', 'ñ', 'a'.repeat(65)])('is not issued under the name %j', async (name) => {
    const expected = /expected a name of 1 to 64 letters/
    await expect(issueCertificate(authority, { name, use: 'client' }, MONTH)).rejects.toThrow(expected)
    await expect(createAuthority(name, MONTH)).rejects.toThrow(expected)
  })
})

describe('a file of certificates', () => {
  it('may have several, with text between them', async () => {
    const other = await createAuthority('Istmo HN', MONTH)
    const read = readCertificates(`# old\n${authority.cert}\n# new\r\n${other.cert}`)
    expect(read.map(describeCertificate).map(({ subject }) => subject)).toEqual(['Istmo GT', 'Istmo HN'])
  })

  it.each([
    '',
    'x',
    '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----',
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
  ])('is not %j', (text) => {
    expect(() => readCertificates(text)).toThrow()
  })
})

describe('the end of a certificate', () => {
  it('is shown in days that are left, and the log warns of it from ten days before', () => {
    const ends = listEnds('server', authority.cert)
    expect(showEnds(ends, NOW)).toEqual([
      { use: 'server', subject: 'Istmo GT', ends: new Date(MONTH.notAfter).toISOString(), daysLeft: 30 },
    ])
    const warned = (now: number): number => {
      const lines: object[] = []
      warnOfEnds(
        () => ends,
        { warn: (line: object) => void lines.push(line) } as never,
        () => now,
      )()
      return lines.length
    }
    expect([NOW, NOW + 20 * DAY_MS - 1, NOW + 20 * DAY_MS, NOW + 31 * DAY_MS].map(warned)).toEqual([0, 0, 1, 1])
  })
})

import { access, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { describeCertificate, readCertificates } from '../service/certificates/read-certificates.ts'
import { runCa } from './ca.ts'

const DAY_MS = 86_400_000
const NOW = Date.UTC(2026, 10, 27)

const folder = await mkdtemp(join(tmpdir(), 'istmo-ca-'))
const at = (name: string): string => join(folder, name)
afterAll(() => rm(folder, { recursive: true }))

let out: string
let err: string
beforeEach(() => {
  out = ''
  err = ''
})

const streams = {
  out: {
    write(text: string) {
      out += text
    },
  },
  err: {
    write(text: string) {
      err += text
    },
  },
}

/** Runs `istmo ca`, and returns the exit code. */
const ca = (args: readonly string[], now = NOW): Promise<number> => runCa(args, now, streams)

async function factsOf(file: string) {
  const [certificate] = readCertificates(await readFile(at(file), 'utf8'))
  if (certificate === undefined) throw new Error(`${file} has no certificate`)
  return describeCertificate(certificate)
}

const modeOf = async (file: string): Promise<number> => (await stat(at(file))).mode & 0o777

describe('istmo ca', () => {
  it('init makes an authority whose key only its owner can read, and never replaces it', async () => {
    expect(await ca(['init', at('ca'), '--name', 'Istmo HN'])).toBe(0)
    expect(await modeOf('ca/ca.key.pem')).toBe(0o600)
    expect(await factsOf('ca/ca.cert.pem')).toMatchObject({
      subject: 'Istmo HN',
      issuer: 'Istmo HN',
      isAuthority: true,
    })
    const key = await readFile(at('ca/ca.key.pem'), 'utf8')
    expect(await ca(['init', at('ca'), '--name', 'Other'])).toBe(2)
    expect(err).toMatch(/ca\.key\.pem: expected no such file; it exists\. An authority is never replaced/)
    expect(await readFile(at('ca/ca.key.pem'), 'utf8')).toBe(key)
  })

  it('issue makes the certificates of a server and a client, shows their pins, and never replaces a key', async () => {
    const names = ['--dns', 'istmo.mp.hn', '--ip', '127.0.0.1', '--ip', '::1']
    expect(await ca(['issue', at('ca'), 'node', '--use', 'server', ...names, '--out', at('tls')])).toBe(0)
    expect(await ca(['issue', at('ca'), 'gateway', '--use', 'client', '--out', at('tls')])).toBe(0)
    const [node, gateway] = [await factsOf('tls/node.cert.pem'), await factsOf('tls/gateway.cert.pem')]
    expect(node).toMatchObject({
      issuer: 'Istmo HN',
      isAuthority: false,
      uses: ['server'],
      notAfter: NOW + 30 * DAY_MS,
    })
    expect(node.names).toEqual(['DNS:istmo.mp.hn', 'IP Address:127.0.0.1', 'IP Address:0:0:0:0:0:0:0:1'])
    expect(gateway).toMatchObject({ uses: ['client'], names: [] })
    expect(node.serial).not.toBe(gateway.serial)
    expect(out).toContain(`pin      ${node.pin}\n`)
    expect(out).toContain(`x5t#S256 ${gateway.hash}\n`)
    expect(await modeOf('tls/node.key.pem')).toBe(0o600)
    const key = await readFile(at('tls/node.key.pem'), 'utf8')
    expect(await ca(['issue', at('ca'), 'node', '--use', 'client', '--out', at('tls')])).toBe(2)
    expect(err).toMatch(/node\.key\.pem: .*it exists.*istmo ca renew/)
    expect(await readFile(at('tls/node.key.pem'), 'utf8')).toBe(key)
  })

  it('renew renews only what ends soon, with the same names, use and key', async () => {
    const before = [await factsOf('tls/node.cert.pem'), await factsOf('tls/gateway.cert.pem')] as const
    expect(await ca(['renew', at('ca'), at('tls')], NOW + 19 * DAY_MS)).toBe(0)
    expect(out.match(/not due/g)).toHaveLength(2)
    expect(await factsOf('tls/node.cert.pem')).toEqual(before[0])
    // A certificate that has ended can still be renewed.
    expect(await ca(['renew', at('ca'), at('tls')], NOW + 31 * DAY_MS)).toBe(0)
    const after = await factsOf('tls/node.cert.pem')
    expect(after).toEqual({
      ...before[0],
      ...{ serial: after.serial, hash: after.hash, notBefore: after.notBefore, notAfter: NOW + 61 * DAY_MS },
    })
    expect(after.serial).not.toBe(before[0].serial)
    expect((await factsOf('tls/gateway.cert.pem')).uses).toEqual(['client'])
    expect(await modeOf('tls/node.key.pem')).toBe(0o600)
  })

  it('renew --new-key makes a new key that fits, readable only by its owner', async () => {
    const { pin } = await factsOf('tls/node.cert.pem')
    expect(await ca(['renew', at('ca'), at('tls'), '--new-key'], NOW + 60 * DAY_MS)).toBe(0)
    expect((await factsOf('tls/node.cert.pem')).pin).not.toBe(pin)
    expect(await modeOf('tls/node.key.pem')).toBe(0o600)
  })

  it('renew leaves the certificates of other authorities as they are', async () => {
    await ca(['init', at('other'), '--name', 'Istmo HN'])
    await ca(['issue', at('other'), 'foreign', '--use', 'client', '--out', at('tls')])
    const foreign = await factsOf('tls/foreign.cert.pem')
    out = ''
    expect(await ca(['renew', at('ca'), at('tls'), '--within', '300'], NOW + 60 * DAY_MS)).toBe(0)
    expect(out).not.toContain('foreign')
    expect(await factsOf('tls/foreign.cert.pem')).toEqual(foreign)
  })

  it('issues nothing that outlives its authority, and nothing after its end', async () => {
    await ca(['init', at('short'), '--name', 'short', '--days', '5'])
    expect(await ca(['issue', at('short'), 'brief', '--use', 'client', '--out', at('tls')])).toBe(0)
    expect((await factsOf('tls/brief.cert.pem')).notAfter).toBe(NOW + 5 * DAY_MS)
    expect(await ca(['issue', at('short'), 'late', '--use', 'client', '--out', at('tls')], NOW + 6 * DAY_MS)).toBe(2)
    expect(err).toMatch(/expected an authority that holds now; came one that has ended.*istmo ca init/)
    await expect(access(at('tls/late.key.pem'))).rejects.toThrow('ENOENT')
  })

  it.each<[string, readonly string[], RegExp]>([
    ['a server without a name', ['issue', 'X', 'n', '--use', 'server'], /expected --dns or --ip with --use server/],
    ['another use', ['issue', 'X', 'n', '--use', 'both'], /--use: expected server or client/],
    [
      'an address as host name',
      ['issue', 'X', 'n', '--use', 'server', '--dns', '1.2.3.4'],
      /--dns: expected a host name/,
    ],
    ['a name that leads out of the folder', ['issue', 'X', '../n', '--use', 'client'], /<name>/],
    [
      'a life of 400 days',
      ['issue', 'X', 'n', '--use', 'client', '--days', '400'],
      /--days: expected a whole number from 1 to 397/,
    ],
    ['an authority without a name', ['init', 'X'], /--name/],
    ['a name that programs read differently', ['init', 'X', '--name', 'a, CN=b'], /--name: expected 1 to 64 letters/],
    [
      'a folder that is no authority',
      ['renew', 'X', 'X'],
      /X: expected a folder of `istmo ca init`; there is no such file or folder \(ENOENT\)/,
    ],
    [
      'a file that holds no certificate',
      ['show', 'KEY'],
      /expected certificates in PEM; came none\. Name a file of certificates/,
    ],
  ])('rejects %s', async (_, args, message) => {
    const given = args.map((arg) => (arg === 'X' ? at('X') : arg === 'KEY' ? at('tls/node.key.pem') : arg))
    expect(await ca(given)).toBe(2)
    expect(err).toMatch(message)
  })

  it('issues nothing with the key of another authority', async () => {
    await ca(['init', at('mixed'), '--name', 'mixed'])
    await writeFile(at('mixed/ca.key.pem'), await readFile(at('other/ca.key.pem'), 'utf8'))
    expect(await ca(['issue', at('mixed'), 'n', '--use', 'client', '--out', at('tls')])).toBeGreaterThan(0)
    expect(err).toMatch(/expected the key of the authority’s certificate; came another key/)
  })
})

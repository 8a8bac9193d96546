import { X509Certificate } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCheck } from '../../joining/check/run-check.ts'
import { createAuthority, issueCertificate, type KeyedCertificate } from '../../service/certificates/authority.ts'
import { pinOf } from '../../service/certificates/read-certificates.ts'

/** The certificates of a node beside its country's file, and the clock of a gateway. */

const DAY = 86_400_000
const NOW = Date.now()

let folder: string
let authority: KeyedCertificate
let other: KeyedCertificate
let node: KeyedCertificate
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'istmo-check-certificates-'))
  authority = await createAuthority('NI authority', { notBefore: NOW - DAY, notAfter: NOW + 900 * DAY })
  other = await createAuthority('another', { notBefore: NOW - DAY, notAfter: NOW + 900 * DAY })
  node = await issue(90)
  write('ca.pem', authority.cert)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A certificate that ends in so many days. `heldDays`: for how long it holds already. */
function issue(days: number, by = authority, heldDays = 10): Promise<KeyedCertificate> {
  const validity = { notBefore: NOW - heldDays * DAY, notAfter: NOW + days * DAY }
  const dnsNames = ['node.ni.example']
  return issueCertificate(by, { name: 'NI node', use: 'server', dnsNames }, validity)
}

function write(name: string, text: string, mode = 0o600): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  chmodSync(file, mode)
  return file
}

interface Files {
  readonly cert?: string
  readonly key?: string
  readonly mode?: number
  readonly tls?: string
  readonly url?: string
}

async function check({
  cert = node.cert,
  key = node.key,
  mode,
  tls = '{ ca: ca.pem }',
  url = 'https://node.ni.example/cases',
}: Files) {
  const rules = write(
    'NI.yaml',
    `country: NI\nname: { es: NI, en: NI }\ndomains: { cases: { url: "${url}"${tls === '' ? '' : `, tls: ${tls}`} } }\n`,
  )
  const { findings } = await runCheck({
    ...{ country: 'NI', only: ['certificates'] },
    options: {
      ...{ rules, examples: 1, sample: 1, deadlineMs: 1, tlsClientCa: join(folder, 'ca.pem') },
      ...{ tlsCert: write('cert.pem', cert), tlsKey: write('key.pem', key, mode) },
    },
  })
  return findings.map(({ id, place }) => `${id} ${place}`)
}

describe('a certificate', () => {
  it('that is right has no finding', async () => {
    expect(await check({})).toEqual([])
    expect(await check({ cert: node.cert + authority.cert })).toEqual([])
    expect(
      await check({ tls: `{ pins: [${pinOf(new X509Certificate(node.cert))}] }`, url: 'https://any.example/' }),
    ).toEqual([])
    expect(await check({ tls: '', url: 'http://127.0.0.1:1/' })).toEqual([])
  })

  it('of `istmo ca`, which holds for 30 days and renews it in time, has no finding', async () => {
    expect(await check(fromPair(await issue(30, authority, 0)))).toEqual([])
    expect(await check(fromPair(await issue(10, authority, 20)))).toEqual([])
  })

  it.each<[string, () => Files | Promise<Files>, string]>([
    ['that ends soon', async () => fromPair(await issue(20, authority, 345)), 'CERTIFICATE_ENDS --tls-cert'],
    [
      'that should have been renewed',
      async () => fromPair(await issue(8, authority, 22)),
      'CERTIFICATE_ENDS --tls-cert',
    ],
    ['that has ended', async () => fromPair(await issue(-1)), 'CERTIFICATE_ENDED --tls-cert'],
    ['of another key', async () => ({ key: (await issue(90)).key }), 'CERTIFICATE_WRONG --tls-cert'],
    [
      'with a chain of others',
      () => ({ cert: node.cert + other.cert + authority.cert }),
      'CERTIFICATE_CHAIN --tls-cert',
    ],
    [
      'of an authority that the file does not name',
      async () => fromPair(await issue(90, other)),
      'CERTIFICATE_CHAIN domains.cases',
    ],
    ['of another name', () => ({ url: 'https://other.ni.example/' }), 'CERTIFICATE_NAME domains.cases'],
    ['of another pin', () => ({ tls: `{ pins: [${'A'.repeat(43)}] }` }), 'CERTIFICATE_PIN domains.cases'],
    ['that is none', () => ({ cert: 'x' }), 'CERTIFICATE_WRONG --tls-cert'],
    ['with a key that others can read', () => ({ mode: 0o644 }), `SECRET_OPEN KEY`],
  ])('%s is one finding', async (_, files, expected) => {
    const found = (await check(await files())).map((one) => one.replace(join(folder, 'key.pem'), 'KEY'))
    // A chain with a stranger in it is wrong at two places.
    expect([...new Set(found)]).toEqual([expected])
  })

  function fromPair({ cert, key }: KeyedCertificate): Files {
    return { cert, key }
  }
})

describe('the clock of the gateway', () => {
  it.each<[string, number, readonly string[]]>([
    ['as ours', 0, []],
    ['a minute behind', -60_000, ['CLOCK_WRONG']],
    ['a minute ahead', 60_000, ['CLOCK_WRONG']],
  ])('%s', async (_, ahead, expected) => {
    const server = createServer((_request, response) => {
      response.sendDate = false
      response.setHeader('date', new Date(Date.now() + ahead).toUTCString()).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const options = { examples: 1, sample: 1, deadlineMs: 1, gateway }
    const { findings } = await runCheck({ country: 'NI', only: ['clock'], options })
    server.close()
    expect(findings.map(({ id }) => id)).toEqual(expected)
  })
})

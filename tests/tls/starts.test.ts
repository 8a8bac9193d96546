import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readGatewayConfig } from '../../gateway/process/config.ts'
import { openGatewayTls } from '../../gateway/process/tls.ts'
import type { Authority } from '../../service/certificates/authority.ts'
import { readCountryFile } from '../../service/country-file.ts'
import { rejectDangerousNode } from '../../subgraphs/kit/dangers.ts'
import { openNodeServer } from '../../subgraphs/kit/node-server.ts'
import { parseNodeConfig } from '../../subgraphs/node-command.ts'
import { aClient, anAuthority, aServer, EXPIRED, NOT_YET } from './world.ts'

const log = pino({ level: 'silent' })

let folder: string
let authority: Authority
const at = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-tls-start-'))
  await mkdir(at('countries'))
  authority = await anAuthority('Istmo HN')
  const [server, other, client] = [await aServer(authority), await aServer(authority), await aClient(authority)]
  const files: Readonly<Record<string, string>> = {
    'ca.pem': authority.cert,
    'cert.pem': server.cert,
    'key.pem': server.key,
    'open-key.pem': server.key,
    'other-key.pem': other.key,
    'client.pem': client.cert,
    'client-key.pem': client.key,
    'expired.pem': (await aServer(authority, { key: server.key }, EXPIRED)).cert,
    'not-yet.pem': (await aServer(authority, { key: server.key }, NOT_YET)).cert,
    'half-ca.pem': `${authority.cert}${server.cert}`,
    'nothing.pem': '',
  }
  for (const [name, text] of Object.entries(files)) await writeFile(at(name), text, { mode: 0o600 })
  await chmod(at('open-key.pem'), 0o644)
})
afterAll(() => rm(folder, { recursive: true }))

/** Each start of a node that must fail: the files of --tls-cert, --tls-key and --tls-client-ca, and what the message says. */
const STARTS: readonly (readonly [title: string, cert: string, key: string, ca: string, message: RegExp])[] = [
  [
    'a key of another certificate',
    'cert.pem',
    'other-key.pem',
    'ca.pem',
    /expected a certificate for the key in .*other-key\.pem; came one for another key.*--tls-cert/,
  ],
  [
    'a certificate as key',
    'cert.pem',
    'ca.pem',
    'ca.pem',
    /expected a private key in PEM; came «CERTIFICATE».*--tls-key/,
  ],
  [
    'a key as certificate',
    'key.pem',
    'key.pem',
    'ca.pem',
    /expected certificates in PEM; came «[A-Z ]*PRIVATE KEY».*--tls-cert/,
  ],
  ['a certificate that has expired', 'expired.pem', 'key.pem', 'ca.pem', /came one until .*istmo ca renew.*--tls-cert/],
  [
    'a certificate that does not hold yet',
    'not-yet.pem',
    'key.pem',
    'ca.pem',
    /came one from .*Compare the clocks.*--tls-cert/,
  ],
  [
    'a certificate that is no authority’s as authority',
    'cert.pem',
    'key.pem',
    'cert.pem',
    /expected certificates of authorities .*istmo ca init.*--tls-client-ca/,
  ],
  [
    'one certificate of two that is no authority’s',
    'cert.pem',
    'key.pem',
    'half-ca.pem',
    /which is not one.*--tls-client-ca/,
  ],
  [
    'an empty file of authorities',
    'cert.pem',
    'key.pem',
    'nothing.pem',
    /expected certificates of authorities.*--tls-client-ca/,
  ],
  [
    'a file that is not there',
    'cert.pem',
    'nowhere.pem',
    'ca.pem',
    /nowhere\.pem: expected a readable file.*--tls-key \(TLS_KEY_FILE\)/,
  ],
  [
    'a key that others can read',
    'cert.pem',
    'open-key.pem',
    'ca.pem',
    /other users of this machine may use .*chmod 600/,
  ],
]

const NODE = ['--country', 'HN', '--domains', 'legal', '--port', '0', '--gateway-jwks', 'leg.jwks.json']

function nodeConfig(...flags: string[]) {
  return parseNodeConfig([...NODE, ...flags], {})
}

describe('a node does not start', () => {
  it.each(STARTS)('with %s', async (_, cert, key, ca, message) => {
    const config = nodeConfig('--tls-cert', at(cert), '--tls-key', at(key), '--tls-client-ca', at(ca))
    await expect(openNodeServer(config, { log, onRejected: () => undefined }, () => undefined)).rejects.toThrow(message)
  })

  it.each([
    [['--tls-cert', 'c.pem', '--tls-key', 'k.pem']],
    [['--tls-key', 'k.pem']],
    [['--tls-client-ca', 'ca.pem']],
    [['--tls-cert', 'c.pem', '--tls-client-ca', 'ca.pem']],
  ])('with %j alone: TLS without a client certificate would let strangers in', (flags) => {
    expect(() => nodeConfig(...flags)).toThrow(/TLS: set all of --tls-key, --tls-cert and --tls-client-ca, or none/)
  })

  it.each<[string, readonly string[], RegExp | null]>([
    [
      'on an address of the network over plain HTTP',
      ['--host', '10.0.0.1'],
      /--host 10\.0\.0\.1 is reached from other machines without TLS\. Give --tls-cert, --tls-key and --tls-client-ca/,
    ],
    [
      'with key sets over plain HTTP',
      ['--gateway-jwks', 'http://gateway.sica.int/jwks.json'],
      /the key set of the gateway goes over plain HTTP/,
    ],
    ['with a key that others can read', ['--tls-cert', 'c', '--tls-key', 'OPEN', '--tls-client-ca', 'ca'], /chmod 600/],
    ['(it starts on this machine over plain HTTP)', ['--host', '127.0.0.1'], null],
    [
      '(it starts on the network with TLS)',
      ['--host', '10.0.0.1', '--tls-cert', 'c', '--tls-key', 'KEY', '--tls-client-ca', 'ca'],
      null,
    ],
  ])('%s', async (_, flags, message) => {
    const named = flags.map((flag) => (flag === 'OPEN' ? at('open-key.pem') : flag === 'KEY' ? at('key.pem') : flag))
    const rejected = await rejectDangerousNode(nodeConfig(...named), log).then(
      () => '',
      (error: Error) => error.message,
    )
    // There is no audit log here, which is a danger too.
    if (message === null) expect(rejected).not.toMatch(/TLS|plain HTTP|chmod/)
    else expect(rejected).toMatch(message)
  })
})

describe('a gateway does not start', () => {
  it.each<[string, string, string, RegExp]>([
    [
      'with a client key of another certificate',
      'client.pem',
      'other-key.pem',
      /came one for another key.*--client-cert \(CLIENT_CERT_FILE\)/,
    ],
    ['with a client certificate that has expired', 'expired.pem', 'key.pem', /came one until .*--client-cert/],
    ['with a client key that others can read', 'cert.pem', 'open-key.pem', /--client-key .*chmod 600/],
  ])('%s', async (_, cert, key, message) => {
    const flags = { supergraph: 'x', anonymous: true, clientCert: at(cert), clientKey: at(key) }
    await expect(openGatewayTls(readGatewayConfig(flags, {}), () => [], log)).rejects.toThrow(message)
  })
})

/** Each wrong `tls` of a country's file: the setting as YAML, the address beside it, and what the message says. */
const SETTINGS: readonly (readonly [title: string, tls: string, url: string, message: RegExp])[] = [
  [
    'a pin in hexadecimal digits',
    `{ pins: ["${'ab'.repeat(32)}"] }`,
    'https://n.hn/',
    /tls\.pins\.0: expected a pin: 43 characters/,
  ],
  ['a pin with padding', `{ pins: ["${'A'.repeat(43)}="] }`, 'https://n.hn/', /expected a pin/],
  ['a pin of base64 that is not base64url', `{ pins: ["${'A'.repeat(42)}+"] }`, 'https://n.hn/', /expected a pin/],
  ['no pin', '{ pins: [] }', 'https://n.hn/', /tls\.pins/],
  ['neither authority nor pin', '{}', 'https://n.hn/', /expected `ca` or `pins`/],
  ['a setting that does not exist', '{ ca: ca.pem, verify: false }', 'https://n.hn/', /verify/],
  [
    'an authority that is not there',
    '{ ca: nowhere.pem }',
    'https://n.hn/',
    /domains\.legal\.tls\.ca: .*nowhere\.pem: expected a readable file/,
  ],
  [
    'a server’s certificate as authority',
    '{ ca: cert.pem }',
    'https://n.hn/',
    /domains\.legal\.tls\.ca: .*expected certificates of authorities/,
  ],
  [
    'an address over plain HTTP beside it',
    '{ ca: ca.pem }',
    'http://127.0.0.1/',
    /domains\.legal\.tls: expected an https URL/,
  ],
]

describe('a country’s file', () => {
  const write = async (tls: string, url: string): Promise<string> => {
    await writeFile(
      at('HN.yaml'),
      `country: HN\nname: { es: H, en: H }\ndomains: { legal: { url: "${url}", tls: ${tls} } }\n`,
    )
    return at('HN.yaml')
  }

  it.each(SETTINGS)('with %s is wrong, and says where', async (_, tls, url, message) => {
    await expect(readCountryFile(await write(tls, url))).rejects.toThrow(message)
  })

  it('with both has the text of the authorities, and the pins', async () => {
    const pin = 'A'.repeat(43)
    const { domains } = await readCountryFile(await write(`{ ca: ca.pem, pins: [${pin}] }`, 'https://n.hn/'))
    expect(domains.get('legal')?.tls).toEqual({ ca: authority.cert, pins: [pin] })
  })
})

import { writeFile } from 'node:fs/promises'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Authority, KeyedCertificate } from '../../service/certificates/authority.ts'
import { describeCertificate, readCertificates } from '../../service/certificates/read-certificates.ts'
import type { RunningNode } from '../../subgraphs/kit/server.ts'
import {
  aClient,
  anAuthority,
  aServer,
  askStatutes,
  EXPIRED,
  NOT_YET,
  type Outcomes,
  openWorld,
  type World,
} from './world.ts'

let world: World
let node: RunningNode
let ours: Authority
let theirs: Authority
let outcomes: Outcomes
let good: KeyedCertificate

const pinOf = ({ cert }: KeyedCertificate): string => readCertificates(cert).map(describeCertificate)[0]?.pin ?? ''

/** Each server that the gateway must not believe: its country, what is wrong, and the reason in the gateway's log. */
const WRONG_SERVERS: readonly (readonly [
  country: string,
  title: string,
  start: () => Promise<readonly [origin: string, tls: object | undefined]>,
  reason: RegExp,
])[] = [
  [
    'GT',
    'whose certificate another authority issued',
    () => other(() => aServer(theirs)),
    /^UNABLE_TO_VERIFY_LEAF_SIGNATURE$/,
  ],
  ['SV', 'whose certificate has expired', () => other(() => aServer(ours, {}, EXPIRED)), /^CERT_HAS_EXPIRED$/],
  ['NI', 'whose certificate does not hold yet', () => other(() => aServer(ours, {}, NOT_YET)), /^CERT_NOT_YET_VALID$/],
  [
    'CR',
    'whose certificate names another host',
    () => other(() => aServer(ours, { ipAddresses: ['127.0.0.2'] })),
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
  ],
  [
    'PA',
    'whose certificate names no host',
    () => other(() => aServer(ours, { ipAddresses: [] })),
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
  ],
  [
    'BZ',
    'with a certificate of the authority, but another key than the pin',
    () => other(() => aServer(ours), { ca: 'node-ca.pem', pins: [pinOf(good)] }),
    /^SERVER_KEY_NOT_PINNED$/,
  ],
  [
    'MX',
    'with another key than the only pin',
    () => other(() => aServer(ours), { pins: [pinOf(good)] }),
    /^SERVER_KEY_NOT_PINNED$/,
  ],
  [
    'DO',
    'that signed its certificate itself',
    () => other(() => world.signItself('node')),
    /^DEPTH_ZERO_SELF_SIGNED_CERT$/,
  ],
  [
    'CO',
    'that shows the certificate of a client',
    () => other(() => aServer(ours, { use: 'client' })),
    /^INVALID_PURPOSE$/,
  ],
  [
    'PE',
    'that speaks no more than TLS 1.2',
    () => other(() => aServer(ours), undefined, { maxVersion: 'TLSv1.2' }),
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/,
  ],
  [
    'EC',
    'that speaks no TLS',
    async () => [await world.serve(), { ca: 'node-ca.pem' }],
    /WRONG_VERSION_NUMBER|PACKET_LENGTH|EPROTO/,
  ],
  [
    'BO',
    'with the pinned key, whose certificate has expired',
    async () => {
      const expired = await aServer(ours, {}, EXPIRED)
      return [await world.serve(expired), { pins: [pinOf(expired)] }]
    },
    /^SERVER_CERTIFICATE_EXPIRED$/,
  ],
  [
    'CL',
    'whose authority nobody named',
    () => other(() => aServer(ours), null),
    /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)$/,
  ],
  [
    'AR',
    'whose certificate another node issued',
    async () => {
      const { cert, key } = await aServer({ ...good, cert: good.cert })
      return [await world.serve({ cert: `${cert}${good.cert}`, key }), { ca: 'node-ca.pem' }]
    },
    /^(UNSPECIFIED|INVALID_CA)$/,
  ],
]

async function other(
  keyed: () => Promise<KeyedCertificate>,
  tls: object | null = { ca: 'node-ca.pem' },
  over: object = {},
): Promise<readonly [string, object | undefined]> {
  return [await world.serve({ ...(await keyed()), ...over }), tls ?? undefined]
}

beforeAll(async () => {
  world = await openWorld()
  ours = await anAuthority('Istmo HN')
  theirs = await anAuthority('Istmo HN')
  good = await aServer(ours)
  await world.write('node', good)
  await world.write('gateway', await aClient(ours))
  await writeFile(world.at('clients.pem'), ours.cert)
  await writeFile(world.at('countries/node-ca.pem'), ours.cert)
  node = await world.startNode()
  await world.writeCountry('HN', node.url, { ca: 'node-ca.pem', pins: [pinOf(good)] })
  for (const [country, , start] of WRONG_SERVERS) await world.writeCountry(country, ...(await start()))
  outcomes = await askStatutes(await world.startGateway())
})
afterAll(() => world.close())

describe('a gateway', () => {
  it('believes a node whose certificate its authority issued and whose key is pinned', () => {
    expect(outcomes.HN).toBe('ANSWERED')
  })

  it.each(WRONG_SERVERS)('does not send a leg to %s, a server %s, and its log says why', (country, _, __, reason) => {
    expect(outcomes[country]).toBe('UNAVAILABLE CONNECTION')
    const line = world.logged.find((each) => each.msg === 'leg failed' && each.country === country)
    expect(line?.reason).toMatch(reason)
    expect(line?.remedy).toMatch(/\.$/)
  })
})

/** Asks the node over its own TLS, and returns the status and the body, or the code of the error. */
function askNode(path: string, options: object): Promise<string> {
  return new Promise((resolve) => {
    const { port } = new URL(node.url)
    const asked = httpsRequest(
      { host: '127.0.0.1', port, path, ca: ours.cert, agent: false, ...options },
      async (response) => {
        let body = ''
        for await (const chunk of response) body += chunk
        resolve(`${response.statusCode} ${body}`)
      },
    )
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    asked.end()
  })
}

describe('a node over TLS', () => {
  it('tells a client without a certificate whether it is ready, and nothing else', async () => {
    expect(await askNode('/health/ready', {})).toMatch(/^200 .*ready/)
    expect(await askNode('/health/live', {})).toMatch(/^200 .*live/)
    for (const path of ['/legal', '/', '/suspensions', '/health/ready/../../legal']) {
      expect(await askNode(path, { method: 'POST' })).toMatch(/^403 .*CERTIFICATE_MISSING/)
    }
  })

  it('reads the leg of a client with a certificate', async () => {
    expect(await askNode('/legal', { ...(await aClient(ours)), method: 'POST' })).toMatch(/^401 .*TOKEN_MISSING/)
  })

  it.each<[string, () => Promise<KeyedCertificate>, RegExp]>([
    [
      'of another authority of the same name',
      () => aClient(theirs),
      /UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE/,
    ],
    ['that has expired', () => aClient(ours, {}, EXPIRED), /CERT_HAS_EXPIRED/],
    ['that does not hold yet', () => aClient(ours, {}, NOT_YET), /CERT_NOT_YET_VALID/],
    ['that the client signed itself', () => world.signItself('gateway'), /DEPTH_ZERO_SELF_SIGNED_CERT/],
    ['of a server', () => aClient(ours, { use: 'server' }), /INVALID_PURPOSE/],
    ['of the node itself', async () => good, /INVALID_PURPOSE/],
  ])('closes the connection of a client with a certificate %s, also for its health', async (_, make, reason) => {
    const client = await make()
    const before = world.logged.length
    for (const path of ['/legal', '/health/ready']) {
      expect(await askNode(path, { ...client, method: 'POST' })).toMatch(/^(ECONNRESET|EPIPE|ERR_SSL)/)
    }
    // The same reason is logged once in ten seconds.
    const said = world.logged.slice(before).filter(({ msg }) => String(msg).startsWith('a connection was closed'))
    const all = world.logged.filter(({ msg }) => String(msg).startsWith('a connection was closed'))
    expect(said.length).toBeLessThanOrEqual(1)
    expect(all.map((line) => String(line.reason)).join()).toMatch(reason)
  })

  it.each(['TLSv1', 'TLSv1.1', 'TLSv1.2'] as const)('speaks no %s', async (version) => {
    const client = await aClient(ours)
    const options = { ...client, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }
    expect(await askNode('/health/ready', options)).toMatch(/^(ERR_SSL_|EPROTO|ECONNRESET)/)
  })

  it('answers nothing to plain HTTP', async () => {
    const { port } = new URL(node.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.end('GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n')
    let heard = ''
    for await (const chunk of socket) heard += chunk.toString('latin1')
    expect(heard).not.toContain('HTTP/1.1')
  })
})

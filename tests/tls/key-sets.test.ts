import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createPlainServer } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newSigner } from '../../audit/log/testing.ts'
import { makeKey, type TestKey } from '../../contract/trust/country-token/testing.ts'
import { createAuthenticate } from '../../service/authenticate/authenticate.ts'
import { readIssuers } from '../../service/authenticate/issuers-file.ts'
import { shown } from '../../service/authenticate/testing.ts'
import type { Authority } from '../../service/certificates/authority.ts'
import { describeCertificate, readCertificates } from '../../service/certificates/read-certificates.ts'
import { readCountryFile } from '../../service/country-file.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { openAuthorityKeys } from '../../service/trust/mandate-proof.ts'
import { aClient, anAuthority, aServer, EXPIRED } from './world.ts'

let folder: string
let ca: Authority
let stranger: Authority
let pin: string
let key: TestKey
/** The addresses of the same key set: with a good certificate, and with one that has ended. */
let url: string
let ended: string
const servers: Server[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-key-sets-'))
  ;[ca, stranger, key] = await Promise.all([anAuthority('ca'), anAuthority('stranger'), makeKey()])
  const good = await aServer(ca)
  const [certificate] = readCertificates(good.cert)
  if (certificate === undefined) throw new Error('expected a certificate')
  pin = describeCertificate(certificate).pin
  url = await serveKeySet(good)
  ended = await serveKeySet(await aServer(ca, {}, EXPIRED))
  await writeFile(join(folder, 'gt-ca.pem'), ca.cert)
  await writeFile(join(folder, 'stranger.pem'), stranger.cert)
  await writeFile(join(folder, 'node.pem'), good.cert)
})
afterAll(async () => {
  for (const server of servers) server.closeAllConnections()
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  await rm(folder, { recursive: true })
})

async function serveKeySet(identity: { readonly cert: string; readonly key: string }): Promise<string> {
  const jwk = { ...key.publicJwk, kid: key.thumbprint, alg: key.alg }
  const server = createServer({ ...identity, minVersion: 'TLSv1.3' }, (_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
}

describe('what asks a server that a setting `tls` knows', () => {
  it('asks a server over plain HTTP as usual, and refuses a redirect from TLS to one', async () => {
    const plain = createPlainServer((_, response) => response.end('plain'))
    const redirecting = createServer({ ...(await aServer(ca)), minVersion: 'TLSv1.3' }, (_, response) => {
      response.writeHead(302, { location: address }).end()
    })
    servers.push(plain as Server, redirecting)
    await Promise.all(
      [plain, redirecting].map((server) => new Promise<void>((up) => server.listen(0, '127.0.0.1', up))),
    )
    const address = `http://127.0.0.1:${(plain.address() as AddressInfo).port}/`
    for (const trust of [{ ca: ca.cert }, { pins: [pin] }]) {
      expect(await (await createTrustedFetch(trust)(address)).text()).toBe('plain')
    }
    const { port } = redirecting.address() as AddressInfo
    await expect(createTrustedFetch({ ca: ca.cert })(`https://127.0.0.1:${port}/`)).rejects.toThrow()
  })

  it.each([
    ['gzip', gzipSync('{}')],
    ['deflate', deflateSync('{}')],
    ['identity', Buffer.from('{}')],
    ['br', null],
    ['zstd', null],
    ['gzip, br', null],
  ])('asks for gzip and deflate, and decodes nothing else: %s', async (coding, body) => {
    const asked: unknown[] = []
    const server = createServer({ ...(await aServer(ca)), minVersion: 'TLSv1.3' }, ({ headers }, response) => {
      asked.push(headers['accept-encoding'])
      response.writeHead(200, { 'content-encoding': coding }).end(body ?? brotliCompressSync('{}'))
    })
    const plain = createPlainServer((...exchange) => server.emit('request', ...exchange))
    servers.push(server, plain as Server)
    await Promise.all([server, plain].map((each) => new Promise<void>((up) => each.listen(0, '127.0.0.1', up))))
    const portOf = (each: Pick<Server, 'address'>) => (each.address() as AddressInfo).port
    const refused = { cause: { message: 'expected a content coding of gzip, deflate; came another' } }
    for (const [ask, url] of [
      [createTrustedFetch({ ca: ca.cert }), `https://127.0.0.1:${portOf(server)}/`],
      [createTrustedFetch(), `http://127.0.0.1:${portOf(plain)}/`],
    ] as const) {
      if (body === null) await expect(ask(url)).rejects.toMatchObject(refused)
      else expect(await (await ask(url)).text()).toBe('{}')
    }
    expect(asked).toEqual(['gzip, deflate', 'gzip, deflate'])
  })

  it('gets an answer from the server of that authority or with that key', async () => {
    for (const trust of [{ ca: ca.cert }, { pins: [pin] }, { ca: ca.cert, pins: [pin] }]) {
      expect((await createTrustedFetch(trust)(url)).status).toBe(200)
    }
  })

  it('sends nothing to any other', async () => {
    const other = await aClient(stranger)
    const [certificate] = readCertificates(other.cert)
    const otherPin = certificate === undefined ? '' : describeCertificate(certificate).pin
    const wrong = [{ ca: stranger.cert }, { pins: [otherPin] }, { ca: ca.cert, pins: [otherPin] }, {}]
    for (const trust of wrong) await expect(createTrustedFetch(trust)(url)).rejects.toThrow()
    for (const trust of [{ ca: ca.cert }, { pins: [pin] }])
      await expect(createTrustedFetch(trust)(ended)).rejects.toThrow()
  })
})

describe('`callers.tls` of a country’s file', () => {
  const findWith = async (tls: object | undefined, jwks = url) => {
    const caller = {
      ...{ country: 'GT', authority: 'https://authority.gt.example', jwks, tls, keys: [key.thumbprint] },
      ...{ approvers: ['a'.repeat(43)], log: newSigner('authority.gt.example/log').verifier.vkey },
      witnesses: [newSigner('witness.hn.example', 'cosignature').verifier.vkey],
      members: [{ agencies: ['GT-MP'], purposes: ['INVESTIGATION'], scopes: ['case:read'] }],
    }
    const domains = { cases: { url: 'http://127.0.0.1:4002/cases' } }
    const file = { country: 'HN', name: { es: 'Honduras', en: 'Honduras' }, domains, callers: [caller] }
    await writeFile(join(folder, 'HN.yaml'), JSON.stringify(file))
    const [partner] = (await readCountryFile(join(folder, 'HN.yaml'))).callers ?? []
    if (partner === undefined) throw new Error('expected a partner')
    const find = await openAuthorityKeys(partner.jwks, partner.keys, { fetch: createTrustedFetch(partner.tls) })
    return find(key.thumbprint)
  }

  it('says by what the node knows the server of the authority’s key set', async () => {
    expect(await findWith({ ca: 'gt-ca.pem' })).not.toBeNull()
    for (const tls of [{ ca: 'stranger.pem' }, undefined]) {
      await expect(findWith(tls)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
    }
  })

  it.each([
    [
      'beside a file',
      { ca: 'gt-ca.pem' },
      'gt.jwks.json',
      /callers\.0\.tls: expected an https URL beside it; came a file/,
    ],
    ['beside plain HTTP', { ca: 'gt-ca.pem' }, 'http://127.0.0.1:1/jwks', /callers\.0\.tls: .* came an http URL/],
    ['with a file that does not exist', { ca: 'none.pem' }, undefined, /callers\.0\.tls\.ca: .*none\.pem/],
    ['with the certificate of a server', { ca: 'node.pem' }, undefined, /callers\.0\.tls\.ca: .*authorities/],
    ['that says nothing', {}, undefined, /expected `ca` or `pins`/],
  ])('is not accepted %s', async (_, tls, jwks, message) => {
    await expect(findWith(tls, jwks)).rejects.toThrow(message)
  })
})

describe('`authority.ca` of the gateway’s file of issuers', () => {
  it('says by what the gateway knows the server of the key set, too', async () => {
    const authenticateWith = async (file: string | undefined) => {
      const authority = { token: url, client: 'istmo-gateway', ...(file !== undefined && { ca: file }) }
      const issuer = {
        issuer: 'https://authority.gt.example',
        audience: 'https://istmo.example',
        jwks: url,
        country: 'GT',
      }
      await writeFile(join(folder, 'issuers.yaml'), JSON.stringify({ issuers: [{ ...issuer, authority }] }))
      const issuers = await readIssuers({
        issuersFile: join(folder, 'issuers.yaml'),
        issuers: [],
        countriesFolder: null,
      })
      const options = { issuers, anonymous: false, requireMandate: false, publicUrl: () => 'https://istmo.example' }
      const authenticate = await createAuthenticate(options)
      const now = Math.floor(Date.now() / 1_000)
      const claims = {
        iss: issuer.issuer,
        aud: issuer.audience,
        sub: 'ana',
        scope: '',
        iat: now,
        exp: now + 60,
        jti: 'a',
      }
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: key.alg, typ: 'at+jwt', kid: key.thumbprint })
        .sign(key.privateKey)
      return authenticate(shown([`Bearer ${token}`]))
    }
    expect((await authenticateWith('gt-ca.pem')).caller?.subject).toBe('ana')
    for (const file of ['stranger.pem', undefined]) {
      await expect(authenticateWith(file)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
    }
    await expect(authenticateWith('none.pem')).rejects.toThrow(
      /none\.pem: expected certificates in PEM; there is no such file or folder \(ENOENT\)/,
    )
  })
})

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Authority, KeyedCertificate } from '../../service/certificates/authority.ts'
import { describeCertificate, readCertificates } from '../../service/certificates/read-certificates.ts'
import { peerCertificateHash } from '../../service/http/peer-certificate.ts'
import { createTlsPools, type TlsPools, type TlsPoolsOptions } from '../../service/http/tls-pools.ts'
import { createTlsServer, type TlsServer } from '../../service/http/tls-server.ts'
import { aClient, anAuthority, aServer, openWorld, type World } from './world.ts'

const run = promisify(execFile)

let world: World
let authority: Authority
let server: KeyedCertificate
let client: KeyedCertificate
let other: KeyedCertificate
let opened: TlsServer
let url: URL
let hold: Promise<unknown> | null = null
const suspended = new Set<string>()
const pools: TlsPools[] = []

const factsOf = ({ cert }: KeyedCertificate) => describeCertificate(readCertificates(cert)[0] as never)
const shown = (keyed: KeyedCertificate) => ({ ...keyed, hash: factsOf(keyed).hash })

/** A server that answers with the hash of the client's certificate. */
beforeAll(async () => {
  world = await openWorld()
  authority = await anAuthority('Istmo')
  server = await aServer(authority)
  client = await aClient(authority)
  other = await aClient(authority)
  const tls = { cert: Buffer.from(server.cert), key: Buffer.from(server.key), clientCa: Buffer.from(authority.cert) }
  const http = { keepAliveTimeout: 65_000 }
  const log = { warn: () => undefined }
  opened = createTlsServer(
    { http, tls, log, isSuspended: (hash) => suspended.has(hash) },
    async (request, response) => {
      await hold
      response.end(String(peerCertificateHash(request.socket)))
    },
  )
  opened.server.listen(0, '127.0.0.1')
  await once(opened.server, 'listening')
  url = new URL(`https://127.0.0.1:${(opened.server.address() as { port: number }).port}/`)
  for (const [name, text] of Object.entries({
    'ca.pem': authority.cert,
    'client.pem': client.cert,
    'client.key': client.key,
  }))
    await writeFile(world.at(name), text)
})
afterEach(async () => {
  hold = null
  suspended.clear()
  await Promise.all(pools.splice(0).map((each) => each.close()))
})
afterAll(async () => {
  opened.server.close().closeAllConnections()
  await world.close()
})

function open(options: TlsPoolsOptions): TlsPools {
  const created = createTlsPools(options)
  pools.push(created)
  return created
}

async function ask(asked: TlsPools, trust = { ca: authority.cert }): Promise<string> {
  const { body } = await asked.channelTo(url, trust).pool.request({ path: '/', method: 'GET' })
  return body.text()
}

describe('the pools of a client', () => {
  it('show its certificate, and name it for the token', async () => {
    const asked = open({ certificate: shown(client) })
    expect(await ask(asked)).toBe(factsOf(client).hash)
    expect(asked.channelTo(url, { ca: authority.cert }).certificateHash).toBe(factsOf(client).hash)
    expect(asked.channelTo(new URL('http://127.0.0.1:1/')).certificateHash).toBeNull()
    expect(await ask(open({}))).toBe('null')
  })

  it('are one for each origin and trust', () => {
    const asked = open({})
    const { pool } = asked.channelTo(url, { ca: authority.cert })
    expect(asked.channelTo(new URL('/persons?x', url), { ca: authority.cert }).pool).toBe(pool)
    expect(asked.channelTo(url, { ca: authority.cert, pins: ['x'] }).pool).not.toBe(pool)
    expect(asked.channelTo(url).pool).not.toBe(pool)
  })

  it('drain after a change: a request in progress ends with the old certificate, the next one has the new one', async () => {
    const asked = open({ certificate: shown(client), graceMs: 20 })
    const gate = Promise.withResolvers<void>()
    hold = gate.promise
    const old = asked.channelTo(url, { ca: authority.cert })
    const arrived = once(opened.server, 'request')
    const inProgress = ask(asked)
    await arrived
    asked.showCertificate(shown(other))
    hold = null
    expect(await ask(asked)).toBe(factsOf(other).hash)
    // Whoever had chosen the old pool can still use it for a moment; then it takes nothing more.
    await vi.waitFor(() => expect(old.pool.request({ path: '/', method: 'GET' })).rejects.toThrow(/closed|destroyed/))
    gate.resolve()
    expect(await inProgress).toBe(factsOf(client).hash)
  })

  it('are found anew for one URL and one trust after each change', () => {
    const asked = open({ certificate: shown(client) })
    const trust = { ca: authority.cert }
    const first = asked.channelTo(url, trust)
    expect(asked.channelTo(url, trust)).toBe(first)
    expect(asked.channelTo(url, { ca: authority.cert, pins: ['x'] }).pool).not.toBe(first.pool)
    asked.showCertificate(shown(other))
    const second = asked.channelTo(url, trust)
    expect(second.certificateHash).toBe(factsOf(other).hash)
    asked.keepOnly([])
    expect(asked.channelTo(url, trust).pool).not.toBe(second.pool)
  })

  it('that no country needs any more are drained, and the certificate of its server is forgotten', async () => {
    const asked = open({ graceMs: 1 })
    const { pool } = asked.channelTo(url, { ca: authority.cert })
    await ask(asked)
    expect(asked.serverCertificates().map(({ origin }) => origin)).toEqual([url.origin])
    asked.keepOnly([{ url, trust: { ca: authority.cert } }])
    expect(asked.channelTo(url, { ca: authority.cert }).pool).toBe(pool)
    asked.keepOnly([])
    expect(asked.serverCertificates()).toEqual([])
    expect(asked.channelTo(url, { ca: authority.cert }).pool).not.toBe(pool)
  })

  it('are closed once, also if a reload that still runs drains them after the end', async () => {
    const asked = open({})
    expect(await ask(asked)).toBe('null')
    await asked.close()
    asked.keepOnly([])
    await expect(asked.close()).resolves.toBeUndefined()
  })

  it('leave a server whose certificate is suspended at once, and do not come back', async () => {
    const asked = open({ isSuspended: (hash) => suspended.has(hash) })
    await ask(asked)
    const { hash } = factsOf(server)
    suspended.add(hash)
    expect(asked.closeSocketsOf(factsOf(client).hash)).toBe(0)
    expect(asked.closeSocketsOf(hash)).toBe(1)
    await expect(ask(asked)).rejects.toMatchObject({ code: 'SERVER_CERTIFICATE_SUSPENDED' })
  })
})

describe('a server', () => {
  it('closes each new connection of a client whose certificate is suspended', async () => {
    suspended.add(factsOf(client).hash)
    await expect(ask(open({ certificate: shown(client) }))).rejects.toThrow()
    expect(await ask(open({ certificate: shown(other) }))).toBe(factsOf(other).hash)
  })

  it('ends a connection when the client’s certificate ends', async () => {
    const notAfter = Math.ceil(Date.now() / 1_000) * 1_000 + 4_000
    const brief = await aClient(authority, {}, { notBefore: Date.now() - 60_000, notAfter })
    const asked = open({ certificate: shown(brief) })
    expect(await ask(asked)).toBe(factsOf(brief).hash)
    await sleep(notAfter - Date.now() + 100)
    expect(opened.closeSocketsOf(factsOf(brief).hash)).toBe(0)
    await expect(ask(asked)).rejects.toThrow()
  })

  it('ends the connections of clients whose authority it no longer trusts, and no others', async () => {
    const next = await anAuthority('Istmo')
    const [stays, leaves] = [open({ certificate: shown(await aClient(next)) }), open({ certificate: shown(client) })]
    const tls = (clientCa: string) => ({
      cert: Buffer.from(server.cert),
      key: Buffer.from(server.key),
      clientCa: Buffer.from(clientCa),
    })
    opened.replaceTls(tls(`${authority.cert}${next.cert}`))
    const hash = await ask(stays)
    await ask(leaves)
    opened.replaceTls(tls(next.cert))
    expect(opened.closeSocketsOf(factsOf(client).hash)).toBe(0)
    await expect(ask(leaves)).rejects.toThrow()
    expect(opened.closeSocketsOf(hash)).toBe(1)
    opened.replaceTls(tls(authority.cert))
  })

  it('knows the certificate of a client that resumes its session, and resumes none after its certificates changed', async () => {
    const session = await new Promise<Buffer>((resolve, reject) => {
      const socket = connect(secure(), () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'))
      socket.once('session', (bytes) => {
        socket.end()
        resolve(bytes)
      })
      socket.once('error', reject)
    })
    expect(await askResumed(session)).toEqual({ isResumed: true, hash: factsOf(client).hash })
    opened.replaceTls({
      cert: Buffer.from(server.cert),
      key: Buffer.from(server.key),
      clientCa: Buffer.from(authority.cert),
    })
    expect(await askResumed(session)).toEqual({ isResumed: false, hash: factsOf(client).hash })
  })
})

function secure() {
  return { host: '127.0.0.1', port: Number(url.port), ca: authority.cert, cert: client.cert, key: client.key }
}

function askResumed(session: Buffer): Promise<object> {
  const options: RequestOptions & { readonly session: Buffer } = { ...secure(), session, agent: false }
  return new Promise((resolve, reject) => {
    const asked = httpsRequest(options, async (response) => {
      const isResumed = (response.socket as TLSSocket).isSessionReused()
      let hash = ''
      for await (const chunk of response) hash += chunk
      resolve({ isResumed, hash })
    })
    asked.on('error', reject).end()
  })
}

describe('OpenSSL says as well', () => {
  const flags = () => [
    '-connect',
    url.host,
    '-CAfile',
    world.at('ca.pem'),
    '-verify_return_error',
    '-verify_ip',
    '127.0.0.1',
  ]
  const withClient = () => ['-cert', world.at('client.pem'), '-key', world.at('client.key')]

  /** Asks by `openssl s_client`, and returns all that it says. */
  async function sClient(...more: string[]): Promise<string> {
    const child = spawn('openssl', ['s_client', ...flags(), ...more])
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        said = `${said}${chunk}`
      })
    }
    child.stdin.on('error', () => undefined)
    child.stdin.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    await once(child, 'close')
    return said
  }

  it('that the server speaks TLS 1.3, asks for a certificate of our authority, and gives tickets of five minutes', async () => {
    const said = await sClient(...withClient())
    expect(said).toMatch(/New, TLSv1\.3, Cipher is TLS_AES_/)
    expect(said).toMatch(/Acceptable client certificate CA names\nCN\s?=\s?Istmo/)
    expect(said).toMatch(/Verify return code: 0 \(ok\)/)
    expect(said).toMatch(/TLS session ticket lifetime hint: 300 \(seconds\)/)
    expect(said).toContain(factsOf(client).hash)
  })

  it('that the server speaks no TLS 1.2', async () => {
    const said = await sClient('-tls1_2', ...withClient())
    expect(said).toMatch(/alert protocol version/)
    expect(said).not.toContain(factsOf(client).hash)
  })

  it('that a certificate of `istmo ca` holds by the strict rules, each for its use alone', async () => {
    await writeFile(world.at('server.pem'), server.cert)
    const verify = (purpose: string, file: string): Promise<boolean> =>
      run('openssl', [
        'verify',
        '-x509_strict',
        '-CAfile',
        world.at('ca.pem'),
        '-purpose',
        purpose,
        world.at(file),
      ]).then(
        () => true,
        () => false,
      )
    expect(await verify('sslserver', 'server.pem')).toBe(true)
    expect(await verify('sslclient', 'client.pem')).toBe(true)
    expect(await verify('sslclient', 'server.pem')).toBe(false)
    expect(await verify('sslserver', 'client.pem')).toBe(false)
  })
})

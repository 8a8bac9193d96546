import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { chmod, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Gateway } from '../../gateway/main.ts'
import type { Authority, KeyedCertificate } from '../../service/certificates/authority.ts'
import { describeCertificate, readCertificates } from '../../service/certificates/read-certificates.ts'
import { deliverSuspension } from '../../service/suspensions/suspensions.ts'
import { makeSuspender } from '../../service/suspensions/testing.ts'
import type { RunningNode } from '../../subgraphs/kit/server.ts'
import { aClient, anAuthority, aServer, askStatutes, EXPIRED, holdingNow, openWorld, type World } from './world.ts'

const soon = { timeout: 10_000, interval: 50 }
const ANSWERED = { HN: 'ANSWERED' }
const UNREACHED = { HN: 'UNAVAILABLE CONNECTION' }

const factsOf = ({ cert }: KeyedCertificate) => describeCertificate(readCertificates(cert)[0] as never)

const operator = makeSuspender('operator')
let world: World
let authority: Authority
let server: KeyedCertificate
let client: KeyedCertificate
let node: RunningNode
let gateway: Gateway
/** How many TLS connections the gateway has opened so far. */
let handshakes = 0

const countHandshake = (message: unknown): void => {
  if ((message as { readonly connectParams: { readonly protocol: string } }).connectParams.protocol === 'https:')
    handshakes += 1
}

/** One authority for both sides, a node that trusts its clients, and a gateway that trusts its servers. */
beforeAll(async () => {
  world = await openWorld()
  authority = await anAuthority('Istmo')
  server = await aServer(authority)
  client = await aClient(authority)
  await world.write('node', server)
  await world.write('gateway', client)
  await writeFile(world.at('clients.pem'), authority.cert)
  await writeFile(world.at('countries/ca.pem'), authority.cert)
  node = await world.startNode()
  await world.writeCountry('HN', node.url, { ca: 'ca.pem' })
  const { name, key } = operator.signer
  await writeFile(world.at('suspenders.yaml'), JSON.stringify({ suspenders: [{ name, key }] }))
  gateway = await world.startGateway({
    suspensions: world.at('stop-gateway'),
    suspenders: world.at('suspenders.yaml'),
  })
  subscribe('undici:client:connected', countHandshake)
})
afterAll(async () => {
  unsubscribe('undici:client:connected', countHandshake)
  await world.close()
})

const said = (text: string) => world.logged.filter(({ msg }) => String(msg).includes(text))

const operatorStatus = async () =>
  (await (await fetch(`${gateway.operatorUrl}/status`)).json()) as {
    readonly certificates: readonly { readonly use: string; readonly subject: string; readonly daysLeft: number }[]
  }

it('the operator sees when each certificate ends, also that of a node', async () => {
  expect(await askStatutes(gateway)).toEqual(ANSWERED)
  const { certificates } = await operatorStatus()
  expect(certificates.map(({ use, subject }) => `${use}: ${subject}`)).toEqual([
    'client: gateway',
    'authority of HN, legal: Istmo',
    'node of HN, legal: node',
  ])
  for (const { daysLeft } of certificates) expect(daysLeft).toBe(29)
  const metrics = await (await fetch(`${gateway.operatorUrl}/metrics`)).text()
  expect(metrics).toMatch(/istmo_certificate_expiry_seconds\{use="node of HN, legal",subject="node"\} 25\d{5}\n/)
  expect(said('a certificate ends soon')).toEqual([])
})

describe('connections', () => {
  it('are kept: thirty questions one after the other need one handshake, and thirty at once at most thirty', async () => {
    for (let asked = 0; asked < 30; asked += 1) expect(await askStatutes(gateway)).toEqual(ANSWERED)
    expect(handshakes).toBe(1)
    await Promise.all(Array.from({ length: 30 }, () => askStatutes(gateway)))
    const open = handshakes
    expect(open).toBeLessThanOrEqual(30)
    for (let asked = 0; asked < 5; asked += 1) expect(await askStatutes(gateway)).toEqual(ANSWERED)
    expect(handshakes).toBe(open)
  })

  it('of a client whose certificate is suspended are closed at once, and those of others stay', async () => {
    await askStatutes(gateway)
    const open = handshakes
    expect(node.closeSocketsOf(factsOf(server).hash)).toBe(0)
    expect(node.closeSocketsOf(factsOf(client).hash)).toBe(open)
    expect(node.closeSocketsOf(factsOf(client).hash)).toBe(0)
    await vi.waitFor(async () => expect(await askStatutes(gateway)).toEqual(ANSWERED), soon)
    expect(handshakes).toBeGreaterThan(open)
  })

  it('to a server whose certificate the operator suspends are closed, and no new one is used until he resumes it', async () => {
    expect(await askStatutes(gateway)).toEqual(ANSWERED)
    const what = { key: factsOf(server).hash }
    await deliverSuspension(world.at('stop-gateway'), operator.sign('suspend', what))
    await vi.waitFor(async () => {
      expect(await askStatutes(gateway)).not.toEqual(ANSWERED)
      const reasons = said('leg failed').map(({ reason }) => reason)
      expect(reasons).toContain('SERVER_CERTIFICATE_SUSPENDED')
    }, soon)
    await deliverSuspension(world.at('stop-gateway'), operator.sign('resume', what))
    await vi.waitFor(async () => expect(await askStatutes(gateway)).toEqual(ANSWERED), soon)
  })
})

/** Asks without a pause before, while and after `act` runs, and returns each outcome that came. */
async function askDuring(act: () => Promise<unknown>): Promise<readonly unknown[]> {
  const outcomes: unknown[] = []
  let isOver = false
  const askers = Array.from({ length: 4 }, async () => {
    while (!isOver) outcomes.push(await askStatutes(gateway))
  })
  const more = (than: number) => vi.waitFor(() => expect(outcomes.length).toBeGreaterThan(than + 8))
  try {
    await more(0)
    await act()
    await more(outcomes.length)
  } finally {
    isOver = true
  }
  await Promise.all(askers)
  return outcomes
}

describe('a renewed certificate', () => {
  it('of both sides is used without a restart, and no request is lost', async () => {
    await askStatutes(gateway)
    const before = handshakes
    const outcomes = await askDuring(async () => {
      server = await aServer(authority, { key: server.key })
      client = await aClient(authority)
      await world.write('node', server)
      await world.write('gateway', client)
      await vi.waitFor(() => expect(said('files changed; what they hold is in use').length).toBe(2), soon)
    })
    expect(new Set(outcomes.map((each) => JSON.stringify(each)))).toEqual(new Set([JSON.stringify(ANSWERED)]))
    expect(handshakes).toBeGreaterThan(before)
  })

  it.each<[string, () => Promise<KeyedCertificate>, RegExp]>([
    ['for another key', async () => ({ ...(await aServer(authority)), key: server.key }), /came one for another key/],
    ['that has expired', () => aServer(authority, {}, EXPIRED), /came one until .* Renew it/],
    [
      'that is none',
      async () => ({ ...server, cert: 'not PEM' }),
      /expected certificates in PEM; came a file without PEM/,
    ],
  ])('%s is not used: the old one still is, and the log says why', async (_, make, reason) => {
    await world.write('node', await make())
    await node.reload()
    expect(said('cannot be used').at(-1)).toMatchObject({
      what: 'the certificate of the node',
      reason: expect.stringMatching(reason),
    })
    expect(await askStatutes(gateway)).toEqual(ANSWERED)
    await world.write('node', server)
    await node.reload()
  })

  it('whose authority another one replaces is used while both are trusted, and the old authority can leave', async () => {
    const next = await anAuthority('Istmo 2')
    await writeFile(world.at('clients.pem'), `${authority.cert}${next.cert}`)
    await writeFile(world.at('countries/ca.pem'), `${authority.cert}${next.cert}`)
    await Promise.all([node.reload(), gateway.reload()])
    expect(await askStatutes(gateway)).toEqual(ANSWERED)
    const old = client
    server = await aServer(next)
    client = await aClient(next)
    await world.write('node', server)
    await world.write('gateway', client)
    await Promise.all([node.reload(), gateway.reload()])
    expect(await askStatutes(gateway)).toEqual(ANSWERED)
    await writeFile(world.at('clients.pem'), next.cert)
    await writeFile(world.at('countries/ca.pem'), next.cert)
    await Promise.all([node.reload(), gateway.reload()])
    expect(await askStatutes(gateway)).toEqual(ANSWERED)
    // A client of the old authority is a stranger now.
    await world.write('gateway', old)
    await gateway.reload()
    expect(await askStatutes(gateway)).toEqual(UNREACHED)
    await world.write('gateway', client)
    await gateway.reload()
    authority = next
  })
})

it('a country’s file that changes is followed at once: a wrong pin closes the way, and the right one opens it, also alone', async () => {
  expect(await askStatutes(gateway)).toEqual(ANSWERED)
  await world.writeCountry('HN', node.url, { ca: 'ca.pem', pins: [factsOf(client).pin] })
  await gateway.reload()
  expect(await askStatutes(gateway)).toEqual(UNREACHED)
  // No authority issued this certificate, and no name in it counts: the key is the one that the country announced.
  const own = await world.signItself('node')
  await world.write('node', own)
  await node.reload()
  await world.writeCountry('HN', node.url, { pins: [factsOf(server).pin, factsOf(own).pin] })
  await gateway.reload()
  expect(await askStatutes(gateway)).toEqual(ANSWERED)
  await world.writeCountry('HN', node.url, { ca: 'ca.pem' })
  await gateway.reload()
})

it('a node that was restarted answers the next leg, and warns of a certificate that ends within ten days', async () => {
  await askStatutes(gateway)
  const { port } = node
  await node.close()
  expect(await askStatutes(gateway)).toEqual(UNREACHED)
  const { notBefore } = holdingNow()
  await world.write('node', await aServer(authority, {}, { notBefore, notAfter: Date.now() + 9.5 * 86_400_000 }))
  node = await world.startNode(port)
  expect(said('a certificate ends soon')).toMatchObject([{ use: 'server', subject: 'node', daysLeft: 9 }])
  await vi.waitFor(async () => expect(await askStatutes(gateway)).toEqual(ANSWERED), soon)
})

it('a new key that others can read is not used without --development', async () => {
  const { openNodeServer } = await import('../../subgraphs/kit/node-server.ts')
  const files = {
    tlsKey: world.at('node.key.pem'),
    tlsCert: world.at('node.cert.pem'),
    tlsClientCa: world.at('clients.pem'),
  }
  const lines: string[] = []
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: ({ reason }: { reason: string }) => void lines.push(reason),
  }
  const parts = { log: log as never, onRejected: () => undefined }
  const strict = await openNodeServer({ ...files, development: false }, parts, () => undefined)
  await world.write('node', await aServer(authority))
  await chmod(files.tlsKey, 0o644)
  await strict.reloadTls()
  expect(lines.at(-1)).toMatch(/other users of this machine may use .* Run: chmod 600/)
  strict.close()
  await expect(openNodeServer({ ...files, development: false }, parts, () => undefined)).rejects.toThrow(/chmod 600/)
})

import { createPrivateKey } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeCertificate, readCertificates } from '../service/certificates/read-certificates.ts'
import { type DemoCertificates, makeDemoCertificates } from './certificates.ts'
import { DEMO_COUNTRIES } from './countries.ts'
import { type Home, homeIn } from './home.ts'

const DAY_MS = 86_400_000
const NOW = Date.UTC(2026, 10, 27)

let home: Home
let tls: string
let made: DemoCertificates
beforeAll(async () => {
  home = homeIn(await mkdtemp(join(tmpdir(), 'istmo-demo-tls-')))
  ;({ tls } = home)
  made = await makeDemoCertificates(home, NOW)
})
afterAll(() => rm(home.dir, { recursive: true }))

async function factsOf(file: string) {
  const [certificate] = readCertificates(await readFile(file, 'utf8'))
  if (certificate === undefined) throw new Error(`${file} has no certificate`)
  return { ...describeCertificate(certificate), certificate }
}

const folderNow = async () => {
  const names = (await readdir(tls, { recursive: true })).sort()
  return Promise.all(names.map(async (name) => [name, await readFile(join(tls, name), 'utf8').catch(() => null)]))
}

it('makes a certificate of one authority for the gateway, each node and each authority, with keys that nobody else can read', async () => {
  const { certificate: root } = await factsOf(made.ca)
  expect(Object.keys(made.nodes)).toEqual(DEMO_COUNTRIES)
  expect(Object.keys(made.authorities)).toEqual(['GT', 'HN'])
  const servers = [...Object.values(made.nodes), ...Object.values(made.authorities)]
  for (const { cert, key } of [made.gateway, ...servers]) {
    const { certificate, uses, names, notAfter } = await factsOf(cert)
    expect(certificate.verify(root.publicKey)).toBe(true)
    expect(uses).toEqual([cert === made.gateway.cert ? 'client' : 'server'])
    if (cert !== made.gateway.cert) expect(names).toContain('IP Address:127.0.0.1')
    expect(notAfter).toBe(NOW + 30 * DAY_MS)
    expect((await stat(key)).mode & 0o777).toBe(0o600)
  }
  expect((await stat(join(tls, 'ca/ca.key.pem'))).mode & 0o777).toBe(0o600)
})

it('changes nothing at the next start', async () => {
  const before = await folderNow()
  expect(await makeDemoCertificates(home, NOW + 19 * DAY_MS)).toEqual(made)
  expect(await folderNow()).toEqual(before)
})

it('renews each certificate ten days before its end, and keeps its key', async () => {
  const before = await factsOf(made.gateway.cert)
  await makeDemoCertificates(home, NOW + 20 * DAY_MS)
  const after = await factsOf(made.gateway.cert)
  expect(after.notAfter).toBe(NOW + 50 * DAY_MS)
  expect(after.pin).toBe(before.pin)
  expect(after.hash).not.toBe(before.hash)
})

it('renews also what has ended, because a home may lie for months', async () => {
  const late = NOW + 110 * DAY_MS
  await makeDemoCertificates(home, late)
  for (const { cert } of [made.gateway, ...Object.values(made.nodes), ...Object.values(made.authorities)]) {
    expect((await factsOf(cert)).notAfter).toBe(late + 30 * DAY_MS)
  }
})

it.each([
  ['the folder half made', ['ca/ca.cert.pem']],
  ['a key without its certificate', ['node-HN.cert.pem']],
  ['neither folder', ['']],
])('goes on where a killed start left %s', async (_, gone) => {
  for (const name of gone) await rm(join(tls, name), { recursive: true })
  await cp(join(home.dir, 'tls'), join(home.dir, 'tls.draft'), { recursive: true, force: true }).catch(() => undefined)
  await makeDemoCertificates(home, NOW + 111 * DAY_MS)
  const { certificate: root } = await factsOf(made.ca)
  for (const { cert, key } of [made.gateway, ...Object.values(made.nodes), ...Object.values(made.authorities)]) {
    const { certificate } = await factsOf(cert)
    expect(certificate.verify(root.publicKey)).toBe(true)
    expect(certificate.checkPrivateKey(createPrivateKey(await readFile(key)))).toBe(true)
  }
})

it('makes everything anew when the authority itself is near its end', async () => {
  const before = await factsOf(made.ca)
  const late = before.notAfter - 29 * DAY_MS
  await makeDemoCertificates(home, late)
  expect((await factsOf(made.ca)).hash).not.toBe(before.hash)
  expect((await factsOf(made.gateway.cert)).notAfter).toBe(late + 30 * DAY_MS)
})

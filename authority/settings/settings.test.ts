import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { newKey } from '../../tests/authority/world.ts'
import { readClients, readProviders } from './files.ts'
import { readAuthoritySettings } from './settings.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-authority-settings-'))
  const { jwk } = await newKey()
  await writeFile(join(folder, 'leg.jwks.json'), JSON.stringify({ keys: [jwk] }))
  await writeFile(join(folder, 'private.jwks.json'), JSON.stringify({ keys: [{ ...jwk, d: 'AAAA' }] }))
  await writeFile(join(folder, 'empty.jwks.json'), JSON.stringify({ keys: [] }))
})
afterAll(() => rm(folder, { recursive: true }))

async function write(value: unknown): Promise<string> {
  const file = join(folder, 'file.yaml')
  await writeFile(file, stringify(value))
  return file
}

const SETTINGS = {
  ...{ issuer: 'https://authority.gt.example', country: 'GT', auditLog: 'log', auditLogKey: 'keys/log.key' },
  ...{
    refKeys: 'keys/refs.json',
    signingKeys: 'keys/signing.json',
    providers: 'providers.yaml',
    clients: 'clients.yaml',
  },
  mandates: { drafters: [{ agency: 'GT-MP', role: 'coordinator' }], approvers: [{ agency: 'GT-MP', role: 'head' }] },
}

describe('the settings of an authority', () => {
  it('have paths from the folder of the file, and flags take precedence', async () => {
    const settings = await readAuthoritySettings(await write(SETTINGS), { port: 0 })
    expect(settings).toMatchObject({
      ...{ auditLog: join(folder, 'log'), database: join(folder, 'database'), host: '127.0.0.1', port: 0 },
      ...{ accessTokenSeconds: 600, countryTokenSeconds: 300, serveEntries: false },
    })
  })

  it.each([
    [
      'an unknown key',
      { clinets: 'x' },
      /file\.yaml: .*there is no setting clinets here .*Did you mean clients\? `istmo authority --help` describes every setting/,
    ],
    ['an issuer that is no address', { issuer: 'gt' }, /file\.yaml: issuer: expected an http or https address/],
    ['an issuer with a slash at its end', { issuer: 'https://authority.gt.example/' }, /issuer: .*without a slash/],
    ['a country that is none', { country: 'Guatemala' }, /country: expected an ISO 3166-1 alpha-2 code/],
    ['access tokens of an hour', { accessTokenSeconds: 3_600 }, /accessTokenSeconds: /],
    ['country tokens of ten minutes', { countryTokenSeconds: 600 }, /countryTokenSeconds: /],
    [
      'a thumbprint that is none',
      { mandates: { ...SETTINGS.mandates, approverKeys: ['x'] } },
      /approverKeys\.0: .*thumbprint/,
    ],
    ['nobody who approves', { mandates: { ...SETTINGS.mandates, approvers: [] } }, /mandates\.approvers: /],
  ])('reject %s, with the place and the remedy', async (_, change, message) => {
    await expect(readAuthoritySettings(await write({ ...SETTINGS, ...change }))).rejects.toThrow(message)
  })
})

describe('the file of clients', () => {
  const gateway = { kind: 'gateway', id: 'gw', name: 'istmo', address: 'https://istmo.example', jwks: 'leg.jwks.json' }
  const tool = { kind: 'tool', id: 'console', gateways: ['gw'], scopes: ['case:read'] }

  it('has gateways with their leg keys, and tools with or without keys', async () => {
    const clients = await readClients(await write({ clients: [gateway, tool] }))
    expect(clients.get('gw')).toMatchObject({ kind: 'gateway', name: 'istmo', keys: { size: 1 } })
    expect(clients.get('console')).toMatchObject({ keys: null, providerClient: 'console', bearer: false })
  })

  it.each([
    ['the same client twice', [gateway, gateway], /clients\.1\.id: expected each client once/],
    [
      'a gateway that is not in the file',
      [gateway, { ...tool, gateways: ['x'] }],
      /clients\.1\.gateways: expected ids of gateways/,
    ],
    ['a tool as a gateway', [gateway, tool, { ...tool, id: 'b', gateways: ['console'] }], /clients\.2\.gateways/],
    [
      'a gateway without keys',
      [{ ...gateway, jwks: 'empty.jwks.json' }],
      /clients\.0\.jwks: expected a key set with Ed25519/,
    ],
    ['a private key', [{ ...gateway, jwks: 'private.jwks.json' }], /clients\.0\.jwks: .*came a private one/],
    [
      'a file that is not there',
      [{ ...gateway, jwks: 'none.json' }],
      /clients\.0\.jwks: expected \S+none\.json to be a usable key set: there is no such file or folder \(ENOENT\)/,
    ],
    [
      'a folder in place of a file',
      [{ ...gateway, jwks: '.' }],
      /clients\.0\.jwks: expected \S+ to be a usable key set: it is a folder, and not a file \(EISDIR\)/,
    ],
    ['a secret', [gateway, { ...tool, secret: 'x' }], /clients\.1: there is no setting secret here \(line 13\)/],
  ])('rejects %s', async (_, clients, message) => {
    await expect(readClients(await write({ clients }))).rejects.toThrow(message)
  })
})

describe('the file of login providers', () => {
  const provider = { issuer: 'https://login.gt.example', audience: 'istmo', jwks: 'leg.jwks.json' }

  it('maps the claims of a provider that cannot write the standard ones, for one country', async () => {
    const claims = { agency: '/agency', acr: '/realm/level' }
    const [read] = await readProviders(await write({ providers: [{ ...provider, claims }] }), 'GT')
    expect(read).toMatchObject({
      issuer: { country: 'GT', jwks: join(folder, 'leg.jwks.json'), tokenType: 'JWT', maxLifetimeS: 3_600 },
      places: { country: null, agency: '/agency', role: '/org/role', acr: '/realm/level' },
    })
  })

  it.each([
    ['a provider twice', [provider, provider], /providers\.1\.issuer: expected each provider once/],
    [
      'a key set over plain HTTP of another machine',
      [{ ...provider, jwks: 'http://login.gt.example/k' }],
      /providers\.0\.jwks/,
    ],
    ['an algorithm with a shared secret', [{ ...provider, algorithms: ['HS256'] }], /providers\.0\.algorithms/],
    [
      'a pointer that is none',
      [{ ...provider, claims: { agency: 'agency' } }],
      /claims\.agency: expected a JSON pointer/,
    ],
  ])('rejects %s', async (_, providers, message) => {
    await expect(readProviders(await write({ providers }), 'GT')).rejects.toThrow(message)
  })
})

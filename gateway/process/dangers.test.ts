import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeKeys } from '../../cli/keys.ts'
import { type GatewayConfig, readGatewayConfig } from './config.ts'
import { listGatewayDangers, rejectDangerousStart } from './dangers.ts'
import type { GatewayFlags } from './settings.ts'

const PROJECT = join(import.meta.dirname, '../..')
/** The pin of a key that nobody has. */
const PIN = 'A'.repeat(43)
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-dangers-'))
  await makeKeys(['istmo.sica.int/gateway', folder], Date.now())
  await writeFile(join(folder, 'leg.json'), '{}', { mode: 0o600 })
  const domains = ['cases', 'persons', 'legal'].map(
    (name) => `${name}: { url: "https://istmo.mp.hn/${name}", tls: { pins: [${PIN}] } }`,
  )
  await writeFile(
    join(folder, 'HN.yaml'),
    `country: HN\nname: { es: Honduras, en: Honduras }\ndomains: { ${domains} }\n`,
  )
})
afterAll(() => rm(folder, { recursive: true }))

/** The configuration of the flags for real records, with `over`. */
function configOf(over: GatewayFlags = {}): GatewayConfig {
  const at = (name: string): string => join(folder, name)
  const log = { auditLogDir: at('log'), auditLogKey: at('audit-log.key'), auditLogRefKeys: at('audit-log-refs.json') }
  const issuer = {
    issuer: 'https://id.mp.gob.gt',
    jwks: 'https://id.mp.gob.gt/jwks',
    audience: 'a',
    issuerCountry: 'GT',
  }
  const files = { supergraph: join(PROJECT, 'supergraph.graphql'), countries: folder, legKey: at('leg.json') }
  const client = { clientCert: at('client.pem'), clientKey: at('client-key.pem') }
  return readGatewayConfig({ ...files, ...issuer, ...log, ...client, ...over }, {})
}

/** The dangers of the flags for real records, with `over`. */
async function dangersOf(over: GatewayFlags = {}): Promise<readonly string[]> {
  return (await listGatewayDangers(configOf(over))).map(({ danger }) => danger)
}

it('finds no danger in a configuration for real records', async () => {
  expect(await dangersOf()).toEqual([])
})

it.each<[string, GatewayFlags, readonly unknown[]]>([
  ['nothing of development without it', {}, []],
  [
    'once that development is on, and what it switches off',
    { development: true },
    [
      {
        switchedOff: expect.arrayContaining([expect.stringMatching(/probe of a country/)]),
        remedy: expect.any(String),
      },
    ],
  ],
])('says in the log of a gateway for real records %s', async (_, over, expected) => {
  const warned: unknown[] = []
  await rejectDangerousStart(configOf(over), { warn: (line: unknown) => void warned.push(line) } as never)
  expect(warned).toEqual(expected)
})

it('finds no danger in workers that share a database', async () => {
  expect(await dangersOf({ workers: '2', sharedDatabase: 'postgres://127.0.0.1/istmo' })).toEqual([])
})

it.each<[string, GatewayFlags, RegExp]>([
  ['no country of the issuer', { issuerCountry: '' }, /speaks for every country/],
  ['callers without a token', { anonymous: true }, /without a token/],
  ['every network', { host: '0.0.0.0' }, /--host 0\.0\.0\.0/],
  ['the operator’s server on every network', { operatorListen: '0.0.0.0:9464' }, /--operator-listen 0\.0\.0\.0/],
  ['no certificate for the nodes', { clientCert: '', clientKey: '' }, /shows no certificate to nodes/],
  ['workers that do not count together', { workers: '2' }, /each of the workers remembers used proofs/],
  ['a collector over plain HTTP', { otlpEndpoint: 'http://10.0.0.1:4318' }, /OpenTelemetry/],
])('finds the danger of %s', async (_, over, message) => {
  const flags = Object.fromEntries(Object.entries(over).map(([key, value]) => [key, value === '' ? undefined : value]))
  expect(await dangersOf(flags)).toEqual([expect.stringMatching(message)])
})

it('finds keys that other users of the machine can read, and countries over plain HTTP', async () => {
  await chmod(join(folder, 'leg.json'), 0o644)
  await writeFile(
    join(folder, 'GT.yaml'),
    'country: GT\nname: { es: Guatemala, en: Guatemala }\ndomains: { cases: { url: "http://10.0.0.7/" } }\n',
  )
  expect(await dangersOf()).toEqual([
    'each leg to GT, cases, goes over plain HTTP to another machine',
    `--leg-key (LEG_KEY_FILE): other users of this machine may use ${join(folder, 'leg.json')}`,
  ])
})

it('finds a country whose server any authority of the operating system may vouch for', async () => {
  await writeFile(
    join(folder, 'GT.yaml'),
    'country: GT\nname: { es: Guatemala, en: Guatemala }\ndomains: { cases: { url: "https://istmo.mp.gob.gt/" } }\n',
  )
  await writeFile(join(folder, 'SV.yaml'), 'country: nowhere')
  await chmod(join(folder, 'leg.json'), 0o600)
  expect(await dangersOf()).toEqual([
    'each leg to GT, cases, goes to whatever server one of the operating system’s authorities vouches for',
  ])
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type NodeConfig, readNodeConfig } from '../../subgraphs/kit/config.ts'
import { NODE_SETTINGS, type NodeSettingKey } from '../../subgraphs/kit/settings.ts'
import { writeSettings } from './backup.ts'
import { PATH_SETTINGS, type PathSetting, parseEnvFile } from './node-place.ts'

/** A file name that a shell, systemd and a JSON reader could each read otherwise. */
const ODD = 'a "b" \'c\' $d `e` \\f #g=h;ñ\u2028'

/** Values of each setting, the least and the most usual ones, and what turns it off. A new setting does not compile without its values. */
const VALUES: Readonly<Record<NodeSettingKey, readonly string[]>> = {
  country: ['HN', 'UN'],
  domains: ['cases', 'cases,persons,legal'],
  host: ['::1', 'nodo.example'],
  port: ['0', '65535'],
  tlsKey: ['/k/node.pem', `/k/${ODD}`],
  tlsCert: ['/k/node.pem', `/k/other/${ODD}`],
  tlsClientCa: ['/other/node.pem', '/k/ca.pem'],
  databaseUrl: ['postgres:///istmo', 'postgres://u:p%40"$`\\\'#@a,b:5432/x?host=/run/postgresql'],
  databaseFolder: [`/rows/${ODD}`],
  upstream: [
    'cases=https://a.example/q?x=$y&z="#',
    'cases=http://[::1]:1/,persons=http://localhost/,legal=http://127.0.0.1/',
  ],
  hitsFile: ['/var/hits.jsonl', `/var/${ODD}`],
  gatewayJwks: ['https://istmo.example/keys?a=$b#c"', `/g/${ODD}`],
  gatewayIssuer: ['istmo', ODD],
  rules: [],
  mandatesFolder: [`/m/${ODD}`],
  suspensions: [`/s/${ODD}`],
  countThreshold: ['1', '1000000000'],
  callerTime: ['0', '1:1', '1000:999999'],
  contactPoint: ['Unidad', ODD, ' two\nlines \\', '"', '\\"\n#x\nPORT=1\n', '\u{1F4DE}\t+504'],
  nodeKey: ['/k/node.pem', `/k/${ODD}`],
  auditLogDir: ['/log'],
  auditLogKey: ['/k/node.pem', `/l/${ODD}`],
  auditLogRefKeys: ['/k/refs.json', `/r/${ODD}`],
  auditLogShards: ['none', 'yearly', 'monthly'],
  trustPolicy: [`/t/${ODD}`],
  drain: ['0', '600000'],
  operatorListen: ['off', '[::1]:0', 'localhost:65535'],
  logLevel: ['fatal', 'silent'],
  development: ['0', '1', 'true', 'false'],
  fast: ['0', '1'],
}

/** What each setting has while another one is tried. Some settings need others, and some exclude others. */
const LEAST = { country: 'HN', domains: 'cases', port: '0', gatewayJwks: '/g/leg.jwks.json' } as const
const TOGETHER: Partial<Record<NodeSettingKey, Partial<Record<NodeSettingKey, string>>>> = {
  ...Object.fromEntries(
    ['auditLogDir', 'auditLogKey', 'auditLogRefKeys'].map((key) => [
      key,
      { auditLogDir: '/log', auditLogKey: '/k/log.key', auditLogRefKeys: '/k/refs.json' },
    ]),
  ),
  ...Object.fromEntries(
    ['tlsKey', 'tlsCert', 'tlsClientCa'].map((key) => [key, { tlsKey: '/k/a', tlsCert: '/k/b', tlsClientCa: '/k/c' }]),
  ),
}

const CASES = Object.entries(VALUES).flatMap(([key, values]) =>
  values.map((value) => [key as NodeSettingKey, value] as const),
)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-settings-'))
  await writeFile(join(folder, 'HN.yaml'), RULES)
})
afterAll(() => rm(folder, { recursive: true }))

const RULES = `
country: HN
name: { es: Honduras, en: Honduras }
domains: { cases: { url: "http://127.0.0.1:1/" } }
taskForces: []
`

function configOf(given: Partial<Record<NodeSettingKey, string>>): NodeConfig {
  return readNodeConfig({}, toVariables(given))
}

function toVariables(given: Partial<Record<NodeSettingKey, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [NODE_SETTINGS[key as NodeSettingKey].variable, value]),
  )
}

async function readBack(config: NodeConfig, hasKeys = true): Promise<NodeConfig> {
  return readNodeConfig({}, parseEnvFile(await writeSettings(config, hasKeys), 'node.env'))
}

/** Takes out what a restored folder has at other places. */
function withoutPaths(config: NodeConfig): Partial<NodeConfig> {
  const moved: ReadonlySet<string> = new Set(PATH_SETTINGS.filter((key) => !/^https?:/.test(config[key] ?? '')))
  return Object.fromEntries(Object.entries(config).filter(([key]) => !moved.has(key)))
}

/** The settings that a configuration has as paths, and not as URLs. */
function pathsOf(config: NodeConfig): readonly (readonly [PathSetting, string])[] {
  return PATH_SETTINGS.flatMap((key) => {
    const path = config[key]
    return path === undefined || /^https?:/.test(path) ? [] : [[key, path] as const]
  })
}

describe('the settings in a backup', () => {
  it('are tried with each setting that a node has', () => {
    expect(Object.keys(VALUES).sort()).toEqual(Object.keys(NODE_SETTINGS).sort())
    expect(PATH_SETTINGS.length).toBeGreaterThan(10)
  })

  it.each(CASES)('are those of the node again: %s %j', async (key, value) => {
    const domains =
      key === 'upstream'
        ? value
            .split(',')
            .map((each) => each.split('=', 1)[0])
            .join(',')
        : 'cases'
    const config = configOf({ ...LEAST, domains, ...TOGETHER[key], [key]: value })
    const restored = await readBack(config)
    expect(withoutPaths(restored)).toEqual(withoutPaths(config))
    const [before, after] = [pathsOf(config), pathsOf(restored)]
    expect(after.map(([name]) => name)).toEqual(before.map(([name]) => name))
    for (const [, path] of after) expect([path, isAbsolute(path) || path.startsWith('..')]).toEqual([path, false])
    // Two files of a node are two files in its backup, and one is one.
    for (const [at, [, one]] of before.entries())
      for (const [other, [, two]] of before.entries())
        expect([one, two, after[at]?.[1] === after[other]?.[1]]).toEqual([one, two, one === two])
  })

  it('name the country’s file where the backup has it', async () => {
    const config = configOf({ ...LEAST, rules: join(folder, 'HN.yaml') })
    expect(await readBack(config)).toMatchObject({ rules: 'rules/HN.yaml' })
    expect(dirname(resolve('/into', 'rules/HN.yaml'))).toBe('/into/rules')
  })

  it.each([
    ['postgres://u:secret@h/db', 'postgres://u@h/db'],
    ['postgresql://u:sec:ret@a:1,b:2/db?x=y@z', 'postgresql://u@a:1,b:2/db?x=y@z'],
    ['postgres://u:secret@/db?host=/run/postgresql', 'postgres://u@/db?host=/run/postgresql'],
    ['postgres://u@h/db?password=secret&x=1', 'postgres://u@h/db?&x=1'],
    ['postgres:///db?host=/run:x@y', 'postgres:///db?host=/run:x@y'],
  ])('have without keys no password of the database: %s', async (databaseUrl, open) => {
    expect(await readBack(configOf({ ...LEAST, databaseUrl }), false)).toMatchObject({ databaseUrl: open })
    expect(await readBack(configOf({ ...LEAST, databaseUrl }))).toMatchObject({ databaseUrl })
  })
})

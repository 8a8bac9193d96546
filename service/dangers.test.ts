import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError } from './config-error.ts'
import { type JudgedStart, listDangers, readSecretFiles, type StartFacts, settleDangers } from './dangers.ts'

/** The id of a user who does not run this test. */
const OTHER_USER = (process.getuid?.() ?? 0) + 1

/** A configuration that is safe for real records. */
const SAFE: StartFacts = {
  servers: [{ setting: '--host', host: '10.0.0.1', hasTls: true, remedy: 'Give TLS.' }],
  issuers: [{ issuer: 'https://id.mp.gob.gt', country: 'GT' }],
  hasCountries: true,
  auditLogName: 'istmo.sica.int/gateway',
  addresses: [{ use: 'each leg to HN', url: 'https://istmo.mp.hn/cases' }],
  isGuardedGraphOpen: false,
  hasPassingLegKey: false,
  servesGraphiql: false,
  secrets: [{ setting: '--leg-key', file: 'leg.json', mode: 0o100640, uid: OTHER_USER }],
}

/** Each danger alone, and what its message names. */
const DANGERS: readonly (readonly [string, Partial<StartFacts>, RegExp])[] = [
  [
    'a public address without TLS',
    { servers: [{ setting: '--host', host: '0.0.0.0', hasTls: false, remedy: 'Give TLS.' }] },
    /--host 0\.0\.0\.0/,
  ],
  [
    'an IPv6 address of every network',
    { servers: [{ setting: '--host', host: '::', hasTls: false, remedy: 'Give TLS.' }] },
    /--host ::/,
  ],
  [
    'an issuer without a country',
    { issuers: [{ issuer: 'https://a.gob.gt', country: null }] },
    /speaks for every country/,
  ],
  [
    'a name that nobody owns as issuer',
    { issuers: [{ issuer: 'https://id.gt.example', country: 'GT' }] },
    /for development/,
  ],
  ['this machine as issuer', { issuers: [{ issuer: 'http://127.0.0.1:4009', country: 'GT' }] }, /for development/],
  ['no audit log', { auditLogName: null }, /no audit log/],
  [
    'a trust policy that one captured witness breaks',
    { unsafeQuorum: 'the quorum two is 2 of 3' },
    /can be broken: the quorum two is 2 of 3/,
  ],
  ['the audit log of the demo', { auditLogName: 'istmo.example/gateway' }, /istmo\.example\/gateway/],
  [
    'plain HTTP to another machine',
    { addresses: [{ use: 'each leg to HN', url: 'http://10.1.2.3/' }] },
    /each leg to HN goes over plain HTTP/,
  ],
  [
    'a node that any authority may vouch for',
    {
      addresses: [{ use: 'each leg to HN', url: 'https://n.hn/', partner: { isKnown: false, seesCertificate: true } }],
    },
    /each leg to HN goes to whatever server .*tls: \{ ca/,
  ],
  [
    'a node that sees no certificate',
    {
      addresses: [{ use: 'each leg to HN', url: 'https://n.hn/', partner: { isKnown: true, seesCertificate: false } }],
    },
    /shows no certificate.*--client-cert/,
  ],
  ['protected fields for strangers', { isGuardedGraphOpen: true }, /without a token/],
  ['a leg key that does not stay', { hasPassingLegKey: true }, /--leg-key/],
  ['GraphiQL', { servesGraphiql: true }, /GraphiQL/],
  [
    'officers whom nobody can reveal',
    { canRevealOfficers: false },
    /which officer .* pseudonym.*Give `reveal` .*istmo audit reveal key/,
  ],
  [
    'a key that everybody can read',
    { secrets: [{ setting: '--tls-key', file: 'k.pem', mode: 0o100644, uid: OTHER_USER }] },
    /chmod 600 k\.pem/,
  ],
  [
    'a key that everybody can write',
    { secrets: [{ setting: '--tls-key', file: 'k.pem', mode: 0o100602, uid: OTHER_USER }] },
    /k\.pem/,
  ],
  [
    'an own key that the group can read',
    { secrets: [{ setting: '--tls-key', file: 'k.pem', mode: 0o100640, uid: process.getuid?.() ?? 0 }] },
    /chmod 600 k\.pem/,
  ],
]
const all = Object.assign({}, SAFE, ...DANGERS.map(([, over]) => over)) as StartFacts
const REAL: JudgedStart = { dangers: [], isDevelopment: false, switchesOff: [] }
const warnings = () => {
  const warned: unknown[] = []
  return { warned, log: { warn: (object: unknown) => void warned.push(object) } as never }
}

describe('a start', () => {
  it('with a safe configuration has no danger', () => {
    expect(listDangers(SAFE)).toEqual([])
    const local = {
      servers: [{ setting: '--host', host: '127.0.0.1', hasTls: false, remedy: 'Give TLS.' }],
      addresses: [{ use: 'x', url: 'http://[::1]:1/' }],
    }
    expect(listDangers({ ...SAFE, ...local })).toEqual([])
    expect(
      listDangers({ ...SAFE, hasCountries: false, issuers: [{ issuer: 'https://a.gob.gt', country: null }] }),
    ).toEqual([])
  })

  it.each(DANGERS)('with %s has that one danger, with a remedy', (_, over, message) => {
    const dangers = listDangers({ ...SAFE, ...over })
    expect(dangers).toHaveLength(1)
    expect(`${dangers[0]?.danger}. ${dangers[0]?.remedy}`).toMatch(message)
    expect(dangers[0]?.remedy).toMatch(/^[A-Z].*[^.]$|^[A-Z].*\.$/)
    expect(() => settleDangers({ ...REAL, dangers }, warnings().log)).toThrow(ConfigError)
  })

  it('shows all dangers at once, and starts in development with one warning for each', () => {
    const dangers = listDangers(all)
    expect(dangers.length).toBeGreaterThan(7)
    let message = ''
    try {
      settleDangers({ ...REAL, dangers }, warnings().log)
    } catch (error) {
      message = (error as Error).message
    }
    for (const { danger, remedy } of dangers) expect(message).toContain(`- ${danger}. ${remedy}`)
    expect(message).toContain('--development')
    const { warned, log } = warnings()
    settleDangers({ ...REAL, dangers, isDevelopment: true }, log)
    expect(warned.slice(1)).toEqual(dangers)
  })

  it('refuses a Node.js with known holes, and only warns of it in development', () => {
    const start = { ...REAL, dangers: [], node: '24.21.0' }
    expect(() => settleDangers(start, warnings().log)).toThrow(
      /- expected Node\.js 24\.\d+\.\d+ or later, because older ones have known holes; came 24\.21\.0\. Start it as `istmo`/,
    )
    const { warned, log } = warnings()
    settleDangers({ ...start, isDevelopment: true }, log)
    expect(warned[1]).toMatchObject({ danger: expect.stringContaining('came 24.21.0') })
    expect(() => settleDangers({ ...start, node: '26.0.0' }, warnings().log)).not.toThrow()
  })

  it('says in development that it is on and what it switches off, also if nothing is dangerous', () => {
    const { warned, log } = warnings()
    settleDangers({ dangers: [], isDevelopment: true, switchesOff: ['the look at tokens'] }, log)
    expect(warned).toEqual([
      {
        switchedOff: [expect.stringMatching(/^the refusal to start/), 'the look at tokens'],
        remedy: 'Remove --development before there are real records.',
      },
    ])
  })

  it('names the environment variable only of a process that reads it', () => {
    const { warned, log } = warnings()
    const start = { ...REAL, variable: 'DEVELOPMENT' }
    settleDangers({ ...start, isDevelopment: true }, log)
    expect(warned[0]).toMatchObject({ remedy: expect.stringContaining('--development (DEVELOPMENT) before') })
    const dangers = listDangers(all)
    expect(() => settleDangers({ ...start, dangers }, log)).toThrow('give --development (DEVELOPMENT=1).')
    expect(() => settleDangers({ ...REAL, dangers }, log)).toThrow('give --development.')
  })

  it('says nothing of development if it is for real records', () => {
    const { warned, log } = warnings()
    settleDangers({ ...REAL, switchesOff: ['the look at tokens'] }, log)
    expect(warned).toEqual([])
  })
})

it('reads the permissions of the files that exist', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-dangers-'))
  const file = join(folder, 'key')
  await writeFile(file, '')
  await chmod(file, 0o604)
  const read = await readSecretFiles({ '--a': file, '--b': join(folder, 'absent'), '--c': null, '--d': undefined })
  expect(read.map(({ setting, mode }) => [setting, mode & 0o777])).toEqual([['--a', 0o604]])
  await rm(folder, { recursive: true })
})

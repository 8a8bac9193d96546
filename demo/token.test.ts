import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importJWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROJECT_DIR } from './config.ts'
import { DEMO_AUDIENCE, DEVELOPMENT_ISSUERS, loadIssuer, publicJwk } from './issuer/issuer.ts'
import { PROFILES, type ProfileName } from './issuer/profiles.ts'
import { accessTokenClaims } from './issuer/token.ts'
import { parseTokenArguments } from './token.ts'

let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'istmo-token-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

function token(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, ISTMO_HOME: home }
    execFile(process.execPath, ['demo/token.ts', ...args], { cwd: PROJECT_DIR, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

describe('the token command', () => {
  it('prints only a token that the issuer’s public key verifies', async () => {
    const { code, stdout, stderr } = await token('analyst')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    const issuer = await loadIssuer(DEVELOPMENT_ISSUERS[0], join(home, 'issuer'))
    const { payload, protectedHeader } = await jwtVerify(stdout.trim(), await importJWK(publicJwk(issuer.key)), {
      issuer: issuer.iss,
      audience: DEMO_AUDIENCE,
      typ: 'at+jwt',
      algorithms: ['EdDSA'],
      requiredClaims: ['sub', 'client_id', 'jti', 'iat', 'exp'],
    })
    expect(protectedHeader.kid).toBe(issuer.key.kid)
    expect(Number(payload.exp) - Number(payload.iat)).toBe(3600)
    expect(payload.org).toEqual({ country: 'GT', agency: 'GT-MP-FECO', role: 'analyst' })
  })

  it('stores its key in a file that only its owner can read, and uses it again', async () => {
    await token('nobody')
    const before = await loadIssuer(DEVELOPMENT_ISSUERS[0], join(home, 'issuer'))
    await token('nobody')
    expect(await loadIssuer(DEVELOPMENT_ISSUERS[0], join(home, 'issuer'))).toEqual(before)
    expect((await stat(join(home, 'issuer/GT.jwk.json'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(home, 'issuer'))).mode & 0o077).toBe(0)
  })

  it('makes one key if several processes need the first one at the same time', async () => {
    const dir = join(home, 'race')
    const issuers = await Promise.all(Array.from({ length: 8 }, () => loadIssuer(DEVELOPMENT_ISSUERS[0], dir)))
    expect(new Set(issuers.map(({ key }) => key.kid)).size).toBe(1)
  })

  it.each<[readonly string[], string]>([
    [['analyst'], 'GT'],
    [['liaison'], 'HN'],
    [['analyst', '--country', 'HN'], 'HN'],
  ])('signs %j only with the key of the issuer of its country', async (args, country) => {
    const { stdout } = await token(...args)
    for (const name of DEVELOPMENT_ISSUERS) {
      const issuer = await loadIssuer(name, join(home, 'issuer'))
      const verified = jwtVerify(stdout.trim(), await importJWK(publicJwk(issuer.key)), { issuer: name.iss })
      if (name.country === country) expect((await verified).payload.org).toMatchObject({ country })
      else await expect(verified).rejects.toThrow()
    }
  })

  it('does not sign for a country without an issuer', async () => {
    const { code, stdout, stderr } = await token('analyst', '--country', 'SV')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--country: expected GT or HN, which have a development issuer; came SV')
  })

  it('prints on standard error what is wrong, and lists the profiles', async () => {
    const { code, stdout, stderr } = await token('king')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('<profile>: expected one of analyst, prosecutor')
    for (const profile of Object.keys(PROFILES)) expect(stderr).toContain(profile)
  })

  it('lists the profiles, one line each, when no profile is named, and prints nothing that a shell would take for a token', async () => {
    const { code, stdout, stderr } = await token()
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    for (const [profile, { role, purpose }] of Object.entries(PROFILES)) {
      expect(stderr.split('\n').filter((line) => line.startsWith(`  ${profile} `))).toEqual([
        expect.stringMatching(new RegExp(`${role} of .*${purpose}$`)),
      ])
    }
  })
})

describe('the arguments of the token command', () => {
  it.each([
    [['analyst', '--expires-in', '90'], { lifetimeS: 90 }],
    [['analyst', '--expires-in', '10m'], { lifetimeS: 600 }],
    [['analyst', '--expires-in', 'PT1H30M'], { lifetimeS: 5400 }],
    [['analyst', '--expires-in', 'P1DT1S'], { lifetimeS: 86_401 }],
    [['analyst', '--expires-in=-60'], { lifetimeS: -60 }],
    [['analyst', '--expires-in', '-60'], { lifetimeS: -60 }],
    [['analyst', '--scope', ' case:read  person:hit'], { scopes: ['case:read', 'person:hit'] }],
    [['analyst', '--scope', ''], { scopes: [] }],
    [['analyst', '--country', 'HN'], { country: 'HN' }],
    [['analyst', '--claims', '{"aud":"x"}'], { claims: { aud: 'x' } }],
  ])('%j are accepted', (args, expected) => {
    expect(parseTokenArguments(args)).toEqual({ profile: 'analyst', ...expected })
  })

  it.each([
    [[], /<profile>: expected one of analyst, .*; came nothing/],
    [['toString'], /came "toString"/],
    [['analyst', 'nobody'], /no more arguments than <profile>; came "analyst nobody"/],
    [['analyst', '--expires-in', 'soon'], /--expires-in: expected seconds .* came "soon"/],
    [['analyst', '--expires-in', 'P'], /came "P"/],
    [['analyst', '--expires-in', 'PT'], /came "PT"/],
    [['analyst', '--country', 'Honduras'], /--country: expected .* came "Honduras"/],
    [['analyst', '--scope', 'a"b'], /--scope: expected scopes .*; came "a/],
    [['analyst', '--claims', '{'], /--claims: expected a JSON object; came text that is not JSON/],
    [['analyst', '--claims', '[]'], /came an array/],
    [['analyst', '--colour', 'red'], /--colour/],
  ])('%j are rejected', (args, message) => {
    expect(() => parseTokenArguments(args)).toThrow(message)
  })
})

describe('the claims of a profile', () => {
  const issuer = { ...DEVELOPMENT_ISSUERS[0], key: testKey() }
  const now = new Date('2026-11-24T12:00:00Z')
  const claimsOf = (profile: ProfileName, more = {}) => accessTokenClaims(issuer, { profile, now, ...more })

  it.each([
    ['analyst', 'INVESTIGATION'],
    ['prosecutor', 'PROSECUTION'],
    ['hit-only', 'INVESTIGATION'],
    ['liaison', 'INVESTIGATION'],
    ['oversight', 'OVERSIGHT'],
    ['nobody', 'INVESTIGATION'],
  ] as const)('%s has a mandate for %s that ends later', (profile, purpose) => {
    expect(claimsOf(profile).authorization_details).toEqual([
      {
        type: 'istmo_mandate',
        task_force: 'jtf-2026-03',
        purposes: [purpose],
        countries: ['GT', 'HN', 'PA', 'SV', 'UN'],
        legal_basis: ['UN:XVIII-12#27'],
        not_after: '2027-05-23',
      },
    ])
  })

  it('nobody has no scope', () => {
    expect(claimsOf('nobody')).toMatchObject({ scope: '' })
  })

  it('each profile names itself, its agency and a mandate, as a gateway with countries demands', () => {
    for (const profile of Object.keys(PROFILES) as ProfileName[]) {
      expect(claimsOf(profile)).toMatchObject({
        jti: expect.stringMatching(/./),
        org: { country: 'GT', agency: expect.stringMatching(/^GT-MP-/) },
        authorization_details: [{ task_force: 'jtf-2026-03' }],
      })
    }
  })

  it('a given claim replaces the profile’s, and null removes it', () => {
    expect(claimsOf('analyst', { claims: { iss: 'https://elsewhere.example', jti: null } })).toMatchObject({
      iss: 'https://elsewhere.example',
    })
    expect(claimsOf('analyst', { claims: { jti: null } })).not.toHaveProperty('jti')
  })

  it('the subject is the same each time, differs between profiles, and does not name the profile', () => {
    expect(claimsOf('analyst').sub).toBe(claimsOf('analyst').sub)
    expect(claimsOf('analyst').sub).not.toBe(claimsOf('prosecutor').sub)
    expect(claimsOf('analyst').sub).toMatch(/^[\w-]{22}$/)
  })
})

function testKey() {
  return { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: 'k', x: 'x', d: 'd' } as const
}

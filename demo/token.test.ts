import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCommandLine } from '../service/command-line.ts'
import { providerAddress } from './authority/authorities.ts'
import { chooseMandate } from './authority/log-in.ts'
import { PROJECT_DIR } from './config.ts'
import { PROFILES } from './provider/officers.ts'
import { exampleCurl, TOKEN, toLogIn } from './token.ts'

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

it('a shell reads the curl command as it is meant', async () => {
  const curl = await exampleCurl('http://127.0.0.1:4000', 'a.b.c')
  const shell = spawn('sh', ['-c', `curl() { for part; do last=$part; done; printf %s "$last"; }; ${curl}`])
  const [said] = (await once(shell.stdout, 'data')) as [Buffer]
  expect(JSON.parse(said.toString())).toEqual({
    query: expect.stringMatching(/^query AcrossBorders\(\$id: ID!\) \{ person[^\n]*$/),
    variables: { id: 'GT:P-000001' },
  })
})

describe('the token command', () => {
  it('says how to start a demo if none runs, and prints no token', async () => {
    const { code, stdout, stderr } = await token('analyst')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`expected a demo that runs in ${home}; came none. Start it with npm start`)
    await mkdir(join(home, 'run'))
    await writeFile(join(home, 'run/port'), '65518')
    const stopped = await token('analyst')
    expect({ code: stopped.code, stdout: stopped.stdout }).toEqual({ code: 1, stdout: '' })
    expect(stopped.stderr).toContain(
      `expected a demo that answers at ${providerAddress(65_518, 'GT')}; came none. Start it`,
    )
  })

  it('knows only countries that have an authority', async () => {
    const { code, stdout, stderr } = await token('analyst', '--country', 'SV')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--country: expected GT or HN, which have an authority; came SV')
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

it('the help of the token command lists no option that was removed', async () => {
  const { code, stdout } = await token('--help')
  expect(code).toBe(0)
  expect(stdout).toContain('--login-only')
  expect(stdout).not.toMatch(/no longer|no such option|--expires-in|--claims/)
})

describe('an officer whom several mandates name', () => {
  const offered = ['jtf-north', 'jtf-south'].map((task_force, at) => ({
    ...{ hash: `${at}`.repeat(43), task_force, not_after: '2099-12-31' },
  }))

  it('chooses one by its task force', () => {
    expect(chooseMandate(offered, 'jtf-south')).toBe('1'.repeat(43))
  })

  it.each([
    ['without a choice', offered, undefined, /^--mandate: expected .* because several mandates name this officer:$/m],
    ['with another task force', offered, 'jtf-east', /came "jtf-east":$/m],
    ['with two of one task force', [...offered, ...offered], 'jtf-north', /came "jtf-north":$/m],
  ] as const)('is shown all of them %s, with hash, task force and last day', (_, all, taskForce, message) => {
    expect(() => chooseMandate(all, taskForce)).toThrow(message)
    expect(() => chooseMandate(all, taskForce)).toThrow(`\n  ${'0'.repeat(43)}  jtf-north, until 2099-12-31\n`)
  })
})

describe('the arguments of the token command', () => {
  it.each([
    [['analyst', '--scope', ' case:read  person:hit'], { scopes: ['case:read', 'person:hit'] }],
    [['analyst', '--country', 'HN'], { country: 'HN' }],
    [['analyst', '--mandate', 'jtf-north'], { mandate: 'jtf-north' }],
  ])('%j are accepted', (args, expected) => {
    expect(toLogIn(parseCommandLine(TOKEN, args))).toEqual({ profile: 'analyst', ...expected })
  })

  it.each([
    [[], /<profile>: expected one of analyst, .*; came nothing/],
    [['toString'], /came "toString"/],
    [['analyst', 'nobody'], /no more arguments than <profile>; came "analyst nobody"/],
    [['analyst', '--country', 'Honduras'], /--country: expected .* came "Honduras"/],
    [['analyst', '--scope', 'a"b'], /--scope: expected one or more scopes .*; came "a/],
    [['analyst', '--scope', ''], /--scope: expected one or more scopes/],
    [['analyst', '--expires-in', '10m'], /--expires-in: this option was removed; .*A token lives ten minutes/],
    [['analyst', '--claims', '{}'], /--claims: this option was removed; .*An authority signs/],
    [['analyst', '--claims'], /--claims: this option was removed; .*An authority signs/],
    [['analyst', '--colour', 'red'], /--colour/],
  ])('%j are rejected', (args, message) => {
    expect(() => toLogIn(parseCommandLine(TOKEN, args))).toThrow(message)
  })
})

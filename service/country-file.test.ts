import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { newSigner } from '../audit/log/testing.ts'
import { ConfigError } from './config-error.ts'
import { readCountryFile } from './country-file.ts'
import { toQuestionSettings } from './country-file-questions.ts'

const HONDURAS =
  'country: HN\nname: { es: Honduras, en: Honduras }\ndomains: { cases: { url: "http://127.0.0.1:4002/cases" } }\n'
const TASK_FORCES =
  'taskForces: [{ id: jtf, notAfter: "2027-03-31", members: [{ issuer: GT, agencies: [GT-MP], purposes: [INVESTIGATION], scopes: ["case:read"] }] }]\n'
const folders: string[] = []

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-country-file-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

describe('a country’s file', () => {
  it('may contain only the place where one domain is served', async () => {
    const folder = await folderOf({ 'HN.yaml': HONDURAS })
    expect(await readCountryFile(join(folder, 'HN.yaml'))).toEqual({
      country: 'HN',
      name: { es: 'Honduras', en: 'Honduras' },
      domains: new Map([['cases', { url: 'http://127.0.0.1:4002/cases' }]]),
      access: { country: 'HN', taskForces: [], policies: expect.anything() },
      legTokens: 'reuse',
      legClaims: [],
      questions: toQuestionSettings({}),
      suspenders: [],
      namedFiles: [],
    })
  })

  it('may have all settings, with the policies and the SDL from the files beside it', async () => {
    const policies = '@policy("p")\npermit(principal, action, resource);'
    const { vkey } = newSigner('istmo.example/hn').verifier
    const domains =
      'domains: { legal: { url: "https://hn.example/legal", deadlineMs: 500, maxAnswerBytes: 2048, sdl: sdl/legal.graphql } }'
    const rest = `${TASK_FORCES}policies: rules/hn.cedar\nlegTokens: once\nreceipts: { vkey: "${vkey}" }\nunwitnessed: { refuseAfter: PT4H }\n`
    const folder = await folderOf({
      'HN.yaml': `${HONDURAS.replace(/domains: .*/, domains)}${rest}`,
      'rules/hn.cedar': policies,
      'sdl/legal.graphql': 'type Query { statutes: String }',
    })
    const file = await readCountryFile(join(folder, 'HN.yaml'))
    expect(file).toMatchObject({
      legTokens: 'once',
      receipts: { vkey, required: true },
      refuseUnwitnessedAfterMs: 4 * 3_600_000,
    })
    expect(file.domains.get('legal')).toEqual({
      url: 'https://hn.example/legal',
      deadlineMs: 500,
      maxAnswerBytes: 2048,
      sdl: 'type Query { statutes: String }',
    })
    expect(file.access.taskForces).toMatchObject([{ id: 'jtf', notAfter: '2027-03-31', members: [{ issuer: 'GT' }] }])
    expect(file.access.policies.version).toBe(createHash('sha256').update(policies).digest('hex'))
  })

  const inCases = (setting: string) => HONDURAS.replace('cases" }', `cases", ${setting} }`)

  it.each<[title: string, text: string, message: RegExp]>([
    ['is not YAML', 'country: [', /expected a YAML file/],
    ['has a key twice', `${HONDURAS}country: HN\n`, /expected a YAML file: .*unique/],
    ['is empty', '', /at the top/],
    ['has another country than its file name', HONDURAS.replace('HN', 'SV'), /country: expected HN; came SV/],
    ['has a code of no country', HONDURAS.replace('HN', 'XX'), /country: expected an ISO 3166-1 alpha-2 code/],
    ['has a code in small letters', HONDURAS.replace('HN', 'hn'), /country: expected an ISO/],
    ['has an unknown setting', `${HONDURAS}deadline: 3\n`, /at the top: .*deadline/],
    ['has no Spanish name', HONDURAS.replace('es: Honduras, ', ''), /name\.es/],
    ['has no domain', HONDURAS.replace(/domains: .*/, 'domains: {}'), /domains: expected at least one domain/],
    ['has an unknown domain', HONDURAS.replace('cases:', 'weather:'), /domains: .*weather/],
    ['has an unknown setting in a domain', inCases('deadlineM: 3'), /domains\.cases: .*deadlineM/],
    ['has a domain without a URL', HONDURAS.replace(/\{ url.*cases" \}/, '{}'), /domains\.cases\.url/],
    ['has a URL of a file', HONDURAS.replace('http:', 'file:'), /domains\.cases\.url: expected an http or https URL/],
    ['has a password in a URL', HONDURAS.replace('//', '//a:b@'), /domains\.cases\.url/],
    ['has a deadline of zero', inCases('deadlineMs: 0'), /domains\.cases\.deadlineMs/],
    ['has a limit that no answer fits in', inCases('maxAnswerBytes: 9'), /domains\.cases\.maxAnswerBytes/],
    [
      'names an SDL that does not exist',
      inCases('sdl: a.graphql'),
      /domains\.cases\.sdl: expected a readable file; came a\.graphql/,
    ],
    [
      'names policies that do not exist',
      `${HONDURAS}policies: no.cedar\n`,
      /policies: expected a readable file; came no\.cedar/,
    ],
    [
      'names policies that do not parse',
      `${HONDURAS}policies: bad.cedar\n`,
      /policies: HN: expected Cedar policies: line 1: .*\. Correct \/.*bad\.cedar/,
    ],
    [
      'recognises a task force for an unknown purpose',
      `${HONDURAS}${TASK_FORCES.replace('INVESTIGATION', 'CURIOSITY')}`,
      /taskForces\.0\.members\.0\.purposes\.0/,
    ],
    [
      'recognises a task force until a day that does not exist',
      `${HONDURAS}${TASK_FORCES.replace('2027-03-31', '2027-02-30')}`,
      /taskForces\.0\.notAfter/,
    ],
    ['accepts leg tokens in an unknown way', `${HONDURAS}legTokens: twice\n`, /legTokens/],
    ['has a key that is not a verifier key', `${HONDURAS}receipts: { vkey: abc }\n`, /receipts\.vkey: .*Copy it/],
    ['has a malformed duration', `${HONDURAS}unwitnessed: { refuseAfter: 4h }\n`, /unwitnessed\.refuseAfter/],
  ])('that %s is rejected, with the file and the path in the message', async (_, text, message) => {
    const folder = await folderOf({ 'HN.yaml': text, 'bad.cedar': 'permit(' })
    const file = join(folder, 'HN.yaml')
    const error = await readCountryFile(file).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as Error).message).toMatch(message)
    expect((error as Error).message.startsWith(`${file}: `)).toBe(true)
  })
})

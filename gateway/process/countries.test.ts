import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../../service/config-error.ts'
import { readParticipants } from './countries.ts'

const DEFAULTS = { deadlineMs: 2_000, maxAnswerBytes: 4_194_304 }
const HONDURAS =
  'country: HN\nname: { es: Honduras, en: Honduras }\ndomains: { cases: { url: "http://127.0.0.1:4002/cases" } }\n'
const TASK_FORCES =
  'taskForces: [{ id: jtf, notAfter: "2027-03-31", members: [{ issuer: GT, agencies: [GT-MP], purposes: [INVESTIGATION], scopes: ["case:read"] }] }]\n'
const folders: string[] = []

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-countries-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

async function read(folder: string) {
  return (await readParticipants(folder, DEFAULTS)).participants
}

describe('the countries folder', () => {
  it('is read as the participants in the order of their codes, with defaults for missing settings', async () => {
    const legal = '{ url: "https://gt.example/legal", deadlineMs: 500, maxAnswerBytes: 2048, sdl: sdl/legal.graphql }'
    const folder = await folderOf({
      'HN.yaml': HONDURAS,
      'GT.yaml': `country: GT\nname: { es: Guatemala, en: Guatemala }\ndomains:\n  legal: ${legal}\n`,
      'sdl/legal.graphql': 'type Query { statutes: String }',
      'README.md': 'not a participant',
    })
    expect(await read(folder)).toEqual([
      {
        country: 'GT',
        name: { es: 'Guatemala', en: 'Guatemala' },
        domains: {
          legal: {
            url: 'https://gt.example/legal',
            deadlineMs: 500,
            maxAnswerBytes: 2048,
            sdl: 'type Query { statutes: String }',
          },
        },
        access: { country: 'GT', taskForces: [], policies: expect.anything() },
        suspenders: [],
      },
      {
        country: 'HN',
        name: { es: 'Honduras', en: 'Honduras' },
        domains: { cases: { url: 'http://127.0.0.1:4002/cases', ...DEFAULTS } },
        access: { country: 'HN', taskForces: [], policies: expect.anything() },
        suspenders: [],
      },
    ])
  })

  it('says whom a country recognises, by which policies, and how often it accepts a leg token', async () => {
    const policies = '@policy("p")\npermit(principal, action, resource);'
    const folder = await folderOf({
      'HN.yaml': `${HONDURAS}${TASK_FORCES}policies: rules/hn.cedar\nlegTokens: once\n`,
      'HN.policy-test.yaml': 'not a participant',
      'rules/hn.cedar': policies,
    })
    const [honduras] = await read(folder)
    expect(honduras?.domains.cases?.legTokens).toBe('once')
    expect(honduras?.domains.cases?.groundsRead).toBeUndefined()
    expect(honduras?.access.taskForces).toEqual([
      {
        id: 'jtf',
        notAfter: '2027-03-31',
        members: [{ issuer: 'GT', agencies: ['GT-MP'], purposes: ['INVESTIGATION'], scopes: ['case:read'] }],
      },
    ])
    expect(honduras?.access.policies.version).toBe(createHash('sha256').update(policies).digest('hex'))
  })

  it('say what each leg carries: what the policies read, and what the country asks for', async () => {
    const policies = '@policy("p") permit(principal, action, resource) when { context.legalBasis.contains("UN:1") };'
    const participantOf = async (more: string) => {
      const folder = await folderOf({ 'HN.yaml': `${HONDURAS}${more}`, 'hn.cedar': policies })
      return (await read(folder))[0]
    }
    const readOf = async (more: string) => (await participantOf(more))?.domains.cases?.groundsRead
    const faultOf = async (more: string) => (await participantOf(more))?.unavailable?.reason
    expect(await readOf('policies: hn.cedar\n')).toEqual(['legalBasis'])
    expect(await readOf('policies: hn.cedar\nlegClaims: [case]\n')).toEqual(['case', 'legalBasis'])
    expect(await readOf('legClaims: [case]\n')).toEqual(['case'])
    expect(await faultOf('legClaims: [subject]\n')).toMatch(/legClaims\.0/)
  })

  it('of the demo holds the five participants, each with what it publishes', async () => {
    const participants = await read(join(import.meta.dirname, '..', '..', 'countries'))
    expect(participants.map(({ country, domains }) => [country, Object.keys(domains)])).toEqual([
      ['GT', ['cases', 'persons', 'legal']],
      ['HN', ['cases', 'persons', 'legal']],
      ['PA', ['cases']],
      ['SV', ['cases', 'persons', 'legal']],
      ['UN', ['legal']],
    ])
  })

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([['is empty', {}, /expected one file per participant/]])(
    'that %s is rejected',
    async (_, files, message) => {
      const folder = await folderOf(files)
      await expect(readParticipants(folder, DEFAULTS)).rejects.toThrow(message)
      await expect(readParticipants(folder, DEFAULTS)).rejects.toBeInstanceOf(ConfigError)
    },
  )

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['it comes twice', { 'HN.yml': HONDURAS }, /expected one file for HN; came two/],
    // service/country-file.test.ts tests each mistake that a file can have.
    ['its file has a mistake', { 'HN.yaml': HONDURAS.replace('url:', 'urk:') }, /HN\.yaml: domains\.cases/],
    ['its file is no YAML', { 'HN.yaml': 'country: [' }, /HN\.yaml: expected a YAML file/],
    ['its file is that of another country', { 'HN.yaml': HONDURAS.replace('HN', 'GT') }, /expected HN; came GT/],
  ])('makes a country unavailable if %s, and no other', async (_, files, reason) => {
    const folder = await folderOf({ 'GT.yaml': HONDURAS.replace('HN', 'GT'), 'HN.yaml': HONDURAS, ...files })
    const [guatemala, honduras, ...others] = await read(folder)
    expect([guatemala?.country, guatemala?.unavailable, others]).toEqual(['GT', undefined, []])
    expect(honduras).toMatchObject({ country: 'HN', access: { taskForces: [] } })
    expect(honduras?.unavailable).toEqual({
      code: 'CONFIGURATION_INVALID',
      reason: expect.stringMatching(reason),
      since: null,
    })
  })

  it('has a wrong file whose name is no country code, which changes no country', async () => {
    const folder = await folderOf({ 'GT.yaml': HONDURAS.replace('HN', 'GT'), 'H.yaml': HONDURAS })
    const { participants, strays } = await readParticipants(folder, DEFAULTS)
    expect(participants.map(({ country, unavailable }) => [country, unavailable])).toEqual([['GT', undefined]])
    expect(strays).toEqual([expect.stringMatching(/H\.yaml: country: expected H; came HN/)])
  })

  it('may have mappings and tables of cases beside the files of the countries', async () => {
    const folder = await folderOf({ 'HN.yaml': HONDURAS, 'HN.mapping.yaml': 'tables: {}', 'HN.policy-test.yaml': '[]' })
    expect((await readParticipants(folder, DEFAULTS)).strays).toEqual([])
  })

  it.each([
    ['suspended: true', { since: null, reason: null }],
    [
      'suspended: { since: 2026-11-26, reason: "El nodo se muda." }',
      { since: '2026-11-26', reason: 'El nodo se muda.' },
    ],
    ['suspended: false', null],
  ])('says whether a country is suspended: %s', async (line, expected) => {
    const folder = await folderOf({ 'HN.yaml': `${HONDURAS}${line}\n` })
    const [honduras] = await read(folder)
    expect(honduras?.unavailable ?? null).toEqual(expected && { code: 'SUSPENDED', ...expected })
  })

  it('that does not exist is rejected, with the flag in the message', async () => {
    await expect(readParticipants('/nowhere/countries', DEFAULTS)).rejects.toThrow(/--countries \(COUNTRIES_DIR\)/)
  })
})

import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parsePolicy } from '../audit/note/policy.ts'
import { runJoin } from '../joining/join/join-command.ts'
import { readCountryFile } from '../service/country-file.ts'
import { admitCountry, listAdmitted, writeForAdmitted } from './admitted.ts'
import { authorityHomeIn } from './authority/authorities.ts'
import { prepareAuthorities } from './authority/prepare-authorities.ts'
import { makeDemoCertificates } from './certificates.ts'
import { type Home, homeIn } from './home.ts'
import { writeLegKey } from './keys.ts'

const PORT = 4_000

let root: string
let home: Home
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'istmo-admitted-'))
  home = homeIn(join(root, 'home'))
  await Promise.all([home.run, home.auditLog].map((folder) => mkdir(folder, { recursive: true })))
  await joinCountry('NI')
})
afterEach(() => rm(root, { recursive: true }))

async function joinCountry(country: string): Promise<void> {
  const streams = { out: { write: () => true }, err: { write: () => true } }
  const flags = ['--country', country, '--address', '127.0.0.1', '--contact', 'x', '--log-name', 'registro.mp.gob/x']
  const world = { streams, env: {}, now: Date.now, cwd: () => root, openTerminal: () => null }
  expect(await runJoin([country.toLowerCase(), '--yes', ...flags], world)).toBe(0)
}

const settingsOf = async (country: string) =>
  parse(await readFile(authorityHomeIn(home.authorities, country).settings, 'utf8')) as {
    readonly mandates: { readonly witnesses: Readonly<Record<string, readonly string[]>> }
  }

it('a country that is taken in stays, and the authorities of the demo list its witness', async () => {
  await admitCountry(home, join(root, 'ni'))
  // A later start has only the home.
  await rm(join(root, 'ni'), { recursive: true })
  await makeDemoCertificates(home, Date.now())
  await prepareAuthorities(home, PORT)
  const [admitted] = await listAdmitted(home)
  for (const country of ['GT', 'HN']) {
    expect((await settingsOf(country)).mandates.witnesses).toMatchObject({ NI: ['ni-1'], HN: ['HN'] })
    const policy = parsePolicy(await readFile(authorityHomeIn(home.authorities, country).trustPolicy, 'utf8'))
    expect(policy.witnesses.find(({ name }) => name === 'ni-1')?.verifier.vkey).toBe(admitted?.witness.vkey)
  }
})

it('gives a country what it needs: with it, its file recognises the demo’s officers, and the gateway’s key stays', async () => {
  await admitCountry(home, join(root, 'ni/bundle'))
  await makeDemoCertificates(home, Date.now())
  await writeLegKey(home.legKey, home.legJwks)
  const authorities = await prepareAuthorities(home, PORT)
  const [admitted] = await listAdmitted(home)
  if (admitted === undefined) throw new Error('expected NI')
  const folder = await writeForAdmitted(home, admitted, authorities)
  const keys = await readFile(join(folder, 'leg.jwks.json'), 'utf8')
  await writeLegKey(home.legKey, home.legJwks)
  expect(await readFile(home.legJwks, 'utf8')).toBe(keys)
  const given = await readFile(join(folder, 'recognise.yaml'), 'utf8')
  const file = join(root, 'ni/rules/NI.yaml')
  const text = (await readFile(file, 'utf8')).replace('taskForces: []\n', '').replace('callers: []\n', '')
  await writeFile(file, `${text}${given}`)
  await cp(join(folder, 'demo-ca.pem'), join(root, 'ni/rules/demo-ca.pem'))
  const { callers, access } = await readCountryFile(file)
  expect(callers?.map(({ country, witnesses }) => [country, ...witnesses])).toEqual([
    ['GT', admitted.witness.vkey],
    ['HN', admitted.witness.vkey],
  ])
  expect(access.taskForces.map(({ id }) => id)).toEqual(['jtf-2026-03'])
})

it.each([
  ['a country of the demo', 'gt', /^--admit: expected a country besides GT, .*; came GT$/],
  ['a folder without a bundle', '.', /expected the bundle of one country.*came none/],
])('refuses %s', async (_, folder, message) => {
  if (folder === 'gt') await joinCountry('GT')
  await expect(admitCountry(home, join(root, folder))).rejects.toThrow(message)
  expect(await listAdmitted(home)).toEqual([])
})

it('refuses a bundle without a witness, which no officer’s question would get past', async () => {
  await rm(join(root, 'ni/bundle/NI/witness.policy'))
  await expect(admitCountry(home, join(root, 'ni'))).rejects.toThrow(/witness\.policy.*Run «istmo join» again/)
})

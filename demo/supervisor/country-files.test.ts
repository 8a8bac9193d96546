import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readAuthoritySettings } from '../../authority/settings/settings.ts'
import { readSuspenderKey } from '../../cli/sign-suspension.ts'
import { thumbprintOf } from '../../contract/trust/session-key.ts'
import { listUnsignedDomains } from '../../service/country-file-questions.ts'
import { readNodeKey } from '../../subgraphs/kit/question/pages.ts'
import { readCountryRules } from '../../subgraphs/kit/rules.ts'
import { nodeVerifierKey, writeTrust } from '../audit-log/trust.ts'
import { authorityHomeIn } from '../authority/authorities.ts'
import { type PinnedAuthority, prepareAuthorities } from '../authority/prepare-authorities.ts'
import { makeDemoCertificates } from '../certificates.ts'
import { DEMO_COUNTRIES } from '../countries.ts'
import { type Home, homeIn } from '../home.ts'
import { writeCountryFiles } from './run-files.ts'

const PORT = 23_000
let home: Home
let authorities: readonly PinnedAuthority[]

beforeAll(async () => {
  home = homeIn(await mkdtemp(join(tmpdir(), 'istmo-callers-')))
  await makeDemoCertificates(home, Date.now())
  authorities = await prepareAuthorities(home, PORT)
  const logs = authorities.map(({ log }) => log)
  await writeTrust(home.auditLog, PORT, logs)
  const run = { home, basePort: PORT, authorities }
  await writeCountryFiles(home.nodes, DEMO_COUNTRIES, run)
  const logKeyOf = (country: string) => nodeVerifierKey(home.auditLog, country)
  await writeCountryFiles(home.countries, DEMO_COUNTRIES, { ...run, logKeyOf })
})
afterAll(() => rm(home.dir, { recursive: true }))

describe('the files of the demo’s nodes', () => {
  it.each(['GT', 'HN', 'PA', 'SV'])('%s believes the authorities, for whom and what it recognises', async (country) => {
    const rules = await readCountryRules(join(home.nodes, `${country}.yaml`), country)
    const recognised = rules.access.taskForces.flatMap(({ members }) => members)
    expect(rules.callers.map(({ country: of }) => of)).toEqual(['GT', 'HN'])
    for (const [index, caller] of rules.callers.entries()) {
      const pinned = authorities[index]
      expect(caller).toMatchObject({ authority: pinned?.authority, jwks: pinned?.jwks, log: pinned?.log })
      expect([...caller.keys, ...caller.approvers]).toEqual([...(pinned?.keys ?? []), ...(pinned?.approvers ?? [])])
      const own = recognised.filter(({ issuer }) => issuer === caller.country)
      expect(caller.members).toEqual(own.map(({ agencies, purposes, scopes }) => ({ agencies, purposes, scopes })))
    }
  })

  it('name one witness of each country, its own, and no two countries the same', async () => {
    const witnesses = await Promise.all(
      ['GT', 'HN', 'PA', 'SV'].map(async (country) => {
        const { callers } = await readCountryRules(join(home.nodes, `${country}.yaml`), country)
        return callers[0]?.witnesses[0]?.split('+')[0]
      }),
    )
    expect(witnesses).toEqual(['gt', 'hn', 'observer', 'sv'].map((name) => `witness.example/${name}`))
  })

  it('believe nobody in the UN, which publishes only public law', async () => {
    const { callers } = await readCountryRules(join(home.nodes, 'UN.yaml'), 'UN')
    expect(callers).toEqual([])
  })

  it.each(DEMO_COUNTRIES)(
    '%s takes the word of the nodes of all others for the ids that they gave',
    async (country) => {
      const { questions } = await readCountryRules(join(home.nodes, `${country}.yaml`), country)
      const keys = await Promise.all(DEMO_COUNTRIES.map((other) => readNodeKey(home.nodeKey(other))))
      const expected = DEMO_COUNTRIES.flatMap((other, at) => {
        const key = keys[at]?.publicKey
        return key === undefined || other === country ? [] : [[thumbprintOf(key), other]]
      })
      expect([...questions.partners].sort()).toEqual(expected.sort())
      expect(expected).toHaveLength(DEMO_COUNTRIES.length - 1)
    },
  )

  it.each(DEMO_COUNTRIES)('%s says that the country itself may suspend, with the key in the home', async (country) => {
    const { name, key } = await readSuspenderKey(home.suspenderKey(country))
    expect(name).toBe(country)
    for (const folder of [home.nodes, home.countries]) {
      const { suspenders } = await readCountryRules(join(folder, `${country}.yaml`), country)
      expect(suspenders).toEqual([{ name: country, key, isOwner: true }])
    }
  })

  it('answer also what nobody signed, because a demo is asked with curl', async () => {
    for (const country of ['GT', 'HN', 'SV']) {
      const { questions } = await readCountryRules(join(home.nodes, `${country}.yaml`), country)
      expect(listUnsignedDomains(questions)).toEqual(['cases', 'persons', 'legal'])
    }
  })

  it('name no receipts, which the published copies demand', async () => {
    expect(await readFile(join(home.nodes, 'HN.yaml'), 'utf8')).not.toContain('receipts:')
    const published = await readFile(join(home.countries, 'HN.yaml'), 'utf8')
    expect(published).toMatch(/\ncallers:[\s\S]*\nreceipts:|\nreceipts:[\s\S]*\ncallers:/)
  })
})

describe('the demo’s authorities', () => {
  it.each(['GT', 'HN'])(
    'of %s has settings with which it starts, and secrets that only their owner reads',
    async (country) => {
      const place = authorityHomeIn(home.authorities, country)
      const settings = await readAuthoritySettings(place.settings)
      expect(settings).toMatchObject({ country, issuer: `https://authority.${country.toLowerCase()}.example` })
      for (const file of [place.signingKeys, place.auditLogKey, place.refKeys, place.settings]) {
        expect((await stat(file)).mode & 0o077).toBe(0)
      }
    },
  )

  it('keep who may reveal an officer, which a person added to the settings, and nothing else', async () => {
    const { settings } = authorityHomeIn(home.authorities, 'GT')
    const written = await readFile(settings, 'utf8')
    const added = 'reveal:\n  key: reveal.key.jwks.json\n'
    await writeFile(settings, `${added}${written.replace(/^port: .*/m, 'port: 1')}`)
    await prepareAuthorities(home, PORT)
    expect(await readFile(settings, 'utf8')).toBe(`${added}${written}`)
    await writeFile(settings, written)
  })

  it('have the same keys at a later start, also with other ports, and new persons at a new address', async () => {
    const later = await prepareAuthorities(home, PORT + 100)
    for (const [index, { keys, log, approvers }] of later.entries()) {
      const before = authorities[index]
      expect([keys, log]).toEqual([before?.keys, before?.log])
      expect(approvers).toHaveLength(2)
      expect(approvers).toEqual(expect.arrayContaining([...(before?.approvers ?? [])]))
    }
    expect((await prepareAuthorities(home, PORT)).map(({ approvers }) => approvers.length)).toEqual([2, 2])
  })
})

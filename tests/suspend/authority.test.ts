import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readKeyFile } from '../../audit/pseudonym/key-file.ts'
import { createOfficerRefs } from '../../authority/tokens/officer-refs.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { readLog } from '../authority/read-log.ts'
import { deliverTo } from '../authority/running.ts'
import { PROVIDER } from '../authority/world.ts'
import { startAuthorityWorld, type World } from './authority-world.ts'

/** What is suspended or revoked at an authority that is killed on the way: a node and a gateway that follow it hear it at once. */

/** How many questions and legs are on their way when a mandate is revoked. */
const IN_FLIGHT = 200

// A machine that does everything else first must not fail these stories.
vi.setConfig({ testTimeout: 300_000 })

let world: World
beforeAll(async () => {
  world = await startAuthorityWorld()
}, 300_000)
afterAll(() => world.close())

/** Long enough for a machine that does everything else first. */
const soon = { timeout: 60_000, interval: 50 }
const code = async (countryToken: string) => (await world.leg(countryToken)).code

describe('an officer who is suspended at the authority', () => {
  it('gets no token of either kind, and what was given before is refused by node and gateway, until the country resumes', async () => {
    await world.persons.makeMandate('prosecutor')
    await world.persons.makeMandate('clerk')
    const token = await world.login('prosecutor')
    const other = await world.login('clerk')
    await vi.waitFor(async () => expect(await world.ask(token)).toBe('ANSWERED'), soon)
    await vi.waitFor(async () => expect(await world.ask(other)).toBe('ANSWERED'), soon)
    const countryToken = await world.exchangeFor(token)
    expect(await code(countryToken)).toBeUndefined()
    const names = createOfficerRefs(await readKeyFile(join(world.files.folder, 'keys/refs.json')))
    const ref = names.refOf({ issuer: PROVIDER, subject: 'prosecutor' })

    expect(await world.command('suspend', '--officer', ref)).toMatch(/^Suspended from now on/)
    expect(await world.exchangeFor(token)).toBe('SUSPENDED')
    expect(await world.login('prosecutor')).toBe('SUSPENDED')
    await vi.waitFor(async () => expect(await code(countryToken)).toBe('CALLER_SUSPENDED'), soon)
    await vi.waitFor(async () => expect(await world.ask(token)).toBe('CALLER_SUSPENDED'), soon)
    expect(await world.ask(other)).toBe('ANSWERED')

    expect(await world.command('resume', '--officer', ref)).toMatch(/^Resumed/)
    await vi.waitFor(async () => expect(await code(countryToken)).toBeUndefined(), soon)
    await vi.waitFor(async () => expect(await world.ask(token)).toBe('ANSWERED'), soon)
  })

  it('stays suspended although an old statement is played again', async () => {
    const { sign } = world.country
    const seq = Date.now() + 1_000_000
    const resume = sign('resume', { agency: 'GT-MP-FECO' }, { seq: seq + 1 })
    await deliverTo(world.stop, sign('suspend', { agency: 'GT-MP-FECO' }, { seq }))
    expect(await deliverTo(world.stop, resume)).toBeNull()
    await deliverTo(world.stop, sign('suspend', { agency: 'GT-MP-FECO' }, { seq: seq + 2 }))
    await deliverTo(world.stop, resume)
    expect(await world.login('clerk')).toBe('SUSPENDED')
    await deliverTo(world.stop, sign('resume', { agency: 'GT-MP-FECO' }, { seq: seq + 3 }))
    expect(await world.login('clerk')).not.toBe('SUSPENDED')
  })
})

describe('a mandate that is revoked', () => {
  it(`reaches node and gateway while ${IN_FLIGHT} questions are on their way, and nothing is answered after it`, async () => {
    const mandate = await world.persons.makeMandate('analyst')
    const token = await world.login('analyst')
    await vi.waitFor(async () => expect(await world.ask(token)).toBe('ANSWERED'), soon)
    const countryToken = await world.exchangeFor(token)
    const given: string[] = []
    const onWay = Array.from({ length: IN_FLIGHT }, async (_, at) => {
      if (at % 4 === 0) return world.ask(token)
      if (at % 4 === 1) return void given.push(await world.exchangeFor(token))
      return code(countryToken)
    })
    await world.persons.revoke(mandate)
    expect(await world.exchangeFor(token)).toBe('MANDATE_ENDED')
    await Promise.all(onWay)
    await vi.waitFor(async () => expect(await code(countryToken)).toBe('CALLER_SUSPENDED'), soon)
    const late = await Promise.all(Array.from({ length: 20 }, () => world.leg(countryToken)))
    expect(new Set(late.map((leg) => leg.code))).toEqual(new Set(['CALLER_SUSPENDED']))
    await vi.waitFor(async () => expect(await world.ask(token)).toBe('CALLER_SUSPENDED'), soon)

    // The refusal that came after the revocation is in the log, so all before it is.
    const isThere = (all: readonly Entry[]) =>
      all.some(
        (entry) => entry.kind === 'token-refusal' && entry.reason === 'MANDATE_ENDED' && entry.mandate === mandate,
      )
    const all = await vi.waitFor(async () => {
      const read = await readLog(world.files)
      expect(isThere(read)).toBe(true)
      return read
    }, soon)
    const revoked = all.findIndex((entry) => entry.kind === 'mandate-revocation' && entry.mandate === mandate)
    const left = given.filter((one) => one.startsWith('ey')).map((one) => decodeJwt(one).jti)
    const indexOf = (id: unknown) => all.findIndex((entry) => entry.kind === 'country-token' && entry.tokenId === id)
    expect(revoked).toBeGreaterThan(0)
    expect(left.map(indexOf).filter((index) => index === -1 || index > revoked)).toEqual([])
    await world.restartNode()
    await vi.waitFor(async () => expect(await code(countryToken)).toBe('CALLER_SUSPENDED'), soon)
  })
})

describe('an authority that is killed', () => {
  it('has lost no act that was delivered, has one entry of each, and tells the same as before', async () => {
    const token = await world.login('clerk')
    await vi.waitFor(async () => expect(await world.ask(token)).toBe('ANSWERED'), soon)
    const told = await heard()
    const { sign } = world.country
    const taking = deliverTo(world.stop, sign('suspend', { agency: 'GT-PNC' }, { seq: Date.now() + 2_000_000 }))
    await world.killAuthority()
    await world.startAuthority()
    expect(await taking).toBeNull()
    expect(await world.command('suspend', '--task-force', 'jtf-2026-03')).toMatch(/^Suspended from now on/)
    await world.killAuthority()
    await world.startAuthority()
    expect(await world.exchangeFor(token)).toBe('SUSPENDED')
    await vi.waitFor(async () => expect(await world.ask(token)).toBe('CALLER_SUSPENDED'), soon)
    const again = await heard()
    expect(again.statements.slice(0, told.statements.length)).toEqual(told.statements)
    expect(again.id).toBe(told.id)
    expect(await readdir(join(world.stop, 'inbox'))).toEqual([])
    await world.command('resume', '--task-force', 'jtf-2026-03')
    expect(await world.exchangeFor(token)).not.toBe('SUSPENDED')
  })

  it('has no callers at a node that must hear it and does not, and has them again when it is heard', async () => {
    const countryToken = await world.exchangeFor(await world.login('clerk'))
    await vi.waitFor(async () => expect(await code(countryToken)).toBeUndefined(), soon)
    world.door.silence('/suspensions')
    await world.restartNode()
    expect(await code(countryToken)).toBe('AUTHORITY_UNAVAILABLE')
    world.door.silence(null)
    await vi.waitFor(async () => expect(await code(countryToken)).toBeUndefined(), soon)
  })
})

it('each act is one entry, which says who suspended what and why, and never who the officer is', async () => {
  await world.endAuthority()
  const entries = await readLog(world.files)
  const acts = entries.flatMap((entry) => (entry.kind === 'authority-suspension' ? [entry] : []))
  expect(acts[0]).toMatchObject({ by: 'GT', reason: 'a test', source: null, what: { kind: 'officer' } })
  const said = acts.map(({ action, what }) => `${action} ${what.kind}`)
  const both = (kind: string) => [`SUSPENDED ${kind}`, `RESUMED ${kind}`]
  const agency = [...both('agency'), ...both('agency')]
  expect(said).toEqual([...both('officer'), ...agency, 'SUSPENDED agency', ...both('task_force')])
  const refusals = entries.filter((entry) => entry.kind === 'token-refusal' && entry.reason === 'SUSPENDED')
  expect(refusals.length).toBeGreaterThanOrEqual(3)
  expect(JSON.stringify(entries)).not.toContain(PROVIDER.concat(' '))
})

/** What the authority tells now. */
async function heard() {
  const response = await fetch(`${world.door.url}/suspensions`)
  return (await response.json()) as { readonly id: string; readonly statements: readonly string[] }
}

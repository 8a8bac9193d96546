import { readdir, readFile } from 'node:fs/promises'
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

let world: World
let entries: readonly Entry[] = []
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
    // With another file name, as somebody delivers it who kept a copy.
    expect(await deliverTo(world.stop, `${resume} `.trim())).toMatch(/OLD_SEQUENCE|^null$/)
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

    await world.endAuthority()
    entries = await readLog(world.files)
    const revoked = entries.findIndex((entry) => entry.kind === 'mandate-revocation' && entry.mandate === mandate)
    const left = given.filter((one) => one.startsWith('ey')).map((one) => decodeJwt(one).jti)
    const indexOf = (id: unknown) =>
      entries.findIndex((entry) => entry.kind === 'country-token' && entry.tokenId === id)
    expect(left.map(indexOf).filter((index) => index === -1 || index > revoked)).toEqual([])
    await world.startAuthority()
    // The feed of the new process says the same, and the node hears it as what it knows.
    await vi.waitFor(async () => expect(await world.login('clerk')).not.toMatch(/[A-Z]{5}/), soon)
    expect(await code(countryToken)).toBe('CALLER_SUSPENDED')
    await world.restartNode()
    await vi.waitFor(async () => expect(await code(countryToken)).toBe('CALLER_SUSPENDED'), soon)
  })
})

describe('an authority that is killed', () => {
  it('has lost no act that was delivered, and has one entry of each', async () => {
    const token = await world.login('clerk')
    await vi.waitFor(async () => expect(await world.ask(token)).toBe('ANSWERED'), soon)
    const delivered: string[] = []
    for (const pauseMs of [0, 150]) {
      const agency = `killed after ${pauseMs} ms`
      const taking = deliverTo(world.stop, world.country.sign('suspend', { agency }, { seq: Date.now() + 2_000_000 }))
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
      await world.killAuthority()
      await world.startAuthority()
      expect(await taking).toBeNull()
      delivered.push(agency)
    }
    await world.command('suspend', '--task-force', 'jtf-2026-03')
    await world.killAuthority()
    await world.startAuthority()
    expect(await world.exchangeFor(token)).toBe('SUSPENDED')
    await vi.waitFor(async () => expect(await world.ask(token)).toBe('CALLER_SUSPENDED'), soon)
    await world.endAuthority()
    entries = await readLog(world.files)
    const values = entries.flatMap((entry) => (entry.kind === 'authority-suspension' ? [entry.what.value] : []))
    for (const agency of delivered) expect(values.filter((value) => value === agency)).toHaveLength(1)
    expect(await readdir(join(world.stop, 'inbox'))).toEqual([])
  })

  it('has no callers at a node that must hear it while it is away, and has them again', async () => {
    await world.startAuthority()
    await world.command('resume', '--task-force', 'jtf-2026-03')
    const countryToken = await world.exchangeFor(await world.login('clerk'))
    await vi.waitFor(async () => expect(await code(countryToken)).toBeUndefined(), soon)
    world.door.leadTo(null)
    await world.restartNode()
    expect(await code(countryToken)).toBe('AUTHORITY_UNAVAILABLE')
    await world.endAuthority()
    await world.startAuthority()
    await vi.waitFor(async () => expect(await code(countryToken)).toBeUndefined(), soon)
  })
})

it('an entry says who suspended what and why, and never who the officer is', async () => {
  const suspended = entries.filter(({ kind }) => kind === 'authority-suspension')
  expect(suspended[0]).toMatchObject({ by: 'GT', reason: 'a test', source: null, what: { kind: 'officer' } })
  const refusals = entries.filter((entry) => entry.kind === 'token-refusal' && entry.reason === 'SUSPENDED')
  expect(refusals.length).toBeGreaterThanOrEqual(3)
  const kept = await readFile(join(world.stop, 'statements.jsonl'), 'utf8')
  expect(kept.length).toBeGreaterThan(0)
  expect(JSON.stringify(entries)).not.toContain('"prosecutor-1"')
})

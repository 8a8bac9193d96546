import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parseSignerKey } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { readKeyFile } from '../../audit/pseudonym/key-file.ts'
import { openReader } from '../../auditors/inputs.ts'
import { runAudit } from '../../auditors/run.ts'
import { createOfficerRefs } from '../../authority/tokens/officer.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { readLog } from '../authority/read-log.ts'
import { deliverTo } from '../authority/running.ts'
import { PROVIDER } from '../authority/world.ts'
import { runSession } from '../docs/console-session.ts'
import { type Place, startAuthorityWorld, type World } from './authority-world.ts'

/** What is suspended or revoked at an authority that is killed on the way: a node and a gateway that follow it hear it at once. */

/** How many questions and legs are on their way when a mandate is revoked. */
const IN_FLIGHT = 200

// A machine that does everything else first must not fail these stories.
vi.setConfig({ testTimeout: 300_000 })

const page = await readFile('docs/emergencies.md', 'utf8')
let world: World
beforeAll(async () => {
  world = await startAuthorityWorld()
}, 300_000)
afterAll(() => world.close())

const PLACES: readonly Place[] = ['HN', 'gateway', 'GT']

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

describe('the drill of docs/emergencies.md', () => {
  it('is followed to the letter at the node while it runs, and the node says what is suspended', async () => {
    const { folder } = world.files
    const clone = join(folder, 'clone')
    await mkdir(join(clone, '.istmo/suspensions'), { recursive: true })
    await mkdir(join(clone, '.istmo/suspenders'))
    await symlink(join(folder, 'stop-HN'), join(clone, '.istmo/suspensions/HN'))
    await symlink(join(folder, 'HN.jwk.json'), join(clone, '.istmo/suspenders/HN.jwk.json'))
    const block = page.match(/^```sh\n(.*?)^```/ms)?.[1] ?? ''
    const said = await runSession(block.trim().split('\n'), clone, {})
    expect(said).toEqual([
      expect.stringMatching(/^Suspended from now on/),
      expect.stringMatching(/^domain cases\n {2}since .* by HN: a drill/),
      expect.stringMatching(/^Resumed/),
    ])
  })

  it.each(PLACES)('has commands that take effect, and that are resumed with the same option: at %s', async (place) => {
    const reason = ['--reason', 'a drill']
    for (const flags of commandsFor(place)) {
      const yes = flags[0] === '--country' ? ['--yes'] : []
      const suspended = await world.commandAt(place, 'suspend', ...flags, ...yes, ...reason)
      expect([flags, suspended]).toEqual([flags, expect.stringMatching(/^Suspended from now on/)])
      const resumed = await world.commandAt(place, 'resume', ...flags, ...reason)
      expect([flags, resumed]).toEqual([flags, expect.stringMatching(/^Resumed/)])
    }
  })

  it('leaves logs in which nothing is missing and nothing is wrong', async () => {
    const { folder } = world.files
    const keys = await Promise.all(
      ['HN', 'gateway', 'log'].map((name) => readFile(join(folder, `keys/${name}.key`), 'utf8')),
    )
    const lines = keys.map((key) => `log ${parseSignerKey(key.trim()).verifier.vkey}`)
    const policy = join(folder, 'drill-policy')
    await writeFile(policy, [...lines, 'quorum none', ''].join('\n'))
    const logs = ['record-HN', 'record-gateway', 'audit-log'].map((name) => join(folder, name))
    const policies = [parsePolicy(await readFile(policy, 'utf8'))]
    await vi.waitFor(async () => {
      for (const [at, place] of PLACES.entries()) {
        let acts = 0
        const { entries } = await openReader(logs[at] ?? '', policies)
        for await (const { bytes } of entries()) if (/suspension$/.test(parseEntry(bytes).kind)) acts++
        expect([place, acts >= 2 * commandsFor(place).length]).toEqual([place, true])
      }
    }, soon)
    let text = ''
    const out = { write: (part: string) => (text += part) }
    const code = await runAudit(['verify', ...logs, '--policy', policy], { out, err: { ...out, isTTY: false } })
    expect({ code, text: code === 0 ? '' : text }).toEqual({ code: 0, text: '' })
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
    // A statement takes the place of the older one about the same thing: the drill's about this task force.
    const others = (statements: readonly string[]) => statements.filter((one) => !isAboutTaskForce(one))
    expect(others(again.statements).slice(0, others(told.statements).length)).toEqual(others(told.statements))
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
  const acts = entries.flatMap((entry) =>
    entry.kind === 'authority-suspension' && entry.reason !== 'a drill' ? [entry] : [],
  )
  expect(acts[0]).toMatchObject({ by: 'GT', reason: 'a test', source: null, what: { kind: 'officer' } })
  const said = acts.map(({ action, what }) => `${action} ${what.kind}`)
  const both = (kind: string) => [`SUSPENDED ${kind}`, `RESUMED ${kind}`]
  const agency = [...both('agency'), ...both('agency')]
  expect(said).toEqual([...both('officer'), ...agency, 'SUSPENDED agency', ...both('task_force')])
  const refusals = entries.filter((entry) => entry.kind === 'token-refusal' && entry.reason === 'SUSPENDED')
  expect(refusals.length).toBeGreaterThanOrEqual(3)
  expect(JSON.stringify(entries)).not.toContain(PROVIDER.concat(' '))
})

function isAboutTaskForce(statement: string): boolean {
  return 'task_force' in decodeJwt<{ readonly what: object }>(statement).what
}

/** What the page's table types at a process, with a value for each placeholder. */
function commandsFor(place: Place): readonly (readonly string[])[] {
  const [key, officer] = ['A'.repeat(43), `1.${'A'.repeat(43)}`]
  const values: Readonly<Record<string, string>> = { THUMBPRINT: key, REF: officer, JTI: 'f81d4fae-7dec', HASH: key }
  const table = page.slice(page.indexOf('## What to type'), page.indexOf('To end it:'))
  const typed = [...table.matchAll(/`(?:istmo suspend )?(--[a-z-]+) ([^`]+)`/g)].map(([, flag = '', value = '']) => {
    return [flag, values[value] ?? value]
  })
  const once = [...new Map(typed.map((flags) => [flags[0], flags])).values()]
  expect(once.length).toBeGreaterThanOrEqual(10)
  // An authority answers no records.
  return once.filter(([flag = '']) => place !== 'GT' || !['--country', '--domain', '--field'].includes(flag))
}

/** What the authority tells now. */
async function heard() {
  const response = await fetch(`${world.door.url}/suspensions`)
  return (await response.json()) as { readonly id: string; readonly statements: readonly string[] }
}

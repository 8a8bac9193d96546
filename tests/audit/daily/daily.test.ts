import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { idAt } from '../../../audit/index/testing.ts'
import { canonicalBytes } from '../../../audit/log/canonical.ts'
import { openLog } from '../../../audit/log/log.ts'
import { hashLeaf } from '../../../audit/merkle/hash.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../../audit/note/key.ts'
import { readEntries } from '../../../audit/verify/read-log.ts'
import { folderSource } from '../../../audit/verify/source.ts'
import { runAudit } from '../../../auditors/run.ts'
import { type Entry, type EntryOf, parseEntry } from '../../../contract/audit-log/entry.ts'
import { SAMPLE_LEG, SAMPLE_REQUEST } from '../../../contract/audit-log/testing.ts'
import { openRecorder } from '../../../service/audit-log/recorder.ts'
import { writePolicy } from '../../audit-cli/logs.ts'
import { randomOf, repeats } from '../../share.ts'

/** The moments of kills: the same for the same code (docs/decisions/0068). */
const random = randomOf('audit/daily/daily')

/** Runs the daily comparison over some days, between a gateway and two countries, on the files of real logs. */

/** How often the kill test kills. `npm run test:full` kills more. */
const KILLS = Number(process.env.ISTMO_DAILY_KILLS ?? repeats(6))
const RUNNER = fileURLToPath(new URL('./run-daily.ts', import.meta.url))
const DAY_MS = 86_400_000
const FIRST_MS = Date.parse('2026-11-24T00:00:00.000Z')
const at = (day: number, hour = 0) => FIRST_MS + day * DAY_MS + hour * 3_600_000
const keys = Object.fromEntries(
  ['gateway', 'sibling', 'hn', 'gt'].map((name) => [
    name,
    generateSignerKey(`istmo.example/${name}`, SIGNATURE_TYPES.ed25519),
  ]),
) as Record<'gateway' | 'sibling' | 'hn' | 'gt', string>
const signers = {
  ...{ gateway: parseSignerKey(keys.gateway), sibling: parseSignerKey(keys.sibling) },
  ...{ hn: parseSignerKey(keys.hn), gt: parseSignerKey(keys.gt) },
}
type Country = 'hn' | 'gt'

let folder: string
const sizes = { hn: 0, gt: 0 }
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-daily-'))
  for (const [name, key] of Object.entries(keys)) await writeFile(join(folder, `${name}.key`), `${key}\n`)
  await writePolicy(folder, Object.values(signers))
  await writeFile(
    join(folder, 'daily.yaml'),
    'ownLog: gateway\nownKey: gateway.key\npolicies: [policy]\ncounterparts: [hn/log, gt/log]\nstate: state\n',
  )
  for (const country of ['hn', 'gt'] as const) {
    sizes[country] = 0
    await append(country, nodeStart(country))
  }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function append(name: keyof typeof keys, ...entries: Entry[]): Promise<void> {
  const log = await openLog({ folder: join(folder, name, 'log'), signer: signers[name] })
  for (const entry of entries) await log.append(canonicalBytes(entry))
  if (name === 'hn' || name === 'gt') sizes[name] += entries.length
  await log.close()
}

const nodeStart = (country: Country): Entry => ({
  ...{ v: 1, kind: 'node-start', id: idAt(FIRST_MS, 1), time: new Date(FIRST_MS).toISOString() },
  ...{ node: `istmo.example/${country}`, country: country.toUpperCase(), domains: ['cases'] },
  ...{ access: 'a'.repeat(64), policySet: 'b'.repeat(64), repairs: [] },
})

/** One request at an hour of a day, with a leg to the country. `by`: the gateway that logs it; null if none does. */
async function ask(country: Country, ms: number, by: 'gateway' | 'sibling' | null = 'gateway'): Promise<void> {
  const hex = (text: string) => Buffer.from(`${text}${country}${ms}`).toString('hex').padEnd(64, '0').slice(0, 64)
  const hashes = { operationHash: hex('o'), requestHash: hex('q'), responseHash: hex('r') }
  const records = { count: 0, hash: hex('s') }
  const requestId = idAt(ms, country === 'hn' ? 1 : 2)
  const node = `istmo.example/${country}`
  const leg: EntryOf<'leg'> = {
    ...{ ...SAMPLE_LEG, ...hashes, records, requestId, details: 0, node, country: country.toUpperCase() },
    ...{ id: idAt(ms, 77), time: new Date(ms + 5).toISOString() },
  }
  await append(country, leg)
  if (by === null) return
  const index = sizes[country] - 1
  const [sample] = SAMPLE_REQUEST.legs
  const log = await openLog({ folder: join(folder, country, 'log'), signer: signers[country] })
  const { createHash } = await import('node:crypto')
  const text = log.latest().note.split('\n\n')[0]
  const checkpoint = createHash('sha256').update(`${text}\n`).digest('hex')
  await log.close()
  const leaf = Buffer.from(hashLeaf(canonicalBytes(leg))).toString('hex')
  const receipt = { origin: node, index, size: index + 1, checkpoint, leaf }
  const legs = [
    { ...sample, ...hashes, country: country.toUpperCase(), records, receipt },
  ] as EntryOf<'request'>['legs']
  await append(by, {
    ...{ ...SAMPLE_REQUEST, id: requestId, time: new Date(ms + 10).toISOString(), legs, denied: [], continuations: 0 },
    gateway: signers[by].verifier.name,
  })
}

/** The gateway lives: it writes something at this time. */
const beat = (ms: number, gateway: 'gateway' | 'sibling' = 'gateway') =>
  append(gateway, {
    ...{
      v: 1,
      kind: 'heartbeat',
      id: idAt(ms, 3),
      time: new Date(ms).toISOString(),
      gateway: signers[gateway].verifier.name,
    },
    counts: {},
  })

async function daily(nowMs: number): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const streams = {
    out: { write: (text: string) => (out += text) },
    err: { write: (text: string) => (err += text) },
  }
  const code = await runAudit(['daily', '--config', join(folder, 'daily.yaml')], streams, () => nowMs)
  return { code, out, err }
}

async function results(): Promise<readonly EntryOf<'reconciliation'>[]> {
  const source = folderSource(join(folder, 'gateway/log'))
  const size = Number(
    Buffer.from((await source.read('checkpoint')) ?? '')
      .toString()
      .split('\n')[1],
  )
  const found: EntryOf<'reconciliation'>[] = []
  for await (const { bytes } of readEntries(source, size)) {
    const entry = parseEntry(bytes)
    if (entry.kind === 'reconciliation') found.push(entry)
  }
  return found
}

const summaryOf = (all: readonly EntryOf<'reconciliation'>[]) =>
  all.map(
    ({ country, from, until, matched, result }) =>
      `${country} ${from?.slice(8, 10)}-${until?.slice(8, 10)} ${matched} ${result}`,
  )

describe('istmo audit daily', () => {
  it('writes the result of yesterday with each counterpart once, however often it runs', async () => {
    await ask('hn', at(0, 9))
    await ask('hn', at(0, 10))
    await ask('gt', at(0, 11))
    await beat(at(1, 1))
    const first = await daily(at(1, 2))
    expect(first).toMatchObject({ code: 0 })
    expect(first.err).toMatch(/^istmo audit daily: istmo\.example\/gateway: HOLDS, 4 entries, 0 findings$/m)
    expect(first.err).toMatch(/hn: HOLDS, 2026-11-24T00:00:00\.000Z to 2026-11-25T00:00:00\.000Z, 2 legs agree$/m)
    expect(summaryOf(await results())).toEqual(['HN 24-25 2 HOLDS', 'GT 24-25 1 HOLDS'])
    expect((await readdir(join(folder, 'state/reports'))).sort()).toEqual(['2026-11-25.json', '2026-11-25.txt'])
    expect(await readFile(join(folder, 'state/reports/2026-11-25.txt'), 'utf8')).toContain('matched 2')
    expect(await daily(at(1, 3))).toMatchObject({ code: 0 })
    expect(await results()).toHaveLength(2)
    await ask('gt', at(1, 5))
    await beat(at(2, 1))
    expect(await daily(at(2, 2))).toMatchObject({ code: 0 })
    expect(summaryOf(await results()).slice(2)).toEqual(['HN 25-26 0 HOLDS', 'GT 25-26 1 HOLDS'])
  })

  it('ends with 1 on the day of a contradiction, and writes it once', async () => {
    await ask('hn', at(0, 9))
    await ask('hn', at(0, 10), null)
    await beat(at(1, 1))
    const first = await daily(at(1, 2))
    expect(first.code).toBe(1)
    expect(first.err).toMatch(/hn: FAILS, .*, 1 legs agree, COUNTRY_ONLY 1$/m)
    await beat(at(2, 1))
    expect((await daily(at(2, 2))).code).toBe(0)
    expect(summaryOf(await results())).toEqual([
      'HN 24-25 1 DOES_NOT_HOLD',
      'GT 24-25 0 HOLDS',
      'HN 25-26 0 HOLDS',
      'GT 25-26 0 HOLDS',
    ])
  })

  it('takes a leg of another gateway, whose log is a sibling, for no contradiction, on either side', async () => {
    const config = (text: string) => writeFile(join(folder, 'daily.yaml'), `policies: [policy]\nstate: state\n${text}`)
    const both = { gateway: 'ownLog: gateway\nownKey: gateway.key\ncounterparts: [hn/log]\n', hn: '' }
    both.hn = 'ownLog: hn/log\nownKey: hn.key\ncounterparts: [gateway/log]\n'
    for (const hour of [9, 10, 11]) await ask('hn', at(0, hour), hour === 10 ? 'sibling' : 'gateway')
    for (const gateway of ['gateway', 'sibling'] as const) await beat(at(1, 1), gateway)
    for (const own of Object.values(both)) {
      await config(`${own}siblings: [sibling/log]\n`)
      const told = await daily(at(1, 2))
      expect([told.code, told.err]).toEqual([0, expect.stringMatching(/HOLDS, .*, 3 legs agree$/m)])
      await rm(join(folder, 'state'), { recursive: true })
    }
    await config(both.gateway)
    expect(await daily(at(1, 2))).toMatchObject({ code: 1, out: expect.stringContaining('siblings') })
  })

  it('compares the missed days when a counterpart that was away is back', async () => {
    await ask('hn', at(0, 9))
    await beat(at(1, 1))
    await rename(join(folder, 'hn'), join(folder, 'away'))
    const first = await daily(at(1, 2))
    expect(first.code).toBe(2)
    expect(first.out).toContain('hn/log: COULD NOT TELL: ')
    await rename(join(folder, 'away'), join(folder, 'hn'))
    await ask('hn', at(1, 9))
    await beat(at(2, 1))
    expect((await daily(at(2, 2))).code).toBe(0)
    expect(summaryOf(await results())).toEqual(['GT 24-25 0 HOLDS', 'HN 24-26 2 HOLDS', 'GT 25-26 0 HOLDS'])
  })

  it('compares a day again if a log ended too early, until it does not', async () => {
    await writeFile(
      join(folder, 'daily.yaml'),
      'ownLog: hn/log\nownKey: hn.key\npolicies: [policy]\ncounterparts: [gateway/log]\nstate: state\n',
    )
    await ask('hn', at(0, 9))
    await ask('hn', at(0, 20), null)
    const first = await daily(at(1, 2))
    expect(first.code).toBe(2)
    expect(first.err).toMatch(/AFTER_END 1$/m)
    // A newer copy of the gateway's log shows that the request was not logged.
    await beat(at(1, 23))
    const second = await daily(at(2, 2))
    expect(second.err).toMatch(/2026-11-24T00:00:00.000Z to 2026-11-26T00:00:00.000Z, 1 legs agree, COUNTRY_ONLY 1$/m)
    expect(second.code).toBe(1)
    await beat(at(2, 23))
    expect((await daily(at(3, 2))).code).toBe(0)
  })

  it('writes through the inbox while a process owns the log, and says if the own log is damaged', async () => {
    await ask('hn', at(0, 9))
    await beat(at(1, 1))
    const gateway = signers.gateway.verifier.name
    const owner = await openRecorder({
      ...{ folder: join(folder, 'gateway'), signer: signers.gateway, hasSalts: false, now: () => at(1, 1) },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      ownEntries: {
        start: (base, repairs) => ({ ...base, gateway, kind: 'start', version: '1', repairs }),
        rejections: (base, count) => ({ ...base, gateway, kind: 'refusals', ...count }),
        stop: (base) => ({ ...base, gateway, kind: 'stop' }),
      },
    })
    await owner.entries.publish()
    expect(await daily(at(1, 1))).toMatchObject({ code: 0 })
    await owner.close()
    expect(summaryOf(await results())).toEqual(['HN 24-25 1 HOLDS', 'GT 24-25 0 HOLDS'])
    await writeFile(join(folder, 'gateway/log/tile/0/000.p/2'), Buffer.alloc(64))
    await rm(join(folder, 'gateway/log/tile/0'), { recursive: true })
    expect((await daily(at(2, 2))).code).toBe(1)
  })

  it('says of the own log what `verify` says: a wrong clock is reported on one day, a forged entry on each', async () => {
    const verify = async (nowMs: number) => {
      const streams = { out: { write: () => true }, err: { write: () => true } }
      const args = ['verify', join(folder, 'gateway/log'), '--policy', join(folder, 'policy')]
      return runAudit([...args, '--only', 'istmo.example/gateway', '--offline'], streams, () => nowMs)
    }
    await ask('hn', at(0, 9))
    // The clock was six hours ahead, and was set right.
    await beat(at(1, 7))
    await beat(at(1, 1) + 1)
    expect(await verify(at(1, 8))).toBe(2)
    const first = await daily(at(1, 8))
    expect({ code: first.code, said: first.out }).toEqual({ code: 2, said: expect.stringMatching(/TIME entry 2: /) })
    expect(first.out).toContain('Ask the log’s owner')
    const second = await daily(at(1, 9))
    expect({ code: second.code, said: second.out }).toEqual({
      code: 0,
      said: expect.stringContaining('one entry says a wrong time, as an earlier run reported'),
    })
    await append('gateway', nodeStart('hn'))
    expect([await verify(at(1, 10)), (await daily(at(1, 10))).code]).toEqual([1, 1])
    expect((await daily(at(1, 11))).code).toBe(1)
  })

  it('names a wrong setting, and the file', async () => {
    await writeFile(join(folder, 'daily.yaml'), 'ownLog: gateway\n')
    const { code, err } = await daily(at(1, 2))
    expect(code).toBe(2)
    expect(err).toMatch(/daily\.yaml: ownKey: .*docs\/operating\.md/s)
  })

  it('loses no result and writes none twice, though it is killed at any point', async () => {
    await appendFile(join(folder, 'daily.yaml'), 'firstDay: 2026-11-24\n')
    await ask('hn', at(0, 9))
    await ask('gt', at(0, 10), null)
    const hours = Array.from({ length: KILLS }, (_, round) => at(1 + Math.floor(round / 2), 2))
    for (const hour of hours) {
      // Each time is that of its run: an entry of tomorrow would say a wrong time.
      await beat(hour)
      const child = spawn(process.execPath, [RUNNER, join(folder, 'daily.yaml'), String(hour)])
      await sleep(500 + random() * 700)
      if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit')
    }
    const last = hours.at(-1) ?? 0
    const { code } = await daily(last)
    expect([0, 1]).toContain(code)
    const all = await results()
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    for (const country of ['HN', 'GT']) {
      const ranges = all.filter((entry) => entry.country === country)
      // The ranges follow one another without a gap and without an overlap, and reach yesterday.
      expect(ranges.slice(1).map(({ from }) => from)).toEqual(ranges.slice(0, -1).map(({ until }) => until))
      expect(ranges.at(-1)?.until).toBe(new Date(Math.floor(last / DAY_MS) * DAY_MS).toISOString())
      expect(ranges.reduce((sum, { matched, countryOnly }) => sum + matched + countryOnly, 0)).toBe(1)
    }
    expect((await readdir(join(folder, 'state'))).filter((name) => name.includes('next'))).toEqual([])
  })
})

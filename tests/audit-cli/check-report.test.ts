/** A report for a parliament, from the console's code over a real oversight, verified by the command line without a console. */
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { idAt } from '../../audit/index/testing.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { workerSigner } from '../../audit/note/shard-name.ts'
import { type AskOversight, askOversight } from '../../console/src/audit/ask-oversight.ts'
import { collectReport, toReportFile } from '../../console/src/audit/collect-report.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_SPLIT } from '../../contract/audit-log/testing.ts'
import { createOversightWorld, type OversightWorld } from '../oversight/world.ts'
import { auditHere } from './istmo.ts'
import { writeLog, writePolicy } from './logs.ts'

const GATEWAY = newSigner('istmo.example/gateway')
const WITNESSES = ['gt', 'hn', 'sv', 'observer'].map((name) => newSigner(`witness.example/${name}`, 'cosignature'))
const [WHOLE, PART] = SAMPLE_SPLIT as readonly [EntryOf<'request'>, EntryOf<'continuation'>]

/** A request of an officer of GT to one country, with the part of it. `day`: of November 2026. */
function requestTo(country: string, day: number, at: number): readonly Entry[] {
  const timeMs = Date.parse('2026-11-01T12:00:00.000Z') + (day - 1) * 86_400_000 + at
  const base = { time: new Date(timeMs).toISOString(), gateway: GATEWAY.verifier.name }
  const id = idAt(timeMs, at)
  const actor = { ...WHOLE.actor, country: 'GT' } as EntryOf<'request'>['actor']
  const legs = PART.legs.slice(0, 1).map((leg) => ({ ...leg, country }))
  return [
    { ...WHOLE, ...base, id, actor, legs: [], denied: [], continuations: 1 } as Entry,
    { ...PART, ...base, id: idAt(timeMs, 5_000 + at), of: id, part: 1, country, seq: at, legs, denied: [] } as Entry,
  ]
}

const ENTRIES = [
  ...Array.from({ length: 9 }, (_, at) => requestTo('HN', 3, at + 1)),
  ...Array.from({ length: 6 }, (_, at) => requestTo('SV', 4, at + 1)),
  ...Array.from({ length: 2 }, (_, at) => requestTo('PA', 5, at + 1)),
  // Outside of the days of the report.
  requestTo('HN', 20, 1),
].flat()

let world: OversightWorld
beforeAll(async () => {
  world = await createOversightWorld([GATEWAY], ['gateway'])
  await writePolicy(world.folder, [GATEWAY], WITNESSES)
  await writeLog(join(world.folder, 'gateway/log'), GATEWAY, ENTRIES, WITNESSES)
  await world.start({ regionalAgencies: [{ issuer: 'GT', agency: 'GT-MP-SUPERVISION', acr: '2' }] })
  for (const country of ['GT', 'HN']) await writeFile(join(world.folder, `${country}-report.json`), await make(country))
})
afterAll(() => world.stop())

/** Makes the report of a country’s auditor as the console does: that of GT is regional and sees all, that of HN what concerns HN. */
async function make(country: string): Promise<string> {
  const documents = join(import.meta.dirname, '../../console/src/documents/oversight')
  const ask: AskOversight = async (document, variables) => {
    const file = `${document.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.graphql`
    const text = await readFile(join(documents, file), 'utf8')
    return askOversight((init) => world.send(init, country), text, variables, 'en')
  }
  const days = { from: '2026-11-01', until: '2026-11-10', threshold: 5 }
  const filter = { from: '2026-11-01T00:00:00.000Z', until: '2026-11-11T00:00:00.000Z' }
  return toReportFile(await collectReport(ask, { ...days, filter }, Date.now()))
}

const check = (file: string, ...more: readonly string[]) =>
  auditHere(['check-report', file, '--policy', 'policy', ...more], world.folder)

/** Writes a report in which a text is replaced, and returns its name. */
async function forge(from: string | RegExp, to: string): Promise<string> {
  const text = await readFile(join(world.folder, 'GT-report.json'), 'utf8')
  const forged = text.replace(from, to)
  if (forged === text) throw new Error(`expected ${from} in the report; came none`)
  await writeFile(join(world.folder, 'forged.json'), forged)
  return 'forged.json'
}

interface Table {
  readonly rows: readonly { readonly key: string | null; readonly count: number | null }[]
  readonly total: number | null
  readonly withheld: number
}

interface Report {
  readonly tables: Readonly<Record<'month' | 'purpose' | 'outcome' | 'actorCountry' | 'country', Table>>
}

const mapTables = (tables: Report['tables'], change: (table: Table) => Table) =>
  Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, change(table)]))

let edited = 0
/** Writes a report in which members are replaced, and returns its name. */
async function edit(change: (report: Report) => object): Promise<string> {
  const report = JSON.parse(await readFile(join(world.folder, 'GT-report.json'), 'utf8')) as Report
  const name = `edited-${edited++}.json`
  await writeFile(join(world.folder, name), JSON.stringify({ ...report, ...change(report) }))
  return name
}

describe('istmo audit check-report', () => {
  it.each(['GT', 'HN'])(
    'counts the report of %s again out of the gateway’s log, and says that it holds',
    async (country) => {
      const { code, stdout } = await check(`${country}-report.json`, '--log', 'gateway')
      expect(stdout).toContain('HOLDS: each number is that of istmo.example/gateway')
      expect(code).toBe(0)
    },
  )

  it('cannot tell without a log', async () => {
    const { code, stderr } = await check('GT-report.json')
    expect([code, stderr]).toEqual([2, expect.stringContaining('expected the logs of the gateways with --log')])
  })

  it('counts a report again that the console made when it had the states of logs too', async () => {
    const logs = [{ kind: 'NOT_PROVEN', origin: 'istmo.example/gateway', reason: 'NO_PROOF', counted: 36 }]
    expect((await check(await edit(() => ({ version: 1, logs })), '--log', 'gateway')).code).toBe(0)
  })

  it('withholds the small counts of the report, and does not print them', async () => {
    const { tables } = JSON.parse(await readFile(join(world.folder, 'GT-report.json'), 'utf8')) as {
      tables: { country: { rows: { key: string; count: number | null }[] }; purpose: { total: number } }
    }
    expect(tables.country.rows).toEqual([
      { key: 'HN', count: 9 },
      { key: 'SV', count: 6 },
      { key: 'PA', count: null },
    ])
    expect(tables.purpose.total).toBe(17)
  })

  it.each<[string, string | RegExp, string, RegExp]>([
    ['a count that is another', '"count": 9', '"count": 8', /country «HN»: expected 9; the report has 8/],
    ['a sum that is another', '"total": 17', '"total": 16', /total: expected 17; the report has 16/],
    ['a small count that is shown', '"count": null', '"count": 2', /country «PA»: expected withheld; the report has 2/],
    [
      'days with other counts',
      '"from": "2026-11-01"',
      '"from": "2026-11-04"',
      /month «2026-11»: expected 8; the report has 17/,
    ],
    [
      'a level of withholding that is not kept',
      '"threshold": 5',
      '"threshold": 8',
      /country «SV»: expected withheld; the report has 6/,
    ],
  ])('finds %s', async (_, from, to, reason) => {
    const { code, stdout, stderr } = await check(await forge(from, to), '--log', 'gateway')
    expect([code, stdout + stderr]).toEqual([1, expect.stringMatching(reason)])
  })

  it('cannot tell of a log that no trust policy names', async () => {
    await writePolicy(world.folder, [newSigner('elsewhere.example/gateway')], WITNESSES, 'other-policy')
    const args = ['check-report', 'GT-report.json', '--policy', 'other-policy', '--log', 'gateway']
    const { code, stderr } = await auditHere(args, world.folder)
    expect([code, stderr]).toEqual([2, expect.stringContaining('no log of the trust policy signed')])
  })

  it('finds that the report is of other countries', async () => {
    const { code, stdout } = await check(await forge('"country": null', '"country": "HN"'), '--log', 'gateway')
    expect([code, stdout]).toEqual([1, expect.stringContaining('DOES NOT HOLD')])
  })

  it('holds when the log has grown', async () => {
    await cp(join(world.folder, 'gateway'), join(world.folder, 'grown'), { recursive: true })
    await writeLog(join(world.folder, 'grown/log'), GATEWAY, requestTo('HN', 21, 77), WITNESSES)
    expect((await check('GT-report.json', '--log', 'grown')).code).toBe(0)
  })

  it('finds a report that counts only the begin of the log, whose first requests it counts right', async () => {
    const short = await edit(({ tables }) => ({
      tables: {
        ...mapTables(tables, (table) => ({
          ...table,
          rows: table.rows.map((row) => ({ ...row, count: 15 })),
          total: 15,
        })),
        country: { ...tables.country, rows: tables.country.rows.slice(0, 2), withheld: 0 },
      },
    }))
    const { code, stdout } = await check(short, '--log', 'gateway')
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining('country «PA»: expected withheld; the report has nothing'),
    ])
    await cp(join(world.folder, 'gateway'), join(world.folder, 'later'), { recursive: true })
    await writeLog(join(world.folder, 'later/log'), GATEWAY, requestTo('HN', 6, 78), WITNESSES)
    const later = await check('GT-report.json', '--log', 'later')
    expect([later.code, later.stdout]).toEqual([
      1,
      expect.stringContaining('country «HN»: expected 10; the report has 9'),
    ])
  })

  it('cannot tell of a report that was made before its days were over, if more came later', async () => {
    const madeAt = '2026-11-06T12:00:00.000Z'
    const early = await edit(() => ({ madeAt }))
    const { code, stderr } = await check(early, '--log', 'later')
    expect([code, stderr]).toEqual([2, expect.stringContaining(`before all its requests were known, ${madeAt}`)])
    expect((await check(early, '--log', 'gateway')).code).toBe(0)
  })

  it('cannot tell under the key of the log alone, with which its owner can write any log', async () => {
    await writeLog(join(world.folder, 'alone/log'), GATEWAY, ENTRIES)
    const { code, stderr } = await check('GT-report.json', '--log', 'alone')
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/expected a quorum of witnesses for the \d+ entries .* came one for 0/),
    ])
  })

  it('counts the log of another worker, which the report may leave out only without requests', async () => {
    const second = workerSigner(GATEWAY, 2)
    await writeLog(join(world.folder, 'second/log'), second, requestTo('HN', 20, 2), WITNESSES)
    const both = ['--log', 'gateway', '--log', 'second']
    expect((await check('GT-report.json', ...both)).code).toBe(0)
    await writeLog(join(world.folder, 'second/log'), second, requestTo('HN', 7, 3), WITNESSES)
    const { code, stdout } = await check('GT-report.json', ...both)
    expect([code, stdout]).toEqual([1, expect.stringContaining('country «HN»: expected 10; the report has 9')])
  })

  it.each<[string, (report: Report) => object, string]>([
    [
      'a key twice',
      ({ tables }) => ({
        tables: { ...tables, country: { ...tables.country, rows: [{ key: 'HN', count: 90 }, ...tables.country.rows] } },
      }),
      'tables.country.rows: expected each key once',
    ],
    ['days that end before they begin', () => ({ until: '2026-10-01' }), 'until: expected a day from `from` on'],
  ])('cannot tell of a report with %s, which two readers read as two things', async (_, change, reason) => {
    const { code, stderr } = await check(await edit(change), '--log', 'gateway')
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)])
  })

  it('counts a log once, although it is given twice', async () => {
    const { code, stderr } = await check('GT-report.json', '--log', 'gateway', '--log', 'gateway')
    expect([code, stderr]).toEqual([2, expect.stringContaining('expected each log once')])
  })

  it.each([
    ['another file', 'policy', /expected a report of the console in JSON/],
    ['a report of another form', 'wrong.json', /came another form at version/],
  ])('cannot tell of %s', async (_, file, reason) => {
    await writeFile(join(world.folder, 'wrong.json'), '{"version": 3}')
    const { code, stderr } = await check(file)
    expect([code, stderr]).toEqual([2, expect.stringMatching(reason)])
  })
})

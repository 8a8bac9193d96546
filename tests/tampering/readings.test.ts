import { hash, randomUUID } from 'node:crypto'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openIndexDatabase } from '../../audit/index/database.ts'
import { idAt } from '../../audit/index/testing.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { pseudonymOf, rotateKeys } from '../../audit/pseudonym/pseudonym.ts'
import { commitTo } from '../../audit/salts/slot.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_LEG, SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { auditHere } from '../audit-cli/istmo.ts'
import { addSalts, writeLog, writePolicy } from '../audit-cli/logs.ts'

/** Somebody tampers with the index of a search, or with the store of salts. A command that reads must not say «nobody» where it cannot know. */

const gateway = newSigner('istmo.example/gateway')
const witnesses = ['a', 'b', 'c', 'd'].map((name) => newSigner(`${name}.example/witness`, 'cosignature'))
const NOW_MS = Date.now()
const LOG = ['--log', 'gateway', '--policy', 'policy'] as const

let folder: string
const audit = (...args: readonly string[]) => auditHere(args, folder)
const search = (db: string, ...what: readonly string[]) => audit('search', '--db', db, '--desk', 'desk', ...what)

/** A request of an agency, so many minutes ago, or before another time. */
function requestOf(agency: string, minutesAgo: number, sinceMs: number = NOW_MS): EntryOf<'request'> {
  const timeMs = sinceMs - minutesAgo * 60_000
  const actor = { ...SAMPLE_REQUEST.actor, agency } as EntryOf<'request'>['actor']
  return { ...SAMPLE_REQUEST, id: idAt(timeMs, 1), time: new Date(timeMs).toISOString(), actor }
}

const write = (name: string, entries: readonly Entry[]) =>
  writeLog(join(folder, name, 'log'), gateway, entries, witnesses)

/** Copies the index, and lets somebody who can write to its database do something. */
async function tamper(name: string, ...statements: readonly string[]): Promise<string> {
  await cp(join(folder, 'db'), join(folder, name), { recursive: true })
  const db = await openIndexDatabase(join(folder, name))
  for (const statement of statements) await db.query(statement)
  await db.close()
  return name
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-readings-'))
  await writePolicy(folder, [gateway], witnesses)
  await audit('desk', 'desk', '--reader', 'auditor-7', '--name', 'audit.example/7', '--policy', 'policy')
  await write('gateway', [requestOf('GT-MP-FECO', 30), requestOf('GT-PNC', 20), requestOf('GT-MP-FECO', 10)])
  await audit('index', ...LOG, '--db', 'db')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a search of an index', () => {
  const PNC = ['--agency', 'GT-PNC'] as const

  it('finds what nobody tampered with', async () => {
    expect(await search('db', ...PNC)).toMatchObject({ code: 0, stdout: expect.stringMatching(/GT-PNC/) })
    expect(await search('db', '--agency', 'HN-MP')).toMatchObject({ code: 1, stdout: 'No such entry.\n' })
  })

  it('cannot tell with an index that is empty, or does not follow the log that is asked about', async () => {
    const empty = await tamper(
      'db-empty',
      ...['entries', 'followed', 'unreadable'].map((table) => `delete from ${table}`),
    )
    const wanted = /could not tell: the index does not follow a log; `istmo audit index` adds it/
    expect(await search(empty, ...PNC)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(wanted) })
    expect(await search(empty, '--count-by', 'agency')).toMatchObject({ code: 2, stdout: '' })
    const other = await search('db', ...PNC, '--origin', 'istmo.example/hn')
    expect(other).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/does not follow istmo\.example\/hn/),
    })
  })

  it('is not sure of rows of a log that the index does not follow', async () => {
    const added = /could not tell: .*istmo\.example\/gateway: the index has rows of it and does not follow it/
    const forgotten = await tamper('db-forgotten', 'delete from followed')
    const found = await search(forgotten, ...PNC)
    expect(found).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/GT-PNC/),
      stderr: expect.stringMatching(added),
    })
    const renamed = await tamper('db-renamed', `update entries set log = 'istmo.example/other' where agency = 'GT-PNC'`)
    const counted = await search(renamed, '--count-by', 'agency')
    expect(counted.stderr).toMatch(/could not tell: istmo\.example\/other: the index has rows of it/)
    expect(counted.code).toBe(2)
    expect((await search(renamed, '--agency', 'GT-MP-FECO', '--origin', 'istmo.example/gateway')).code).toBe(0)
  })
})

describe('an index', () => {
  it('takes no entries of another log of the same name, also if both end with the same entry', async () => {
    await write('other', [requestOf('GT-MP-FECO', 30), requestOf('SV-FGR', 20), requestOf('GT-MP-FECO', 10)])
    const other = ['--log', 'other', '--policy', 'policy', '--db', await tamper('db-mixed')]
    const followed = await audit('index', ...other)
    expect(followed.stderr).toMatch(/the tree of its 3 entries is not that of istmo\.example\/gateway. Use --rebuild/)
    expect(followed.code).not.toBe(0)
    expect((await audit('index', ...other, '--rebuild')).code).toBe(0)
    expect((await search('db-mixed', '--agency', 'SV-FGR')).code).toBe(0)
  })

  it('of an earlier version, which kept no tree, is followed, and knows the tree from then on', async () => {
    const old = ['--db', await tamper('db-old', 'alter table followed drop column root')]
    expect(await audit('index', ...LOG, ...old)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/3 in the index/),
    })
    const other = ['--log', 'other', '--policy', 'policy']
    expect((await audit('index', ...other, ...old)).code).not.toBe(0)
  })
})

describe('a search by what was asked', () => {
  const ANA = { search: { name: 'Ana Lucía Barrientos' } }
  /** The end of an hour: the store has a file of salts for each hour. */
  const hourMs = NOW_MS - (NOW_MS % 3_600_000)
  const [asked, other, mine] = [40, 35, 31].map((minutesAgo) => requestOf('GT-PNC', minutesAgo, hourMs)) as [
    Asked,
    Asked,
    Asked,
  ]
  const saltOf = (request: Asked) => Buffer.alloc(32, request.id)
  const commitBy = (request: Asked, variables: object): Asked => ({
    ...request,
    operation: {
      ...SAMPLE_REQUEST.operation,
      variables: commitTo({ literals: [], names: ['search'], variables }, saltOf(request)),
    } as Asked['operation'],
  })
  const entries = [commitBy(asked, ANA), commitBy(other, { search: { name: 'Otra' } }), commitBy(mine, ANA)]

  /** Writes the log with these salts in its store, and tries the name. */
  async function tryName(salts: readonly (readonly [of: Asked, salt: Uint8Array])[], more: readonly Entry[] = []) {
    const name = `salted-${salts.length}-${randomUUID()}`
    await write(name, [...entries, ...more])
    for (const [{ id }, salt] of salts) await addSalts(join(folder, name, 'salts'), [{ id, salt }])
    await writeFile(
      join(folder, 'tried.jsonl'),
      JSON.stringify({ query: 'query ($search: PersonSearch!) { a }', variables: ANA }),
    )
    const trial = ['--opens', 'tried.jsonl', '--salts', `${name}/salts`]
    return audit('search', '--no-index', '--log', name, '--policy', 'policy', '--desk', 'desk', ...trial)
  }

  it('finds who asked although somebody has exchanged the salts of two entries, and says so', async () => {
    const kept = [other, mine].map((each) => [each, saltOf(each)] as const)
    const whole = await tryName([[asked, saltOf(asked)], ...kept])
    expect([whole.code, idsIn(whole.stdout)]).toEqual([0, [mine.id, asked.id]])
    expect(whole.stdout).not.toMatch(/salt/)
    const exchanged = await tryName([
      [asked, saltOf(other)],
      [other, saltOf(asked)],
      [mine, saltOf(mine)],
    ])
    expect([exchanged.code, idsIn(exchanged.stdout)]).toEqual([0, [mine.id, asked.id]])
    const said = /Note: one entry opens not with the salt that the store has for it, .* exchanged salts \((.*)\)\.\n$/
    expect(said.exec(exchanged.stdout)?.[1]).toBe(asked.id)
  })

  it('is, if it finds nobody, no surer than the store: somebody may have put other salts there', async () => {
    const replaced = await tryName([asked, other, mine].map((each) => [each, Buffer.alloc(32, 'x')] as const))
    expect(replaced.stdout).toMatch(/^No such entry\.\nNote: this is as sure as the store of salts is: /)
    expect(replaced.code).toBe(1)
  })

  it('does not use a salt that the log says was erased, and cannot tell then', async () => {
    const time = new Date(NOW_MS - 60_000).toISOString()
    const erasure = { v: 1, kind: 'salt-erasure', id: idAt(NOW_MS - 60_000, 5), time } as const
    const erased = [{ ...erasure, gateway: SAMPLE_REQUEST.gateway, erased: asked.id, reason: 'COURT_ORDER' } as Entry]
    const returned = /the log says that the salt of one entry was erased, and the store has it: somebody put it back/
    const both = await tryName(
      [asked, mine].map((each) => [each, saltOf(each)] as const),
      erased,
    )
    expect([both.code, idsIn(both.stdout)]).toEqual([0, [mine.id]])
    expect(both.stdout).toMatch(returned)
    const only = await tryName([[asked, saltOf(asked)]], erased)
    expect(only).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(returned) })
  })

  it('reads on behind an entry that cannot be read', async () => {
    const poisoned = await tryName([[mine, saltOf(mine)]], [{ kind: 'nothing' } as unknown as Entry])
    expect([poisoned.code, idsIn(poisoned.stdout)]).toEqual([0, [mine.id]])
  })
})

describe('a search that finds nothing', () => {
  it('cannot tell if an entry cannot be read, in the log and in the index', async () => {
    await write('poisoned', [requestOf('GT-PNC', 30), { kind: 'nothing' } as unknown as Entry])
    const log = ['--log', 'poisoned', '--policy', 'policy']
    await audit('index', ...log, '--db', 'db-poisoned')
    const why = /could not tell: there is none among the entries that can be read, and 1 cannot be read/
    for (const where of [
      ['--db', 'db-poisoned'],
      ['--no-index', ...log],
    ]) {
      const sought = (agency: string) => audit('search', ...where, '--desk', 'desk', '--agency', agency)
      expect(await sought('GT-PNC')).toMatchObject({ code: 0 })
      expect(await sought('HN-MP')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(why) })
    }
  })
})

describe('who saw a record', () => {
  const keys = rotateKeys({ epochs: [] }, 0)
  const RECORD = 'HN:P-000077'
  const [hn, ref] = [newSigner('istmo.example/hn'), pseudonymOf('record', RECORD, keys)]

  /** A leg that gave the record; its detail is left out if it is hidden. */
  function legAt(minutesAgo: number, isHidden = false): readonly Entry[] {
    const timeMs = NOW_MS - minutesAgo * 60_000
    const [id, time] = [idAt(timeMs, 1), new Date(timeMs).toISOString()]
    const common = { time, node: SAMPLE_LEG.node }
    const records = { count: 1, hash: hash('sha256', `${ref}\n`) }
    const leg = { ...SAMPLE_LEG, ...common, id, records, details: 1 } as Entry
    const detail = { v: 1, kind: 'leg-detail', id: idAt(timeMs, 2), of: id, part: 1, refs: [ref], coordinates: [] }
    return isHidden ? [leg] : [{ ...common, ...detail } as Entry, leg]
  }

  const whoSaw = async (name: string, entries: readonly Entry[]) => {
    await writeLog(join(folder, name, 'log'), hn, entries, witnesses)
    await writePolicy(folder, [hn], witnesses, 'hn-policy')
    await writeFile(join(folder, 'refs.json'), JSON.stringify(keys))
    return audit('who-saw', RECORD, '--log', name, '--policy', 'hn-policy', '--keys', 'refs.json', '--desk', 'desk')
  }

  it('is a list that is not sure to be whole if the details of another leg, or an entry, cannot be read', async () => {
    expect((await whoSaw('hn', legAt(30))).code).toBe(0)
    const hidden = await whoSaw('hn-hidden', [...legAt(30), ...legAt(20, true)])
    expect(hidden.stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(hidden.stderr).toMatch(
      /no other detail names HN:P-000077, and of 1 legs the details do not name the records/,
    )
    expect(hidden.code).toBe(2)
    const poisoned = await whoSaw('hn-poisoned', [...legAt(30), { kind: 'nothing' } as unknown as Entry])
    expect(poisoned.stderr).toMatch(/nobody else received HN:P-000077 in the entries that can be read, and 1 cannot be/)
    expect(poisoned).toMatchObject({ code: 2, stdout: expect.stringMatching(/GT-MP-FECO/) })
  })
})

type Asked = EntryOf<'request'>

/** Returns the ids of the rows that a search shows. */
function idsIn(stdout: string): readonly (string | undefined)[] {
  return stdout.split('\n').flatMap((line) => /^20\S+ {2}(\S{36}) {2}/.exec(line)?.[1] ?? [])
}

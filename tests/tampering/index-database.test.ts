import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatFinding } from '../../audit/finding.ts'
import { checkIndex } from '../../audit/index/check-index.ts'
import { type IndexDatabase, openIndexDatabase } from '../../audit/index/database.ts'
import { followLog, listIndexedLogs } from '../../audit/index/store.ts'
import { generateSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { type LogReader, openLogReader } from '../../audit/reader/log-reader.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { INDEX_CASES } from './cases/index-rows.ts'
import { append, copyDesk, type Desk, makeOriginals, type Originals, run } from './desk.ts'
import { NOW_MS, POLICY } from './logs.ts'

/** Tampers with the database of the search index. `index --check` must name each row, and `--repair` must make it right. */

let originals: Originals
let desk: Desk
let reader: LogReader
let db: IndexDatabase

beforeAll(async () => {
  originals = await makeOriginals(await mkdtemp(join(tmpdir(), 'istmo-index-')))
  desk = await copyDesk(originals)
  await append(desk, 'gateway', [Buffer.from('poison')])
  reader = await openLogReader(folderSource(desk.gateway), parsePolicy(POLICY))
  db = await openIndexDatabase(undefined)
  await followLog(db, reader)
})
afterAll(async () => {
  await db.close()
  await rm(originals.folder, { recursive: true, force: true })
})

describe('the check of an index', () => {
  it('finds nothing in an index that nobody altered, whose log has an entry that cannot be read', async () => {
    expect(await checkIndex(db, reader)).toEqual({ known: 339, size: 339, findings: [], further: 0, repaired: 0 })
    expect(await listIndexedLogs(db)).toEqual([
      {
        ...{ log: 'istmo.example/gateway', size: 339, unreadable: 1, firstUnreadable: [338] },
        witnessed: { isDemanded: true, size: 339, timeMs: expect.any(Number) },
      },
    ])
  })

  it.each(INDEX_CASES)('finds that $title', async ({ statement, finds, isRepaired = true }) => {
    await db.query(statement)
    const { findings } = await checkIndex(db, reader)
    expect(findings.map(formatFinding)).toEqual(finds)
    const { repaired } = await checkIndex(db, reader, { isRepairing: true })
    if (!isRepaired) {
      await db.query(`delete from entries where log = 'istmo.example/other'`)
      await followLog(db, reader, { rebuild: true })
      return
    }
    expect(repaired).toBe(finds.length)
    expect((await checkIndex(db, reader)).findings).toEqual([])
  })

  it('names a hundred rows and counts the others', async () => {
    await db.query('delete from entries')
    const { findings, further } = await checkIndex(db, reader)
    expect([findings.length, further]).toEqual([100, 718])
  })
})

describe('istmo audit', () => {
  it('checks and repairs an index in a folder, and a search says how many entries the index knows', async () => {
    const place = join(desk.gateway, '../index')
    const policy = join(desk.gateway, '../policy')
    await writeFile(policy, POLICY)
    const index = (...args: readonly string[]) =>
      run(['index', '--log', desk.gateway, '--policy', policy, '--db', place, ...args])
    const key = join(desk.gateway, '../own.key')
    await writeFile(key, generateSignerKey('istmo.example/auditor', SIGNATURE_TYPES.ed25519))
    const own = ['--own-log', join(desk.gateway, '../own'), '--own-key', key]
    const opened = await openIndexDatabase(place)
    await followLog(opened, reader)
    await opened.query('delete from entries where position = 7')
    await opened.close()
    const checked = await index('--check', '--repair')
    expect(checked).toMatchObject({ verdict: 'FAILS', kinds: ['INDEX'], first: 'entry 7' })
    const { output } = await run(['search', '--db', place, '--kind', 'request', '--first', '1', ...own], NOW_MS)
    expect(output).toContain('The index knows 339 entries of istmo.example/gateway.')
    expect(JSON.parse(output.split('\n')[0] ?? '')).toMatchObject({ entries: [{ kind: 'request' }] })
    expect(JSON.parse(output.split('\n')[0] ?? '')).toMatchObject({
      logs: [{ log: 'istmo.example/gateway', size: 339, unreadable: 1 }],
    })
    expect((await index('--repair')).verdict).toBe('UNTOLD')
  })
})

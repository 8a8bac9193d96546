import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { readEntries } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { DOMAINS } from '../../contract/domain.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { runSyncCommand } from '../../joining/sync/sync-command.ts'
import { openRecorder, type Recorder } from '../../service/audit-log/recorder.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { testServerUrl } from '../../subgraphs/kit/config.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { findPending, migrate } from '../../subgraphs/kit/migrate.ts'
import { openEmptyDatabase } from '../../subgraphs/kit/testing.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { createOldFiles, type OldFiles, type OldState } from './world.ts'

/** `istmo sync` as a person or a timer runs it: what it prints, its exit codes, and its entry in the country's own audit log. */

const KEY = generateSignerKey('istmo.example/ni', SIGNATURE_TYPES.ed25519)

const STATE: OldState = {
  cases: [{ id: 'E-1', status: 'TR', secret: false }],
  offences: [{ case: 'E-1', label: 'Robo' }],
  parts: [{ case: 'E-1', person: 'P1', role: 'VICTIMA' }],
  persons: [{ id: 'P1', name: 'Ana Paz', minor: false }],
}

let old: OldFiles
let home: string
let server: Awaited<ReturnType<typeof openEmptyDatabase>>
let place: readonly string[]
beforeAll(async () => {
  old = await createOldFiles()
  home = await mkdtemp(join(tmpdir(), 'istmo-sync-command-'))
  await writeFile(join(home, 'log.key'), `${KEY}\n`)
  server = await openEmptyDatabase()
  place = server.url === undefined ? ['--database-folder', join(home, 'db')] : ['--database-url', server.url]
})
afterAll(async () => {
  await server.close()
  await old.remove()
  await rm(home, { recursive: true, force: true })
})

const log = () => ['--audit-log-dir', join(home, 'audit-log'), '--audit-log-key', join(home, 'log.key')]

async function sync(...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  let text = ''
  const stream = {
    write(piece: string) {
      text += piece
    },
  }
  const code = await runSyncCommand([old.mapping, ...args], {
    streams: { out: stream, err: stream },
    env: { LANG: 'C' },
    now: Date.now,
  })
  return { code, text }
}

async function withDatabase<Value>(work: (db: Database) => Promise<Value>): Promise<Value> {
  const db = await openDatabase(server.url === undefined ? { folder: join(home, 'db') } : { url: server.url })
  return work(db).finally(() => db.close())
}

async function entries(): Promise<readonly Entry[]> {
  const folder = join(home, 'audit-log', 'log')
  const size = Number((await readFile(join(folder, 'checkpoint'), 'utf8')).split('\n')[1])
  const found: Entry[] = []
  for await (const { bytes } of readEntries(folderSource(folder), size)) found.push(parseEntry(bytes))
  return found
}

it('looks at a database that is not there yet in a dry run, and leaves nothing behind', async () => {
  await old.write(STATE)
  const folder = join(home, 'not-made')
  const { code, text } = await sync('--database-folder', folder, '--dry-run')
  expect([code, text]).toEqual([0, expect.stringContaining('persons: 1 new, 0 changed, 0 deleted')])
  await expect(readdir(folder)).rejects.toThrow(/ENOENT/)
})

it('changes nothing in a dry run of a database that is there: not its tables, nor its country, nor what it knows of mappings', async () => {
  await old.write(STATE)
  const folder = join(home, 'older')
  const domains = await loadDomains(DOMAINS)
  const inside = async <Value>(work: (db: Database) => Promise<Value>): Promise<Value> => {
    const db = await openDatabase({ folder, prepared: 'nothing' })
    return work(db).finally(() => db.close())
  }
  const dry = () => sync('--database-folder', folder, '--dry-run', ...log())
  await inside((db) => db.query('create table other (id int)'))
  expect(await dry()).toMatchObject({ code: 0, text: expect.stringContaining('persons: 1 new, 0 changed, 0 deleted') })
  const [newest = ''] = (await inside((db) => findPending(db, domains))).toReversed()
  await inside((db) => migrate(db, domains, (name) => name !== newest))
  expect(await dry()).toMatchObject({
    code: 2,
    text: expect.stringContaining(`without ${newest}. Nothing was changed.`),
  })
  expect(await inside((db) => findPending(db, domains))).toEqual([newest])
  await inside((db) => migrate(db, domains))
  expect(await dry()).toMatchObject({ code: 0, text: expect.stringContaining('persons: 1 new, 0 changed, 0 deleted') })
  const left = `select (select count(*)::int from istmo.sync_mapping) as mappings, (select value from istmo.setting where name = 'country') as country`
  expect(await inside((db) => db.query(left))).toEqual([{ mappings: 0, country: null }])
})

it('names both databases if the node of the settings beside the mapping serves another one', async () => {
  const settings = join(dirname(old.mapping), 'node.env')
  await writeFile(settings, 'DATABASE_URL=postgres://istmo:xyzzy@127.0.0.1/istmo_ni\n')
  const { text } = await sync('--database-folder', join(home, 'not-made'), '--dry-run')
  expect(text).toContain(`fills ${home}/not-made, but the node of ${settings} serves postgres://127.0.0.1/istmo_ni.`)
  expect(text).not.toContain('xyzzy')
  await writeFile(settings, `DATABASE_FOLDER=${join(home, 'not-made')}\n`)
  expect((await sync('--database-folder', join(home, 'not-made'), '--dry-run')).text).not.toContain('WARNING: this run')
  await rm(settings)
})

it('fills a database, writes one entry without values, and keeps the mapping beside the log', async () => {
  await old.write(STATE)
  const { code, text } = await sync(...place, ...log(), '--legal-basis', 'Ley 41')
  expect([code, text]).toEqual([
    0,
    expect.stringContaining('persons: 1 new, 0 changed, 0 deleted (1 rows read, 0 refused)'),
  ])
  const [entry] = (await entries()) as readonly Extract<Entry, { kind: 'import' }>[]
  expect(entry).toMatchObject({
    kind: 'import',
    origin: parseSignerKey(KEY).verifier.name,
    country: 'NI',
    legalBasis: ['Ley 41'],
    result: 'DONE',
  })
  expect(entry?.rows.find(({ type }) => type === 'cases.participants')).toEqual({
    ...{ type: 'cases.participants', read: 1, created: 1, changed: 0, deleted: 0, rejected: 0 },
  })
  expect(JSON.stringify(entry)).not.toMatch(/Ana|E-1/)
  expect(await readFile(join(home, 'audit-log', 'kept', entry?.mapping ?? ''), 'utf8')).toContain('casos.csv')
})

/** Leaves an entry behind, as a run does that is killed before the log has it. */
async function leaveEntry(id: string): Promise<void> {
  await withDatabase((db) =>
    db.query(`update istmo.sync_mapping set entry = $1::jsonb`, [
      JSON.stringify({
        id,
        members: {
          ...{
            kind: 'import',
            country: 'NI',
            source: 'casos.csv',
            by: { name: 'x', source: 'OPTION' },
            legalBasis: [],
          },
          ...{ mapping: null, rows: [], result: 'DONE' },
        },
      }),
    ]),
  )
}

it('writes an entry that a run left behind first, and once', async () => {
  const before = (await entries()).length
  const id = createUuidV7(Date.now() - 60_000)
  await leaveEntry(id)
  expect((await sync(...place, ...log())).code).toBe(0)
  expect((await sync(...place, ...log())).code).toBe(0)
  const found = await entries()
  expect(found).toHaveLength(before + 3)
  expect(found.filter((entry) => entry.id === id)).toHaveLength(1)
  expect(await withDatabase((db) => db.query('select from istmo.sync_mapping where entry is not null'))).toEqual([])
})

it('does not write again what was written before the run was killed', async () => {
  const before = await entries()
  await leaveEntry(before.at(-1)?.id ?? '')
  expect((await sync(...place, ...log())).code).toBe(0)
  expect(await entries()).toHaveLength(before.length + 1)
  expect(await withDatabase((db) => db.query('select from istmo.sync_mapping where entry is not null'))).toEqual([])
})

describe('beside a node that has the audit log open', () => {
  let node: Recorder
  beforeAll(async () => {
    const ignore = (): void => undefined
    const signer = parseSignerKey(KEY)
    const gateway = signer.verifier.name
    node = await openRecorder({
      ...{
        folder: join(home, 'audit-log'),
        signer,
        hasSalts: true,
        log: { info: ignore, warn: ignore, error: ignore },
      },
      ownEntries: {
        start: (base, repairs) => ({ ...base, gateway, kind: 'start', version: '1', repairs }),
        rejections: (base, count) => ({ ...base, gateway, kind: 'refusals', ...count }),
        stop: (base) => ({ ...base, gateway, kind: 'stop' }),
      },
    })
  })
  afterAll(() => node.close())

  it('an entry that waited longer than a week is written with another id, and keeps no later one back', async () => {
    const before = (await entries()).length
    const old = createUuidV7(Date.now() - 8 * 86_400_000)
    await leaveEntry(old)
    expect(await sync(...place, ...log())).toMatchObject({ code: 0 })
    const added = (await entries()).slice(before)
    expect(added.map(({ kind }) => kind)).toEqual(['start', 'import', 'import'])
    expect(added.map(({ id }) => id)).not.toContain(old)
    expect(await withDatabase((db) => db.query('select from istmo.sync_mapping where entry is not null'))).toEqual([])
  })

  it('an entry that the node wrote before the run was killed is not written again', async () => {
    const before = await entries()
    await leaveEntry(before.at(-1)?.id ?? '')
    expect(await sync(...place, ...log())).toMatchObject({ code: 0 })
    expect(await entries()).toHaveLength(before.length + 1)
  })
})

it.each([
  [
    'of another log',
    `${generateSignerKey('istmo.example/ni', SIGNATURE_TYPES.ed25519)}\n`,
    /expected the signer key of the log in/,
  ],
  ['that is none', 'no key\n', /other\.key: /],
  ['that is not there', null, /other\.key: cannot be read/],
])('changes no row if the key is one %s', async (_name, key, message) => {
  await old.write({ ...STATE, persons: [{ id: 'P1', name: 'Ana Otra', minor: false }] })
  const file = join(home, 'other.key')
  await (key === null ? rm(file, { force: true }) : writeFile(file, key))
  const { code, text } = await sync(...place, '--audit-log-dir', join(home, 'audit-log'), '--audit-log-key', file)
  expect([code, text]).toEqual([2, expect.stringMatching(message)])
  expect(text).toMatch(/^istmo sync: --audit-log-dir, --audit-log-key: .* No row was changed/m)
  const rows = await withDatabase((db) => db.query('select full_name from persons.person_name'))
  expect(rows).toEqual([{ full_name: 'Ana Paz' }])
})

it('says what would change in a dry run, and writes no entry', async () => {
  const before = (await entries()).length
  await old.write({ ...STATE, persons: [{ id: 'P1', name: 'Otra Paz', minor: false }] })
  const { code, text } = await sync(...place, ...log(), '--dry-run')
  expect([code, text]).toEqual([
    0,
    expect.stringMatching(/Nothing was changed\.[\s\S]*persons\.names: 0 new, 1 changed/),
  ])
  expect(await entries()).toHaveLength(before)
  expect(await withDatabase((db) => db.query('select full_name from persons.person_name'))).toEqual([
    { full_name: 'Ana Paz' },
  ])
})

it('ends with 1 for more refused rows than allowed, and shows reasons without values', async () => {
  await old.write({ ...STATE, cases: [...STATE.cases, { id: 'E-77', status: 'SECRETO', secret: false }] })
  const refused = await sync(...place, ...log(), '--lang', 'es')
  expect(refused.code).toBe(1)
  expect(refused.text).toMatch(/1 × cases, estado: se esperaba uno de los valores del mapeo/)
  expect(refused.text).not.toMatch(/SECRETO|E-77/)
  expect((await sync(...place, ...log(), '--max-refused', '1')).code).toBe(0)
})

it.each([
  ['no database', () => [...log()], /expected --database-url or --database-folder.*came neither/],
  ['two databases', () => ['--database-url', 'postgres://a@b/c', '--database-folder', 'x', ...log()], /came both/],
  ['no audit log', () => [...place], /expected the country’s own audit log and its signer key.*came neither/],
  ['half of an audit log', () => [...place, '--audit-log-dir', 'x'], /came only one/],
  ['a wrong number', () => [...place, ...log(), '--max-refused', 'many'], /--max-refused/],
])('ends with 2 for %s', async (_name, args, message) => {
  const { code, text } = await sync(...args())
  expect([code, text]).toEqual([2, expect.stringMatching(message)])
})

it('leaves nothing changed, and says so, for a country that would be emptied', async () => {
  await old.write({ ...STATE, cases: [], offences: [], parts: [] })
  const { code, text } = await sync(...place, ...log())
  expect([code, text]).toEqual([1, expect.stringMatching(/cases: 1 of 1 would go[\s\S]*--allow-shrink/)])
})

// To open an embedded database takes a second each time.
if (testServerUrl() !== undefined) {
  it('tells programs the same as JSON', async () => {
    await old.write(STATE)
    const { text } = await sync(...place, ...log(), '--json')
    expect(JSON.parse(text.split('\n').find((line) => line.startsWith('{')) ?? '')).toMatchObject({
      country: 'NI',
      isDryRun: false,
      refused: 0,
      causes: [],
    })
  })

  it.each([
    [
      'a run without a beginning',
      () => [...place, ...log(), '--since', 'last'],
      /expected a section with «since: COLUMN»/,
    ],
    [
      'an unknown name',
      () => [...place, ...log(), '--adopt', 'ALTO'],
      /expected a mapping that filled this database; came ALTO/,
    ],
  ])('ends with 2 for %s', async (_name, args, message) => {
    const { code, text } = await sync(...args())
    expect([code, text]).toEqual([2, expect.stringMatching(message)])
  })

  it('does not fill the database of another country', async () => {
    const other = await createOldFiles((await readFile(old.mapping, 'utf8')).replace('country: NI', 'country: HN'))
    await other.write(STATE)
    let text = ''
    const stream = {
      write(piece: string) {
        text += piece
      },
    }
    const world = { streams: { out: stream, err: stream }, env: {}, now: Date.now }
    expect(await runSyncCommand([other.mapping, ...place, ...log()], world)).toBe(1)
    expect(text).toMatch(/Expected a database of HN; this one holds the records of NI/)
    await other.remove()
  })
}

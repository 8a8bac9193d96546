import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { idAt } from '../../audit/index/testing.ts'
import { generateSignerKey, parseSignerFile, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { pseudonymOf, rotateKeys } from '../../audit/pseudonym/pseudonym.ts'
import { eraseSalt, findSalt } from '../../audit/salts/salts.ts'
import { commitTo, opensTo } from '../../audit/salts/slot.ts'
import { readEntries } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { runAudit } from '../../auditors/run.ts'
import { type Entry, type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import { SAMPLE_ENTRIES, SAMPLE_LEG, SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { istmo } from './istmo.ts'
import { addSalts, writeLog, writePolicy } from './logs.ts'

/** An auditor reads logs at a desk: every reading is an entry with the reader, and each question of an ombudsman has a command. */

const START_MS = Date.parse('2026-11-24T20:00:00.000Z')
const [gateway, hn] = ['gateway', 'hn'].map((name) =>
  parseSignerKey(generateSignerKey(`istmo.example/${name}`, SIGNATURE_TYPES.ed25519)),
) as [ReturnType<typeof parseSignerKey>, ReturnType<typeof parseSignerKey>]
const keys = rotateKeys(rotateKeys({ epochs: [] }, 0), 1)
const firstEpoch = { epochs: keys.epochs.slice(0, 1) }
const ANA = { search: { name: 'Ana Lucía Barrientos', birthDate: '1980-02-29' } }
const QUERY = 'query ($search: PersonSearch!) { persons(search: $search) { totalCount } }'
const ISSUER = 'https://id.gt.example'

let folder: string

/** The files and folders of the story. Arguments name them without their folder. */
const FILES: readonly string[] = [
  ...['gateway', 'gateway/salts', 'hn', 'own', 'desk', 'db', '.', 'policy', 'refs.json', 'late.json', 'empty.key'],
  ...['desk/own.key', 'tried.jsonl', 'nobody.jsonl', 'x', 'office', 'office.key', 'noted.yaml', 'given.csv'],
]

/** Runs a command in this process. A process for each of so many commands would take most of the time of the test. */
async function audit(command: string, ...args: readonly string[]) {
  let [stdout, stderr] = ['', '']
  const streams = {
    out: { write: (text: string) => (stdout += text) },
    err: { isTTY: false, write: (text: string) => (stderr += text) },
  }
  const located = args.map((arg) => (FILES.includes(arg) ? join(folder, arg) : arg))
  return { code: await runAudit([command, ...located], streams as never), stdout, stderr }
}
const id = (at: number) => idAt(START_MS + at * 1_000, at)
const salt = (at: number) => Buffer.alloc(32, at)

function request(at: number, subject: string, caseId: string, variables: object, era = keys): EntryOf<'request'> {
  const operation = {
    ...SAMPLE_REQUEST.operation,
    variables: commitTo({ literals: [], names: ['search'], variables }, salt(at)),
  }
  return {
    ...SAMPLE_REQUEST,
    ...{ id: id(at), time: new Date(START_MS + at * 1_000).toISOString(), legs: [], denied: [] },
    actor: { ...SAMPLE_REQUEST.actor, ref: pseudonymOf('actor', `${ISSUER} ${subject}`, era) } as never,
    grounds: { ...SAMPLE_REQUEST.grounds, caseRef: pseudonymOf('case', caseId, era) } as never,
    operation: operation as never,
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-readings-'))
  await writePolicy(folder, [gateway, hn])
  await writeFile(join(folder, 'refs.json'), JSON.stringify(keys))
  await writeFile(join(folder, 'late.json'), JSON.stringify({ epochs: keys.epochs.slice(1) }))
  await writeLog(join(folder, 'gateway/log'), gateway, [
    request(1, 'pairwise-1', 'GT:MP001-2026-1', ANA, firstEpoch),
    request(2, 'pairwise-2', 'GT:MP001-2026-1', { search: { name: 'Otro' } }),
    request(3, 'pairwise-1', 'GT:MP001-2026-2', ANA),
  ])
  await addSalts(
    join(folder, 'gateway/salts'),
    [1, 2, 3].map((at) => ({ id: id(at), salt: salt(at) })),
  )
  const hits = { ...SAMPLE_LEG, records: { count: 0, hash: SAMPLE_LEG.records.hash }, details: 0 }
  const erasure = SAMPLE_ENTRIES.find(({ kind }) => kind === 'record-erasure')
  await writeLog(join(folder, 'hn'), hn, [
    { ...hits, coordinates: ['PersonHits.hits', 'Query.personHits'] },
    { ...erasure, refs: [pseudonymOf('record', 'HN:P-000077', keys)] },
  ])
  const made = await istmo(
    ['audit', 'desk', 'desk', '--reader', 'auditor-7', '--name', 'audit.example/7', '--policy', 'policy'],
    folder,
  )
  expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/^audit\.example\/7\+/)])
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Reads the entries of the desk's own log, whose checkpoint is published when a command ends. */
async function readings(): Promise<readonly EntryOf<'oversight'>[]> {
  const source = folderSource(join(folder, 'desk/own/log'))
  const size = Number(
    Buffer.from((await source.read('checkpoint')) ?? '')
      .toString()
      .split('\n')[1],
  )
  const all: Entry[] = []
  for await (const { bytes } of readEntries(source, size)) all.push(parseEntry(bytes))
  return all.flatMap((entry) => (entry.kind === 'oversight' ? [entry] : []))
}

const LOG = ['--no-index', '--log', 'gateway', '--desk', 'desk']
const idsIn = (stdout: string) => [...stdout.matchAll(/ {2}([0-9a-f-]{36}) {2}request/g)].map(([, found]) => found)

describe('a desk', () => {
  it('has a key and a log that only its owner can read, and is made once', async () => {
    for (const name of ['own.key', 'audit.yaml']) expect((await stat(join(folder, 'desk', name))).mode & 0o77).toBe(0)
    const key = await readFile(join(folder, 'desk/own.key'), 'utf8')
    const again = await audit('desk', 'desk', '--reader', 'other', '--name', 'audit.example/8')
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/came one with a key/)])
    expect(await readFile(join(folder, 'desk/own.key'), 'utf8')).toBe(key)
    expect(parseSignerFile(key).verifier.name).toBe('audit.example/7')
  })

  it('is what a command asks for if nobody says where the reading is written down', async () => {
    const found = await audit('search', '--no-index', '--log', 'gateway', '--own-log', 'x')
    expect([found.code, found.stdout]).toEqual([2, ''])
    expect(found.stderr).toMatch(/expected where to write down this reading: .*istmo audit desk FOLDER/)
    await writeFile(join(folder, 'audit.yaml'), 'reader: x\nlogs: y\n')
    const wrong = await audit('search', '--no-index', '--log', 'gateway', '--desk', '.')
    expect(wrong.stderr).toMatch(/audit\.yaml: ownLog: [\s\S]*istmo audit desk/)
    expect(wrong.code).toBe(2)
  })
})

describe('a reading', () => {
  it.each([
    ['search', [...LOG, '--agency', 'GT-MP-FECO', '--reason', 'complaint 117'], 3, ['agency', 'first']],
    ['search', [...LOG, '--agency', 'nobody'], 0, ['agency', 'first']],
    ['who-saw', ['HN:P-000077', '--log', 'hn', '--keys', 'refs.json', '--desk', 'desk'], 0, ['record']],
    ['was-allowed', [id(1), '--log', 'gateway', '--desk', 'desk'], 1, ['entry']],
  ] as const)(
    'with %s is an entry with the reader, before anything is shown: %j',
    async (command, args, count, options) => {
      const before = (await readings().catch(() => [])).length
      await audit(command, ...args)
      const entry = (await readings()).at(-1)
      expect(await readings()).toHaveLength(before + 1)
      expect(entry).toMatchObject({
        ...{ v: 2, channel: command.toUpperCase().replace('-', '_'), entries: count, actor: null },
        reader: { name: 'auditor-7', source: 'DESK' },
        logs: [command === 'who-saw' ? hn.verifier.name : gateway.verifier.name],
        sought: { options },
      })
      expect(entry?.reason).toBe(args.includes('--reason' as never) ? 'complaint 117' : undefined)
      // The values are not in the entry. The salt beside the desk's log opens the commitment to them.
      expect(JSON.stringify(entry)).not.toMatch(/FECO|P-000077/)
      const found = await findSalt(join(folder, 'desk/own/salts'), entry?.id ?? '')
      if (found.kind !== 'KEPT') throw new Error('expected the salt of the reading')
      const values = {
        search: { agency: args.at(-1) === 'nobody' ? 'nobody' : 'GT-MP-FECO', first: 50 },
        'who-saw': { record: 'HN:P-000077' },
        'was-allowed': { entry: id(1) },
      }
      expect(opensTo(entry?.sought?.values ?? '', values[command], found.salt)).toBe(true)
    },
  )

  it('names the person of the option, else the user of the machine, if there is no desk', async () => {
    const own = ['--own-log', 'own', '--own-key', 'desk/own.key', '--policy', 'policy']
    await audit('search', '--no-index', '--log', 'gateway', ...own, '--reader', 'fiscal-3')
    await audit('search', '--no-index', '--log', 'gateway', ...own)
    const source = folderSource(join(folder, 'own/log'))
    const all: EntryOf<'oversight'>[] = []
    for await (const { bytes } of readEntries(source, 2)) all.push(parseEntry(bytes) as EntryOf<'oversight'>)
    expect(all.map(({ reader }) => reader?.source)).toEqual(['OPTION', 'OS_USER'])
    expect(all[0]?.reader?.name).toBe('fiscal-3')
  })

  it('that cannot be written down does not take place', async () => {
    await writeFile(join(folder, 'empty.key'), '')
    const found = await audit('search', '--no-index', '--log', 'gateway', '--desk', 'desk', '--own-key', 'empty.key')
    expect([found.code, found.stdout]).toEqual([2, ''])
  })
})

describe('what an office did with data', () => {
  const OFFICE = ['--log', 'office', '--key', 'office.key', '--by', 'etl-2']
  const note = async (kind: string, members: object, ...more: readonly string[]) => {
    await writeFile(join(folder, 'noted.yaml'), JSON.stringify(members))
    return audit('note', kind, 'noted.yaml', ...OFFICE, ...more)
  }
  const entries = async (): Promise<readonly Entry[]> => {
    const source = folderSource(join(folder, 'office/log'))
    const size = Number(
      Buffer.from((await source.read('checkpoint')) ?? '')
        .toString()
        .split('\n')[1],
    )
    const all: Entry[] = []
    for await (const { bytes } of readEntries(source, size)) all.push(parseEntry(bytes))
    return all
  }

  it('is written down by its programs: imports, and deletions with refs in place of ids', async () => {
    await writeFile(
      join(folder, 'office.key'),
      `${generateSignerKey('istmo.example/office', SIGNATURE_TYPES.ed25519)}\n`,
    )
    const rows = [{ type: 'Case', read: 12, created: 10, changed: 1, deleted: 0, rejected: 1 }]
    const taken = { country: 'HN', source: 'mp-cases', legalBasis: ['HN:DL-96'], mapping: null, rows, result: 'PARTLY' }
    expect((await note('import', taken)).stdout).toMatch(/: entry 0 of kind import/)
    const deleted = { country: 'HN', reason: 'COURT_ORDER', legalBasis: [], rows: [{ type: 'Person', deleted: 1 }] }
    await note('record-erasure', { ...deleted, records: ['HN:P-000077'] }, '--keys', 'refs.json')
    const [first, second] = await entries()
    expect(first).toMatchObject({ kind: 'import', by: { name: 'etl-2', source: 'OPTION' }, rows, result: 'PARTLY' })
    expect(second).toMatchObject({ kind: 'record-erasure', refs: [pseudonymOf('record', 'HN:P-000077', keys)] })
    expect(JSON.stringify(second)).not.toContain('P-000077')
  })

  it('is not written down if a member is missing, unknown or a person’s', async () => {
    const before = (await entries()).length
    for (const wrong of [{}, { country: 'HN', source: 'x', rows: [], name: 'Ana' }]) {
      const { code, stderr } = await note('import', wrong)
      expect([code, stderr]).toEqual([2, expect.stringMatching(/expected an entry of the audit log/)])
    }
    const ids = { country: 'HN', reason: 'OTHER', legalBasis: [], rows: [], records: ['HN:P-000077'] }
    expect((await note('record-erasure', ids)).stderr).toMatch(/expected --keys/)
    expect(await entries()).toHaveLength(before)
  })

  it('names the recipient of a disclosure, and commits to the file that was given on', async () => {
    await writeFile(join(folder, 'given.csv'), 'a,b\n')
    const recipient = { kind: 'COURT', name: 'Juzgado Primero', country: 'HN' }
    const given = { channel: 'PRINT', recipient, requestIds: [id(1)], records: 2, format: 'csv' }
    const noted = await note('disclosure', given, '--content', 'given.csv')
    expect([noted.code, noted.stderr]).toEqual([0, ''])
    const entry = (await entries()).at(-1)
    if (entry?.kind !== 'disclosure') throw new Error('expected the disclosure')
    const found = await findSalt(join(folder, 'office/salts'), entry.id)
    if (found.kind !== 'KEPT') throw new Error('expected its salt')
    expect(opensTo(entry.content ?? '', Buffer.from('a,b\n').toString('base64'), found.salt)).toBe(true)
    expect(entry).toMatchObject({ recipient, by: { name: 'etl-2' } })
  })
})

describe('the questions of an ombudsman', () => {
  it('who asked about a case is answered with the keys of the log’s owner, in all epochs', async () => {
    const found = await audit('search', ...LOG, '--case', 'GT:MP001-2026-1', '--keys', 'refs.json')
    expect([found.code, idsIn(found.stdout)]).toEqual([0, [id(2), id(1)]])
    const without = await audit('search', ...LOG, '--case', 'GT:MP001-2026-1')
    expect([without.code, without.stderr]).toEqual([2, expect.stringMatching(/expected --keys/)])
  })

  it('what a person asked is answered by the issuer and the subject of the person’s tokens', async () => {
    const found = await audit('search', ...LOG, '--caller', `${ISSUER} pairwise-1`, '--keys', 'refs.json')
    expect([found.code, idsIn(found.stdout)]).toEqual([0, [id(3), id(1)]])
    const nobody = await audit('search', ...LOG, '--caller', `${ISSUER} pairwise-9`, '--keys', 'refs.json')
    expect([nobody.code, nobody.stdout]).toEqual([1, 'No such entry.\n'])
    expect((await audit('search', ...LOG, '--caller', 'pairwise-1', '--keys', 'refs.json')).code).toBe(2)
  })

  it('is not answered with «nobody» for an epoch whose key is gone, in the log or in the index', async () => {
    await audit('index', '--log', 'gateway', '--policy', 'policy', '--db', 'db')
    const some = await audit('search', ...LOG, '--case', 'GT:MP001-2026-1', '--keys', 'late.json')
    expect([some.code, idsIn(some.stdout)]).toEqual([2, [id(2)]])
    expect(some.stderr).toMatch(/could not tell: for epoch 1: the log has 1 refs under it, from 2026-11-24T20:00:01/)
    const none = await audit('search', ...LOG, '--case', 'GT:MP001-2026-9', '--keys', 'late.json')
    expect([none.code, none.stdout]).toEqual([2, ''])
    const indexed = await audit(
      'search',
      '--db',
      'db',
      '--desk',
      'desk',
      '--case',
      'GT:MP001-2026-1',
      '--keys',
      'late.json',
    )
    const known = 'The index knows 3 entries of istmo.example/gateway.\n'
    expect([indexed.code, idsIn(indexed.stdout), indexed.stderr]).toEqual([2, [id(2)], `${known}${some.stderr}`])
  })

  it('who searched for a name, also without a result, is answered with the salts, and not for an erased salt', async () => {
    await writeFile(
      join(folder, 'tried.jsonl'),
      [{ search: { name: 'Nadie' } }, ANA]
        .map((variables) => `${JSON.stringify({ query: QUERY, variables })}\n`)
        .join(''),
    )
    const opens = ['--opens', 'tried.jsonl', '--salts', 'gateway/salts']
    const found = await audit('search', ...LOG, ...opens)
    expect([found.code, idsIn(found.stdout)]).toEqual([0, [id(3), id(1)]])
    expect((await audit('search', ...LOG, '--opens', 'tried.jsonl')).stderr).toMatch(/expected --salts/)
    await eraseSalt(join(folder, 'gateway/salts'), id(3))
    const some = await audit('search', ...LOG, ...opens)
    expect(idsIn(some.stdout)).toEqual([id(1)])
    expect(some.stdout).toMatch(
      /Could not tell for 1 entries: their salts were erased.*; of 1 of them no entry of the log says so/,
    )
    await writeFile(join(folder, 'nobody.jsonl'), '{"search":{"name":"Nadie"}}\n')
    const none = await audit('search', ...LOG, '--opens', 'nobody.jsonl', '--salts', 'gateway/salts')
    expect([none.code, none.stdout]).toEqual([2, ''])
    const erasure = { v: 1, kind: 'salt-erasure', id: id(4), time: new Date(START_MS + 4_000).toISOString() }
    const { gateway: name } = SAMPLE_REQUEST
    await writeLog(join(folder, 'gateway/log'), gateway, [
      { ...erasure, gateway: name, erased: id(3), reason: 'COURT_ORDER' },
    ])
    const explained = await audit('search', ...LOG, ...opens)
    expect(explained.stdout).toMatch(/Could not tell for 1 entries: their salts were erased.* cannot be opened\.\n$/)
  })

  it('who saw a record says that hit searches leave no ref, and that the record was deleted', async () => {
    const { stdout } = await audit('who-saw', 'HN:P-000077', '--log', 'hn', '--keys', 'refs.json', '--desk', 'desk')
    expect(stdout).toMatch(/^Nobody received HN:P-000077\.\nHN:P-000077 was deleted on 2026-11-24T20:15:17\.121Z\.\n/)
    expect(stdout).toMatch(/1 legs asked only whether a person is known\. .*leaves no ref.*Query\.personHits/)
  })
})

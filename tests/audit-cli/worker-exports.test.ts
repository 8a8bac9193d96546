import { hash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { idAt } from '../../audit/index/testing.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { hashLeaf } from '../../audit/merkle/hash.ts'
import { plainRoot } from '../../audit/merkle/testing.ts'
import { formatCheckpoint } from '../../audit/note/checkpoint.ts'
import { shardSigner, workerSigner } from '../../audit/note/shard-name.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_LEG, SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { auditHere } from './istmo.ts'
import { writeLog, writePolicy } from './logs.ts'

/** A gateway with two workers, one of which began a new shard, gives Honduras exports. Somebody withholds those of one worker, or of one shard. */

const NAME = 'istmo.example/gateway'
const [gateway, hn] = [newSigner(NAME), newSigner('istmo.example/hn')]
const witnesses = ['a', 'b'].map((name) => newSigner(`${name}.example/witness`, 'cosignature'))
const START_MS = Date.now() - 1_000_000
const timeAt = (at: number) => new Date(START_MS + at * 100_000).toISOString()
const idOf = (at: number, nth = 0) => idAt(START_MS + at * 100_000, at * 100 + nth)
const hex = (text: string) => text.repeat(64).slice(0, 64)
/** The requests, by the logs that they are in: two of the first shard of worker 1, two of its second, and two of worker 2. */
const REQUESTS = [1, 2, 3, 4, 5, 6]

let folder: string
const at = (name: string) => join(folder, name)
const audit = (...args: readonly string[]) => auditHere([...args, '--policy', 'policy'], folder)

/** HN's leg of a request, as HN logged it. Entry `n` of its log is that of request `n`. */
function legOf(n: number): EntryOf<'leg'> {
  const hashes = { operationHash: hex('a'), requestHash: hex(String(n)), responseHash: hex('c') }
  const records = { count: 0, hash: hash('sha256', '') }
  return { ...SAMPLE_LEG, ...hashes, records, details: 0, id: idOf(n, 50), time: timeAt(n), requestId: idOf(n) }
}

const hnEntries: readonly Entry[] = [
  {
    ...{ v: 1, kind: 'node-start', id: idOf(0), time: timeAt(0), node: hn.verifier.name, country: 'HN' },
    ...{ domains: ['cases'], access: hex('e'), policySet: hex('f'), repairs: [] },
  },
  ...REQUESTS.map(legOf),
]

function receiptOf(n: number) {
  const size = n + 1
  const root = plainRoot(hnEntries.slice(0, size).map(canonicalBytes))
  const checkpoint = hash('sha256', formatCheckpoint({ origin: hn.verifier.name, size, root }))
  const leaf = Buffer.from(hashLeaf(canonicalBytes(legOf(n)))).toString('hex')
  return { origin: hn.verifier.name, index: n, size, checkpoint, leaf }
}

/** Request `n` in a worker's log, with HN's part. */
function requestAt(n: number, seq: number): readonly Entry[] {
  const { operationHash, requestHash, responseHash, records } = legOf(n)
  const [sample] = SAMPLE_REQUEST.legs
  const leg = { ...sample, operationHash, requestHash, responseHash, records, receipt: receiptOf(n) }
  const common = { time: timeAt(n), gateway: NAME, legs: [], denied: [] }
  const request = { ...SAMPLE_REQUEST, ...common, v: 2, id: idOf(n), continuations: 1 } as Entry
  const part = { ...common, v: 2, kind: 'continuation', id: idOf(n, 1), of: idOf(n), part: 1, country: 'HN', seq }
  return [request, { ...part, coordinates: [], legs: [leg] } as unknown as Entry]
}

const heartbeat = (n: number, count: number): Entry => {
  return { v: 1, kind: 'heartbeat', id: idOf(n, 7), time: timeAt(n), gateway: NAME, counts: { HN: count } }
}
const start = (n: number, number: number, of = 2): Entry => ({
  ...{ v: 3, kind: 'start', id: idOf(0, number), time: timeAt(n), gateway: NAME, version: '1', repairs: [] },
  ...{ counts: {}, worker: { number, of } },
})

/** Makes the export of a log for Honduras. */
async function exportTo(out: string, log: string, ...options: readonly string[]): Promise<void> {
  const own = ['--own-log', 'own', '--own-key', 'own.key']
  const made = await audit('export', '--log', log, '--country', 'HN', '--out', out, ...own, ...options)
  expect(made).toMatchObject({ code: 0, stderr: '' })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-worker-exports-'))
  await writePolicy(folder, [gateway, hn], witnesses)
  await auditHere(['desk', 'desk', '--reader', 'auditor-7', '--name', 'audit.example/x'], folder)
  await cp(at('desk/own.key'), at('own.key'))
  await writeLog(at('hn'), hn, hnEntries, witnesses)
  const [one, two] = [workerSigner(gateway, 1), workerSigner(gateway, 2)]
  const first = [start(1, 1), ...requestAt(1, 1), ...requestAt(2, 2), heartbeat(2, 2)]
  await writeLog(at('home/workers/1/log'), one, first, witnesses)
  const second = [...requestAt(3, 3), ...requestAt(4, 4), heartbeat(7, 4)]
  await writeLog(at('home/workers/1/shards/2026-12'), shardSigner(one, '2026-12'), second, witnesses)
  const other = [start(1, 2), ...requestAt(5, 1), ...requestAt(6, 2), heartbeat(7, 2)]
  await writeLog(at('home/workers/2/log'), two, other, witnesses)
  await writeLog(at('one-process'), gateway, [...requestAt(1, 1), heartbeat(2, 1)], witnesses)
  await mkdir(at('exports'))
  await exportTo('exports/1.jsonl', 'home/workers/1')
  await exportTo('exports/2.jsonl', 'home/workers/2')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('istmo audit check, on exports of a gateway with several workers', () => {
  it('says which worker an export is of, and does not hold it for all that the gateway has', async () => {
    for (const [file, there, missing] of [
      ['exports/1.jsonl', 1, 2],
      ['exports/2.jsonl', 2, 1],
    ] as const) {
      const found = await audit('check', file, '--country', 'HN')
      expect(found.stdout).not.toMatch(/HOLDS/)
      expect(found.stderr).toMatch(
        `are in the log of worker ${there} of ${NAME}, and of no other worker, but nobody can`,
      )
      expect(found.stderr).toMatch(`${NAME} has 2 workers, and of worker ${missing} there is no export`)
      expect(found.code).toBe(2)
    }
  })

  it('holds if the exports of all workers are there, one by one or in a folder', async () => {
    for (const places of [['exports/1.jsonl', 'exports/2.jsonl'], ['exports']]) {
      const found = await audit('check', ...places, '--country', 'HN')
      expect(found.stdout).toMatch(`${NAME}/1/2026-12 HN 1 to 4, counted at`)
      expect(found.stdout).toMatch(
        `HOLDS: all 12 entries are in the logs of the workers 1, 2 of ${NAME}, which are all.`,
      )
      expect(found.code).toBe(0)
    }
  })

  it('does not hold exports of workers that are of different times', async () => {
    await exportTo('late-1.jsonl', 'home/workers/1', '--from', timeAt(3))
    expect(await audit('check', 'late-1.jsonl', 'exports/2.jsonl')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/the exports of the workers of .* are of different times/),
    })
    await exportTo('early-1.jsonl', 'home/workers/1', '--until', timeAt(3))
    expect((await audit('check', 'early-1.jsonl', 'late-1.jsonl', 'exports/2.jsonl')).code).toBe(0)
  })

  it('demands a start entry of that worker, and cannot tell without one', async () => {
    const edit = async (name: string, change: (statement: Record<string, unknown>, other: string) => object) => {
      const lines = (await readFile(at('exports/1.jsonl'), 'utf8')).trimEnd().split('\n')
      const [last, other] = [lines.pop() ?? '', await readFile(at('exports/2.jsonl'), 'utf8')]
      const { export: statement } = JSON.parse(last) as { export: Record<string, unknown> }
      await writeFile(at(name), `${[...lines, JSON.stringify({ export: change(statement, other) })].join('\n')}\n`)
      return audit('check', name, 'exports/2.jsonl')
    }
    const startOf = (text: string) => JSON.parse(text.trimEnd().split('\n').at(-1) ?? '').export as object
    const foreign = await edit('foreign.jsonl', (own, other) => ({ ...own, started: Object(startOf(other)).started }))
    expect(foreign.stdout).toMatch(
      /EXPORT .*: the start: expected the start of a worker, in .*\/1, came that of worker 2/,
    )
    expect(foreign.code).toBe(1)
    const counted = await edit('counted.jsonl', (own) => ({ ...own, started: own.counting }))
    expect(counted.stdout).toMatch(/expected the start of a worker, in .*\/1, came another entry/)
    // As an earlier version wrote it.
    const without = ({ started: _, ...own }: Record<string, unknown>) => own
    expect((await edit('without.jsonl', without)).code).toBe(0)
    expect(await audit('check', 'without.jsonl')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/has several workers, and no start entry says how many: worker 1 is here/),
    })
  })

  it('speaks of the log of a gateway with one process as before', async () => {
    await exportTo('one.jsonl', 'one-process')
    expect((await audit('check', 'one.jsonl')).stdout).toMatch(/\nHOLDS: all 2 entries are in the log\.\n$/)
  })

  it('says of an export for somebody who sees all which worker it is of', async () => {
    const own = ['--own-log', 'own', '--own-key', 'own.key']
    await audit('export', '--log', 'home/workers/2', '--out', 'whole.jsonl', ...own)
    expect(await audit('check', 'whole.jsonl')).toMatchObject({
      code: 0,
      stdout: `HOLDS: all 6 entries are in the log of worker 2 of ${NAME}, and of no other worker.\n`,
    })
  })
})

describe('istmo audit reconcile, on exports of a gateway with several workers and shards', () => {
  const HOLDS = /matched 6\nHOLDS/

  it('takes a folder with them, and files one by one, and finds that both logs say the same', async () => {
    const whole = await audit('reconcile', 'home', 'hn')
    expect([whole.code, whole.stdout]).toEqual([0, expect.stringMatching(HOLDS)])
    const inFolder = await audit('reconcile', 'exports', 'hn')
    expect(`${inFolder.stdout}${inFolder.stderr}`).toMatch(HOLDS)
    expect(inFolder.code).toBe(0)
    const named = await audit('reconcile', 'exports/1.jsonl', 'hn', '--worker', 'exports/2.jsonl')
    expect([named.code, named.stdout]).toEqual([0, expect.stringMatching(HOLDS)])
  })

  it('takes several exports of one log as one, in any order and also if they overlap', async () => {
    await exportTo('until-3.jsonl', 'home/workers/1', '--until', timeAt(3))
    await exportTo('until-4.jsonl', 'home/workers/1', '--until', timeAt(4))
    await exportTo('from-3.jsonl', 'home/workers/1', '--from', timeAt(3))
    for (const early of ['until-3.jsonl', 'until-4.jsonl']) {
      for (const [first = '', second = ''] of [
        ['from-3.jsonl', early],
        [early, 'from-3.jsonl'],
      ]) {
        const found = await audit('reconcile', first, 'hn', '--worker', second, '--worker', 'exports/2.jsonl')
        expect([found.code, found.stdout]).toEqual([0, expect.stringMatching(HOLDS)])
      }
    }
  })

  it('does not hold if the export of a worker, of a time or of a part is missing', async () => {
    const onlyOne = await audit('reconcile', 'exports/1.jsonl', 'hn')
    expect([onlyOne.code, onlyOne.stdout]).toEqual([1, expect.stringMatching(/COUNTRY_ONLY 2: /)])
    const late = await audit('reconcile', 'from-3.jsonl', 'hn', '--worker', 'exports/2.jsonl')
    expect(late.stdout).toMatch(/UNPROVEN 1: [\s\S]*it begins with part 3 of HN/)
    expect(late.code).not.toBe(0)
    const lines = (await readFile(at('exports/1.jsonl'), 'utf8')).split('\n')
    await writeFile(at('cut.jsonl'), lines.toSpliced(2, 2).join('\n'))
    const cut = await audit('reconcile', 'cut.jsonl', 'hn', '--worker', 'exports/2.jsonl')
    expect(cut.stdout).toMatch(/INCOMPLETE 1: [\s\S]*expected continuations 2 to 2 of HN; came none of them/)
    expect(cut.code).toBe(1)
  })

  it('does not take the lines of two workers in one file, nor a folder without exports', async () => {
    const [one = '', two = ''] = await Promise.all([1, 2].map((each) => readFile(at(`exports/${each}.jsonl`), 'utf8')))
    await writeFile(at('mixed.jsonl'), `${one.split('\n').slice(0, 2).join('\n')}\n${two}`)
    const mixed = await audit('reconcile', 'mixed.jsonl', 'hn')
    expect(mixed.stderr).toMatch(/mixed\.jsonl: line 3: expected an entry of .*\/1; came .*\/2/)
    await mkdir(at('nothing'), { recursive: true })
    expect((await audit('reconcile', 'nothing', 'hn')).code).not.toBe(0)
    await writeFile(at('altered.jsonl'), one.replace('GT-MP-FECO', 'GT-MP-XXXX'))
    const altered = await audit('reconcile', 'altered.jsonl', 'hn', '--worker', 'exports/2.jsonl')
    expect([altered.code, altered.stdout]).toEqual([1, expect.stringMatching(/RECEIPT altered\.jsonl: line 1/)])
  })
})

import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatFinding } from '../finding.ts'
import { type Log, openLog, type Receipt } from '../log/log.ts'
import { newSigner } from '../log/testing.ts'
import { signText } from '../note/note.ts'
import { parsePolicy } from '../note/policy.ts'
import { shardSigner } from '../note/shard-name.ts'
import { formatTlogProof, parseTlogProof } from '../note/tlog-proof.ts'
import { readEntries } from '../verify/read-log.ts'
import { createReceiptChecker } from '../verify/receipt-checker.ts'
import { folderSource } from '../verify/source.ts'
import { verifyLogs } from '../verify/testing.ts'
import type { Sharding } from './period.ts'
import { listPlaces } from './places.ts'
import { openShardedLog, type ShardedLogOptions } from './sharded-log.ts'

const NAME = 'istmo.example/gateway'
const signer = newSigner(NAME)
const witness = newSigner('w1.example', 'cosignature')
const policy = parsePolicy(`log ${signer.verifier.vkey}\nquorum none\n`)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-shards-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const newHome = () => mkdtemp(join(folder, 'home-'))

function clockAt(text: string) {
  let nowMs = Date.parse(text)
  const set = (next: string): void => {
    nowMs = Date.parse(next)
  }
  return { now: () => nowMs, set }
}

function open(home: string, now: () => number, more: Partial<ShardedLogOptions> = {}): Promise<Log> {
  return openShardedLog({
    ...{ home, signer, sharding: 'monthly', now },
    newEntry: () => ({ v: 1, id: '019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f', time: new Date(now()).toISOString() }),
    open: (path, by) => openLog({ folder: path, signer: by, publishAfterMs: 1_000_000 }),
    ...more,
  })
}

const entry = (text: string, time = '2026-11-30T23:59:59.000Z') => Buffer.from(JSON.stringify({ text, time }))

/** Reads all entries of a home, shard by shard: the text of an entry, or its kind. */
async function readHome(home: string): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {}
  for (const { path } of await listPlaces(home)) {
    const source = folderSource(join(home, path))
    const note = Buffer.from((await source.read('checkpoint')) ?? '').toString('utf8')
    const texts: string[] = []
    for await (const { bytes } of readEntries(source, Number(note.split('\n')[1]))) {
      const { text, kind } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { text?: string; kind?: string }
      texts.push(text ?? kind ?? '')
    }
    found[path] = texts
  }
  return found
}

async function findingsIn(home: string, trusted = policy): Promise<readonly string[]> {
  const sources = (await listPlaces(home)).map(({ path }) => ({ ...folderSource(join(home, path)), name: path }))
  const { reports, findings } = await verifyLogs(sources, trusted, { settleMs: 1 })
  return [...reports.flatMap((report) => report.findings), ...findings].map(formatFinding)
}

describe('a log with a shard for each month', () => {
  it('ends its shard when the month is over, and loses and doubles no entry', async () => {
    const home = await newHome()
    const clock = clockAt('2026-11-30T23:59:59.900Z')
    const log = await open(home, clock.now)
    const all: Promise<unknown>[] = []
    for (let turn = 0; turn < 40; turn++) {
      if (turn === 13) clock.set('2026-12-01T00:00:00.000Z')
      // The first end must be over, or the second one would be part of it.
      if (turn === 26) await Promise.all(all)
      if (turn === 26) clock.set('2027-02-03T00:00:00.000Z')
      for (let at = 0; at < 3; at++) all.push(log.append(entry(`${turn}.${at}`)))
      await new Promise((resolve) => setTimeout(resolve, turn % 3))
    }
    await Promise.all(all)
    expect(log.origin).toBe(`${NAME}/2027-02`)
    await log.close()
    const read = await readHome(home)
    const texts = (from: number, to: number) =>
      Array.from({ length: (to - from) * 3 }, (_, at) => `${from + Math.floor(at / 3)}.${at % 3}`)
    expect(read).toEqual({
      log: [...texts(0, 13), 'shard-end'],
      'shards/2026-12': ['shard-start', ...texts(13, 26), 'shard-end'],
      'shards/2027-02': ['shard-start', ...texts(26, 40)],
    })
    expect(await findingsIn(home)).toEqual([])
  })

  it('keeps all appends of one turn together, also if the month ends between them', async () => {
    const home = await newHome()
    let calls = 0
    const log = await open(home, () =>
      Date.parse(calls++ < 6 ? '2026-11-30T23:59:59.999Z' : '2026-12-01T00:00:00.000Z'),
    )
    for (let round = 0; round < 8; round++) {
      const receipts = await Promise.all([0, 1, 2].map((at) => log.append(entry(`${round}.${at}`))))
      expect(new Set(receipts.map(({ checkpoint }) => checkpoint.split('\n')[0])).size).toBe(1)
    }
    await log.close()
    expect(Object.keys(await readHome(home))).toEqual(['log', 'shards/2026-12'])
  })

  it.each([false, true])('gives receipts that the key of the name checks, with a thread: %s', async (hasThread) => {
    const home = await newHome()
    const clock = clockAt('2026-11-30T12:00:00.000Z')
    const log = await open(home, clock.now, { open: (path, by) => openLog({ folder: path, signer: by, hasThread }) })
    const [texts, receipts]: [Uint8Array[], Receipt[]] = [[], []]
    for (let at = 0; at < 300; at++) texts.push(entry(`${at}`))
    receipts.push(...(await Promise.all(texts.map((text) => log.append(text)))))
    clock.set('2026-12-01T00:00:00.000Z')
    texts.push(entry('b'))
    receipts.push(await log.append(entry('b')))
    const check = createReceiptChecker(signer.verifier)
    // The proof of an entry of the ended shard is still built.
    for (const at of [0, 255, 256, 299, 300]) {
      const proof = parseTlogProof((await receipts[at]?.proof()) ?? '')
      const origin = at < 300 ? NAME : `${NAME}/2026-12`
      expect(check(proof, texts[at] ?? entry(''))).toMatchObject({ index: at < 300 ? at : 1, origin })
      expect(() => createReceiptChecker(newSigner(NAME).verifier)(proof, texts[at] ?? entry(''))).toThrow(
        'no signature',
      )
    }
    await log.close()
  })

  it('takes texts together, in the shard of their month, and proves them after its end', async () => {
    const home = await newHome()
    const clock = clockAt('2026-11-30T12:00:00.000Z')
    const log = await open(home, clock.now)
    const texts = (month: string) => ['0', '1', '2'].map((at) => String(entry(`${month}.${at}`)))
    const before = await log.appendTexts(texts('11'))
    clock.set('2026-12-01T00:00:00.000Z')
    const [after, later] = await Promise.all([log.appendTexts(texts('12')), log.appendTexts(texts('12'))])
    const check = createReceiptChecker(signer.verifier)
    for (const [receipts, month, from] of [
      [before, '11', 0] as const,
      [after, '12', 1] as const,
      [later, '12', 4] as const,
    ]) {
      for (const [at, text] of texts(month).entries()) {
        const proof = parseTlogProof(await receipts.receipt(at).proof())
        const origin = month === '11' ? NAME : `${NAME}/2026-12`
        expect(check(proof, Buffer.from(text))).toMatchObject({ index: from + at, origin })
      }
    }
    await log.close()
    const read = await readHome(home)
    expect(read).toEqual({
      log: ['11.0', '11.1', '11.2', 'shard-end'],
      'shards/2026-12': ['shard-start', '12.0', '12.1', '12.2', '12.0', '12.1', '12.2'],
    })
  })

  it('ends at its next start a shard whose month is over', async () => {
    const home = await newHome()
    const november = await open(home, clockAt('2026-11-05T00:00:00.000Z').now)
    await november.append(entry('a', '2026-11-05T00:00:00.000Z'))
    await november.close()
    const january = await open(home, clockAt('2027-01-07T00:00:00.000Z').now)
    expect([january.origin, january.size()]).toEqual([`${NAME}/2027-01`, 1])
    await january.close()
    expect(await readHome(home)).toEqual({ log: ['a', 'shard-end'], 'shards/2027-01': ['shard-start'] })
    expect(await findingsIn(home)).toEqual([])
  })

  it.each<[Sharding, string]>([
    ['none', `${NAME}/2026-12`],
    ['yearly', `${NAME}/2026-12`],
    ['monthly', `${NAME}/2026-12`],
  ])('goes on in its newest shard if the calendar is %s from now on', async (sharding, origin) => {
    const home = await newHome()
    const clock = clockAt('2026-11-30T00:00:00.000Z')
    const log = await open(home, clock.now)
    await log.append(entry('a'))
    clock.set('2026-12-02T00:00:00.000Z')
    await log.append(entry('b', '2026-12-02T00:00:00.000Z'))
    await log.close()
    const next = await open(home, clock.now, { sharding })
    expect(next.origin).toBe(origin)
    await next.close()
    const later = await open(home, clockAt('2027-03-01T00:00:00.000Z').now, { sharding })
    expect(later.origin).toBe({ none: origin, yearly: `${NAME}/2027`, monthly: `${NAME}/2027-03` }[sharding])
    await later.close()
    expect(await findingsIn(home)).toEqual([])
  })

  it('goes on in the old shard if its end cannot be written, and in the new one as soon as that can be opened', async () => {
    const home = await newHome()
    const clock = clockAt('2026-11-30T23:59:59.000Z')
    let failing: 'nothing' | 'append' | 'open' = 'nothing'
    const disk = new Error('no space left on device')
    const log = await open(home, clock.now, {
      async open(path, by) {
        if (failing === 'open') throw disk
        const shard = await openLog({ folder: path, signer: by, publishAfterMs: 1_000_000 })
        return { ...shard, append: (bytes) => (failing === 'append' ? Promise.reject(disk) : shard.append(bytes)) }
      },
    })
    await log.append(entry('before'))
    clock.set('2026-12-01T00:00:00.000Z')
    for (const each of ['append', 'open'] as const) {
      failing = each
      await expect(log.append(entry('lost'))).rejects.toThrow(disk)
      await expect(log.append(entry('lost'))).rejects.toThrow(disk)
    }
    failing = 'nothing'
    await log.append(entry('after'))
    await log.close()
    expect(await readHome(home)).toEqual({
      log: ['before', 'shard-end'],
      'shards/2026-12': ['shard-start', 'after'],
    })
  })

  it('refuses a later shard that nothing leads to', async () => {
    const home = await newHome()
    const now = clockAt('2026-11-30T00:00:00.000Z').now
    const log = await open(home, now)
    await log.append(entry('a'))
    await log.close()
    await (await openLog({ folder: join(home, 'shards/2031-01'), signer: newSigner(`${NAME}/2031-01`) })).close()
    await expect(open(home, now)).rejects.toThrow()
  })
})

describe('a crash while a shard ends', () => {
  /** What is on the disk after each step, as copies of the home. */
  async function stepsOfAnEnd(): Promise<readonly string[]> {
    const home = await newHome()
    const clock = clockAt('2026-11-30T00:00:00.000Z')
    const steps: string[] = []
    const keep = async () => {
      const copy = await newHome()
      await cp(home, copy, { recursive: true })
      steps.push(copy)
    }
    const log = await open(home, clock.now, {
      async open(path, by) {
        await keep()
        const shard = await openLog({ folder: path, signer: by, publishAfterMs: 1_000_000 })
        await keep()
        const append: Log['append'] = async (bytes) => {
          const receipt = await shard.append(bytes)
          await keep()
          return receipt
        }
        return { ...shard, append, close: () => shard.close().then(keep) }
      },
    })
    await log.append(entry('a'))
    clock.set('2026-12-01T00:00:00.000Z')
    await log.append(entry('b'))
    await keep()
    await log.close()
    return steps
  }

  it('is repaired at the next start, whatever step it was', async () => {
    const steps = await stepsOfAnEnd()
    expect(steps.length).toBeGreaterThan(9)
    for (const home of steps) {
      const log = await open(home, clockAt('2026-12-01T00:00:01.000Z').now)
      await log.append(entry('after'))
      await log.close()
      const { log: first = [], ...later } = await readHome(home)
      const rest = Object.values(later).flat()
      expect([...first, ...rest].filter((text) => text === 'after')).toHaveLength(1)
      for (const kind of ['shard-end', 'shard-start']) {
        const count = [...first, ...rest].filter((text) => text === kind).length
        expect(count).toBe(Object.keys(later).length)
      }
      expect(await findingsIn(home)).toEqual([])
    }
  })
})

describe('verification of shards finds', () => {
  async function threeShards(): Promise<string> {
    const home = await newHome()
    const clock = clockAt('2026-11-30T00:00:00.000Z')
    const log = await open(home, clock.now)
    for (const month of ['2026-11', '2026-12', '2027-01']) {
      clock.set(`${month}-15T00:00:00.000Z`)
      await log.append(entry(month))
    }
    await log.close()
    return home
  }

  it.each<[string, (home: string) => Promise<unknown>, readonly RegExp[]]>([
    ['nothing in a log that nobody tampered with', async () => undefined, []],
    [
      'a shard that is missing',
      (home) => rm(join(home, 'shards/2026-12'), { recursive: true }),
      [
        /^SHARD istmo.example\/gateway: expected the next shard istmo.example\/gateway\/2026-12, came no shard/,
        /^SHARD istmo.example\/gateway\/2027-01: expected the shard istmo.example\/gateway\/2026-12 before it/,
      ],
    ],
    [
      'the last shard missing',
      (home) => rm(join(home, 'shards/2027-01'), { recursive: true }),
      [/^SHARD istmo.example\/gateway\/2026-12: expected the next shard istmo.example\/gateway\/2027-01/],
    ],
    [
      'the first shard missing',
      (home) => rm(join(home, 'log'), { recursive: true }),
      [/^SHARD istmo.example\/gateway\/2026-12: expected the shard istmo.example\/gateway before it/],
    ],
    [
      'a second successor',
      async (home) => {
        const other = await threeShards()
        await cp(join(other, 'log'), join(home, 'spare'), { recursive: true })
        const log = await openLog({ folder: join(home, 'shards/2027-05'), signer: newSignerOf('2027-05') })
        const first = await firstEntry(join(home, 'shards/2026-12'))
        await log.append(
          Buffer.from(
            first.replace(
              '"origin":"istmo.example/gateway/2026-12","prev',
              '"origin":"istmo.example/gateway/2027-05","prev',
            ),
          ),
        )
        await log.close()
      },
      [
        /^SHARD istmo.example\/gateway\/2026-12: expected one shard after istmo.example\/gateway, came also .*2027-05$/,
        /^SHARD istmo.example\/gateway\/2027-05: expected one shard after istmo.example\/gateway, came also .*2026-12$/,
        /^SHARD istmo.example\/gateway: expected a last entry that names the next shard .*2027-05, came one that names .*2026-12$/,
      ],
    ],
    [
      'a shard that continues another tree',
      async (home) => {
        const other = await threeShards()
        await rm(join(home, 'shards/2026-12'), { recursive: true })
        await rename(join(other, 'shards/2026-12'), join(home, 'shards/2026-12'))
        await appendAsLog(join(home, 'log'), entry('more'))
      },
      [
        /^SHARD entry 1: expected the end of the shard as its last entry, 2, came entries behind it$/,
        /^SHARD istmo.example\/gateway: expected the 2 entries with the root .* came 3 entries/,
      ],
    ],
    [
      'nothing in a shard whose first bundle was pruned',
      async (home) => {
        await pruneNewest(home)
        await rm(join(home, NEWEST, 'tile/entries/000'))
      },
      [],
    ],
    [
      'a shard that lost its first bundle without a pruning',
      async (home) => {
        await pruneNewest(home)
        await rm(join(home, NEWEST, 'tile/entries/000'))
        await rm(join(home, NEWEST, 'prunings'), { recursive: true })
      },
      [
        /^MISSING tile\/entries\/000: /,
        /^SHARD istmo.example\/gateway\/2027-01: expected a first entry that names the shard before it, came none$/,
      ],
    ],
    [
      'a shard that is missing before one whose first bundle was pruned',
      async (home) => {
        await pruneNewest(home)
        await rm(join(home, NEWEST, 'tile/entries/000'))
        await rm(join(home, 'shards/2026-12'), { recursive: true })
      },
      [/^SHARD istmo.example\/gateway: expected the next shard istmo.example\/gateway\/2026-12, came no shard/],
    ],
  ])('%s', async (_, tamper, expected) => {
    const home = await threeShards()
    await tamper(home)
    const found = await findingsIn(home)
    expect(found).toHaveLength(expected.length)
    for (const line of expected) expect(found.find((each) => line.test(each)) ?? found).toMatch(line)
  })

  it('a final checkpoint that no quorum of witnesses has cosigned, until they have', async () => {
    const home = await threeShards()
    const trusted = parsePolicy(`log ${signer.verifier.vkey}\nwitness W ${witness.verifier.vkey}\nquorum W\n`)
    expect((await findingsIn(home, trusted)).map((line) => line.split(' ')[0])).toEqual(Array(3).fill('NO_QUORUM'))
    for (const { path, period } of await listPlaces(home)) {
      const log = await openLog({ folder: join(home, path), signer: period === null ? signer : newSignerOf(period) })
      const { note } = log.published()
      await log.addCosignatures(note, [signText(note.slice(0, note.indexOf('\n\n') + 1), witness)])
      await log.close()
    }
    expect(await findingsIn(home, trusted)).toEqual([])
  })
})

const NEWEST = 'shards/2027-01'

/** Fills the first bundle of the newest shard, and says in an entry of it that this bundle may go, as `istmo audit prune` does. */
async function pruneNewest(home: string): Promise<void> {
  const log = await openLog({ folder: join(home, NEWEST), signer: newSignerOf('2027-01') })
  for (let count = 0; count < 300; count++) void log.append(entry(`entry ${count}`))
  const [id, time] = ['019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f', '2027-01-20T00:00:00.000Z']
  const pruning = Buffer.from(
    JSON.stringify({ v: 1, id, time, kind: 'prune', before: time, minimumIndex: 256, held: [] }),
  )
  const { proof } = await log.append(pruning)
  await mkdir(join(home, NEWEST, 'prunings'))
  const text = formatTlogProof({ ...parseTlogProof(await proof()), extra: pruning })
  await writeFile(join(home, NEWEST, 'prunings/0'), text)
  await log.close()
}

function newSignerOf(period: string) {
  return shardSigner(signer, period)
}

async function firstEntry(path: string): Promise<string> {
  for await (const { bytes } of readEntries(folderSource(path), 3)) return Buffer.from(bytes).toString('utf8')
  return ''
}

async function appendAsLog(path: string, bytes: Uint8Array): Promise<void> {
  const log = await openLog({ folder: path, signer })
  await log.append(bytes)
  await log.close()
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatFinding } from '../finding.ts'
import { canonicalBytes } from '../log/canonical.ts'
import { openLog, type Receipt } from '../log/log.ts'
import { newSigner } from '../log/testing.ts'
import type { NoteSigner } from '../note/key.ts'
import { parsePolicy } from '../note/policy.ts'
import { parseTlogProof } from '../note/tlog-proof.ts'
import { readEntries } from '../verify/read-log.ts'
import { createReceiptChecker } from '../verify/receipt-checker.ts'
import { folderSource } from '../verify/source.ts'
import { verifyLogs } from '../verify/testing.ts'
import { findNewestRotation } from './check-links.ts'
import { listPlaces } from './places.ts'
import {
  KeyNotInForceError,
  type MakeRotationEntry,
  openShardedLog,
  type ShardedLog,
  type ShardedLogOptions,
} from './sharded-log.ts'

/** A log replaces its key while entries come, and everybody who checks it goes on: with the proof of the rotation, and for a while also without. */

const NAME = 'istmo.example/hn'
const keys = Array.from({ length: 12 }, () => newSigner(NAME))
const keyAt = (at: number): NoteSigner => keys[at] ?? newSigner(NAME)
const [first, second] = [keyAt(0), keyAt(1)]
const both: NoteSigner = { ...first, next: second }
const TIME = '2026-11-30T12:00:00.000Z'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-replace-keys-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const newHome = () => mkdtemp(join(folder, 'home-'))
const entry = (text: string) => Buffer.from(JSON.stringify({ text, time: TIME }))
const makeEntry: MakeRotationEntry = (names) => canonicalBytes({ v: 1, kind: 'key-rotation', ...names, time: TIME })

function open(home: string, signer: NoteSigner, more: Partial<ShardedLogOptions> = {}): Promise<ShardedLog> {
  return openShardedLog({
    ...{ home, signer, sharding: 'monthly', now: () => Date.parse(TIME) },
    newEntry: () => ({ v: 1, id: '019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f', time: TIME }),
    open: (path, by) => openLog({ folder: path, signer: by, publishAfterMs: 1_000_000 }),
    ...more,
  })
}

async function textsIn(home: string): Promise<readonly string[]> {
  const texts: string[] = []
  for (const { path } of await listPlaces(home)) {
    const source = folderSource(join(home, path))
    const note = Buffer.from((await source.read('checkpoint')) ?? '').toString('utf8')
    for await (const { bytes } of readEntries(source, Number(note.split('\n')[1]))) {
      const { text, kind } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { text?: string; kind?: string }
      texts.push(text ?? kind ?? '')
    }
  }
  return texts
}

async function findingsIn(home: string, trusted: NoteSigner): Promise<readonly string[]> {
  const policy = parsePolicy(`log ${trusted.verifier.vkey}\nquorum none\n`)
  const sources = (await listPlaces(home)).map(({ path }) => ({ ...folderSource(join(home, path)), name: path }))
  const { reports, findings } = await verifyLogs(sources, policy, { settleMs: 1 })
  return [...reports.flatMap((report) => report.findings), ...findings].map(formatFinding)
}

describe.each([false, true])('a log that takes other keys while entries come, with a thread: %s', (hasThread) => {
  it('loses and doubles none, and both keys sign until the old one is dropped', async () => {
    const home = await newHome()
    const log = await open(home, first, { open: (path, by) => openLog({ folder: path, signer: by, hasThread }) })
    const all: Promise<Receipt>[] = []
    const taken: Promise<boolean>[] = []
    for (let turn = 0; turn < 30; turn++) {
      if (turn === 10) taken.push(log.takeKeys(both, makeEntry))
      if (turn === 20) await Promise.all(taken)
      if (turn === 20) taken.push(log.takeKeys(second, makeEntry))
      if (turn === 25) await Promise.all(taken)
      for (let at = 0; at < 3; at++) all.push(log.append(entry(`${turn}.${at}`)))
      await new Promise((resolve) => setTimeout(resolve, turn % 2))
    }
    expect(await Promise.all(taken)).toEqual([true, true])
    const receipts = await Promise.all(all)
    const { rotation } = (await findNewestRotation(home)) ?? {}
    if (rotation === undefined) throw new Error('expected a rotation')
    const unaware = createReceiptChecker(first.verifier)
    const aware = [first, second].map(({ verifier }) => createReceiptChecker(verifier, [rotation]))
    for (const [at, receipt] of receipts.entries()) {
      const [bytes, proof] = [entry(`${Math.floor(at / 3)}.${at % 3}`), parseTlogProof(await receipt.proof())]
      for (const check of aware) expect(check(proof, bytes).index).toBe(receipt.index)
      if (at < 60) expect(unaware(proof, bytes).index).toBe(receipt.index)
      if (at >= 75) expect(() => unaware(proof, bytes)).toThrow('no signature is from a known key')
    }
    await log.close()
    const texts = await textsIn(home)
    expect(texts.filter((text) => text !== 'key-rotation')).toEqual(
      Array.from({ length: 90 }, (_, at) => `${Math.floor(at / 3)}.${at % 3}`),
    )
    expect(texts).toHaveLength(91)
    expect([await findingsIn(home, first), await findingsIn(home, second)]).toEqual([[], []])
  })
})

it('refuses keys among which the key in force is not, and goes on as before', async () => {
  const home = await newHome()
  const log = await open(home, first)
  await expect(log.takeKeys(second, makeEntry)).rejects.toThrow(KeyNotInForceError)
  await expect(log.takeKeys({ ...second, next: first }, makeEntry)).rejects.toThrow(first.verifier.vkey)
  expect(await log.takeKeys(first, makeEntry)).toBe(false)
  await log.append(entry('a'))
  expect(await log.takeKeys(both, makeEntry)).toBe(true)
  expect(await log.takeKeys(both, makeEntry)).toBe(false)
  await expect(log.takeKeys(first, makeEntry)).rejects.toThrow(KeyNotInForceError)
  await log.append(entry('b'))
  await log.close()
  expect(await textsIn(home)).toEqual(['a', 'key-rotation', 'b'])
})

it('goes on with the key in force after a rotation that failed, at any moment of it', async () => {
  const home = await newHome()
  let isFailing = false
  const log = await open(home, first, {
    async open(path, by) {
      if (isFailing) throw new Error('no space left on device')
      return openLog({ folder: path, signer: by, publishAfterMs: 1_000_000 })
    },
  })
  await log.append(entry('a'))
  const failing: MakeRotationEntry = () => {
    throw new Error('no entry')
  }
  await expect(log.takeKeys(both, failing)).rejects.toThrow('no entry')
  await log.append(entry('b'))
  isFailing = true
  await expect(log.takeKeys(both, makeEntry)).rejects.toThrow('no space')
  await expect(log.append(entry('lost'))).rejects.toThrow('no space')
  isFailing = false
  await log.append(entry('c'))
  await log.close()
  expect(await textsIn(home)).toEqual(['a', 'b', 'key-rotation', 'c'])
  expect(await findingsIn(home, first)).toEqual([])
})

/** What happens to a log: entries come, its key file changes, it is closed and opened again, or a month ends. */
type Step = 'append' | 'begin' | 'finish' | 'restart' | 'month'

it('holds for whoever trusts its first key, whatever happens in whatever order', async () => {
  const step = fc.constantFrom<Step>('append', 'begin', 'finish', 'restart', 'month')
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 9 }), async (steps) => {
      const home = await newHome()
      let nowMs = Date.parse(TIME)
      const file = { at: 0, isBegun: false }
      const readFile = (): NoteSigner =>
        file.isBegun ? { ...keyAt(file.at), next: keyAt(file.at + 1) } : keyAt(file.at)
      const start = () => open(home, readFile(), { now: () => nowMs })
      let log = await start()
      const expected: string[] = []
      const unaware = createReceiptChecker(first.verifier)
      const append = async (text: string): Promise<void> => {
        const receipt = await log.append(entry(text))
        expected.push(text)
        const proof = parseTlogProof(await receipt.proof())
        // Without any proof of a rotation, the first key is enough as long as it signs.
        if (file.at === 0) expect(unaware(proof, entry(text)).index).toBe(receipt.index)
        else expect(() => unaware(proof, entry(text))).toThrow('no signature')
      }
      for (const [number, what] of [...steps, 'append' as const].entries()) {
        if (what === 'append') await append(`${number}`)
        if (what === 'begin' && !file.isBegun) {
          file.isBegun = true
          await log.takeKeys(readFile(), makeEntry)
          expected.push('key-rotation')
        }
        if (what === 'finish' && file.isBegun) {
          Object.assign(file, { at: file.at + 1, isBegun: false })
          await log.takeKeys(readFile(), makeEntry)
        }
        if (what === 'restart') {
          await log.close()
          log = await start()
        }
        if (what === 'month') nowMs += 31 * 86_400_000
      }
      await log.close()
      expect((await textsIn(home)).filter((text) => !text.startsWith('shard-'))).toEqual(expected)
      expect(await findingsIn(home, first)).toEqual([])
      await rm(home, { recursive: true })
    }),
    { numRuns: 12 },
  )
})

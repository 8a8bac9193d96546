import { describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_SPLIT } from '../../contract/audit-log/testing.ts'
import { placeShards, type Side } from '../reconcile/sides.ts'
import { doubtExport, listUnwitnessed } from './doubt-logs.ts'

const NAME = 'istmo.example/gateway'
const [REQUEST, PART] = SAMPLE_SPLIT as readonly [EntryOf<'request'>, EntryOf<'continuation'>]

/** A log of which a quorum has cosigned so many entries. */
function sideOf(entries: readonly Entry[], size = entries.length, isDemanded = true): Side {
  return {
    ...{
      name: NAME,
      size: entries.length,
      isExport: true,
      isLive: false,
      timesFrom: null,
      checkpointAt: null,
      shards: placeShards([]),
    },
    witnessed: { isDemanded, size, timeMs: 1 },
    anchorsNear: async () => [],
    async *entries() {
      for (const [index, entry] of entries.entries()) yield { index, bytes: canonicalBytes(entry) }
    },
  }
}

const idOf = (at: number) => `019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e${String(at).padStart(2, '0')}`
/** A request with the part of HN that has the number `seq`. */
const asked = (seq: number) => {
  const request = { ...REQUEST, id: idOf(seq), continuations: 1 } as EntryOf<'request'>
  const part = { ...PART, id: idOf(seq + 50), of: request.id, part: 1, country: 'HN', seq } as EntryOf<'continuation'>
  return [request, part] as const
}
const [ONE, TWO, THREE] = [asked(1), asked(2), asked(3)]
const COUNT: Entry = { v: 1, kind: 'heartbeat', id: idOf(99), time: REQUEST.time, gateway: NAME, counts: { HN: 3 } }

const doubtsAbout = async (entries: readonly Entry[], [request, part]: typeof ONE) =>
  (await doubtExport(sideOf(entries))).list(request, entries.includes(part) ? [part] : [])

describe('a log that an auditor derives from', () => {
  it('is doubted if the trust policy demands a quorum, and none has cosigned what was read', () => {
    expect(listUnwitnessed(sideOf([...ONE]), 2)).toEqual([])
    expect(listUnwitnessed(sideOf([...ONE], 0, false), 2)).toEqual([])
    expect(listUnwitnessed(sideOf([...ONE], 1), 2)).toEqual([
      `${NAME}: expected a quorum of witnesses for its first 2 entries; came one for 1`,
    ])
  })
})

describe('an export that an auditor derives from', () => {
  it('is not doubted if it has each part that was counted', async () => {
    const all = [...ONE, ...TWO, ...THREE, COUNT]
    for (const each of [ONE, TWO, THREE]) expect(await doubtsAbout(all, each)).toEqual([])
  })

  it('is doubted if the part of the request was taken out', async () => {
    const doubts = await doubtsAbout([...ONE, TWO[0], ...THREE, COUNT], TWO)
    expect(doubts).toEqual([
      `${NAME}: expected a country’s part of the request; the export has none`,
      expect.stringMatching(/expected continuations 2 to 2 of HN; came none of them/),
    ])
  })

  it('is doubted if it has no part at all', async () => {
    expect(await doubtsAbout([TWO[0]], TWO)).toEqual([expect.stringMatching(/expected a country’s part/)])
  })

  it('is doubted about its last request if nothing counts the parts: another one may have followed', async () => {
    const uncounted = [...ONE, ...TWO]
    expect(await doubtsAbout(uncounted, ONE)).toEqual([])
    expect(await doubtsAbout(uncounted, TWO)).toEqual([expect.stringMatching(/no start, stop or heartbeat/)])
  })
})

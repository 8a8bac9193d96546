import { describe, expect, it } from 'vitest'
import type { Entry, EntryOf } from '../contract/audit-log/entry.ts'
import { SAMPLE_SPLIT } from '../contract/audit-log/testing.ts'
import { type CheckedLine, createCompleteness, type ExportStatement, type ProvedLine } from './check-export.ts'

const NAME = 'istmo.example/gateway'
const [REQUEST, PART] = SAMPLE_SPLIT as readonly [EntryOf<'request'>, EntryOf<'continuation'>]

/** A request with the part of HN that has the number `seq`, in a shard. */
const asked = (origin: string, index: number, seq: number) => {
  const id = `019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e${String(seq).padStart(2, '0')}`
  const request = { ...REQUEST, id, continuations: 1 } as Entry
  const part = { ...PART, of: id, part: 1, country: 'HN', seq, legs: [], denied: [] } as Entry
  return [
    { origin, index, entry: request },
    { origin, index: index + 1, entry: part },
  ]
}

/** The entry that counts the parts of HN, in a shard. */
const counted = (origin: string, index: number, count: number): CheckedLine => {
  const entry = { v: 1, kind: 'heartbeat', id: REQUEST.id, time: REQUEST.time, gateway: NAME, counts: { HN: count } }
  return { origin, index, entry: entry as Entry, cosignedAt: [], findings: [] }
}

const LINE: ProvedLine = { index: 0, entry: null, proof: '' }
const STATEMENT: ExportStatement = {
  ...{ origin: `${NAME}/2026-12`, country: 'HN', from: null, until: null, isExtract: false, first: 1, last: 3 },
  ...{ before: null, after: null, counting: LINE, withheld: 0, checkpoint: '' },
}

/** Three requests over two shards. */
const PLACED = [...asked(NAME, 300, 1), ...asked(NAME, 302, 2), ...asked(`${NAME}/2026-12`, 4, 3)]

function end(count: CheckedLine, placed = PLACED) {
  const completeness = createCompleteness()
  const before = placed.flatMap(({ entry, ...place }) => completeness.push(entry, place))
  return [...before, ...completeness.end(STATEMENT, () => count).findings]
}

describe('an export of a log in shards', () => {
  it('is complete with a count in the newest shard, although the index of the count is smaller than those of older shards', () => {
    expect(end(counted(`${NAME}/2026-12`, 7, 3))).toEqual([])
  })

  it('is complete with a count of the shard before, when the newest one has none yet', () => {
    expect(end(counted(NAME, 310, 2))).toEqual([])
  })

  it.each<[string, CheckedLine]>([
    ['more parts in the shards than before the count', counted(`${NAME}/2026-12`, 2, 3)],
    ['a part that was counted and is missing', counted(`${NAME}/2026-12`, 7, 4)],
    ['fewer parts counted than stand before the count', counted(`${NAME}/2026-12`, 7, 2)],
  ])('is not complete with %s', (_, count) => {
    expect(end(count).map(({ kind }) => kind)).toContain('COUNT')
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalBytes } from '../log/canonical.ts'
import { encodeBundle } from '../merkle/entry-bundle.ts'
import { TILE_WIDTH, tilePath, tileWidth } from '../merkle/tile.ts'
import type { LogSource } from '../verify/source.ts'
import { createCountCheck, readCountedMembers, readCounts } from './count-check.ts'

const part = (country: string, seq: number) => ({ country, kind: 'continuation', seq })

/** What the simple loop knows after some entries, beside the entries themselves. */
function logOf(steps: readonly (string | null)[]) {
  const counts: Record<string, number> = {}
  const entries = steps.map((country) => {
    if (country === null) return { counts: { ...counts }, kind: 'heartbeat' }
    if (country === '') return { kind: 'graph', text: 'with "seq":7 and "counts":{} in a text' }
    counts[country] = (counts[country] ?? 0) + 1
    return part(country, counts[country] ?? 0)
  })
  return { counts, entries }
}

function sourceOf(entries: readonly object[]): LogSource {
  const bytes = entries.map(canonicalBytes)
  const files = new Map<string, Uint8Array>()
  for (let index = 0; index * TILE_WIDTH < bytes.length; index++) {
    const width = tileWidth('entries', index, bytes.length)
    const path = tilePath({ level: 'entries', index, width })
    files.set(path, encodeBundle(bytes.slice(index * TILE_WIDTH, index * TILE_WIDTH + width)))
  }
  return { name: 'log', read: async (path) => files.get(path) }
}

const check = (entries: readonly object[], from = 0) => {
  const counts = createCountCheck()
  return entries.slice(from).flatMap((entry, at) => counts.push({ index: from + at, bytes: canonicalBytes(entry) }))
}

const steps = fc.array(fc.constantFrom('GT', 'HN', 'SV', '', null), { maxLength: 700 })

describe('the counts of a log', () => {
  it('are read backwards as a simple loop finds them, wherever counts are stated', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { counts, entries } = logOf(all)
        expect(await readCounts(sourceOf(entries), entries.length)).toEqual(counts)
      }),
      { numRuns: 60 },
    )
  })

  it('are read only back to the last entry that states them', async () => {
    const { entries } = logOf([...Array.from({ length: 600 }, () => 'HN'), null, 'GT'])
    const { read, name } = sourceOf(entries)
    const paths: string[] = []
    const source = { name, read: (path: string) => read(path).finally(() => paths.push(path)) }
    expect(await readCounts(source, entries.length)).toEqual({ HN: 600, GT: 1 })
    expect(paths).toEqual(['tile/entries/002.p/90'])
  })

  it('hold in a log that counts without gaps, from wherever somebody reads it', () => {
    fc.assert(
      fc.property(steps, fc.nat(20), (all, from) => {
        expect(check(logOf(all).entries, from)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('do not hold if an entry that is counted is dropped, repeated or swapped', () => {
    fc.assert(
      fc.property(steps, fc.nat(), fc.constantFrom('DROP', 'REPEAT'), (all, where, what) => {
        const { entries } = logOf([...all, null])
        const counted = entries.flatMap((entry, at) => (entry.kind === 'continuation' ? [at] : []))
        const at = counted[where % Math.max(counted.length, 1)]
        if (at === undefined) return
        const inserted = what === 'DROP' ? [] : [entries[at] as object, entries[at] as object]
        expect(check(entries.toSpliced(at, 1, ...(inserted as typeof entries))).length).toBeGreaterThan(0)
      }),
      { numRuns: 100 },
    )
  })

  it('begin again behind entries that were pruned, and are checked from there on', () => {
    const counts = createCountCheck()
    const push = (index: number, entry: object) => counts.push({ index, bytes: canonicalBytes(entry) })
    expect([...push(0, part('HN', 1)), ...push(1, part('HN', 2))]).toEqual([])
    const heartbeat = { counts: { GT: 3, HN: 9 }, kind: 'heartbeat' }
    expect([...push(512, part('HN', 8)), ...push(513, part('HN', 9)), ...push(514, heartbeat)]).toEqual([])
    expect(push(515, part('GT', 5)).map(({ came }) => came)).toEqual(['GT 5: GT 4 is missing'])
    // The next shard goes on, also with a country that the pruned entries alone would have shown.
    const other = createCountCheck()
    const pushOther = (index: number, entry: object) => other.push({ index, bytes: canonicalBytes(entry) })
    expect([...pushOther(256, part('HN', 8)), ...pushOther(0, part('HN', 9)), ...pushOther(1, part('SV', 4))]).toEqual(
      [],
    )
    expect(pushOther(2, part('SV', 6)).map(({ came }) => came)).toEqual(['SV 6: SV 5 is missing'])
  })

  it('say which parts are missing, and where', () => {
    const entries = [part('HN', 1), part('HN', 5), part('HN', 5), { counts: { HN: 7, SV: 1 }, kind: 'heartbeat' }]
    expect(check(entries).map(({ where, came }) => [where, came])).toEqual([
      ['entry 1', 'HN 5: HN 2 to 4 are missing'],
      ['entry 2', 'HN 5 again'],
      ['entry 3', 'HN 7'],
      ['entry 3', 'SV 1'],
    ])
  })

  it('take no suspension of a node for a part of its country, though it has a country and a seq', async () => {
    const suspension = { country: 'HN', kind: 'node-suspension', seq: 1_796_148_128_119 }
    const entries = [suspension, { ...suspension, seq: suspension.seq + 7 }, { country: 'HN', kind: 'node-heartbeat' }]
    expect(check(entries)).toEqual([])
    expect(await readCounts(sourceOf(entries), entries.length)).toEqual({})
    expect(check([{ kind: 'graph', counts: { HN: 9 } }, part('HN', 1)])).toEqual([])
  })

  it('need nothing of an entry that has another form', () => {
    const broken = ['"seq":', '[{"seq":1}]', '{"counts":[1]}', '{"counts":{"HN":0}}', '{"country":"HN","seq":0}']
    for (const text of broken) {
      expect(readCountedMembers(Buffer.from(text))).toEqual({ part: undefined, counts: undefined })
    }
  })
})

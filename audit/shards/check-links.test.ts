import { describe, expect, it } from 'vitest'
import { newSigner } from '../log/testing.ts'
import { encodeBundle } from '../merkle/entry-bundle.ts'
import { hashLeaf } from '../merkle/hash.ts'
import { tilePath, tileWidth } from '../merkle/tile.ts'
import { formatBase64 } from '../note/base64.ts'
import { formatCheckpoint } from '../note/checkpoint.ts'
import { signNote } from '../note/note.ts'
import { parsePolicy } from '../note/policy.ts'
import { shardOrigin, shardSigner } from '../note/shard-name.ts'
import { checkShardLinks, type VerifiedShard } from './check-links.ts'
import { buildShardEnd, buildShardStart, type ShardStart } from './shard-entries.ts'

/** The links between shards whose trees are verified: three of one log, each of 300 entries, with a bundle that ends in it and one that does not. */

const NAME = 'istmo.example/gateway'
const signer = newSigner(NAME)
const policy = parsePolicy(`log ${signer.verifier.vkey}\nquorum none\n`)
const SIZE = 300
const BASE = { v: 1, id: '01a20c91-a7d0-7000-8000-000000000000', time: '2026-11-24T08:00:00.000Z' } as const
const originOf = (period: string | null): string => shardOrigin(NAME, period)
const rootOf = (origin: string) => hashLeaf(Buffer.from(origin))

/** A signed checkpoint of a shard. */
function noteOf(period: string | null, by = signer, size = SIZE, root = rootOf(originOf(period))): string {
  return signNote(formatCheckpoint({ origin: originOf(period), size, root }), [shardSigner(by, period)])
}

const startOf = (period: string, note: string) => buildShardStart(BASE, originOf(period), note)
const endOf = (period: string | null, next: string) => buildShardEnd(BASE, originOf(period), originOf(next))
const other = { ...BASE, kind: 'stop' }

/** How a shard differs from the others. `pruned`: which bundles are gone. `mayBeMissing`: which ones the prunings of the log let go. */
interface Made {
  readonly pruned?: readonly number[]
  readonly mayBeMissing?: readonly number[]
  readonly size?: number
}

/** Makes a shard with these first and last entries. */
function makeShard(
  period: string | null,
  first: object,
  last: object,
  { pruned = [], size = SIZE, mayBeMissing = pruned }: Made = {},
): VerifiedShard & { readonly paths: string[] } {
  const entries = Array.from({ length: size }, (_, at) => (at === 0 ? first : at === size - 1 ? last : other))
  const bytes = entries.map((entry) => Buffer.from(JSON.stringify(entry)))
  const paths: string[] = []
  const files = new Map(
    [0, 1]
      .filter((bundle) => bundle * 256 < size && !pruned.includes(bundle))
      .map((bundle) => {
        const path = tilePath({ level: 'entries', index: bundle, width: tileWidth('entries', bundle, size) })
        return [path, encodeBundle(bytes.slice(bundle * 256, (bundle + 1) * 256))]
      }),
  )
  const origin = originOf(period)
  const read = async (path: string) => {
    paths.push(path)
    return files.get(path)
  }
  const isPruned = (bundle: number) => mayBeMissing.includes(bundle)
  return {
    ...{ source: { name: origin, read, period }, origin, size, root: formatBase64(rootOf(origin)) },
    policy,
    isPruned,
    paths,
  }
}

const FIRST = makeShard(null, other, endOf(null, '2026-12'))
const MIDDLE = makeShard('2026-12', startOf('2026-12', noteOf(null)), endOf('2026-12', '2027-01'))
const LAST = makeShard('2027-01', startOf('2027-01', noteOf('2026-12')), other)
const ALL = [FIRST, MIDDLE, LAST]

const say = async (shards: readonly VerifiedShard[]) =>
  (await checkShardLinks(shards, policy)).map(
    ({ kind, where, expected, came }) => `${kind} ${where}: ${expected}; ${came}`,
  )
const kindless = async (shards: readonly VerifiedShard[]) =>
  (await say(shards)).map((line) => line.replace(/^SHARD /, ''))

describe('the links between shards', () => {
  it('hold in whatever order the shards are given, and with an older copy of some of them', async () => {
    expect(await say(ALL)).toEqual([])
    expect(await say([LAST, FIRST, MIDDLE])).toEqual([])
    const older = makeShard('2026-12', startOf('2026-12', noteOf(null)), other, { size: 290 })
    expect(await say([...ALL, older])).toEqual([])
    expect(await say([older, ...ALL, ...ALL])).toEqual([])
  })

  it('are named in the order of the shards if they do not hold, in whatever order these are given', async () => {
    const found = await say([FIRST, LAST])
    expect(found.map((line) => line.split(':')[0])).toEqual([`SHARD ${NAME}`, `SHARD ${NAME}/2027-01`])
    expect(await say([LAST, FIRST])).toEqual(found)
  })

  it('hold for each log by itself', async () => {
    const second = newSigner('istmo.example/hn')
    const both = parsePolicy(`log ${signer.verifier.vkey}\nlog ${second.verifier.vkey}\nquorum none\n`)
    const ofSecond = {
      ...makeShard(null, other, buildShardEnd(BASE, 'istmo.example/hn', 'istmo.example/hn/2026-12')),
      origin: 'istmo.example/hn',
    }
    const found = await checkShardLinks([...ALL, ofSecond], both)
    expect(found.map(({ where, expected }) => `${where}: ${expected}`)).toEqual([
      'istmo.example/hn: the next shard istmo.example/hn/2026-12',
    ])
  })

  it('stand in the same entry if a shard has only one, which is at most one of both', async () => {
    const started = makeShard('2026-12', startOf('2026-12', noteOf(null)), other, { size: 1 })
    expect(await say([FIRST, started])).toEqual([])
    const ended = makeShard(null, endOf(null, '2026-12'), other, { size: 1 })
    const next = makeShard('2026-12', startOf('2026-12', noteOf(null, signer, 1)), other)
    expect(await say([ended, next])).toEqual([])
  })

  it('are read from the two bundles in which they stand, and nothing else is read again', async () => {
    const shard = makeShard('2027-01', startOf('2027-01', noteOf('2026-12')), other)
    await checkShardLinks([FIRST, MIDDLE, shard], policy)
    expect(shard.paths).toEqual(['tile/entries/000', 'tile/entries/001.p/44'])
  })

  it.each<[string, readonly VerifiedShard[], readonly string[]]>([
    [
      'the shard in the middle is missing',
      [FIRST, LAST],
      [
        `${NAME}: the next shard ${NAME}/2026-12; no shard of that origin`,
        `${NAME}/2027-01: the shard ${NAME}/2026-12 before it; no shard of that origin`,
      ],
    ],
    [
      'the last shard is missing',
      [FIRST, MIDDLE],
      [`${NAME}/2026-12: the next shard ${NAME}/2027-01; no shard of that origin`],
    ],
    [
      'a shard does not name the one before it',
      [FIRST, makeShard('2026-12', other, other)],
      [`${NAME}/2026-12: a first entry that names the shard before it; none`],
    ],
    [
      'a shard ends with a link to itself',
      [makeShard(null, other, buildShardEnd(BASE, NAME, NAME))],
      [`${NAME}: a last entry that names the shard after it; ${NAME}, which continues none`],
    ],
    [
      'two shards end with a link to the same one',
      [
        makeShard(null, other, endOf(null, '2027-01')),
        makeShard('2026-12', startOf('2026-12', noteOf(null)), endOf('2026-12', '2027-01')),
        LAST,
      ],
      [
        `${NAME}: a last entry that names the shard after it; ${NAME}/2027-01, which continues ${NAME}/2026-12`,
        `${NAME}: a last entry that names the next shard ${NAME}/2026-12; one that names ${NAME}/2027-01`,
      ],
    ],
    [
      'a shard has not ended, and another one continues it',
      [makeShard(null, other, other), makeShard('2026-12', startOf('2026-12', noteOf(null)), other)],
      [`${NAME}: a last entry that names the next shard ${NAME}/2026-12; no such entry`],
    ],
    [
      'a shard is continued by two',
      [
        FIRST,
        makeShard('2026-12', startOf('2026-12', noteOf(null)), other),
        makeShard('2027-01', startOf('2027-01', noteOf(null)), other),
      ],
      [
        `${NAME}/2026-12: one shard after ${NAME}; also ${NAME}/2027-01`,
        `${NAME}/2027-01: one shard after ${NAME}; also ${NAME}/2026-12`,
        `${NAME}: a last entry that names the next shard ${NAME}/2027-01; one that names ${NAME}/2026-12`,
      ],
    ],
    [
      'the first entry is of another shard',
      [FIRST, makeShard('2026-12', startOf('2027-01', noteOf(null)), other)],
      [`${NAME}/2026-12: a first entry of ${NAME}/2026-12; one of ${NAME}/2027-01`],
    ],
    [
      'the shard before it has fewer entries',
      [FIRST, makeShard('2026-12', startOf('2026-12', noteOf(null, signer, 301)), other)],
      [
        `${NAME}: the 301 entries with the root ${FIRST.root} from which ${NAME}/2026-12 continues; 300 entries with the root ${FIRST.root}`,
      ],
    ],
    [
      'the shard before it has another root',
      [FIRST, makeShard('2026-12', startOf('2026-12', noteOf(null, signer, SIZE, rootOf('x'))), other)],
      [
        `${NAME}: the 300 entries with the root ${formatBase64(rootOf('x'))} from which ${NAME}/2026-12 continues; 300 entries with the root ${FIRST.root}`,
      ],
    ],
    [
      'two shards lie at each other’s places',
      [
        FIRST,
        { ...MIDDLE, source: { ...MIDDLE.source, period: '2027-01' } },
        { ...LAST, source: { ...LAST.source, period: '2026-12' } },
      ],
      [
        `${NAME}/2026-12: the shard ${NAME}/2027-01; the shard ${NAME}/2026-12`,
        `${NAME}/2027-01: the shard ${NAME}/2026-12; the shard ${NAME}/2027-01`,
      ],
    ],
  ])('do not hold if %s', async (_, shards, expected) => {
    expect((await kindless(shards)).toSorted()).toEqual([...expected].toSorted())
  })

  const thief = newSigner(NAME)
  const repeated = startOf('2026-12', noteOf(null)) as ShardStart
  it.each([
    [
      'somebody else signed',
      startOf('2026-12', noteOf(null, thief)),
      /, signed by the log; .*no signature is from a known key/,
    ],
    [
      'says something else than the entry',
      { ...repeated, previous: { ...repeated.previous, checkpoint: noteOf(null, signer, 299) } },
      /300 entries of istmo.example\/gateway with the root .*; one of 299 entries of istmo.example\/gateway with the root/,
    ],
  ])('do not hold if the final checkpoint in the first entry %s', async (_, start, message) => {
    const found = await say([FIRST, makeShard('2026-12', start, other)])
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(message)
  })

  it('miss no entry that was pruned, and miss one that is gone without a pruning', async () => {
    const start = startOf('2026-12', noteOf(null))
    const pruned = makeShard('2026-12', start, endOf('2026-12', '2027-01'), { pruned: [0] })
    expect(await say([FIRST, pruned, LAST])).toEqual([])
    const prunedEnd = makeShard('2026-12', start, endOf('2026-12', '2027-01'), { pruned: [1] })
    expect(await say([FIRST, prunedEnd, LAST])).toEqual([])
    // Only the bundle behind it was pruned by the rules.
    const gone = makeShard('2026-12', start, endOf('2026-12', '2027-01'), { pruned: [0], mayBeMissing: [1] })
    expect(await kindless([FIRST, gone, LAST])).toContain(
      `${NAME}/2026-12: a first entry that names the shard before it; none`,
    )
  })

  it('say nothing about logs that the trust policy does not name, or about shards that are given outside of a home', async () => {
    const stranger = { ...LAST, origin: 'istmo.example/other/2027-01' }
    expect(await say([stranger])).toEqual([])
    const { period: _, ...source } = FIRST.source
    expect(await say([{ ...FIRST, source }, MIDDLE, LAST])).toEqual([])
  })

  it('of an empty shard are missing', async () => {
    const empty = makeShard('2027-01', other, other, { size: 0 })
    expect(await kindless([FIRST, MIDDLE, empty])).toEqual([
      `${NAME}/2027-01: a first entry that names the shard before it; none`,
    ])
  })

  it('of an empty shard are missing, and not pruned, whatever the prunings let go', async () => {
    const empty = { ...makeShard(null, other, other, { size: 0 }), isPruned: () => true }
    const next = makeShard('2026-12', startOf('2026-12', noteOf(null, signer, 0)), other)
    expect(await kindless([empty, next])).toEqual([
      `${NAME}: a last entry that names the next shard ${NAME}/2026-12; no such entry`,
    ])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EMPTY_ROOT, HASH_BYTES, hashLeaf } from '../merkle/hash.ts'
import { createMemoryTiles, createTiledTree } from '../merkle/tiled-tree.ts'
import { createWalkedTree } from './walk.ts'

const LEAVES = Buffer.concat(Array.from({ length: 150_000 }, (_, at) => hashLeaf(Buffer.from(`${at}`))))
const tileOf = (index: number, size: number) =>
  LEAVES.subarray(index * 256 * HASH_BYTES, Math.min(size, (index + 1) * 256) * HASH_BYTES)

const reference = createMemoryTiles()
for (let at = 0; at < LEAVES.length / HASH_BYTES; at++) {
  reference.push(LEAVES.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES))
}
const expected = createTiledTree(reference.readTile, () => LEAVES.length / HASH_BYTES)

function walk(size: number) {
  const tree = createWalkedTree()
  for (let index = 0; index * 256 < size; index++) tree.add(tileOf(index, size))
  return tree
}

describe('a tree that was walked along', () => {
  it('has the root of each size, as the tree of tiles has', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20_000 }), fc.nat(), async (size, seed) => {
        const tree = walk(size)
        const of = seed % (size + 1)
        expect(tree.size()).toBe(size)
        expect(tree.root(of)).toEqual(of === 0 ? EMPTY_ROOT : await expected.root(of))
      }),
      { numRuns: 50 },
    )
  })

  it('forgets old leaves, and takes them back only if they are the same', async () => {
    const tree = walk(150_000)
    expect(tree.root(150_000)).toEqual(await expected.root(150_000))
    expect(tree.root(1_000)).toBeUndefined()
    expect(tree.root(1_024)).toEqual(await expected.root(1_024))
    const other = Buffer.from(tileOf(3, 150_000))
    other[5] = (other[5] ?? 0) ^ 1
    expect(tree.restore(3, other)).toBe(false)
    expect(tree.restore(3, tileOf(4, 150_000))).toBe(false)
    expect(tree.restore(3, tileOf(3, 150_000).subarray(32))).toBe(false)
    expect(tree.root(1_000)).toBeUndefined()
    expect(tree.restore(3, tileOf(3, 150_000))).toBe(true)
    expect(tree.root(1_000)).toEqual(await expected.root(1_000))
  })

  it('ends with a tile that is not full, and has no larger sizes', () => {
    const tree = walk(300)
    expect(() => tree.add(tileOf(2, 600))).toThrow('only the last tile')
    expect(() => tree.root(301)).toThrow('has no node')
    expect(tree.tile(1, 0)?.width()).toBe(1)
    expect(tree.tile(1, 1)).toBeUndefined()
  })
})

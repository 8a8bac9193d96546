import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { consistencyRanges, hashLeaf, hashLeaves, hashNode, inclusionRanges } from './hash.ts'
import { isConsistent, isIncluded, rootFromInclusion } from './proof.ts'
import { plainPath, plainProof, plainRoot } from './testing.ts'
import { createMemoryTiles, createTiledTree } from './tiled-tree.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const unhex = (text: string) => Buffer.from(text, 'hex')

/** The eight leaves and their roots that implementations of Certificate Transparency share as test data for RFC 6962. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  unhex,
)
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
].map(unhex)
const NODES: Readonly<Record<string, string>> = {
  '0:0': '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  '0:1': '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
  '0:4': 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  '1:1': '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
  '1:2': '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
  '1:3': 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
  '2:0': 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '2:1': '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
}

function treeOf(entries: readonly Uint8Array[]) {
  const tiles = createMemoryTiles()
  for (const entry of entries) tiles.push(hashLeaf(entry))
  return createTiledTree(tiles.readTile, () => entries.length)
}

describe('the tree of Certificate Transparency’s eight leaves', () => {
  const tree = treeOf(LEAVES)

  it.each(ROOTS.map((root, size) => [size, root] as const))(
    'has the published root at %i leaves',
    async (size, root) => {
      expect(hex(await tree.root(size))).toBe(hex(root))
      expect(hex(plainRoot(LEAVES.slice(0, size)))).toBe(hex(root))
    },
  )

  it.each([
    [0, 8, ['0:1', '1:1', '2:1']],
    [5, 8, ['0:4', '1:3', '2:0']],
    [2, 3, [undefined]],
    [1, 5, ['0:0', '1:1', '0:4']],
  ] as const)('proves that leaf %i is in %i leaves, with the published path', async (index, size, path) => {
    const proof = await tree.inclusion(index, size)
    expect(proof.map(hex)).toEqual(path.map((name) => NODES[name ?? ''] ?? hex(ROOTS[2] ?? unhex(''))))
    expect(isIncluded(hashLeaf(LEAVES[index] ?? unhex('')), index, size, proof, ROOTS[size] ?? unhex(''))).toBe(true)
  })

  it.each([
    [1, 1, []],
    [1, 8, ['0:1', '1:1', '2:1']],
    [6, 8, ['1:2', '1:3', '2:0']],
    [2, 5, ['1:1', '0:4']],
  ] as const)(
    'proves that the first %i leaves are a beginning of %i leaves, with the published proof',
    async (from, to, path) => {
      const proof = await tree.consistency(from, to)
      expect(proof.map(hex)).toEqual(path.map((name) => NODES[name]))
      const head = (size: number) => ({ size, root: ROOTS[size] ?? unhex('') })
      expect(isConsistent(head(from), head(to), proof)).toBe(true)
    },
  )
})

/** Trees of up to about 1,000 leaves, so that they have tiles of two levels. Each entry contains its number. */
const size = fc.oneof(
  fc.integer({ min: 1, max: 20 }),
  fc.integer({ min: 250, max: 260 }),
  fc.integer({ min: 510, max: 1030 }),
)
const entriesOf = (count: number) => Array.from({ length: count }, (_, index) => Buffer.from(`entry ${index}`))

describe('a tree in tiles', () => {
  it('has the root, the paths and the proofs of the plain recursion', async () => {
    await fc.assert(
      fc.asyncProperty(size, fc.nat(), fc.nat(), async (count, a, b) => {
        const entries = entriesOf(count)
        const tree = treeOf(entries)
        const [of, index] = [1 + (a % count), b % (1 + (a % count))]
        const [from, beginning] = [1 + index, entries.slice(0, of)]
        expect(hex(await tree.root(of))).toBe(hex(plainRoot(beginning)))
        expect((await tree.inclusion(index, of)).map(hex)).toEqual(plainPath(index, beginning).map(hex))
        expect((await tree.consistency(from, of)).map(hex)).toEqual(plainProof(from, beginning).map(hex))
      }),
      { numRuns: 60 },
    )
  })

  it('returns proofs that hold for their leaf and tree, and for nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(size, fc.nat(), fc.nat(), fc.nat(), async (count, a, b, at) => {
        const entries = entriesOf(count)
        const [index, from] = [a % count, 1 + (b % count)]
        const tree = treeOf(entries)
        const [root, leaf] = [await tree.root(count), hashLeaf(entries[index] ?? unhex(''))]
        const path = await tree.inclusion(index, count)
        expect(isIncluded(leaf, index, count, path, root)).toBe(true)
        expect(isIncluded(hashLeaf(unhex('ff')), index, count, path, root)).toBe(false)
        expect(isIncluded(leaf, index, count, [...path, root], root)).toBe(false)
        expect(isIncluded(leaf, index, count, path.slice(1), root)).toBe(count === 1)
        if (count > 1) expect(isIncluded(leaf, (index + 1) % count, count, path, root)).toBe(false)
        const [older, newer] = [
          { size: from, root: await tree.root(from) },
          { size: count, root },
        ]
        const proof = await tree.consistency(from, count)
        expect(isConsistent(older, newer, proof)).toBe(true)
        expect(isConsistent({ size: from, root: hashNode(root, root) }, newer, proof)).toBe(false)
        expect(isConsistent(older, newer, [...proof, root])).toBe(false)
        if (proof.length > 0) {
          const torn = proof.map((hash, i) => (i === at % proof.length ? hashNode(hash, hash) : hash))
          expect(isConsistent(older, newer, torn)).toBe(false)
          expect(isConsistent(older, newer, proof.slice(1))).toBe(false)
        }
      }),
      { numRuns: 60 },
    )
  })

  // tlog-tiles, Pruning: a tile may go when all of its leaves are below the minimum index.
  it('does not need a tile that has only pruned leaves, for proofs at or after the minimum index', async () => {
    const [count, leaves] = [66_500, createMemoryTiles()]
    for (const entry of entriesOf(count)) leaves.push(hashLeaf(entry))
    const unpruned = createTiledTree(leaves.readTile, () => count)
    const root = await unpruned.root(count)
    await fc.assert(
      fc.asyncProperty(fc.nat(count - 1), fc.nat(), fc.nat(), async (minimum, a, b) => {
        const readTile: typeof leaves.readTile = async (id) => {
          if ((id.index + 1) * 256 ** (id.level + 1) <= minimum) throw new RangeError('pruned')
          return leaves.readTile(id)
        }
        const pruned = createTiledTree(readTile, () => count)
        const [index, from] = [minimum + (a % (count - minimum)), minimum + (b % (count - minimum + 1))]
        const leaf = hashLeaf(Buffer.from(`entry ${index}`))
        expect(isIncluded(leaf, index, count, await pruned.inclusion(index, count), root)).toBe(true)
        const older = { size: from, root: await pruned.root(from) }
        expect(isConsistent(older, { size: count, root }, await pruned.consistency(from, count))).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('rejects leaves and sizes that it does not have', async () => {
    const tree = treeOf(entriesOf(3))
    await expect(tree.inclusion(3, 3)).rejects.toThrow('no leaf 3 in a tree of 3')
    await expect(tree.inclusion(0, 4)).rejects.toThrow(RangeError)
    await expect(tree.consistency(2, 4)).rejects.toThrow('no way from 2 to 4 leaves')
    expect(rootFromInclusion(hashLeaf(unhex('')), 3, 3, [])).toBeUndefined()
    expect(rootFromInclusion(hashLeaf(unhex('')), -1, 3, [])).toBeUndefined()
  })

  it('computes proofs in trees of up to 2^53 leaves', () => {
    const size = Number.MAX_SAFE_INTEGER
    expect(inclusionRanges(size - 1, size).length).toBe(52)
    expect(inclusionRanges(0, 2 ** 49 - 1).at(-1)).toEqual({ begin: 2 ** 48, end: 2 ** 49 - 1 })
    expect(consistencyRanges(2 ** 48, 2 ** 49)).toEqual([{ begin: 2 ** 48, end: 2 ** 49 }])
  })
})

it('hashes many leaves as it hashes each, whatever their length and order', () => {
  const entry = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(0, 1, 16_383, 16_384, 16_385, 65_535).map((length) => new Uint8Array(length).fill(7)),
  )
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
      expect(hex(hashLeaves(entries))).toBe(entries.map((each) => hex(hashLeaf(each))).join(''))
    }),
  )
})

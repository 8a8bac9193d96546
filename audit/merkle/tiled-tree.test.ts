import { describe, expect, it } from 'vitest'
import { hashLeaf } from './hash.ts'
import { plainPath, plainProof, plainRoot } from './testing.ts'
import { createTile } from './tile.ts'
import { createMemoryTiles, createTiledTree, type ReadTile } from './tiled-tree.ts'

const ENTRIES = ['a', 'b', 'c'].map((text) => Buffer.from(text))

describe('a tree of three leaves', () => {
  const tree = createTiledTree(threeLeaves().readTile, () => 3)

  it.each([
    [-1, 3],
    [3, 3],
    [0, 4],
    [Number.NaN, 3],
  ])('rejects to prove leaf %i in %i leaves', async (index, size) => {
    await expect(tree.inclusion(index, size)).rejects.toThrow(`no leaf ${index} in a tree of ${size}`)
  })

  it.each([
    [-1, 2],
    [3, 2],
    [2, 4],
    [Number.NaN, 2],
  ])('rejects to prove that %i leaves are a beginning of %i', async (from, to) => {
    await expect(tree.consistency(from, to)).rejects.toThrow(`no way from ${from} to ${to} leaves`)
  })

  it.each([
    [0, 0],
    [0, 3],
    [2, 2],
    [3, 3],
  ])('needs no hash to prove that %i leaves are a beginning of %i', async (from, to) => {
    await expect(tree.consistency(from, to)).resolves.toEqual([])
  })
})

it('proofs that a tree began before it grew are valid for the size of that time', async () => {
  const tiles = threeLeaves()
  let size = 3
  const readTile: ReadTile = async (id) => {
    if (size === 3) {
      tiles.push(hashLeaf(Buffer.from('d')))
      size++
    }
    return tiles.readTile(id)
  }
  const treeAtThree = () => {
    size = 3
    return createTiledTree(readTile, () => size)
  }
  expect(await treeAtThree().inclusion(0, 3)).toEqual(plainPath(0, ENTRIES))
  expect(await treeAtThree().consistency(1, 3)).toEqual(plainProof(1, ENTRIES))
  expect(await treeAtThree().root(3)).toEqual(plainRoot(ENTRIES))
})

it('a tile with fewer hashes than requested is rejected with the node that is missing', async () => {
  const tree = createTiledTree(
    async () => createTile(),
    () => 3,
  )
  await expect(tree.root(3)).rejects.toThrow('the node 0 at height 1 is in no tile that was read')
})

describe('a store in memory', () => {
  it.each([
    [0, 1],
    [1, 0],
  ])('has no tile at level %i with index %i that no leaf has filled', async (level, index) => {
    const { readTile } = threeLeaves()
    await expect(readTile({ level, index, width: 1 })).rejects.toThrow(`no tile ${index} at level ${level}`)
  })

  it('begins a tile above each full one', async () => {
    const { push, readTile } = createMemoryTiles()
    for (let leaf = 0; leaf < 257; leaf++) push(hashLeaf(Buffer.from(String(leaf))))
    const [first, second, above] = await Promise.all([
      readTile({ level: 0, index: 0, width: 256 }),
      readTile({ level: 0, index: 1, width: 1 }),
      readTile({ level: 1, index: 0, width: 1 }),
    ])
    expect([first, second, above].map(({ width }) => width())).toEqual([256, 1, 1])
    expect(above.node(0, 0)).toEqual(first.node(8, 0))
  })
})

function threeLeaves() {
  const tiles = createMemoryTiles()
  for (const entry of ENTRIES) tiles.push(hashLeaf(entry))
  return tiles
}

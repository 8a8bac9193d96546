import { describe, expect, it } from 'vitest'
import { hashLeaf, hashNode } from './hash.ts'
import { createTile } from './tile.ts'

const LEAVES = Array.from({ length: 256 }, (_, index) => hashLeaf(Buffer.from(`entry ${index}`)))
const [a, b, c, d] = LEAVES as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]

describe('a tile', () => {
  it('has no nodes while it is empty', () => {
    const tile = createTile()
    expect(tile.width()).toBe(0)
    expect(tile.node(0, 0)).toBeUndefined()
    expect(tile.bytes(0)).toHaveLength(0)
  })

  it('has each node whose hashes are complete, and no other', () => {
    const tile = createTile(Buffer.concat([a, b, c]))
    expect(tile.width()).toBe(3)
    expect([0, 1, 2].map((index) => tile.node(0, index))).toEqual([a, b, c].map((hash) => Buffer.from(hash)))
    expect(tile.node(1, 0)).toEqual(hashNode(a, b))
    for (const [height, index] of [
      [0, 3],
      [1, 1],
      [2, 0],
      [9, 0],
    ] as const) {
      expect(tile.node(height, index)).toBeUndefined()
    }
  })

  it('grows to the right', () => {
    const tile = createTile(Buffer.concat([a, b, c]))
    tile.push(d)
    expect(tile.width()).toBe(4)
    expect(tile.node(2, 0)).toEqual(hashNode(hashNode(a, b), hashNode(c, d)))
  })

  it('has one node at its top once it is full', () => {
    const tile = createTile(Buffer.concat(LEAVES))
    expect(tile.node(7, 1)).toBeDefined()
    expect(tile.node(8, 0)).toEqual(hashNode(tile.node(7, 0) ?? a, tile.node(7, 1) ?? a))
    expect(tile.node(8, 1)).toBeUndefined()
    expect(tile.node(9, 0)).toBeUndefined()
  })

  it.each([0, 1, 2, 3])('returns its first %i hashes in the form of the file', (count) => {
    const bytes = Buffer.concat([a, b, c])
    expect(createTile(bytes).bytes(count)).toEqual(bytes.subarray(0, count * 32))
  })

  it('does not change when the bytes that it was made from do', () => {
    const bytes = Buffer.concat([a, b])
    const tile = createTile(bytes)
    bytes.fill(0)
    expect(tile.node(0, 1)).toEqual(Buffer.from(b))
  })

  it('accepts only complete hashes, and at most 256 of them', () => {
    expect(() => createTile(Buffer.alloc(33))).toThrow('a tile has up to 256 hashes of 32 bytes; 33 bytes came')
    expect(() => createTile(Buffer.alloc(257 * 32))).toThrow('8224 bytes came')
    expect(() => createTile(Buffer.alloc(256 * 32)).push(Buffer.alloc(32))).toThrow('the tile is full')
  })
})

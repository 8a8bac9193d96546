import { describe, expect, it } from 'vitest'
import { EMPTY_ROOT, type Hash, hashLeaf, hashNode } from './hash.ts'
import { isConsistent, isIncluded, rootFromInclusion } from './proof.ts'
import { plainPath, plainProof, plainRoot } from './testing.ts'

const ENTRIES = ['a', 'b', 'c', 'd', 'e'].map((text) => Buffer.from(text))
const [a, b, c, d] = ENTRIES.map((entry) => hashLeaf(entry)) as [Hash, Hash, Hash, Hash]
const AB = hashNode(a, b)
const CD = hashNode(c, d)
const headOf = (size: number) => ({ size, root: plainRoot(ENTRIES.slice(0, size)) })

describe('a proof of inclusion', () => {
  it.each([1, 2, 3, 4, 5])('holds for each leaf of %i', (size) => {
    const entries = ENTRIES.slice(0, size)
    for (const [index, entry] of entries.entries()) {
      expect(isIncluded(hashLeaf(entry), index, size, plainPath(index, entries), plainRoot(entries))).toBe(true)
    }
  })

  it('is rejected if it ends below the root, so that an inner node cannot pass for a leaf', () => {
    expect(isIncluded(AB, 0, 4, [CD], hashNode(AB, CD))).toBe(false)
    expect(rootFromInclusion(a, 0, 4, [b])).toBeUndefined()
  })

  it('is rejected if it goes on above the root', () => {
    expect(rootFromInclusion(a, 0, 1, [b])).toBeUndefined()
    expect(isIncluded(a, 0, 2, [b, CD], hashNode(CD, AB))).toBe(false)
  })

  it.each([-1, 2, Number.NaN])('is rejected for the index %d of two leaves', (index) => {
    expect(rootFromInclusion(a, index, 2, [b])).toBeUndefined()
  })
})

describe('a proof of consistency', () => {
  it.each([1, 2, 3, 4])('holds from %i leaves to each later size', (from) => {
    for (let to = from; to <= ENTRIES.length; to++) {
      expect(isConsistent(headOf(from), headOf(to), plainProof(from, ENTRIES.slice(0, to)))).toBe(true)
    }
  })

  it('is rejected if it ends below the root, so that a log cannot repeat its old root for a larger size', () => {
    expect(isConsistent({ size: 2, root: AB }, { size: 4, root: AB }, [])).toBe(false)
  })

  it('is rejected if it goes on above the root', () => {
    const proof = plainProof(3, ENTRIES.slice(0, 4))
    const [older, newer] = [headOf(3), headOf(4)].map(({ size, root }) => ({ size, root: hashNode(CD, root) }))
    if (older === undefined || newer === undefined) throw new Error('expected two heads')
    expect(isConsistent(older, newer, [...proof, CD])).toBe(false)
  })

  it('without a hash is rejected if the older root is not a node of the newer tree', () => {
    expect(isConsistent(headOf(3), headOf(4), [])).toBe(false)
  })

  it.each([
    ['is valid without a hash from the empty tree', { size: 0, root: EMPTY_ROOT }, [], true],
    ['is rejected from the empty tree with another root', { size: 0, root: AB }, [], false],
    ['is rejected from the empty tree with a hash', { size: 0, root: EMPTY_ROOT }, [AB], false],
    ['is rejected from the empty tree with another root and a hash', { size: 0, root: AB }, [AB], false],
    ['is rejected to the same size with another root', { size: 4, root: AB }, [], false],
    ['is rejected to the same size with a hash', headOf(4), [AB], false],
  ])('%s', (_, older, proof, isValid) => {
    expect(isConsistent(older, headOf(4), proof)).toBe(isValid)
  })

  it('is rejected to a smaller size, also one with the same root', () => {
    expect(isConsistent(headOf(4), headOf(2), [])).toBe(false)
    expect(isConsistent({ size: 4, root: AB }, { size: 2, root: AB }, [])).toBe(false)
  })
})

import { describe, expect, it } from 'vitest'
import { type Hash, hashLeaf, hashNode } from './hash.ts'
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

  it('is refused if it ends below the root, so that an inner node cannot pass for a leaf', () => {
    expect(isIncluded(AB, 0, 4, [CD], hashNode(AB, CD))).toBe(false)
    expect(rootFromInclusion(a, 0, 4, [b])).toBeUndefined()
  })

  it('is refused if it goes on above the root', () => {
    expect(rootFromInclusion(a, 0, 1, [b])).toBeUndefined()
    expect(isIncluded(a, 0, 2, [b, CD], hashNode(CD, AB))).toBe(false)
  })

  it.each([-1, 2, Number.NaN])('is refused for the index %d of two leaves', (index) => {
    expect(rootFromInclusion(a, index, 2, [b])).toBeUndefined()
  })
})

describe('a proof of consistency', () => {
  it.each([1, 2, 3, 4])('holds from %i leaves to each later size', (from) => {
    for (let to = from; to <= ENTRIES.length; to++) {
      expect(isConsistent(headOf(from), headOf(to), plainProof(from, ENTRIES.slice(0, to)))).toBe(true)
    }
  })

  it('is refused if it ends below the root, so that a log cannot repeat its old root for a larger size', () => {
    expect(isConsistent({ size: 2, root: AB }, { size: 4, root: AB }, [])).toBe(false)
  })

  it('is refused if it goes on above the root', () => {
    const proof = plainProof(3, ENTRIES.slice(0, 4))
    const [older, newer] = [headOf(3), headOf(4)].map(({ size, root }) => ({ size, root: hashNode(CD, root) }))
    if (older === undefined || newer === undefined) throw new Error('expected two heads')
    expect(isConsistent(older, newer, [...proof, CD])).toBe(false)
  })

  it('is refused to a smaller size', () => {
    expect(isConsistent(headOf(4), headOf(2), [])).toBe(false)
  })
})

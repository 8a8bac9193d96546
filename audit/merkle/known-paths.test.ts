import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatPath } from '../note/tlog-proof.ts'
import { type Hash, hashLeaf, hashNode } from './hash.ts'
import { createInclusionCheck, isIncluded } from './proof.ts'

/** A tree over so many leaves, and the proof of each of them, in the plain way of RFC 6962, section 2.1.1. */
function treeOf(size: number) {
  const leaves = Array.from({ length: size }, (_, at) => hashLeaf(Buffer.from(`entry ${at}`)))
  const half = (count: number): number => 2 ** Math.floor(Math.log2(count - 1))
  const rootOf = (from: readonly Hash[]): Hash => {
    const [only] = from
    if (from.length === 1 && only) return only
    const cut = half(from.length)
    return hashNode(rootOf(from.slice(0, cut)), rootOf(from.slice(cut)))
  }
  const proofOf = (at: number, from: readonly Hash[]): Hash[] => {
    if (from.length === 1) return []
    const cut = half(from.length)
    if (at < cut) return [...proofOf(at, from.slice(0, cut)), rootOf(from.slice(cut))]
    return [...proofOf(at - cut, from.slice(cut)), rootOf(from.slice(0, cut))]
  }
  return { leaves, root: rootOf(leaves), proofs: leaves.map((_, at) => proofOf(at, leaves)) }
}

const trees = new Map([1, 2, 3, 5, 8, 13, 21, 33].map((size) => [size, treeOf(size)]))

/** Hashes inner nodes, and counts them. */
function countHashes() {
  let count = 0
  const hashOf: typeof hashNode = (left, right) => {
    count += 1
    return hashNode(left, right)
  }
  return { hashOf, count: () => count }
}

/** What somebody does to a proof before it is checked. */
const spoil = fc.constantFrom('nothing', 'nothing', 'flip', 'drop', 'add', 'swap', 'other index', 'other leaf')

describe('the check of inclusion proofs that remembers nodes', () => {
  it('finds the same as the check of each proof for itself, in any order and with any fault', () => {
    const step = fc.record({ at: fc.nat(), spoil, line: fc.nat(), byte: fc.nat(31) })
    let valid = 0
    let invalid = 0
    fc.assert(
      fc.property(fc.constantFrom(...trees.keys()), fc.array(step, { maxLength: 40 }), (size, steps) => {
        const tree = trees.get(size) ?? expect.fail()
        const check = createInclusionCheck({ size, root: tree.root })
        for (const { at, spoil, line, byte } of steps) {
          const place = at % size
          const hashes = (tree.proofs[place] ?? []).map((hash) => Buffer.from(hash))
          const chosen = hashes[line % Math.max(1, hashes.length)]
          if (spoil === 'flip' && chosen) chosen[byte] = (chosen[byte] ?? 0) ^ 1
          if (spoil === 'drop') hashes.splice(line % Math.max(1, hashes.length), 1)
          if (spoil === 'add') hashes.push(Buffer.alloc(32, byte))
          if (spoil === 'swap') hashes.reverse()
          const index = spoil === 'other index' ? place + 1 + (line % 3) : place
          const leaf = tree.leaves[spoil === 'other leaf' ? line % size : place] ?? expect.fail()
          const expected = isIncluded(leaf, index, size, hashes, tree.root)
          if (expected) valid += 1
          else invalid += 1
          expect(check.includes(leaf, index, formatPath(hashes))).toBe(expected)
        }
      }),
      { numRuns: 300 },
    )
    expect(Math.min(valid, invalid)).toBeGreaterThan(300)
  })

  it('hashes each inner node once while all entries are asked about, in any order', () => {
    fc.assert(
      fc.property(fc.constantFrom(...trees.keys()), fc.infiniteStream(fc.nat()), (size, chance) => {
        const tree = trees.get(size) ?? expect.fail()
        const counted = countHashes()
        const check = createInclusionCheck({ size, root: tree.root }, counted.hashOf)
        const order = tree.leaves.map((leaf, at) => ({ leaf, at, by: chance.next().value ?? 0 }))
        for (const { leaf, at } of order.toSorted((one, other) => one.by - other.by)) {
          expect(check.includes(leaf, at, formatPath(tree.proofs[at] ?? []))).toBe(true)
        }
        expect(counted.count()).toBe(size - 1)
      }),
    )
  })

  it('remembers a few hundred nodes of a tree, and no more', () => {
    const size = 300
    const { leaves, root, proofs } = treeOf(size)
    const counted = countHashes()
    const check = createInclusionCheck({ size, root }, counted.hashOf)
    const askAbout = (from: number, until: number): number => {
      const before = counted.count()
      for (let at = from; at < until; at++) {
        expect(check.includes(leaves[at] ?? expect.fail(), at, formatPath(proofs[at] ?? []))).toBe(true)
      }
      return counted.count() - before
    }
    askAbout(0, size)
    // An entry whose neighbour was known has its own line hashed, up to the node above.
    expect(askAbout(0, 100)).toBe(50)
    expect(askAbout(200, size)).toBeGreaterThan(100)
  })

  it('has no entry before the first one', () => {
    const { leaves, root, proofs } = trees.get(8) ?? expect.fail()
    const check = createInclusionCheck({ size: 8, root })
    expect(check.includes(leaves[0] ?? expect.fail(), -1, formatPath(proofs[0] ?? []))).toBe(false)
  })

  it('lets a malformed line of an entry’s neighbour lead nowhere', () => {
    const { leaves, root, proofs } = trees.get(21) ?? expect.fail()
    const check = createInclusionCheck({ size: 21, root })
    expect(check.includes(leaves[8] ?? expect.fail(), 8, formatPath(proofs[8] ?? []))).toBe(true)
    const path = formatPath(proofs[9] ?? [])
    expect(check.includes(leaves[9] ?? expect.fail(), 9, `*${path.slice(1)}`)).toBe(false)
  })

  it('looks at the line of an entry’s neighbour, although it hashes nothing for it', () => {
    const { leaves, root, proofs } = trees.get(21) ?? expect.fail()
    const check = createInclusionCheck({ size: 21, root })
    const [leaf, neighbour] = [leaves[8] ?? expect.fail(), leaves[9] ?? expect.fail()]
    expect(check.includes(leaf, 8, formatPath(proofs[8] ?? []))).toBe(true)
    const [, ...others] = proofs[9] ?? []
    expect(check.includes(neighbour, 9, formatPath([neighbour, ...others]))).toBe(false)
    expect(check.includes(neighbour, 9, formatPath([leaf, ...others]))).toBe(true)
  })

  it.each([
    ['without its last newline', (path: string) => path.slice(0, -1)],
    ['with another character', (path: string) => path.replace(/.\n/, '*\n')],
    ['with a line that is too short', (path: string) => path.slice(4)],
    ['with an empty line behind it', (path: string) => `${path}\n`],
    [
      'that has bits which no byte uses',
      (path: string) => path.replace(/(.)=\n/, (_, last) => `${last === 'B' ? 'C' : 'B'}=\n`),
    ],
  ])('lets a path %s lead nowhere, also after the right one led to the root', (_, change) => {
    const { leaves, root, proofs } = trees.get(21) ?? expect.fail()
    const check = createInclusionCheck({ size: 21, root })
    const [leaf, path] = [leaves[9] ?? expect.fail(), formatPath(proofs[9] ?? [])]
    expect(check.includes(leaf, 9, path)).toBe(true)
    expect(check.includes(leaf, 9, change(path))).toBe(false)
    expect(check.includes(leaf, 9, path)).toBe(true)
  })
})

import { type Hash, hashNode } from './hash.ts'

/**
 * Which hashes a proof consists of (RFC 6962, sections 2.1.1 and 2.1.2), as ranges of leaves, and of which complete subtrees
 * a range is made. Sizes go to 2^53 - 1, so no bit operators.
 */

/** The leaves `begin` to `end - 1`; its hash is MTH(D[begin:end]). */
export interface Range {
  readonly begin: number
  readonly end: number
}

/** A complete subtree: `2 ** height` leaves from `index * 2 ** height` on. */
export interface NodeId {
  readonly height: number
  readonly index: number
}

/** Gives the hash of a complete subtree. */
export type NodeHashes = (node: NodeId) => Hash

/** The ranges of the inclusion proof of leaf `index` in a tree of `size` leaves, from the leaf's sibling to the root's child. */
export function inclusionRanges(index: number, size: number): readonly Range[] {
  const ranges: Range[] = []
  let [begin, end] = [0, size]
  while (end - begin > 1) {
    const middle = begin + split(end - begin)
    ranges.push(index < middle ? { begin: middle, end } : { begin, end: middle })
    if (index < middle) end = middle
    else begin = middle
  }
  return ranges.reverse()
}

/** The ranges of the consistency proof from a tree of `from` leaves to one of `to`; none where the proof is empty. */
export function consistencyRanges(from: number, to: number): readonly Range[] {
  if (from === 0 || from === to) return []
  const ranges: Range[] = []
  let [begin, end] = [0, to]
  // RFC 6962's SUBPROOF(m, D, b) with the recursion turned about; `from` is m counted from the tree's first leaf.
  while (from !== end) {
    const middle = begin + split(end - begin)
    ranges.push(from <= middle ? { begin: middle, end } : { begin, end: middle })
    if (from <= middle) end = middle
    else begin = middle
  }
  // b is true only where no right turn was taken: then the old root is known to whoever checks.
  if (begin > 0) ranges.push({ begin, end })
  return ranges.reverse()
}

/** The complete subtrees that a range is made of, from left to right. `begin` is a multiple of the largest one's leaves. */
export function nodesOf({ begin, end }: Range): readonly NodeId[] {
  const nodes: NodeId[] = []
  let at = begin
  while (at < end) {
    const height = floorLog2(end - at)
    nodes.push({ height, index: at / 2 ** height })
    at += 2 ** height
  }
  return nodes
}

/** The hash of a range of at least one leaf, MTH(D[begin:end]), from the hashes of its complete subtrees. */
export function hashRange(range: Range, hashes: NodeHashes): Hash {
  const parts = nodesOf(range).map(hashes)
  return parts.reduceRight((right, left) => hashNode(left, right))
}

/** The largest power of two that is smaller than `size`, for at least 2 leaves. */
function split(size: number): number {
  const power = 2 ** floorLog2(size)
  return power === size ? power / 2 : power
}

/** The largest whole number `n` with `2 ** n <= size`. `Math.log2` rounds up just below large powers. */
export function floorLog2(size: number): number {
  const rounded = Math.floor(Math.log2(size))
  return 2 ** rounded > size ? rounded - 1 : rounded
}

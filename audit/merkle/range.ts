import { type Hash, hashNode } from './hash.ts'

/**
 * Computes the hashes that a proof consists of (RFC 6962, sections 2.1.1 and 2.1.2) as ranges of leaves, and splits a range into
 * complete subtrees. Sizes go up to 2^53 - 1, so the code does not use bit operators.
 */

/** The leaves from `begin` to `end - 1`. The hash of the range is MTH(D[begin:end]). */
export interface Range {
  readonly begin: number
  readonly end: number
}

/** A complete subtree: `2 ** height` leaves, beginning with leaf `index * 2 ** height`. */
export interface NodeId {
  readonly height: number
  readonly index: number
}

/** Returns the hash of a complete subtree. */
export type NodeHashes = (node: NodeId) => Hash

/** Lists the ranges of the inclusion proof of leaf `index` in a tree of `size` leaves, from the leaf's sibling to the root's child. */
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

/** Lists the ranges of the consistency proof from a tree of `from` leaves to a tree of `to` leaves. An empty proof has no ranges. */
export function consistencyRanges(from: number, to: number): readonly Range[] {
  if (from === 0) return []
  const ranges: Range[] = []
  let [begin, end] = [0, to]
  // SUBPROOF(m, D, b) of RFC 6962 as a loop from the top; `from` is m, counted from the tree's first leaf.
  while (from !== end) {
    const middle = begin + split(end - begin)
    ranges.push(from <= middle ? { begin: middle, end } : { begin, end: middle })
    if (from <= middle) end = middle
    else begin = middle
  }
  // b stays true if the loop never went to the right. The verifier then already has the old root.
  if (begin > 0) ranges.push({ begin, end })
  return ranges.reverse()
}

/** Splits a range into complete subtrees, from left to right. `begin` must be a multiple of the largest one's number of leaves. */
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

/** Computes the hash of a range of at least one leaf, MTH(D[begin:end]), from the hashes of its complete subtrees. */
export function hashRange(range: Range, hashes: NodeHashes): Hash {
  const parts = nodesOf(range).map(hashes)
  return parts.reduceRight((right, left) => hashNode(left, right))
}

/** Returns the largest power of two that is smaller than `size`. `size` is at least 2. */
function split(size: number): number {
  const power = 2 ** floorLog2(size)
  return power === size ? power / 2 : power
}

/** Returns the largest whole number `n` with `2 ** n <= size`. It corrects `Math.log2`, which rounds up just below large powers. */
export function floorLog2(size: number): number {
  const rounded = Math.floor(Math.log2(size))
  return 2 ** rounded > size ? rounded - 1 : rounded
}

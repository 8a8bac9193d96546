import { EMPTY_ROOT, type Hash, hashNode, isSameHash } from './hash.ts'
import { floorLog2 } from './range.ts'

/** Verifies proofs with the algorithms of RFC 9162, sections 2.1.3.2 and 2.1.4.2 (the trees are those of RFC 6962). */

/**
 * Computes the root that an inclusion proof leads to.
 *
 * @param leaf the leaf's hash
 * @param proof hashes from the leaf's sibling to the root's child
 * @returns undefined if the proof does not have the length that `index` and `size` require.
 */
export function rootFromInclusion(leaf: Hash, index: number, size: number, proof: readonly Hash[]): Hash | undefined {
  if (!(index >= 0 && index < size)) return undefined
  let [fn, sn, root] = [index, size - 1, leaf]
  for (const sibling of proof) {
    if (sn === 0) return undefined
    if (isOdd(fn) || fn === sn) {
      root = hashNode(sibling, root)
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)]
    } else root = hashNode(root, sibling)
    ;[fn, sn] = [half(fn), half(sn)]
  }
  return sn === 0 ? root : undefined
}

/** Checks whether the leaf with hash `leaf` is at `index` in the tree of `size` leaves with this root. */
export function isIncluded(leaf: Hash, index: number, size: number, proof: readonly Hash[], root: Hash): boolean {
  const computed = rootFromInclusion(leaf, index, size, proof)
  return computed !== undefined && isSameHash(computed, root)
}

/** One state of a tree. */
export interface TreeHead {
  readonly size: number
  readonly root: Hash
}

/** Checks whether `proof` shows that the tree `from` is a beginning of the tree `to`. From size 0, the empty proof is valid. */
export function isConsistent(from: TreeHead, to: TreeHead, proof: readonly Hash[]): boolean {
  if (from.size > to.size) return false
  if (from.size === to.size) return proof.length === 0 && isSameHash(from.root, to.root)
  if (from.size === 0) return proof.length === 0 && isSameHash(from.root, EMPTY_ROOT)
  return leadsToBoth(from, to, proof)
}

function leadsToBoth(from: TreeHead, to: TreeHead, proof: readonly Hash[]): boolean {
  const path = 2 ** floorLog2(from.size) === from.size ? [from.root, ...proof] : proof
  const [seed, ...rest] = path
  if (seed === undefined) return false
  let [fn, sn] = [from.size - 1, to.size - 1]
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)]
  let [fr, sr] = [seed, seed]
  for (const hash of rest) {
    if (sn === 0) return false
    if (isOdd(fn) || fn === sn) {
      ;[fr, sr] = [hashNode(hash, fr), hashNode(hash, sr)]
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)]
    } else sr = hashNode(sr, hash)
    ;[fn, sn] = [half(fn), half(sn)]
  }
  return sn === 0 && isSameHash(fr, from.root) && isSameHash(sr, to.root)
}

function isOdd(number: number): boolean {
  return number % 2 === 1
}

function half(number: number): number {
  return Math.floor(number / 2)
}

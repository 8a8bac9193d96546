/** Verifies proofs with the algorithms of RFC 9162, sections 2.1.3.2 and 2.1.4.2 (the trees are those of RFC 6962). */

import { parseBase64 } from '../note/base64.ts'
import { EMPTY_ROOT, floorLog2, HASH_BYTES, type Hash, hashNode, isSameHash } from './hash.ts'

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

/** When so many nodes of one tree are remembered, no path is added any more. */
const MAX_NODES = 256

/** The length of a line of a path: 32 bytes in Base 64, and a newline. */
const LINE_LENGTH = 45

/**
 * A node that is in the tree. The lines of `path` from `from` on lead from it to the root. Before them comes the line of the node beside it, if that is
 * not in `path`.
 */
interface KnownNode {
  readonly hash: Hash
  /** The node beside it; null if `path` has it. */
  readonly beside: Hash | null
  readonly path: string
  readonly from: number
}

/** A node on a path whose end is not reached yet, or the node beside it. */
interface PassedNode extends Omit<KnownNode, 'path'> {
  readonly level: number
  readonly at: number
}

/** Checks inclusion proofs of one tree. */
export type InclusionCheck = ReturnType<typeof createInclusionCheck>

/**
 * Creates the check of inclusion proofs of one tree (RFC 9162, section 2.1.3.2). It remembers which nodes led to the root, each with the rest of its
 * path. Entries of one commit are neighbours, so most of their paths is the same: it is compared as text, and not hashed again. A path also shows that
 * the nodes beside it are in the tree, so the proof of an entry's neighbour is hashed nowhere.
 * @param hashOf computes the hash of an inner node. Tests count its calls.
 */
export function createInclusionCheck({ size, root }: TreeHead, hashOf = hashNode) {
  // By level and place in it: the nodes that are known to lead to the root.
  const levels: Map<number, KnownNode>[] = []
  let count = 0
  const remember = (level: number, at: number, node: KnownNode): void => {
    const ofLevel = levels[level] ?? new Map<number, KnownNode>()
    levels[level] = ofLevel
    if (ofLevel.has(at)) return
    ofLevel.set(at, node)
    count += 1
  }
  return {
    /**
     * @param leaf the leaf's hash.
     * @param path the proof from the leaf's sibling to the root's child: for each hash a line of Base 64 that ends with a newline.
     * @returns whether the path leads from this leaf at this index to the root. A malformed path leads nowhere.
     */
    includes(leaf: Hash, index: number, path: string) {
      if (!(index >= 0 && index < size)) return false
      const passed: PassedNode[] = []
      let [at, last, level, hash, from] = [index, size - 1, 0, leaf, 0]
      let isKnown = false
      while (from < path.length) {
        // A node without a neighbour at its level is itself the node above. There it is known as the neighbour of another one.
        for (; at === last && at % 2 === 0 && at > 0; level += 1) [at, last] = [half(at), half(last)]
        isKnown = leadsToRoot(levels[level]?.get(at), hash, path, from)
        if (isKnown) break
        const sibling = readLine(path, from)
        if (last === 0 || sibling === undefined) return false
        const below = hash
        const isRight = at % 2 === 1
        hash = isRight ? hashOf(sibling, below) : hashOf(below, sibling)
        from += LINE_LENGTH
        passed.push({ level, at: isRight ? at - 1 : at + 1, hash: sibling, beside: below, from })
        ;[at, last] = [half(at), half(last)]
        level += 1
        passed.push({ level, at, hash, beside: null, from })
      }
      if (!isKnown && (last !== 0 || !isSameHash(hash, root))) return false
      if (passed.length > 0 && count < MAX_NODES) {
        // A part of a string holds the whole string, which is the receipt.
        const own = Buffer.from(path, 'latin1').toString('latin1')
        for (const { level, at, hash, beside, from } of passed) remember(level, at, { hash, beside, path: own, from })
      }
      return true
    },
  }
}

function leadsToRoot(known: KnownNode | undefined, hash: Hash, path: string, from: number): boolean {
  if (known === undefined || !isSameHash(known.hash, hash)) return false
  if (known.beside === null) return known.path.slice(known.from) === path.slice(from)
  const beside = readLine(path, from)
  if (beside === undefined || !isSameHash(beside, known.beside)) return false
  return known.path.slice(known.from) === path.slice(from + LINE_LENGTH)
}

function readLine(path: string, from: number): Hash | undefined {
  if (path[from + LINE_LENGTH - 1] !== '\n') return undefined
  return parseBase64(path.slice(from, from + LINE_LENGTH - 1), HASH_BYTES)
}

import { EMPTY_ROOT, type Hash, hashLeaf, hashNode } from './hash.ts'

/** The functions of RFC 6962, section 2.1, as the RFC writes them: recursive and slow. The property tests compare against them. */

/** MTH(D). */
export function plainRoot(entries: readonly Uint8Array[]): Hash {
  const [first] = entries
  if (first === undefined) return EMPTY_ROOT
  if (entries.length === 1) return hashLeaf(first)
  const k = split(entries.length)
  return hashNode(plainRoot(entries.slice(0, k)), plainRoot(entries.slice(k)))
}

/** PATH(m, D). */
export function plainPath(m: number, entries: readonly Uint8Array[]): readonly Hash[] {
  if (entries.length === 1) return []
  const k = split(entries.length)
  const [left, right] = [entries.slice(0, k), entries.slice(k)]
  return m < k ? [...plainPath(m, left), plainRoot(right)] : [...plainPath(m - k, right), plainRoot(left)]
}

/** PROOF(m, D) with 0 < m <= n. */
export function plainProof(m: number, entries: readonly Uint8Array[]): readonly Hash[] {
  return subproof(m, entries, true)
}

function subproof(m: number, entries: readonly Uint8Array[], isFromStart: boolean): readonly Hash[] {
  if (m === entries.length) return isFromStart ? [] : [plainRoot(entries)]
  const k = split(entries.length)
  const [left, right] = [entries.slice(0, k), entries.slice(k)]
  return m <= k
    ? [...subproof(m, left, isFromStart), plainRoot(right)]
    : [...subproof(m - k, right, false), plainRoot(left)]
}

function split(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

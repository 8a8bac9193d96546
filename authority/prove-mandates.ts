/** The proofs of mandates, also while the log grows faster than the witnesses cosign. */
import type { Mandates } from './doors.ts'

/** How many proofs are kept. Each has about 1.5 KB. */
const MAX_PROOFS = 10_000

/**
 * Creates the prover of mandates. A proof leads into a checkpoint that a witness has cosigned, and each token makes a newer checkpoint that none has seen
 * yet. So when there is no proof, the witnesses are asked at once. A proof that was made once stays one, and is kept as long as the mandate is in force.
 * @param collect takes the newest checkpoint to the witnesses; null if there are none.
 * @param onUnproved called with a country once it gets no proof, and not again until it got one.
 */
export function createProver(
  { find, prove }: Pick<Mandates, 'find' | 'prove'>,
  collect: (() => Promise<void>) | null,
  onUnproved: (country: string) => void,
): Mandates['prove'] {
  const proofs = new Map<string, unknown>()
  const unproved = new Set<string>()
  return async (hash, country) => {
    const key = JSON.stringify([hash, country])
    if ((await find(hash)) === null) {
      proofs.delete(key)
      return null
    }
    const kept = proofs.get(key)
    if (kept !== undefined) return kept
    let proof = await prove(hash, country)
    if (proof === null && collect !== null) {
      await collect()
      proof = await prove(hash, country)
    }
    if (proof === null) {
      if (!unproved.has(country)) onUnproved(country)
      unproved.add(country)
      return null
    }
    unproved.delete(country)
    proofs.set(key, proof)
    const [oldest] = proofs.keys()
    if (proofs.size > MAX_PROOFS && oldest !== undefined) proofs.delete(oldest)
    return proof
  }
}

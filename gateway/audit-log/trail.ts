import type { Trail } from '../types/flow.ts'

/**
 * Creates the trail of a request that begins: nothing is noted yet.
 * @param salt the salt of the request's entry, 32 bytes. The salts of its legs derive from it (contract/leg-salt.ts).
 */
export function createTrail(salt: Uint8Array): Trail {
  return {
    operation: null,
    uses: null,
    cost: null,
    denials: [],
    legs: [],
    sent: new Map(),
    codes: null,
    salt,
    legSalts: 0,
  }
}

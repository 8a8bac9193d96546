import { createHash } from 'node:crypto'

/**
 * Checks whether a mutant belongs to a sample. The same seed chooses the same mutants as long as the code around them does not move.
 *
 * @param mutant A text that identifies the mutant.
 * @param share From 0 to 1: 0.2 for one mutant in five.
 */
export function isInSample(mutant: string, share: number, seed: number): boolean {
  const drawn = createHash('sha256').update(`${seed}\n${mutant}`).digest().readUInt32BE()
  return drawn < share * 2 ** 32
}

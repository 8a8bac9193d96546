/** Randomness that is a function of its seed, so that a number is enough to repeat a failing case. */
import { createDice, type Dice } from '../oracle/dice.ts'

/** Hashes a text to a 32-bit number (FNV-1a with a final avalanche, so that similar texts have different numbers). */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return avalanche(hash)
}

/** Makes dice whose throws follow from the seed (a Weyl sequence through an avalanche). */
export function seededDice(seed: string): Dice {
  let state = hashOf(seed)
  return createDice((min, max) => {
    state = (state + 0x9e3779b9) >>> 0
    return min + (avalanche(state) % (max - min + 1))
  })
}

/** Returns the items in a random order. */
export function shuffled<T>(items: readonly T[], dice: Dice): T[] {
  const remaining = [...items]
  const result: T[] = []
  while (remaining.length > 0) result.push(...remaining.splice(dice.between(0, remaining.length - 1), 1))
  return result
}

function avalanche(value: number): number {
  let x = value >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

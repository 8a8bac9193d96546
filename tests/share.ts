/**
 * What CI runs of that which is repeated (docs/decisions/0090): random cases, kills, cuts, and files that run under a second setting.
 * `.ci/run` sets ISTMO_CI_SHARE to 4: one of four. Which one follows from ISTMO_PROPERTY_SEED, so each change has another. Without the variable,
 * as in `npm test`, all of it runs.
 */
import { hashOf, seededDice } from './fuzz/random.ts'
import { propertySeed } from './property-seed.ts'

/** A property is not reduced below this number of random cases, because few show nothing. */
const LEAST_CASES = 15

/**
 * Returns of how many parts this run does one; 1 if it does all.
 * @throws {Error} if ISTMO_CI_SHARE is not a whole number from 1 to 100.
 */
export function partCount(): number {
  const text = process.env.ISTMO_CI_SHARE ?? '1'
  if (!/^([1-9]\d?|100)$/.test(text)) {
    throw new Error(`ISTMO_CI_SHARE: expected a whole number from 1 to 100; came ${JSON.stringify(text)}`)
  }
  return Number(text)
}

/** Returns how often this run repeats what is repeated `count` times: at least once, and at least twice if it is repeated. */
export function repeats(count: number): number {
  return Math.max(Math.min(count, 2), Math.ceil(count / partCount()))
}

/** Returns how many random cases a property has in this run that has `count` of them in a whole run. */
export function randomCases(count: number): number {
  return Math.max(Math.min(count, LEAST_CASES), Math.ceil(count / partCount()))
}

/** Returns the number of this run's part of what `name` is repeated over: from 0 to `parts` - 1, by the seed. */
export function partOf(name: string, parts: number): number {
  return hashOf(`${propertySeed()} ${name}`) % parts
}

/** Returns those of the items that this run does: all, or one of `ISTMO_CI_SHARE` parts of them, at least one item. */
export function someOf<T>(name: string, items: readonly T[]): T[] {
  const parts = Math.min(partCount(), items.length)
  const part = partOf(name, Math.max(parts, 1))
  return items.filter((_, at) => at % parts === part)
}

/** Returns those of the items that this run does: all, or one for each key. */
export function oneOfEach<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  if (partCount() === 1) return [...items]
  return [...Map.groupBy(items, keyOf)].flatMap(([key, all]) => all.slice(partOf(key, all.length)).slice(0, 1))
}

/** Makes numbers from 0 to below 1 that follow from the seed of this run and the name, for what a story draws itself, such as moments of kills. */
export function randomOf(name: string): () => number {
  const dice = seededDice(`${propertySeed()} ${name}`)
  return () => dice.between(0, 2 ** 31 - 1) / 2 ** 31
}

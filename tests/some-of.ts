import { randomInt } from 'node:crypto'
import { propertySeed } from './property-seed.ts'

/** What this run begins at, if no seed was given. */
const OWN_START = randomInt(1_000_000)

/**
 * Thins a table of cases that is too long for each run: takes each item whose place, counted from a start that the seed of the run decides, is a
 * multiple of `step`. Seeds with other remainders take the other items. All items for a step of 1.
 */
export function someOf<Item>(items: readonly Item[], step: number): readonly Item[] {
  return items.filter((_, at) => (at + start()) % step === 0)
}

/** Thins a table to one item for each key. The seed of the run decides which. */
export function oneOfEach<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Item[] {
  return [...Map.groupBy(items, keyOf).values()].flatMap((all) => all[start() % all.length] ?? [])
}

function start(): number {
  return Math.abs(propertySeed() ?? OWN_START)
}

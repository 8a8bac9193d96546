/**
 * Random choices, for arbitraries that are written as plain functions: a world and an
 * operation are trees whose parts depend on one another.
 */
export interface Dice {
  /** True once in `n` times. */
  oneIn(n: number): boolean
  /** An integer from `min` to `max`, both included. */
  between(min: number, max: number): number
  /** One of the items; throws when there is none. */
  pick<T>(items: readonly T[]): T
  /** Null once in `n` times, else what `make` gives. */
  orNull<T>(n: number, make: () => T): T | null
  /** `min` to `max` values. */
  many<T>(min: number, max: number, make: (index: number) => T): T[]
  /** A random subset in the items' order; may be empty. */
  subset<T>(items: readonly T[]): T[]
}

/** Dice on a source of integers from `min` to `max`, both included. */
export function createDice(between: (min: number, max: number) => number): Dice {
  const dice: Dice = {
    between,
    oneIn: (n) => between(1, n) === 1,
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new Error('expected something to pick from; came an empty list')
      return items[between(0, items.length - 1)] as T
    },
    orNull: (n, make) => (dice.oneIn(n) ? null : make()),
    many: (min, max, make) => Array.from({ length: between(min, max) }, (_, i) => make(i)),
    subset: (items) => items.filter(() => dice.oneIn(2)),
  }
  return dice
}

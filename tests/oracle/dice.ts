/**
 * Random choices for arbitraries that are plain functions, because a world and an operation are trees whose parts depend on one another.
 */
export interface Dice {
  /** Returns true once in `n` times. */
  oneIn(n: number): boolean
  /** Returns an integer from `min` to `max`, both included. */
  between(min: number, max: number): number
  /** Returns one of the items. @throws {Error} if there is none. */
  pick<T>(items: readonly T[]): T
  /** Returns null once in `n` times, else the result of `make`. */
  orNull<T>(n: number, make: () => T): T | null
  /** Makes `min` to `max` values. */
  many<T>(min: number, max: number, make: (index: number) => T): T[]
  /** Returns a random subset in the items' order. It may be empty. */
  subset<T>(items: readonly T[]): T[]
}

/** Makes dice from a source of integers from `min` to `max`, both included. */
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

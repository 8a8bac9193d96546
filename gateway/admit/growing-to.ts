/**
 * The options of an LRU cache that takes memory only for the entries that it has. With `max`, a cache of 100,000 takes 3 MB and 10 ms of a core when it is
 * made.
 * @param entries how many it holds.
 */
export function growingTo(entries: number): { readonly maxSize: number; readonly sizeCalculation: () => number } {
  return { maxSize: entries, sizeCalculation: () => 1 }
}

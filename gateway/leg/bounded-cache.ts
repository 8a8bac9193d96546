/** A map that forgets what was least lately used once it holds more than its limit. */
export interface BoundedCache<V> {
  readonly get: (key: string) => V | undefined
  readonly set: (key: string, value: V) => void
  readonly delete: (key: string) => void
  /** Forgets the values that were least lately used as long as `isOver` says so of them; stops at the first that is not. */
  readonly forgetWhile: (isOver: (value: V) => boolean) => void
  readonly size: () => number
}

/** A cache of at most `limit` values. A `Map` keeps the order of insertion, so a value that is used is put back at the end. */
export function createBoundedCache<V>(limit: number): BoundedCache<V> {
  const values = new Map<string, V>()
  return {
    get(key) {
      const value = values.get(key)
      if (value === undefined) return undefined
      values.delete(key)
      values.set(key, value)
      return value
    },
    set(key, value) {
      values.delete(key)
      values.set(key, value)
      const oldest = values.keys().next()
      if (values.size > limit && !oldest.done) values.delete(oldest.value)
    },
    delete: (key) => void values.delete(key),
    forgetWhile(isOver) {
      for (const [key, value] of values) {
        if (!isOver(value)) return
        values.delete(key)
      }
    },
    size: () => values.size,
  }
}

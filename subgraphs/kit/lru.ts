/** A bounded map that forgets what was used longest ago. */
export interface Lru<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
  delete(key: string): void
}

/** Makes one for at most `capacity` entries. */
export function createLru<V>(capacity: number): Lru<V> {
  const entries = new Map<string, V>()
  return {
    get(key) {
      const value = entries.get(key)
      if (value === undefined) return undefined
      // A map keeps the order of insertion: what is used goes to the end.
      entries.delete(key)
      entries.set(key, value)
      return value
    },
    set(key, value) {
      entries.delete(key)
      entries.set(key, value)
      if (entries.size > capacity) entries.delete(entries.keys().next().value ?? '')
    },
    delete(key) {
      entries.delete(key)
    },
  }
}

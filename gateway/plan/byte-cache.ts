/**
 * A cache that is bounded in bytes, in which only what is asked for twice stays. A value that comes for the first time waits in a small
 * part for a second use. A flood of values that are used once therefore passes through that part, and drops nothing that others use.
 */
import { LRUCache } from 'lru-cache'
import type { Payer, Planned } from '../types/planning.ts'

/** The part of the cache for values that were used once, as a share of the whole. */
const TRIAL_SHARE = 0.25

/**
 * How many bytes of memory a value takes for each byte of it in a message (`node:v8`). Measured with plans, preparations and documents of
 * 100 B to 20 KB: 3.7 to 7.7, and the gateway keeps derived values beside a plan, such as the texts of its legs.
 */
const MEMORY_PER_MESSAGE_BYTE = 8

/** A cache of values by key. */
export interface ByteCache<Value> {
  /** Returns a value; undefined if the cache does not have it. */
  get(key: string): Value | undefined
  /**
   * Returns what the cache has under a key, or makes it. If the same caller asks for a value several times at once, it is made once; if
   * that fails, it is tried again for the next request. Nobody waits for a value that is made for another caller: that one may have many
   * others to wait for first.
   * @param whose for whom the value is made ({@link nameOf}).
   */
  getOrMake(key: string, whose: string, make: () => Promise<Planned<Value>>): Promise<Value>
  /** Keeps a value that it has as if it had been used twice. */
  keep(key: string): void
  /** How many values it holds. */
  count(): number
  /** About how many bytes of memory they take. */
  bytes(): number
}

/** Creates a cache whose values take at most about `maxBytes` of memory. */
export function createByteCache<Value extends object>(maxBytes: number): ByteCache<Value> {
  const tried = createPart<Value>(maxBytes * TRIAL_SHARE)
  const kept = createPart<Value>(maxBytes * (1 - TRIAL_SHARE))
  const inProgress = new Map<string, Promise<Planned<Value>>>()

  const get = (key: string): Value | undefined => {
    const cached = kept.get(key)
    if (cached !== undefined) return cached.answer
    const second = tried.get(key)
    if (second === undefined) return undefined
    tried.delete(key)
    kept.set(key, second)
    return second.answer
  }
  const make = async (key: string, whose: string, run: () => Promise<Planned<Value>>): Promise<Value> => {
    const promise = run()
    const place = `${whose} ${key}`
    inProgress.set(place, promise)
    try {
      const planned = await promise
      tried.set(key, planned)
      return planned.answer
    } finally {
      inProgress.delete(place)
    }
  }
  const getOrMake = async (key: string, whose: string, run: () => Promise<Planned<Value>>): Promise<Value> => {
    const cached = get(key)
    if (cached !== undefined) return cached
    const other = inProgress.get(`${whose} ${key}`)
    if (other === undefined) return make(key, whose, run)
    const planned = await other.catch(() => null)
    return planned?.answer ?? getOrMake(key, whose, run)
  }
  return {
    get,
    getOrMake,
    keep: (key) => void get(key),
    count: () => tried.size + kept.size,
    bytes: () => tried.calculatedSize + kept.calculatedSize,
  }
}

function createPart<Value>(maxBytes: number): LRUCache<string, Planned<Value>> {
  return new LRUCache({
    maxSize: Math.max(1, Math.floor(maxBytes)),
    sizeCalculation: ({ bytes }, key) => Math.max(1, bytes * MEMORY_PER_MESSAGE_BYTE + 2 * key.length),
  })
}

/** Returns a name for the caller who pays, for the memory of this process. All callers without a token have one name. */
export function nameOf({ caller, isAhead }: Pick<Payer, 'caller' | 'isAhead'>): string {
  if (isAhead === true) return 'gateway'
  return caller === null ? '' : JSON.stringify([caller.issuer, caller.subject])
}

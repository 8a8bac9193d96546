import { createHash } from 'node:crypto'

/**
 * Random numbers that depend only on a name. Each record draws from a stream of its own, so that no record changes another.
 */
export interface Random {
  /** Draws a whole number from 0 to `limit` - 1. */
  int(limit: number): number
  /** Draws a whole number from `from` to `to`, both included. */
  between(from: number, to: number): number
  /** Returns true in `share` of all draws, 0 to 1. */
  chance(share: number): boolean
  pick<T>(items: readonly T[]): T
  /** Draws some of the items, without repetition, in the items' order. */
  sample<T>(items: readonly T[], count: number): T[]
  /** Draws a key. A key is as frequent as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K
  /** Draws `count` decimal digits. */
  digits(count: number): string
}

const TWO_32 = 2 ** 32

/** Creates the stream of a name. The SHA-256 of the joined parts seeds the generator sfc32. The stream is the same on every machine. */
export function createRandom(...parts: readonly (string | number)[]): Random {
  const next = sfc32(createHash('sha256').update(parts.join('\u0000')).digest())
  const int = (limit: number): number => Math.floor(next() * limit)
  const between = (from: number, to: number): number => from + int(to - from + 1)
  return {
    int,
    between,
    chance: (share) => next() < share,
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new RangeError('expected something to pick from; came an empty list')
      return items[int(items.length)] as T
    },
    sample(items, count) {
      let left = Math.min(count, items.length)
      return items.filter((_, index) => {
        if (next() * (items.length - index) >= left) return false
        left -= 1
        return true
      })
    },
    weighted: (weights) => pickWeighted(weights, next()),
    digits: (count) => Array.from({ length: count }, () => int(10)).join(''),
  }
}

function pickWeighted<K extends string>(weights: Readonly<Record<K, number>>, share: number): K {
  const entries = Object.entries(weights) as [K, number][]
  let left = share * entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [key, weight] of entries) {
    left -= weight
    if (left < 0) return key
  }
  throw new RangeError('expected weights with a sum above zero')
}

/** Creates Chris Doty-Humphrey's generator sfc32: 128 bits of state, period above 2^32. It returns numbers from 0 to below 1. */
function sfc32(seed: Buffer): () => number {
  let a = seed.readUInt32LE(0)
  let b = seed.readUInt32LE(4)
  let c = seed.readUInt32LE(8)
  let counter = seed.readUInt32LE(12)
  return () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / TWO_32
  }
}

/**
 * Fills the holes of a text: `{1-28}` with a number between, `{Norte|Sur}` with one of the words, `{digits:4}` with digits, `{ordinal:5}` with a value of at
 * least five digits, and `{town}` with a value. What is drawn is drawn from left to right.
 * @throws {TypeError} if there is neither a value of that name nor anything to draw.
 */
export function fillTemplate(
  template: string,
  values: Readonly<Record<string, string | number | (() => string)>>,
  random?: Random,
): string {
  return template.replace(/\{([^}]*)\}/g, (_, hole: string) => {
    const [name = '', width = '0'] = hole.split(':')
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value !== undefined) return String(typeof value === 'function' ? value() : value).padStart(Number(width), '0')
    const range = /^(\d+)-(\d+)$/.exec(hole)
    if (random && range !== null) return String(random.between(Number(range[1]), Number(range[2])))
    if (random && name === 'digits') return random.digits(Number(width))
    if (random && hole.includes('|')) return random.pick(hole.split('|'))
    throw new TypeError(`${template}: expected a hole with one of ${Object.keys(values).join(', ')}; came {${hole}}`)
  })
}

/** The days of made-up records. Each is a text of the form `YYYY-MM-DD`. */

const DAY_MS = 86_400_000

/** The last day of made-up records. It is fixed, so that the records do not depend on the day of their generation. */
export const LAST_DAY = '2026-06-30'

/** The first day of made-up cases. */
export const FIRST_DAY = '2019-01-01'

/** Returns the day that is `days` days after `day`. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** Returns the number of days from `from` to `to`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS)
}

/** Returns the day that is `days` days after `day`, but never a day after {@link LAST_DAY}. */
export function addDaysUpToLast(day: string, days: number): string {
  const later = addDays(day, days)
  return later < LAST_DAY ? later : LAST_DAY
}

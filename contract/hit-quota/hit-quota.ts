/**
 * How many different hit searches one caller may ask on one day of UTC, and how many dates, or telephones and the like, for one name. The gateway and the country's node count
 * each for itself, in the same way (docs/access.md, The quota of hit searches).
 */
import { LRUCache } from 'lru-cache'
import { detail } from '../error-details.ts'
import { IstmoError } from '../errors.ts'
import { type HmacKey, padHmacKey } from '../hmac.ts'
import { type HitRow, hideSearch, toHitRows } from './hit-rows.ts'
import type { HitSearchValue } from './list-hit-searches.ts'

/** The quota if nobody sets another one: four lists of passengers, or a search in each minute of the day. */
export const DEFAULT_HITS_PER_DAY = 2_000

/** Of how many dates one name may be asked on a day, and of how many names one date. */
export const MAX_WIDTH = 20

/**
 * Of how many dates two words of a name may be asked on a day, whatever the other words are. More than {@link MAX_WIDTH}, because lists have
 * many a José Hernández.
 */
export const MAX_WIDTH_OF_TWO_WORDS = 60

/** Where the searches of a day are. Rows are only added, each at the next place of its caller. */
export interface HitStore {
  /** Begins a day (`YYYY-MM-DD`) on its first use, and returns its secret. */
  secretOf(day: string): Promise<string>
  /** Returns the rows of a caller from this place on, in their order. Places count from 0. */
  read(caller: string, day: string, from: number): Promise<readonly HitRow[]>
  /** Adds rows at this place in one step. Returns false, and adds none, if somebody else has added one there, or if the day has ended. */
  append(caller: string, day: string, from: number, rows: readonly HitRow[]): Promise<boolean>
  /** Deletes the secrets and the rows of the days before this one. */
  forget(day: string): Promise<void>
}

/** The quota of hit searches. */
export interface HitQuota {
  /**
   * Counts searches of a caller. One that the caller has asked today is free.
   * @param caller a hash that identifies the caller.
   * @returns false if the day has not so many left. Nothing is counted then.
   * @throws {IstmoError} `SEARCH_TOO_WIDE` if the caller would have asked too many dates of one name, or names of one date.
   */
  take(caller: string, hitsPerDay: number, searches: readonly HitSearchValue[]): Promise<boolean>
  close(): void
}

/** How many callers are at hand. The searches of another one are read again. */
const CALLERS_AT_HAND = 1_000
/** How many texts the rows of all callers at hand have. Each takes some 300 bytes, so a few who ask for long names do not fill the memory. */
const TEXTS_AT_HAND = 500_000

/** How often the rows of former days are deleted, in milliseconds. */
const SWEEP_MS = 3_600_000

/**
 * Creates the quota.
 * @param now returns milliseconds since the epoch. It decides which day it is.
 * @param textsAtHand how many texts stay at hand; those of the callers who asked longest ago are read again.
 */
export function createHitQuota(store: HitStore, now: () => number, textsAtHand = TEXTS_AT_HAND): HitQuota {
  const dayNow = (): string => new Date(now()).toISOString().slice(0, 10)
  const sizeCalculation = ({ texts }: HitDay): number => texts + 1
  const atHand = new LRUCache<string, HitDay>({ max: CALLERS_AT_HAND, maxSize: textsAtHand, sizeCalculation })
  const add = (whose: string, known: HitDay, rows: readonly HitRow[]): void => {
    known.add(rows)
    // The cache reads a size when something comes in.
    if (atHand.delete(whose)) atHand.set(whose, known)
  }
  let secret: { readonly day: string; readonly key: HmacKey } | null = null
  const keyOf = async (day: string): Promise<HmacKey> => {
    if (secret?.day === day) return secret.key
    await store.forget(day)
    const key = padHmacKey(Buffer.from(await store.secretOf(day)))
    atHand.clear()
    secret = { day, key }
    return key
  }
  // What cannot be deleted now is deleted an hour later.
  const sweep = setInterval(() => void store.forget(dayNow()).catch(() => undefined), SWEEP_MS).unref()
  return {
    async take(...taking) {
      const [caller, hitsPerDay, searches] = taking
      const day = dayNow()
      const key = await keyOf(day)
      const asked = new Map(searches.map((search) => [hideSearch(search, key), search]))
      const made = new Map<string, readonly HitRow[]>()
      const rowsOf = (hidden: string, search: HitSearchValue): readonly HitRow[] => {
        const rows = made.get(hidden) ?? toHitRows(hidden, search, key)
        made.set(hidden, rows)
        return rows
      }
      for (;;) {
        const whose = `${day} ${caller}`
        const known = atHand.get(whose) ?? new HitDay()
        atHand.set(whose, known)
        if ([...asked.keys()].some((hidden) => !known.searches.has(hidden))) {
          const from = known.places
          const others = await store.read(caller, day, from)
          if (known.places === from) add(whose, known, others)
        }
        const wanted = [...asked].filter(([hidden]) => !known.searches.has(hidden))
        if (wanted.length === 0) return true
        if (known.searches.size + wanted.length > hitsPerDay) return false
        const fresh = wanted.flatMap(([hidden, search]) => rowsOf(hidden, search))
        known.checkWidth(fresh)
        const from = known.places
        if (!(await store.append(caller, day, from, fresh))) {
          // What waited over midnight is of the new day.
          if (dayNow() !== day) return this.take(...taking)
          continue
        }
        if (known.places === from) add(whose, known, fresh)
        return true
      }
    },
    close: () => clearInterval(sweep),
  }
}

/** What one caller has asked on one day. */
class HitDay {
  places = 0
  /** How many texts the rows have. */
  texts = 0
  readonly searches = new Set<string>()
  readonly #datesOf: Widths = new Map()
  readonly #namesOf: Widths = new Map()

  add(rows: readonly HitRow[]): void {
    this.places += rows.length
    for (const { search, born, names } of rows) {
      this.searches.add(search)
      this.texts += 1 + names.length
      if (born === null) continue
      for (const name of names) widen(this.#datesOf, name, born)
      widen(this.#namesOf, born, names[0] ?? '')
    }
  }

  /** @throws {IstmoError} `SEARCH_TOO_WIDE`. */
  checkWidth(fresh: readonly HitRow[]): void {
    const [datesOf, namesOf]: [Widths, Widths] = [new Map(), new Map()]
    for (const { born, names } of fresh) {
      if (born === null) continue
      const [name = ''] = names
      for (const [at, one] of names.entries()) {
        const most = at === 0 ? MAX_WIDTH : MAX_WIDTH_OF_TWO_WORDS
        if (widthWith(this.#datesOf, datesOf, one, born) > most) throw tooWide('DATES_OF_NAME', most)
      }
      if (widthWith(this.#namesOf, namesOf, born, name) > MAX_WIDTH) throw tooWide('NAMES_OF_DATE', MAX_WIDTH)
    }
  }
}

type Widths = Map<string, Set<string>>

function widen(widths: Widths, key: string, value: string): number {
  const values = widths.get(key) ?? new Set()
  widths.set(key, values)
  return values.add(value).size
}

/** Returns how many values a key has with the added ones and this one. */
function widthWith(known: Widths, added: Widths, key: string, value: string): number {
  const before = known.get(key)
  if (before?.has(value)) return 0
  return (before?.size ?? 0) + widen(added, key, value)
}

function tooWide(key: 'DATES_OF_NAME' | 'NAMES_OF_DATE', most: number): IstmoError {
  return new IstmoError('SEARCH_TOO_WIDE', detail(key, { most }))
}

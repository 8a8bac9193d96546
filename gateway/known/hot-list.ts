/**
 * The operations that most callers ask, as far as the gateway has seen. It counts callers, and not requests: nobody pushes out what others use by
 * asking often, or by asking many different operations. Two callers who ask the same in each interval weigh more than one officer.
 */
import type { KnownOperation } from '../types/planning.ts'

/** What {@link createHotList} works with. */
export interface HotListOptions {
  /** How many operations it holds. */
  readonly maxOperations: number
  /** How many characters the texts of its operations have together. */
  readonly maxCharacters: number
  /** How many operations one caller may bring in an interval. */
  readonly maxNewOfCaller: number
  /** How many callers of one operation it counts in an interval. More make no difference. */
  readonly maxCallers: number
}

/** The bounds of a gateway's hot list. */
export const HOT_LIST_BOUNDS: HotListOptions = {
  maxOperations: 1_000,
  maxCharacters: 4_000_000,
  maxNewOfCaller: 50,
  maxCallers: 32,
}

/** How much of its weight an operation keeps from one interval to the next. */
const KEPT = 0.5

/** How much of the room for texts one operation may take. */
const MAX_SHARE = 0.02

/** For how many callers it counts what they bring. Other callers bring nothing until the next interval. */
const MAX_BRINGERS = 10_000

/** The hot list. */
export interface HotList {
  /**
   * Counts a caller of an operation, once in an interval.
   * @param plan the object of the plan: the same object is the same operation.
   * @param caller a name of the caller.
   */
  note(operation: KnownOperation, plan: object, caller: string): void
  /** Puts an operation of an earlier run at the end, if there is room. */
  add(operation: KnownOperation): void
  /** Ends an interval: what was counted in it weighs half in the next one. An interval in which nobody asked does not count. */
  endInterval(): void
  /** Returns the operations, the hottest first. Equal ones are in the order in which they came. */
  list(): readonly KnownOperation[]
}

interface Entry {
  readonly key: string
  operation: KnownOperation
  characters: number
  /** What earlier intervals left. */
  weight: number
  /** The callers of this interval. */
  readonly callers: Set<string>
}

/** Creates an empty hot list. */
export function createHotList(options: HotListOptions): HotList {
  const { maxNewOfCaller, maxCallers } = options
  const table = createTable(options)
  /** Finds an entry without its key. The entry may have been dropped. */
  const byPlan = new WeakMap<object, Entry>()
  const brought = new Map<string, number>()
  let isCounting = false

  const bring = (key: string, operation: KnownOperation, caller: string): Entry | null => {
    const count = brought.get(caller) ?? 0
    if (count >= maxNewOfCaller || (count === 0 && brought.size >= MAX_BRINGERS)) return null
    brought.set(caller, count + 1)
    return table.enter(key, operation)
  }
  return {
    note(operation, plan, caller) {
      isCounting = true
      const known = byPlan.get(plan)
      // A dropped entry has no callers: it weighed less than one.
      if (known !== undefined && (known.callers.has(caller) || known.callers.size >= maxCallers)) return
      const key = known?.key ?? keyOf(operation)
      const entry = table.get(key) ?? bring(key, operation, caller)
      if (entry === null) return
      byPlan.set(plan, entry)
      if (entry.operation.asked === null) table.replace(entry, operation)
      if (entry.callers.size < maxCallers) entry.callers.add(caller)
    },
    add(operation) {
      const key = keyOf(operation)
      if (table.get(key) === undefined && table.hasRoom(operation)) table.enter(key, operation)
    },
    endInterval() {
      if (!isCounting) return
      isCounting = false
      brought.clear()
      for (const entry of table.all()) {
        entry.weight = weigh(entry) * KEPT
        entry.callers.clear()
      }
    },
    list: () =>
      table
        .all()
        .toSorted((a, b) => weigh(b) - weigh(a))
        .map(({ operation }) => operation),
  }
}

/** The entries, within the bounds. */
interface Table {
  get(key: string): Entry | undefined
  all(): Entry[]
  hasRoom(operation: KnownOperation): boolean
  /** Enters an operation, and drops others that weigh less than one caller if it needs their room. Returns null if there is none. */
  enter(key: string, operation: KnownOperation): Entry | null
  /** Puts the same operation in the place where less of it was known, if there is room. */
  replace(entry: Entry, operation: KnownOperation): void
}

function createTable({ maxOperations, maxCharacters }: HotListOptions): Table {
  const entries = new Map<string, Entry>()
  let characters = 0
  const fits = (count: number, length: number): boolean => count < maxOperations && characters + length <= maxCharacters
  const isLong = (length: number): boolean => length > maxCharacters * MAX_SHARE
  /** Finds what to drop for an operation; null if there would be no room. */
  const findRoom = (length: number): readonly Entry[] | null => {
    if (isLong(length)) return null
    if (fits(entries.size, length)) return []
    const dropped: Entry[] = []
    let freed = 0
    for (const entry of listLight(entries)) {
      dropped.push(entry)
      freed += entry.characters
      if (fits(entries.size - dropped.length, length - freed)) return dropped
    }
    return null
  }
  return {
    get: (key) => entries.get(key),
    all: () => [...entries.values()],
    hasRoom: (operation) => fits(entries.size, countCharacters(operation)),
    enter(key, operation) {
      const length = countCharacters(operation)
      const dropped = findRoom(length)
      if (dropped === null) return null
      for (const entry of dropped) {
        entries.delete(entry.key)
        characters -= entry.characters
      }
      const entry = { key, operation, characters: length, weight: 0, callers: new Set<string>() }
      entries.set(key, entry)
      characters += length
      return entry
    },
    replace(entry, operation) {
      const length = countCharacters(operation)
      if (isLong(length) || !fits(entries.size - 1, length - entry.characters)) return
      characters += length - entry.characters
      entry.operation = operation
      entry.characters = length
    },
  }
}

const weigh = ({ weight, callers }: Entry): number => weight + callers.size

/** Lists the entries that weigh less than one caller, the lightest first, and of equal ones the newest. */
function listLight(entries: ReadonlyMap<string, Entry>): readonly Entry[] {
  const light = [...entries.values()].filter((entry) => weigh(entry) < 1)
  return light.reverse().sort((a, b) => weigh(a) - weigh(b))
}

/** Returns a text that two operations share only if they have one plan. */
function keyOf({ asked, planned, removedFields }: KnownOperation): string {
  const { source, operationName, conditions } = planned ?? asked ?? NOTHING
  return JSON.stringify([source, operationName, conditions, [...removedFields].sort()])
}

const NOTHING = { source: '', operationName: undefined, conditions: {} }

function countCharacters({ asked, planned, removedFields }: KnownOperation): number {
  const texts = [asked?.source ?? '', planned?.source ?? '', ...removedFields]
  return texts.reduce((sum, { length }) => sum + length, 0)
}

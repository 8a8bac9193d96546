/**
 * How many rows of a country one caller may be given on one day of UTC. The gateway and the country's node count each for itself, in the
 * same way (docs/access.md, The quota of rows).
 */
import { getOperationAST, Kind, type OperationDefinitionNode, parse } from 'graphql'
import { type CutData, cutAnswer, type LegToCut } from './cut-answer.ts'
import { listOwnRecords } from './own-records.ts'

/**
 * The quota if nobody sets another one. An investigator who reads a hundred cases in full, with their participants and warrants, is given
 * about 1,200 rows; so this is more than ten such files a day, and little of a national register.
 */
export const DEFAULT_ROWS_PER_DAY = 20_000

/**
 * Where the rows are counted. Counts only grow, so that two that count at the same time cannot both get the last row. Only counts that are elsewhere
 * make anybody wait.
 */
export interface RowCounts {
  /** Returns how many rows were counted for this key on this day (`YYYY-MM-DD`). */
  read(key: string, day: string): Promise<number> | number
  /** Adds rows in one step, and returns how many were counted before. */
  add(key: string, day: string, rows: number): Promise<number> | number
}

/** One caller's quota of one country: the key under which the rows are counted, and how many the caller may get a day. */
export interface QuotaOf {
  readonly key: string
  readonly rowsPerDay: number
}

/** The quota of rows. */
export interface RowQuota {
  /** Whether a leg need not be asked, because its rows of today are spent. A leg that cannot give rows is asked nevertheless. */
  isSpent(quota: QuotaOf, leg: Pick<LegToCut, 'query' | 'operationName'>): Promise<boolean> | boolean
  /**
   * Counts the rows of an answer, and cuts them if the quota does not have so many left. What is cut counts too, so that the quota is spent
   * then.
   * @param unnamed how many rows the answer has that no id names. An answer with such rows is given as a whole or not at all.
   * @returns null if the complete answer may be given.
   */
  count(quota: QuotaOf, leg: LegToCut, unnamed?: number): Promise<CutData | null> | CutData | null
}

/** The days of UTC have one length in milliseconds since the epoch. */
const DAY_MS = 86_400_000

/** An answer without any of its data. */
const NOTHING: CutData = { data: null, denied: [[]], isCut: false }

/** Root fields whose answers have no rows: hits have a rate of their own, counts and classes name no record. */
const WITHOUT_ROWS: ReadonlySet<string> = new Set([
  'personHits',
  'personListHits',
  'caseCounts',
  'iccsClasses',
  '__typename',
])

/**
 * Creates the quota.
 * @param now returns milliseconds since the epoch. It decides which day it is.
 */
export function createRowQuota(counts: RowCounts, now: () => number): RowQuota {
  // The keys whose rows of this day are spent, so that nobody counts for them again. A higher quota finds them not spent.
  let today = ''
  let todayNumber = Number.NaN
  const known = new Map<string, number>()
  const dayNow = (): string => {
    const nowMs = now()
    const number = Math.floor(nowMs / DAY_MS)
    if (number === todayNumber) return today
    todayNumber = number
    today = new Date(nowMs).toISOString().slice(0, 10)
    known.clear()
    return today
  }
  const note = (key: string, day: string, counted: number): void => {
    if (day === today) known.set(key, Math.max(counted, known.get(key) ?? 0))
  }
  return {
    isSpent({ key, rowsPerDay }, leg) {
      const day = dayNow()
      const judge = (counted: number): boolean => counted >= rowsPerDay && !isWithoutRows(leg)
      const counted = known.get(key)
      if (counted !== undefined) return judge(counted)
      return goOn(counts.read(key, day), (read) => {
        note(key, day, read)
        return judge(read)
      })
    },
    count({ key, rowsPerDay }, leg, unnamed = 0) {
      const rows = (leg.records ?? listOwnRecords(leg.data, leg.country)).size + unnamed
      if (rows === 0) return null
      const day = dayNow()
      return goOn(counts.add(key, day, rows), (before) => {
        note(key, day, before + rows)
        if (before + rows <= rowsPerDay) return null
        return unnamed > 0 ? NOTHING : cutAnswer(leg, Math.max(0, rowsPerDay - before))
      })
    },
  }
}

/** Goes on with a count, at once if it is there. */
function goOn<Next>(count: number | Promise<number>, next: (count: number) => Next): Next | Promise<Next> {
  return typeof count === 'number' ? next(count) : count.then(next)
}

function isWithoutRows({ query, operationName }: Pick<LegToCut, 'query' | 'operationName'>): boolean {
  const operation = findOperation(query, operationName)
  const selections = operation?.selectionSet.selections ?? []
  return (
    selections.length > 0 &&
    selections.every((selection) => selection.kind === Kind.FIELD && WITHOUT_ROWS.has(selection.name.value))
  )
}

/** Finds an operation; null if there is none, or if the query is not GraphQL. Nobody has checked the text yet. */
function findOperation(query: string, operationName: string | undefined): OperationDefinitionNode | null {
  try {
    return getOperationAST(parse(query, { noLocation: true }), operationName) ?? null
  } catch {
    return null
  }
}

/** Counts that are at hand. */
export interface MemoryRowCounts extends RowCounts {
  read(key: string, day: string): number
  add(key: string, day: string, rows: number): number
}

/** How many days before today the counts in memory remain, in case that the clock is set back. */
const REMEMBERED_DAYS = 2

/** Creates counts in the memory of this process. They are gone when it ends. */
export function createMemoryRowCounts(): MemoryRowCounts {
  const byDay = new Map<string, Map<string, number>>()
  const ofDay = (day: string): Map<string, number> => {
    const counts = byDay.get(day) ?? new Map<string, number>()
    byDay.set(day, counts)
    if (byDay.size > REMEMBERED_DAYS + 1) {
      const others = [...byDay.keys()].filter((each) => each !== day).sort()
      byDay.delete(others[0] ?? '')
    }
    return counts
  }
  return {
    read: (key, day) => ofDay(day).get(key) ?? 0,
    add(key, day, rows) {
      const counts = ofDay(day)
      const before = counts.get(key) ?? 0
      counts.set(key, before + rows)
      return before
    },
  }
}

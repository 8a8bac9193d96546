import type { GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { UnfitValue } from './row-values.ts'

/**
 * Takes the rows with unfit values out of an answer. A row is the nearest item of a list around the value: an edge, an offence, a name.
 * Without a list around it, the row is the root field, and becomes null as if there were no such record.
 */

/** An answer of graphql-js. */
interface Executed {
  readonly data?: unknown
  readonly errors?: readonly GraphQLError[] | undefined
}

/** The answer without those rows. */
export interface CleanAnswer {
  readonly data: unknown
  /** The errors that are not about unfit values, with the paths of the answer as it now is. */
  readonly errors: readonly { readonly error: GraphQLError; readonly path: readonly (string | number)[] | undefined }[]
  /** Each unfit value, for the country's log. */
  readonly unfit: readonly UnfitValue[]
  /** The number of rows, or items of optional lists, that were taken out. */
  readonly dropped: number
}

type Path = readonly (string | number)[]

/**
 * Takes out the rows, in place.
 * @param executed the data may have a null item in each list, because the schema was loosened (row-values.ts).
 */
export function dropRows({ data, errors = [] }: Executed): CleanAnswer {
  const unfit: UnfitValue[] = []
  const removed = new Map<unknown[], Set<number>>()
  const emptied = new Set<string>()
  for (const { originalError, path } of errors) {
    const isUnfit = originalError instanceof UnfitValue
    if (isUnfit) unfit.push(originalError)
    const place = path && (isUnfit ? rowOf(path) : nullItem(data, path))
    if (place) takeOut(data, place, removed, emptied)
  }
  const others = errors
    .filter(({ originalError }) => !(originalError instanceof UnfitValue))
    .map((error) => ({ error, path: error.path && movedPath(data, error.path, removed) }))
  for (const [list, indices] of removed) {
    const remaining = list.filter((_item, index) => !indices.has(index))
    list.splice(0, list.length, ...remaining)
  }
  const dropped = emptied.size + [...removed.values()].reduce((sum, { size }) => sum + size, 0)
  return { data, errors: others, unfit, dropped: unfit.length === 0 ? 0 : dropped }
}

/** Returns the path of the row around a value. */
function rowOf(path: Path): Path {
  const last = path.findLastIndex((step) => typeof step === 'number')
  return path.slice(0, Math.max(1, last + 1))
}

/** Returns the path of the list item that an error made null; undefined if it made null something else. */
function nullItem(data: unknown, path: Path): Path | undefined {
  let value = data
  for (const [index, step] of path.entries()) {
    if (value === null || value === undefined) return undefined
    value = (value as Readonly<Record<string | number, unknown>>)[step]
    if (value === null || value === undefined) return typeof step === 'number' ? path.slice(0, index + 1) : undefined
  }
  return undefined
}

/** Marks an item to be taken out of its list. The lists at the root keep their places: they answer `_entities`, one for each. */
function takeOut(data: unknown, place: Path, removed: Map<unknown[], Set<number>>, emptied: Set<string>): void {
  const [container, step] = [at(data, place.slice(0, -1)), place.at(-1)]
  if (typeof container !== 'object' || container === null || step === undefined) return
  if (Array.isArray(container) && typeof step === 'number' && place.length > 2) {
    removed.set(container, (removed.get(container) ?? new Set()).add(step))
    return
  }
  Object.assign(container, { [step]: null })
  emptied.add(JSON.stringify(place))
}

function at(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Readonly<Record<string | number, unknown>> | null | undefined)?.[step],
    data,
  )
}

/** Moves the indices of a path to where the items will be. */
function movedPath(data: unknown, path: Path, removed: ReadonlyMap<unknown[], ReadonlySet<number>>): Path {
  let value: unknown = data
  return path.map((step) => {
    const gone = Array.isArray(value) ? removed.get(value) : undefined
    value = (value as Readonly<Record<string | number, unknown>> | null | undefined)?.[step]
    return typeof step === 'number' && gone ? step - [...gone].filter((index) => index < step).length : step
  })
}

/** The most lines at once. A table with a wrong column would otherwise fill the disk. */
const BURST = 20
/** How long one line takes to come back, in milliseconds. */
const MS_PER_LINE = 3_000

/**
 * Makes the function that tells the country about the rows that its node left out: the record, the field and the reason, never the
 * value. It writes at most {@link BURST} lines at once and then one every {@link MS_PER_LINE} milliseconds. The next line counts those that it
 * did not write.
 * @param now a clock in milliseconds that never goes back.
 */
export function createUnfitLog(log: Logger, now: () => number): (value: UnfitValue) => void {
  let lines = BURST
  let filledAt = now()
  let unwritten = 0
  return ({ record, field, message }) => {
    const time = now()
    lines = Math.min(BURST, lines + (time - filledAt) / MS_PER_LINE)
    filledAt = time
    if (lines < 1) {
      unwritten += 1
      return
    }
    lines -= 1
    const more = unwritten > 0 ? { unwritten } : {}
    unwritten = 0
    log.warn({ record, field, reason: message, ...more }, 'a value does not fit the contract, so its row was left out')
  }
}

/** Numbers the parts of countries, in the order in which the log has them (docs/design/audit-log.md, Parts of countries). */
import type { NewSalt } from '../../audit/salts/slot.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import type { Recorder, WrittenEntry } from '../../service/audit-log/recorder.ts'

/** The `seq` of each country's last part, by country code. */
export type Counts = Readonly<Record<string, number>>

/** Makes entries that are the next ones in the log. It must not throw, except before its first call of `next`. */
export type MakeEntries = (numbers: Numbers) => readonly Entry[]

/** What the next entries get. */
export interface Numbers {
  /** Returns the `seq` of the next part of a country. */
  readonly next: (country: string) => number
  /** Returns the counts so far, for an entry with `counts`. */
  readonly counts: () => Counts
}

/** Appends entries that have numbers. */
export interface NumberedAppends {
  /**
   * Makes and appends entries. All of them are in one commit.
   * @param bytes their size, about.
   * @throws {Error} if they cannot be written. Then the log does not have them, and the next entries get their numbers.
   */
  readonly append: (make: MakeEntries, bytes: number, salts?: readonly NewSalt[]) => Promise<readonly WrittenEntry[]>
  /** Returns the counts of what is durable. */
  readonly counts: () => Counts
  /** Resolves when nothing waits. */
  readonly drain: () => Promise<void>
}

/**
 * The most bytes that are given to the log at once. The log writes what comes in one turn in one commit (audit/log/batch.ts), so all are in
 * the same commit: either the log has all of their numbers, or none.
 */
const MAX_GROUP_BYTES = 1024 * 1024

interface Waiting {
  readonly make: MakeEntries
  readonly bytes: number
  readonly salts: readonly NewSalt[]
  readonly resolve: (written: readonly WrittenEntry[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * Creates the appends of a log. What arrives during a commit is appended together when the commit is done, as the log itself does. So a
 * number is given only when all smaller ones are durable, and a failed write leaves no gap.
 * @param initial the counts of the log when it was opened.
 */
export function createNumberedAppends(append: Recorder['append'], initial: Counts): NumberedAppends {
  const waiting: Waiting[] = []
  let counts = initial
  let running: Promise<void> | undefined

  const writeGroup = async (group: readonly Waiting[]): Promise<void> => {
    let next = counts
    // All appends are called in one turn of the event loop.
    const writing = group.map(async ({ make, salts, resolve, reject }) => {
      try {
        const numbers = createNumbers(next)
        const entries = make(numbers)
        next = numbers.counts()
        const written = await append(entries, salts)
        counts = latest(counts, entries)
        resolve(written)
      } catch (error) {
        reject(error)
      }
    })
    await Promise.all(writing)
  }

  const run = async (): Promise<void> => {
    // Whatever arrives in one turn of the event loop is in one group.
    await Promise.resolve()
    while (waiting.length > 0) await writeGroup(takeGroup(waiting))
    running = undefined
  }

  return {
    append: (make, bytes, salts = []) =>
      new Promise((resolve, reject) => {
        waiting.push({ make, bytes, salts, resolve, reject })
        running ??= run()
      }),
    counts: () => counts,
    drain: async () => running,
  }
}

function takeGroup(waiting: Waiting[]): readonly Waiting[] {
  let total = 0
  const end = waiting.findIndex(({ bytes }) => {
    total += bytes
    return total > MAX_GROUP_BYTES
  })
  return waiting.splice(0, end < 0 ? waiting.length : Math.max(end, 1))
}

function createNumbers(before: Counts): Numbers {
  let counts = before
  return {
    next(country) {
      const seq = (counts[country] ?? 0) + 1
      counts = { ...counts, [country]: seq }
      return seq
    },
    counts: () => counts,
  }
}

function latest(counts: Counts, entries: readonly Entry[]): Counts {
  const seqs = entries.flatMap((entry) =>
    entry.kind === 'continuation' && entry.v === 2 && entry.country !== null && entry.seq !== null
      ? [[entry.country, entry.seq] as const]
      : [],
  )
  return { ...counts, ...Object.fromEntries(seqs) }
}

/** Numbers the parts of countries, in the order in which the log has them (docs/design/audit-log.md, Parts of countries). */

import { takeFitting } from '../../audit/log/core.ts'
import type { Receipt, Receipts } from '../../audit/log/log.ts'
import type { NewSalt } from '../../audit/salts/slot.ts'
import type { Recorder } from '../../service/audit-log/recorder.ts'

/** The `seq` of each country's last part, by country code. */
export type Counts = Readonly<Record<string, number>>

/** Makes the texts of entries that are the next ones in the log. It must not throw, except before its first call of `next`. */
export type MakeEntries = (numbers: Numbers) => readonly string[]

/** What the next entries get. */
export type Numbers = ReturnType<typeof createNumbers>

/** Entries that are in the log. */
export interface NumberedTexts {
  /** The first of them. */
  readonly text: string
  /** The size of all of them in the log, in bytes. */
  readonly bytes: number
  /** Returns the receipt of the first one. */
  readonly receipt: () => Receipt
}

/** Appends entries that have numbers. */
export type NumberedAppends = ReturnType<typeof createNumberedAppends>

/** The most bytes that are given to the log at once. They are in the same commit: either the log has all of their numbers, or none. */
const MAX_GROUP_BYTES = 1024 * 1024

interface Waiting {
  readonly make: MakeEntries
  readonly bytes: number
  readonly salts: readonly NewSalt[]
  readonly resolve: (written: NumberedTexts) => void
  readonly reject: (error: unknown) => void
}

/**
 * Creates the appends of a log. What arrives during a commit is appended together when the commit is done. So a
 * number is given only when all smaller ones are durable, and a failed write leaves no gap.
 * @param initial the counts of the log when it was opened.
 * @param pace resolves when a commit begins, after entries have come (service/audit-log/commit-pace.ts).
 * Default: with the end of the microtask.
 */
export function createNumberedAppends(
  append: Recorder['appendTexts'],
  initial: Counts,
  pace: (count: () => number) => Promise<void> = () => Promise.resolve(),
) {
  const waiting: Waiting[] = []
  let counts = initial
  let running: Promise<void> | undefined

  const writeGroup = async (group: readonly Waiting[]): Promise<void> => {
    const made = makeAll(group, createNumbers(counts))
    try {
      if (made.texts.length === 0) return
      const appended = await append(made.texts, made.salts)
      counts = made.numbers.counts()
      settle(made, appended)
    } catch (error) {
      if (error instanceof RangeError && made.own.length > 1) return writeEach(made.own)
      for (const { waiting: each } of made.own) each.reject(error)
    }
  }
  /** What cannot be an entry must fail by itself, and not with all that came in the same turn. */
  const writeEach = async (own: Made['own']): Promise<void> => {
    for (const { waiting: each } of own) await writeGroup([each])
  }

  const count = (): number => waiting.length
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      await pace(count)
      await writeGroup(takeFitting(waiting, ({ bytes }) => bytes, MAX_GROUP_BYTES))
    }
    running = undefined
  }

  return {
    /**
     * Makes and appends entries. All of them are in one commit.
     * @param bytes their size, about.
     * @throws {Error} if they cannot be written. Then the log does not have them, and the next entries get their numbers.
     */
    append: (make: MakeEntries, bytes: number, salts: readonly NewSalt[] = []) =>
      new Promise<NumberedTexts>((resolve, reject) => {
        waiting.push({ make, bytes, salts, resolve, reject })
        running ??= run()
      }),
    /** Returns the counts of what is durable. */
    counts: () => counts,
    /** Resolves when nothing waits. */
    drain: async () => running,
  }
}

/** A group with its numbers. */
interface Made {
  readonly numbers: Numbers
  readonly texts: string[]
  readonly salts: NewSalt[]
  /** Who waits, and for how many of the texts. */
  readonly own: { readonly waiting: Waiting; readonly count: number }[]
}

/** Makes the entries of a group. Rejects those that cannot be made. */
function makeAll(group: readonly Waiting[], numbers: Numbers): Made {
  const made: Made = { numbers, texts: [], salts: [], own: [] }
  for (const each of group) {
    try {
      const texts = each.make(numbers)
      made.texts.push(...texts)
      made.salts.push(...each.salts)
      made.own.push({ waiting: each, count: texts.length })
    } catch (error) {
      each.reject(error)
    }
  }
  return made
}

function settle({ texts, own }: Made, { bytes, receipt }: Receipts): void {
  let at = 0
  for (const { waiting, count } of own) {
    const first = at
    at += count
    let size = 0
    for (let entry = first; entry < at; entry++) size += bytes[entry] ?? 0
    waiting.resolve({ text: texts[first] ?? '', bytes: size, receipt: () => receipt(first) })
  }
}

function createNumbers(before: Counts) {
  const seqs = new Map(Object.entries(before))
  return {
    /** Returns the `seq` of the next part of a country. */
    next(country: string) {
      const seq = (seqs.get(country) ?? 0) + 1
      seqs.set(country, seq)
      return seq
    },
    /** Returns the counts so far, for an entry with `counts`. */
    counts: () => Object.fromEntries(seqs),
  }
}

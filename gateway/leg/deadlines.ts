/**
 * Ends many waits at their times with few timers. The waits that may last equally long end in the order in which they began, so that one timer for the
 * first of them is enough: almost all of them are over long before, and a timer of its own would cost each of them more than the rest of its clock.
 */

/** A wait. While it is in a {@link Row}, the row has its links. */
export interface Timed {
  /** When it must end, in milliseconds of `performance.now()`. */
  readonly endsAt: number
  endAtTimeout(): void
  row: Row | null
  before: Timed | null
  after: Timed | null
}

/** The waits of one length that are in progress. */
export interface Row {
  /** Adds a wait that begins now. */
  add(timed: Timed): void
  /** Takes out a wait that is in the row. */
  remove(timed: Timed): void
}

/** The longest time that a timer of Node can wait, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** How much earlier than asked a timer may run, in milliseconds: Node's have no fractions. */
const EARLY_MS = 1

const rows = new Map<number, WaitingRow>()

/** Returns the row of the waits that last at most so long, in milliseconds. */
export function rowOf(durationMs: number): Row {
  const known = rows.get(durationMs)
  if (known !== undefined) return known
  const row = new WaitingRow(durationMs)
  rows.set(durationMs, row)
  return row
}

class WaitingRow implements Row {
  readonly #durationMs: number
  #first: Timed | null = null
  #last: Timed | null = null

  constructor(durationMs: number) {
    this.#durationMs = durationMs
    this.#startTimer(durationMs)
  }

  add(timed: Timed): void {
    timed.row = this
    timed.before = this.#last
    if (this.#last === null) this.#first = timed
    else this.#last.after = timed
    this.#last = timed
  }

  remove(timed: Timed): void {
    const { before, after } = timed
    if (before === null) this.#first = after
    else before.after = after
    if (after === null) this.#last = before
    else after.before = before
    timed.row = null
    // What is over must not keep alive what came later.
    timed.before = null
    timed.after = null
  }

  endDue(): void {
    const now = performance.now()
    for (let first = this.#first; first !== null && first.endsAt - now < EARLY_MS; first = this.#first) {
      this.remove(first)
      first.endAtTimeout()
    }
    // A row without waits goes, because lengths may be of any number.
    if (this.#first === null) rows.delete(this.#durationMs)
    else this.#startTimer(this.#first.endsAt - now)
  }

  /** The timer keeps no process alive: whoever waits has a connection that does. */
  #startTimer(delayMs: number): void {
    setTimeout(endDue, Math.min(MAX_TIMER_MS, delayMs), this).unref()
  }
}

function endDue(row: WaitingRow): void {
  row.endDue()
}

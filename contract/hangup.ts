/** Whether a client is still there. It replaces an AbortSignal, which costs a request and each of its legs several microseconds. */
export interface Hangup {
  /** Whether the client has hung up. */
  readonly isGone: boolean
  /** Tells a watcher once when the client hangs up. A watcher that comes later is not told, so look at `isGone` first. */
  watch(watcher: HangupWatcher): void
  /** From now on, does not tell this watcher. It may be called more than once. */
  unwatch(watcher: HangupWatcher): void
}

/** Who wants to know that a client hung up. It is an object and not a function, because most legs are one already. */
export interface HangupWatcher {
  onGone(): void
}

/** A {@link Hangup}, for whoever sees the connection close. */
export interface OwnHangup extends Hangup {
  /** Says that the client has hung up. Only the first call has an effect. */
  hangUp(): void
}

/** Creates the hangup of a client who is still there. */
export function createHangup(): OwnHangup {
  return new ClientHangup()
}

class ClientHangup implements OwnHangup {
  isGone = false
  /** The first watcher: most requests have one at a time. */
  #first: HangupWatcher | null = null
  #others: Set<HangupWatcher> | null = null

  watch(watcher: HangupWatcher): void {
    if (this.isGone) return
    if (this.#first === null && this.#others === null) {
      this.#first = watcher
      return
    }
    this.#others ??= new Set()
    this.#others.add(watcher)
  }

  unwatch(watcher: HangupWatcher): void {
    if (this.#first === watcher) this.#first = null
    else this.#others?.delete(watcher)
  }

  hangUp(): void {
    if (this.isGone) return
    this.isGone = true
    this.#first?.onGone()
    // A watcher that another one removes is not told.
    for (const watcher of this.#others ?? []) watcher.onGone()
    this.#first = null
    this.#others = null
  }
}

/** The hangup of somebody who never hangs up. */
export const NEVER_GONE: Hangup = Object.freeze({ isGone: false, watch: () => undefined, unwatch: () => undefined })

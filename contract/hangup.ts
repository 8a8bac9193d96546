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
  readonly #watchers = new Set<HangupWatcher>()

  watch(watcher: HangupWatcher): void {
    if (!this.isGone) this.#watchers.add(watcher)
  }

  unwatch(watcher: HangupWatcher): void {
    this.#watchers.delete(watcher)
  }

  hangUp(): void {
    if (this.isGone) return
    this.isGone = true
    // A watcher that another one removes is not told.
    for (const watcher of this.#watchers) watcher.onGone()
    this.#watchers.clear()
  }
}

/** The hangup of somebody who never hangs up. */
export const NEVER_GONE: Hangup = Object.freeze({ isGone: false, watch: () => undefined, unwatch: () => undefined })

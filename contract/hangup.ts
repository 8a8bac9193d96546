/** Whether a client is still there. It replaces an AbortSignal, which costs a request and each of its legs several microseconds. */
export interface Hangup {
  /** Whether the client has hung up. */
  readonly isGone: boolean
  /**
   * Calls a listener once when the client hangs up. A listener that comes later is not called, so look at `isGone` first.
   * @returns the function that removes the listener. It may be called more than once.
   */
  onGone(listener: () => void): () => void
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

const noEffect = (): void => undefined

class ClientHangup implements OwnHangup {
  isGone = false
  #listeners: Set<() => void> | null = null

  onGone(listener: () => void): () => void {
    if (this.isGone) return noEffect
    this.#listeners ??= new Set()
    const listeners = this.#listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  hangUp(): void {
    if (this.isGone) return
    this.isGone = true
    // A listener that another one removes is not called.
    for (const listener of this.#listeners ?? []) listener()
    this.#listeners = null
  }
}

/** The hangup of somebody who never hangs up. */
export const NEVER_GONE: Hangup = Object.freeze({ isGone: false, onGone: () => noEffect })

import { createRequire } from 'node:module'

/**
 * The option by which undici's own `request` lets a request leave the queue of a pool. undici calls the function with another one, which takes the
 * request out of the queue. `dispatch` takes the option too, but undici does not export its name. A test says if it is not there any more.
 */
export const QUEUED_ABORT: unique symbol = createRequire(import.meta.url)('undici/lib/core/symbols.js').kQueuedAbort

/** Takes a request out of the queue in which it waits for a connection. The request fails with this reason. */
export type LeaveQueue = (reason: Error) => void

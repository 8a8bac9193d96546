/** Bounds the garbage that V8 lets the old generation of a heap collect (docs/decisions/0142). */
import { setFlagsFromString } from 'node:v8'

/**
 * By how many per cent the old generation may grow beyond what was alive after a collection of it, until the next one begins. V8 itself decides by its
 * speed, and takes up to four times as much on a busy machine. Caches of operations that come once fill the old generation with garbage.
 */
const GROWING_PERCENT = 50

/**
 * Bounds the garbage of all threads of this process, from now on. Only for a process of the gateway's own: a host that embeds the gateway decides by
 * itself how V8 works.
 */
export function boundGarbage(): void {
  // V8 reads this flag whenever it computes the next limit of a heap, so that it can be set while the process runs.
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`)
}

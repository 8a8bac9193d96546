import { randomFillSync } from 'node:crypto'

/**
 * Random bytes, drawn from the system by the kilobyte: each draw costs as much as a few hash functions, however few bytes it is. Each byte is given
 * out once. A thread has a pool of its own, and so has a process: Node never copies a running process.
 */

const POOL_BYTES = 4_096

let pool = Buffer.alloc(0)
let used = 0

/**
 * Takes random bytes that nobody else gets. They are the caller's, who may change them.
 * @param count at most 4,096
 * @throws {RangeError} if that many cannot be taken at once.
 */
export function takeRandom(count: number): Buffer {
  if (!(count >= 0 && count <= POOL_BYTES)) throw new RangeError(`expected at most ${POOL_BYTES} bytes; came ${count}`)
  if (used + count > pool.length) {
    // A new pool each time, because what was given out of the old one may still be in use.
    pool = randomFillSync(Buffer.allocUnsafeSlow(POOL_BYTES))
    used = 0
  }
  used += count
  return pool.subarray(used - count, used)
}

import { randomFillSync } from 'node:crypto'

/** How many random bytes are drawn at once. A draw takes several microseconds, however small it is. */
const POOL_BYTES = 4_096

let pool = Buffer.alloc(0)
let used = 0

/** Returns random bytes from the generator of the operating system. Nobody else gets the same ones. @param count at most 4,096. */
export function drawRandomBytes(count: number): Uint8Array {
  if (used + count > pool.length) {
    // A new one, because somebody may still hold bytes of the old one.
    pool = randomFillSync(Buffer.allocUnsafeSlow(POOL_BYTES))
    used = 0
  }
  used += count
  return pool.subarray(used - count, used)
}

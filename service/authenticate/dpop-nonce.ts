/** Nonces for DPoP proofs (RFC 9449 section 9), so that nobody can make a proof in advance and use it later. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** How long a nonce is the newest one, in seconds. The one before it is valid too, so that a request under way still passes. */
const WINDOW_S = 60

/** The number of a window, in bytes. */
const WINDOW_BYTES = 6

/** The nonces of one key. They need no memory: a nonce is the number of its window and an HMAC of that number. */
export interface Nonces {
  /** Returns the newest nonce. */
  current(): string
  /** Returns whether `nonce` is the newest one (`fresh`), the one before it (`ageing`), or neither. */
  check(nonce: unknown): 'fresh' | 'ageing' | 'invalid'
}

/**
 * Creates the nonces of a key.
 * @param nowS returns seconds since the epoch.
 * @param keyNow returns a secret of 32 bytes. Gateways behind one address share it, so that each of them knows the nonces of the others. Nonces of a key
 * that it no longer returns are invalid.
 */
export function createNonces(nowS: () => number, keyNow = constantly(randomBytes(32))): Nonces {
  let key = keyNow()
  const make = (window: number): string => {
    const head = Buffer.alloc(WINDOW_BYTES)
    head.writeUIntBE(Math.max(0, window), 0, WINDOW_BYTES)
    const mac = createHmac('sha256', key).update('istmo dpop nonce').update(head).digest().subarray(0, 18)
    return Buffer.concat([head, mac]).toString('base64url')
  }
  // Each proof is compared with two nonces, and an HMAC costs more than the rest of the comparison.
  let newest = { window: Number.NaN, nonce: '' }
  let before = newest
  const write = (window: number): string => {
    if (keyNow() !== key) {
      key = keyNow()
      newest = before = { window: Number.NaN, nonce: '' }
    }
    const known = [newest, before].find((one) => one.window === window)
    if (known !== undefined) return known.nonce
    const made = { window, nonce: make(window) }
    before = newest
    newest = made
    return made.nonce
  }
  const currentWindow = (): number => Math.floor(nowS() / WINDOW_S)
  return {
    current: () => write(currentWindow()),
    check(nonce) {
      if (typeof nonce !== 'string') return 'invalid'
      if (isEqual(nonce, write(currentWindow()))) return 'fresh'
      return isEqual(nonce, write(currentWindow() - 1)) ? 'ageing' : 'invalid'
    },
  }
}

function constantly(key: Uint8Array): () => Uint8Array {
  return () => key
}

function isEqual(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)]
  return one.length === other.length && timingSafeEqual(one, other)
}

import { hash } from 'node:crypto'
import { SALT_BYTES } from './commitment.ts'

/**
 * One salt on disk: the entry's id (16 bytes), the salt, a check of both (8 bytes). An erased slot keeps its id and has zeroes
 * otherwise, so that an erased salt is told from one that was never there.
 */

const ID_BYTES = 16
const CHECK_BYTES = 8

/** How long a slot is, in bytes. */
export const SLOT_BYTES = ID_BYTES + SALT_BYTES + CHECK_BYTES

/** What is known of an entry's salt. */
export type FoundSalt =
  | { readonly kind: 'KEPT'; readonly salt: Uint8Array }
  | { readonly kind: 'ERASED' }
  | { readonly kind: 'UNKNOWN' }

/** Which slot belongs to an id, and what is in it. `at` in bytes from the file's beginning. */
export type FoundSlot = FoundSalt & { readonly at: readonly number[] }

/** The bytes of a UUIDv7, and the hour that it was made in, since 1970. Throws a RangeError where it is none (RFC 9562, 5.7). */
export function parseId(id: string): { readonly bytes: Uint8Array; readonly hour: number } {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) {
    throw new RangeError('an entry’s id is a UUIDv7 in lower hexadecimal digits')
  }
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex')
  return { bytes, hour: Math.floor(bytes.readUIntBE(0, 6) / 3_600_000) }
}

/** Writes a slot. */
export function encodeSlot(id: Uint8Array, salt: Uint8Array): Uint8Array {
  return Buffer.concat([id, salt, checkOf(id, salt)])
}

/** What an erased slot has behind its id. */
export const ERASED_REST: Uint8Array = Buffer.alloc(SALT_BYTES + CHECK_BYTES)

/** Where in a slot that begins. */
export const REST_OFFSET = ID_BYTES

function checkOf(id: Uint8Array, salt: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([id, salt]), 'buffer').subarray(0, CHECK_BYTES)
}

/** Looks through a file of slots. What a crash tore has no id that was given out, or no check that holds. */
export function findSlot(file: Uint8Array, id: Uint8Array): FoundSlot {
  const at: number[] = []
  let found: FoundSalt = { kind: 'UNKNOWN' }
  for (let from = 0; from + SLOT_BYTES <= file.length; from += SLOT_BYTES) {
    const slot = file.subarray(from, from + SLOT_BYTES)
    if (Buffer.compare(slot.subarray(0, ID_BYTES), id) !== 0) continue
    const salt = slot.subarray(ID_BYTES, ID_BYTES + SALT_BYTES)
    const isErased = Buffer.compare(slot.subarray(ID_BYTES), ERASED_REST) === 0
    const isWhole = Buffer.compare(slot.subarray(ID_BYTES + SALT_BYTES), checkOf(id, salt)) === 0
    if (!isErased && !isWhole) continue
    at.push(from)
    if (found.kind !== 'KEPT') found = isErased ? { kind: 'ERASED' } : { kind: 'KEPT', salt: Buffer.from(salt) }
  }
  return { ...found, at }
}

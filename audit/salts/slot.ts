import { hash, timingSafeEqual } from 'node:crypto'
import { hmacSha256, hmacSha256OfText, padHmacKey } from '../../contract/hmac.ts'
import { canonicalBytes } from '../log/canonical.ts'

/** The length of a salt, in bytes. */
export const SALT_BYTES = 32

/**
 * Commits to a value: computes the HMAC-SHA-256 of its canonical JSON (RFC 8785), with the salt as the key. Somebody who has the
 * salt and the value can prove that they belong together. Without the salt, the commitment reveals nothing about the value.
 * @returns 43 characters of URL-safe Base 64, without padding.
 * @throws {TypeError} if the value is not JSON.
 */
export function commitTo(value: unknown, salt: Uint8Array): string {
  return hmacSha256(padHmacKey(salt), canonicalBytes(value)).toString('base64url')
}

/**
 * Does what {@link commitTo} does, for a value that is written already.
 * @param canonical the value as canonical JSON
 */
export function commitToText(canonical: string, salt: Uint8Array): string {
  return hmacSha256OfText(salt, canonical, 'base64url')
}

/** Checks whether a commitment is to this value under this salt. Throws as `commitTo` does. */
export function opensTo(commitment: string, value: unknown, salt: Uint8Array): boolean {
  const [came, expected] = [Buffer.from(commitment), Buffer.from(commitTo(value, salt))]
  return came.length === expected.length && timingSafeEqual(came, expected)
}

/**
 * One salt on disk: its id (16 bytes), the salt (32 bytes) and a checksum of both (8 bytes). Zeroes follow a salt that is shorter than
 * 32 bytes. The checksum is of the id and the salt without them, so it also tells how long the salt is.
 *
 * An erased slot still has its id, followed by bytes 0xEE (zeroes until version 0.2). A reader can therefore distinguish an erased salt
 * from a salt that never existed, and the log can distinguish it from a slot that a power cut tore, which may have zeroes.
 */

/** The length of an id in a slot, in bytes. */
export const ID_BYTES = 16
const CHECK_BYTES = 8

/** The length of the shortest salt, in bytes. */
const MIN_SALT_BYTES = 16

/** The length of a slot, in bytes. */
export const SLOT_BYTES: number = ID_BYTES + SALT_BYTES + CHECK_BYTES

/** A salt to store: the id that it is found by, a UUIDv7, and its 16 to 32 bytes. */
export interface NewSalt {
  readonly id: string
  readonly salt: Uint8Array
}

/** The result of a look-up: the salt, or that it was erased, or that the store does not have it. */
export type FoundSalt =
  | { readonly kind: 'KEPT'; readonly salt: Uint8Array }
  | { readonly kind: 'ERASED' }
  | { readonly kind: 'UNKNOWN' }

/** The result of a look-up with the offsets, in bytes, of the slots of the id that still have to be overwritten to erase it. */
type FoundSlot = FoundSalt & { readonly at: readonly number[] }

/**
 * Parses the id of a salt, a UUIDv7 (RFC 9562, section 5.7).
 * @returns its 16 bytes.
 * @throws {RangeError} if it is not a UUIDv7.
 */
export function parseId(id: string): Uint8Array {
  return Buffer.from(hexOf(id), 'hex')
}

function hexOf(id: string): string {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) {
    throw new RangeError('an entry’s id is a UUIDv7 in lower hexadecimal digits')
  }
  return id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24)
}

/** Returns the path of the file for an id of 16 bytes. It has the hour in which the id was made. */
export function slotPath(id: Uint8Array): string {
  return `hours/${hourOf(id)}`
}

/** Returns the hour in which an id of 16 bytes was made, counted since 1970. */
export function hourOf(id: Uint8Array): number {
  let ms = 0
  for (let at = 0; at < 6; at++) ms = ms * 256 + (id[at] ?? 0)
  return Math.floor(ms / 3_600_000)
}

/**
 * Writes the slot of a salt into a buffer, which has zeroes there.
 * @throws {RangeError} if the id is not a UUIDv7, or the salt does not have 16 to 32 bytes.
 */
export function writeSlot(buffer: Buffer, at: number, { id, salt }: NewSalt): void {
  buffer.write(hexOf(id), at, 'hex')
  if (salt.length < MIN_SALT_BYTES || salt.length > SALT_BYTES) {
    throw new RangeError(`a salt has ${MIN_SALT_BYTES} to ${SALT_BYTES} bytes; ${salt.length} came`)
  }
  buffer.set(salt, at + ID_BYTES)
  const check = hash('sha256', buffer.subarray(at, at + ID_BYTES + salt.length), 'binary')
  // The rest of the hash does not fit.
  buffer.write(check, at + ID_BYTES + SALT_BYTES, CHECK_BYTES, 'binary')
}

/** Encodes the slot of an erased salt. */
export function encodeErased(id: Uint8Array): Uint8Array {
  return Buffer.concat([id, ERASED_REST])
}

const ERASED_REST = Buffer.alloc(SALT_BYTES + CHECK_BYTES, 0xee)

/** Returns the id in a slot: 16 bytes. */
export function idOfSlot(slot: Uint8Array): Uint8Array {
  return slot.subarray(0, ID_BYTES)
}

function checkOf(id: Uint8Array, salt: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([id, salt]), 'buffer').subarray(0, CHECK_BYTES)
}

/** Returns what the intact slots of a file have, by the ids in hexadecimal digits. */
export function indexSlots(file: Uint8Array): ReadonlyMap<string, 'KEPT' | 'ERASED'> {
  const kinds = new Map<string, 'KEPT' | 'ERASED'>()
  for (let from = 0; from + SLOT_BYTES <= file.length; from += SLOT_BYTES) {
    const kind = kindOf(file.subarray(from, from + SLOT_BYTES))
    const id = Buffer.from(idOfSlot(file.subarray(from))).toString('hex')
    if (kind !== 'TORN' && kinds.get(id) !== 'KEPT') kinds.set(id, kind)
  }
  return kinds
}

function kindOf(slot: Uint8Array): 'KEPT' | 'ERASED' | 'TORN' {
  if (Buffer.compare(slot.subarray(ID_BYTES), ERASED_REST) === 0) return 'ERASED'
  return readSalt(slot) === undefined ? 'TORN' : 'KEPT'
}

/**
 * Searches slots for an id. A slot of the id that has neither a salt nor the mark of an erasure counts as erased: its erasure was
 * interrupted, or version 0.2 made it, or the salt is still in the journal.
 */
export function findSlot(file: Uint8Array, id: Uint8Array): FoundSlot {
  const at: number[] = []
  let found: FoundSalt = { kind: 'UNKNOWN' }
  for (let from = 0; from + SLOT_BYTES <= file.length; from += SLOT_BYTES) {
    const slot = file.subarray(from, from + SLOT_BYTES)
    if (Buffer.compare(idOfSlot(slot), id) !== 0) continue
    if (kindOf(slot) !== 'ERASED') at.push(from)
    const salt = readSalt(slot)
    if (found.kind !== 'KEPT') found = salt === undefined ? { kind: 'ERASED' } : { kind: 'KEPT', salt }
  }
  return { ...found, at }
}

/** Lists the salts in a file of slots, without those that are erased or torn. */
export function listSlots(file: Uint8Array): readonly Uint8Array[] {
  const salts: Uint8Array[] = []
  for (let from = 0; from + SLOT_BYTES <= file.length; from += SLOT_BYTES) {
    const slot = file.subarray(from, from + SLOT_BYTES)
    const isErased = Buffer.compare(slot.subarray(ID_BYTES), ERASED_REST) === 0
    const salt = isErased ? undefined : readSalt(slot)
    if (salt !== undefined) salts.push(salt)
  }
  return salts
}

/** Reads the salt of a slot, with the one length that its checksum fits. Returns undefined if the slot is torn. */
function readSalt(slot: Uint8Array): Uint8Array | undefined {
  const [id, padded] = [idOfSlot(slot), slot.subarray(ID_BYTES, ID_BYTES + SALT_BYTES)]
  const check = slot.subarray(ID_BYTES + SALT_BYTES)
  for (let length = SALT_BYTES; length >= MIN_SALT_BYTES; length--) {
    const salt = padded.subarray(0, length)
    if (Buffer.compare(checkOf(id, salt), check) === 0) return Buffer.from(salt)
    if (padded[length - 1] !== 0) return undefined
  }
  return undefined
}

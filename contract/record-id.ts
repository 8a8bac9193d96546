import { beginsWithCountryCode } from './country-code.ts'
import { type Detail, detail } from './error-details.ts'
import { IstmoError } from './errors.ts'

/** The form of a record id, for messages and documentation (docs/design/contract.md, Ids). */
export const RECORD_ID_FORM =
  'an ISO 3166-1 alpha-2 code (or UN), a colon, and 1 to 120 letters, digits or any of ._:/- in NFC, as in GT:MP001-2026-1234'

const PATTERN = /^[A-Z]{2}:[\p{L}\p{N}._:/-]{1,120}$/u

/** The parts of a record id: `owner` is the two letters before the first colon, and `local` is everything after it. */
export interface RecordId {
  readonly owner: string
  readonly local: string
}

/** A record id without letters beyond ASCII, which is in NFC already. */
const ASCII_PATTERN = /^[A-Z]{2}:[A-Za-z0-9._:/-]{1,120}$/

const COLON = 0x3a

/** Checks whether `id` has the form of a record id (docs/design/contract.md, Ids). Never throws. */
export function isRecordId(id: unknown): id is string {
  // Whoever looks for ids asks this of each text of an answer.
  if (typeof id !== 'string' || id.charCodeAt(2) !== COLON || !beginsWithCountryCode(id)) return false
  return ASCII_PATTERN.test(id) || (PATTERN.test(id) && id.normalize('NFC') === id)
}

/**
 * Splits a record id at its first colon.
 * @throws {IstmoError} `ID_INVALID` if `id` is not a record id. The message describes the form.
 */
export function parseRecordId(id: unknown): RecordId {
  if (!isRecordId(id)) throw new IstmoError('ID_INVALID', describe(id))
  return { owner: id.slice(0, 2), local: id.slice(3) }
}

/**
 * Returns the owner of an id: its first two letters. The caller must have checked the id.
 */
export function ownerOf(id: string): string {
  return id.slice(0, 2)
}

function describe(value: unknown): Detail {
  if (typeof value === 'string') return detail('ID_OF_OTHER_FORM', { length: value.length })
  return detail('ID_OF_OTHER_TYPE', { type: value === null ? 'null' : typeof value })
}

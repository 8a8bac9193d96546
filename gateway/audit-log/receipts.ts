import { LRUCache } from 'lru-cache'
import { parseVerifierKey } from '../../audit/note/key.ts'
import { parseRotation } from '../../audit/note/rotation.ts'
import { readTlogProof } from '../../audit/note/tlog-proof.ts'
import { createReceiptChecker } from '../../audit/verify/receipt-checker.ts'
import { parseEntry } from '../../contract/audit-log/entry.ts'
import { type ReceiptEntry, readLegEntryText } from '../../contract/audit-log/leg-entry/leg-entry-text.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import { parseReceiptBytes } from '../../contract/receipt.ts'
import { rememberByObject } from '../../contract/remember-by-object.ts'
import { isUuidV7 } from '../../contract/uuid-v7.ts'
import type { CheckReceipt, HeldReceipt, Leg, SentLeg } from '../types/flow.ts'
import type { ReceiptSettings } from '../types/participant.ts'
import type { CountryHeads } from './country-heads.ts'

/** How many countries' parsed keys the cache holds. */
const CACHED_KEYS = 100

/**
 * Creates the check of receipts. Each country's file says the key of its log and whether a receipt is required. A receipt is valid if the
 * country's signed tree has an entry of exactly this leg: country, domain, request, and the hashes of the request and the response.
 * The check throws {Error} if a required receipt is missing or not valid, and returns null if an optional one is.
 * @param heads remembers how far each country's log was. A receipt that contradicts it is not valid.
 * @param onCheckpoint called with the checkpoint of each valid receipt, as a note.
 */
export function createReceiptCheck(
  settingsOf: (country: string) => ReceiptSettings | undefined,
  heads?: CountryHeads,
  onCheckpoint?: (origin: string, note: string) => void,
): CheckReceipt {
  const checkers = new LRUCache<string, Checker>({ max: CACHED_KEYS })
  // Settings are never changed: other keys come with another object.
  const checkerOf = rememberByObject(({ vkey, rotations = [] }: ReceiptSettings): Checker => {
    const create = () => createReceiptChecker(parseVerifierKey(vkey), rotations.map(parseRotation))
    return getOrAdd(checkers, [vkey, ...rotations].join('\n'), create)
  })
  return (leg, sent, requestId, header) => {
    const settings = leg.country === null ? undefined : settingsOf(leg.country)
    if (settings === undefined) return null
    try {
      if (header === undefined) throw new Error('expected a receipt; came none')
      const { note, receipt } = check(leg, sent, requestId, header, checkerOf(settings))
      onCheckpoint?.(receipt.origin, note)
      heads?.note(receipt.origin, receipt, sent.countryHead ?? null)
      return receipt
    } catch (error) {
      if (settings.required) throw error
      return null
    }
  }
}

/** What checks the receipts of one log. */
type Checker = ReturnType<typeof createReceiptChecker>

/** Returns the name of the log in a verifier key. */
export function originOf(vkey: string): string {
  return vkey.slice(0, vkey.indexOf('+'))
}

function check(
  leg: Leg,
  sent: SentLeg,
  requestId: string,
  header: string,
  prove: Checker,
): { readonly note: string; readonly receipt: HeldReceipt } {
  const text = parseReceiptBytes(header)
  if (text === undefined) throw new Error('expected a receipt as a byte sequence of RFC 9651')
  const proof = readTlogProof(text)
  if (proof.extra === undefined) throw new Error('expected a receipt with its entry')
  const { index, origin, size, checkpoint, checkpointHash, leaf } = prove(proof, proof.extra, 'latin1')
  const entry = readEntry(proof.extra)
  const other = findOther(entry, leg, sent, requestId)
  if (other !== null) throw new Error(`expected the receipt of this leg; came another ${other}`)
  const { records } = entry
  return { note: checkpoint, receipt: { origin, index, size, checkpoint: checkpointHash, leaf, records } }
}

/** @throws {Error} if an entry is not that of a leg with hashes under the leg's salt. */
function readEntry(bytes: Uint8Array): ReceiptEntry {
  const quickly = readLegEntryText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'))
  if (quickly !== null) return quickly
  const entry = parseEntry(bytes)
  if (entry.kind !== 'leg') throw new Error('expected the receipt of a leg')
  if (entry.v === 1) throw new Error('expected hashes under the salt of the leg (v 2 of the entry); came v 1')
  return entry
}

/** Returns the name of the first member that is not the one of this leg; null if all are. */
function findOther(entry: ReceiptEntry, leg: Leg, sent: SentLeg, requestId: string): keyof ReceiptEntry | null {
  if (entry.country !== leg.country) return 'country'
  if (entry.domain !== leg.domain) return 'domain'
  // An entry has no other form of an id, and says null of a request whose id has one.
  if (entry.requestId !== requestId && (entry.requestId !== null || isUuidV7(requestId))) return 'requestId'
  if (entry.operationHash !== sent.operationHash) return 'operationHash'
  if (entry.requestHash !== sent.requestHash) return 'requestHash'
  return entry.responseHash === sent.responseHash ? null : 'responseHash'
}

/** Lists the keys of a country's log that its settings lead to, the newest last. Each settings are read once: to read a proof is to check its signatures. */
export const listLogKeys = rememberByObject(({ vkey, rotations = [] }: ReceiptSettings): readonly string[] => [
  vkey,
  ...rotations.map((proof) => parseRotation(proof).newKey.vkey),
])

import { LRUCache } from 'lru-cache'
import { parseVerifierKey } from '../../audit/note/key.ts'
import { parseRotation } from '../../audit/note/rotation.ts'
import { readTlogProof } from '../../audit/note/tlog-proof.ts'
import { createReceiptChecker } from '../../audit/verify/receipt-checker.ts'
import { parseEntry } from '../../contract/audit-log/entry.ts'
import { parseReceiptHeader } from '../../contract/receipt.ts'
import { isUuidV7 } from '../../contract/uuid-v7.ts'
import type { CheckReceipt, HeldReceipt, Leg, ReceiptSettings, SentLeg } from '../types/flow.ts'
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
  const checkers = new LRUCache<string, ReturnType<typeof createReceiptChecker>>({ max: CACHED_KEYS })
  const checkerOf = ({ vkey, rotations = [] }: ReceiptSettings) => {
    const key = [vkey, ...rotations].join('\n')
    const checker = checkers.get(key) ?? createReceiptChecker(parseVerifierKey(vkey), rotations.map(parseRotation))
    checkers.set(key, checker)
    return checker
  }
  return (leg, sent, requestId, header) => {
    const settings = leg.country === null ? undefined : settingsOf(leg.country)
    if (settings === undefined) return null
    try {
      if (header === undefined) throw new Error('expected a receipt; came none')
      const { note, ...receipt } = check(leg, sent, requestId, header, checkerOf(settings))
      onCheckpoint?.(receipt.origin, note)
      heads?.note(receipt.origin, receipt, receipt.origin === originOf(settings.vkey) ? (sent.countrySize ?? 0) : 0)
      return receipt
    } catch (error) {
      if (settings.required) throw error
      return null
    }
  }
}

/** Returns the name of the log in a verifier key. */
export function originOf(vkey: string): string {
  return vkey.slice(0, vkey.indexOf('+'))
}

function check(
  leg: Leg,
  sent: SentLeg,
  requestId: string,
  header: string,
  prove: ReturnType<typeof createReceiptChecker>,
): HeldReceipt & { readonly note: string } {
  const text = parseReceiptHeader(header)
  if (text === undefined) throw new Error('expected a receipt as a byte sequence of RFC 9651')
  const proof = readTlogProof(text)
  if (proof.extra === undefined) throw new Error('expected a receipt with its entry')
  const { index, origin, size, checkpoint, checkpointHash, leaf } = prove(proof, proof.extra)
  const entry = parseEntry(proof.extra)
  if (entry.kind !== 'leg') throw new Error('expected the receipt of a leg')
  if (entry.v === 1) throw new Error('expected hashes under the salt of the leg (v 2 of the entry); came v 1')
  const expected = {
    country: leg.country,
    domain: leg.domain,
    requestId: isUuidV7(requestId) ? requestId : null,
    operationHash: sent.operationHash,
    requestHash: sent.requestHash,
    responseHash: sent.responseHash,
  }
  for (const [name, value] of Object.entries(expected)) {
    if (entry[name as keyof typeof expected] !== value)
      throw new Error(`expected the receipt of this leg; came another ${name}`)
  }
  return { note: checkpoint, origin, index, size, checkpoint: checkpointHash, leaf, records: entry.records }
}

import { parseRotation } from '../../audit/note/rotation.ts'
import { readCountryFile } from '../../service/country-file.ts'

/**
 * Says whether the country's file leads to a key of its audit log, by `receipts.vkey` or by a proof in `receipts.rotations`. A gateway with this file drops
 * each answer whose receipt is signed by another key only (RECEIPT_INVALID).
 * @returns null if there is no file that can be read, or it says nothing of receipts.
 */
export async function leadsToLogKey(rules: string | undefined, vkey: string): Promise<boolean | null> {
  const file = rules === undefined ? null : await readCountryFile(rules).catch(() => null)
  if (file?.receipts === undefined) return null
  const { receipts } = file
  return [receipts.vkey, ...receipts.rotations.map((proof) => parseRotation(proof).newKey.vkey)].includes(vkey)
}

/** Entry bundles: a sequence of entries. The length of each entry precedes it as a big-endian uint16 (C2SP tlog-tiles, Log entries). */

/** The longest entry, in bytes: the largest length that fits into its uint16. */
export const MAX_ENTRY_BYTES = 65_535

/**
 * Encodes entries as a bundle.
 * @throws {RangeError} if an entry is longer than 65,535 bytes.
 */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_BYTES) {
      throw new RangeError(`an entry has at most ${MAX_ENTRY_BYTES} bytes; ${entry.length} came`)
    }
    length += 2 + entry.length
  }
  const bundle = Buffer.allocUnsafe(length)
  let at = 0
  for (const entry of entries) {
    bundle[at] = entry.length >> 8
    bundle[at + 1] = entry.length & 255
    bundle.set(entry, at + 2)
    at += 2 + entry.length
  }
  return bundle
}

/**
 * Decodes a bundle into its entries.
 * @throws {RangeError} if an entry is truncated.
 */
export function decodeBundle(bytes: Uint8Array): readonly Uint8Array[] {
  const entries: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0)
    const end = at + 2 + length
    if (end > bytes.length) {
      throw new RangeError(`entry ${entries.length} of the bundle ends at byte ${end}, the bundle at ${bytes.length}`)
    }
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  return entries
}

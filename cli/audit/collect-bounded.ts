/**
 * Reads a stream of bytes to its end, but not more than `most` bytes of it: a path may lead to a device that never ends, and a server may send for ever.
 * Rejects if the stream cannot be read.
 * @returns undefined if more came.
 */
export async function collectBounded(parts: AsyncIterable<Uint8Array>, most: number): Promise<Buffer | undefined> {
  const collected: Uint8Array[] = []
  let length = 0
  for await (const part of parts) {
    length += part.length
    if (length > most) return undefined
    collected.push(part)
  }
  return Buffer.concat(collected)
}

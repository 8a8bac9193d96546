/**
 * Reads the body of an answer as text. A time limit does not bound it: a server on a fast line fills the memory within it.
 * @param maxBytes the most that it may have.
 * @param what it is, with its article, for the message.
 * @throws {RangeError} if it has more. The rest is not read.
 */
export async function readBounded(
  response: { readonly body: AsyncIterable<Uint8Array> | null },
  maxBytes: number,
  what: string,
): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new RangeError(`expected ${what} of at most ${maxBytes} bytes; came more`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * Reads the beginning of a body as text. The rest is not read, however long it is.
 * @param maxBytes how much is read at most.
 */
export async function readStart(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of body) {
    parts.push(part)
    bytes += part.length
    if (bytes >= maxBytes) break
  }
  return Buffer.concat(parts).subarray(0, maxBytes).toString('utf8')
}

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/**
 * Reads the text of a file whose path came from somebody else: a country's file, a mapping. A path can also name a device without an end, a pipe for
 * which one waits for ever, or a file larger than the memory.
 * @param maxBytes how large the file may be.
 * @throws {Error} if it cannot be read, is something else than a plain file of this size, or is not UTF-8. The message says what was expected and came.
 */
export function readPlainFile(path: string, maxBytes: number): string {
  // With this flag, a pipe opens at once.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = fstatSync(file)
    if (!found.isFile()) throw new Error('expected a file; came a folder, a pipe or a device')
    if (found.size > maxBytes) throw new Error(`expected a file of at most ${maxBytes} bytes; came ${found.size}`)
    const bytes = readUpTo(file, maxBytes)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } finally {
    closeSync(file)
  }
}

/** Reads to the end. A file of the system, such as one in /proc, may have more than it says. */
function readUpTo(file: number, maxBytes: number): Uint8Array {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const piece = new Uint8Array(65_536)
    const read = readSync(file, piece)
    if (read === 0) return Buffer.concat(pieces, bytes)
    bytes += read
    if (bytes > maxBytes) throw new Error(`expected a file of at most ${maxBytes} bytes; came more`)
    pieces.push(piece.subarray(0, read))
  }
}

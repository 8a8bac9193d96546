import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { UsageError } from '../../service/usage-error.ts'

/** A text file that can be read once, piece by piece. */
export interface TextFile {
  readonly path: string
  /** Yields the text in pieces. Throws {@link UsageError} when the bytes are not UTF-8. */
  readonly chunks: AsyncIterable<string>
  /** Returns the share that has been read, 0 to 1. */
  share(): number
  /** Returns the SHA-256 of the bytes that have been read, in hex. Call it only once. */
  sha256(): string
}

/**
 * Computes the SHA-256 of a file's bytes, in hex. Reads the file as a stream.
 * @throws {UsageError} when there is no file of that name.
 */
export async function hashFile(path: string): Promise<string> {
  await sizeOf(path)
  const hash = createHash('sha256')
  for await (const bytes of createReadStream(path)) hash.update(bytes)
  return hash.digest('hex')
}

/** @throws {UsageError} when there is no file of that name. */
export async function openTextFile(path: string): Promise<TextFile> {
  const size = await sizeOf(path)
  const hash = createHash('sha256')
  let read = 0
  async function* chunks(): AsyncGenerator<string> {
    const decoder = new TextDecoder('utf-8', { fatal: true })
    for await (const bytes of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(bytes)
      yield decode(() => decoder.decode(bytes, { stream: true }), path, read, read + bytes.length)
      read += bytes.length
    }
    yield decode(() => decoder.decode(), path, read, read)
  }
  return { path, chunks: chunks(), share: () => (size === 0 ? 1 : read / size), sha256: () => hash.digest('hex') }
}

function decode(work: () => string, path: string, from: number, to: number): string {
  try {
    return work()
  } catch (cause) {
    throw new UsageError(
      `${path}: expected UTF-8; came other bytes between byte ${from} and byte ${to}. Save the file as UTF-8.`,
      { cause },
    )
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((cause) => {
    throw new UsageError(`${path}: expected a file; none can be read there`, { cause })
  })
  if (!found.isFile()) throw new UsageError(`${path}: expected a file; came a folder or a device`)
  return found.size
}

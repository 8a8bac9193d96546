import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip, type InputType, zstdDecompress } from 'node:zlib'
import { throwDamaged } from '../finding.ts'

/** The place from which a log is read. */
export interface LogSource {
  /** The folder or the URL as the operator wrote it, for messages. */
  readonly name: string
  /**
   * The period of the shard that must be here, because the home of a divided log has it at this place (audit/shards/places.ts); null for the first shard.
   * Absent if the place is not in such a home.
   */
  readonly period?: string | null
  /** Reads a file by its path below the log. Resolves to undefined if it does not exist. Rejects if the source cannot answer. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>
}

/** How long one file may take over HTTP, in milliseconds. */
const FILE_TIMEOUT_MS = 30_000

/** The longest file, in bytes: a bundle of 256 entries of 65,535 bytes, each with its length. */
const MAX_FILE_BYTES = 256 * (65_535 + 2)

/** The longest file of the history of checkpoints, and the longest file after its content coding was removed, in bytes. */
const MAX_HISTORY_FILE_BYTES = 256 * 1024 * 1024

/** Returns how long a file of a log may be, in bytes. */
function maxBytesOf(path: string): number {
  return path.startsWith('checkpoints/') ? MAX_HISTORY_FILE_BYTES : MAX_FILE_BYTES
}

/** Creates a source for a log in a folder. It rejects with a LogDamagedError if a path leads to something else than a file of a log. */
export function folderSource(folder: string): LogSource {
  const read = (path: string) =>
    readRegularFile(folder, path).catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
      if (code === 'ELOOP') return throwDamaged('MALFORMED', path, 'a file', 'a link that leads to itself')
      throw error
    })
  return { name: folder, read }
}

/** Reads a file. The folder comes from the audited, so a path in it may be a directory, or a link to a device that never ends. */
async function readRegularFile(folder: string, path: string): Promise<Uint8Array> {
  // Without O_NONBLOCK, opening a named pipe would wait for its writer.
  const file = await open(join(folder, path), constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stats = await file.stat()
    if (!stats.isFile()) return throwDamaged('MALFORMED', path, 'a file', 'a directory or a device')
    const most = maxBytesOf(path)
    if (stats.size > most) return throwDamaged('MALFORMED', path, `at most ${most} bytes`, `${stats.size}`)
    return await file.readFile()
  } finally {
    await file.close()
  }
}

/**
 * Creates a source for a log at an HTTP(S) URL, the log's prefix in tlog-tiles. It sends requests only below this prefix, and does
 * not follow redirects.
 * @throws {TypeError} if it is not an HTTP(S) URL, or has a query or a fragment.
 */
export function urlSource(url: string): LogSource {
  const prefix = new URL(url.endsWith('/') ? url : `${url}/`)
  if (!/^https?:$/.test(prefix.protocol) || prefix.search !== '' || prefix.hash !== '') {
    throw new TypeError('the URL of a log must be http: or https:, without query and fragment')
  }
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const signal = AbortSignal.timeout(FILE_TIMEOUT_MS)
    // A command that asks nobody should not wait until this is loaded.
    const { request } = await import('undici')
    const { statusCode, headers, body } = await request(new URL(path, prefix), {
      signal,
      headers: { 'accept-encoding': 'identity' },
    })
    if (statusCode !== 200) await body.dump()
    if (statusCode === 404) return undefined
    if (statusCode !== 200) throw new Error(`${path} at ${url}: expected status 200 or 404, came ${statusCode}`)
    const bytes = await readAll(body, path, `${path} at ${url}`)
    return decode(bytes, String(headers['content-encoding'] ?? ''), `${path} at ${url}`)
  }
  return { name: url, read }
}

/**
 * The content codings (RFC 9110, section 8.4.1) that a server may use although the request asks for none. Many serve files that they have
 * compressed before, and tlog-tiles allows it for bundles.
 */
const DECODERS: Readonly<Record<string, (bytes: InputType, options: { maxOutputLength: number }) => Promise<Buffer>>> =
  {
    gzip: promisify(gunzip),
    'x-gzip': promisify(gunzip),
    zstd: promisify(zstdDecompress),
  }

async function decode(bytes: Uint8Array, coding: string, what: string): Promise<Uint8Array> {
  const name = coding.trim().toLowerCase()
  if (name === '' || name === 'identity') return bytes
  const decompress = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined
  if (decompress === undefined) {
    throw new Error(`${what}: expected no content coding, or one of ${Object.keys(DECODERS).join(', ')}; came ${name}`)
  }
  try {
    return await decompress(bytes, { maxOutputLength: MAX_HISTORY_FILE_BYTES })
  } catch (error) {
    throw new Error(`${what}: expected a body of the content coding ${name}; came ${(error as Error).message}`)
  }
}

async function readAll(body: AsyncIterable<Uint8Array>, path: string, what: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of body) {
    length += part.length
    const most = maxBytesOf(path)
    if (length > most) throw new Error(`${what}: expected at most ${most} bytes, came more`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

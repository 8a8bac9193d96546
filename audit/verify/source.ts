import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip, type InputType, zstdDecompress } from 'node:zlib'
import { type Finding, throwDamaged } from '../finding.ts'
import { decodeBundle } from '../merkle/entry-bundle.ts'
import { HASH_BYTES } from '../merkle/hash.ts'
import { TILE_WIDTH, type TileId, tilePath } from '../merkle/tile-path.ts'

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

/** Reads files of a log. Reports a damaged file instead of throwing, so that the verification can continue. */

/** Receives a finding. */
export type Report = (finding: Finding) => void

/** Decodes the entries of a bundle, up to its width. Reports what is malformed. Returns undefined if nothing can be decoded. */
export function decodeEntries(bytes: Uint8Array, id: TileId, report: Report): readonly Uint8Array[] | undefined {
  try {
    const entries = decodeBundle(bytes)
    if (entries.length >= id.width) return entries.slice(0, id.width)
    report({ kind: 'MALFORMED', where: tilePath(id), expected: `${id.width} entries`, came: `${entries.length}` })
    return entries
  } catch (error) {
    report({ kind: 'MALFORMED', where: tilePath(id), expected: 'a bundle of entries', came: (error as Error).message })
    return undefined
  }
}

/**
 * Reads the file of a tile or bundle. If a partial file no longer exists, which is allowed, reads the full one.
 * @returns undefined, and reports it, if neither exists.
 */
export async function readFileOf(source: LogSource, id: TileId, report: Report): Promise<Uint8Array | undefined> {
  const exact = await source.read(tilePath(id))
  const bytes = exact ?? (id.width < TILE_WIDTH ? await source.read(tilePath({ ...id, width: TILE_WIDTH })) : undefined)
  if (bytes === undefined) report({ kind: 'MISSING', where: tilePath(id), expected: 'a file', came: 'none' })
  return bytes
}

/** Reads the hashes of a tile, as many as its width says. Returns undefined, and reports it, if they are missing. */
export async function readTileFile(source: LogSource, id: TileId, report: Report): Promise<Uint8Array | undefined> {
  const bytes = await readFileOf(source, id, report)
  if (bytes === undefined || bytes.length >= id.width * HASH_BYTES) return bytes?.subarray(0, id.width * HASH_BYTES)
  const expected = `${id.width} hashes of ${HASH_BYTES} bytes`
  report({ kind: 'MALFORMED', where: tilePath(id), expected, came: `${bytes.length} bytes` })
  return undefined
}

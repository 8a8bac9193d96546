/** The built files of the console, read into memory: no request reaches the disk with a name of its own. */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, open, readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip, constants as zlib } from 'node:zlib'
import { ConfigError } from '../../service/config-error.ts'

/** The page that every path of the application is answered with. */
const INDEX = 'index.html'

/** The folder whose names hold the hash of their contents. */
export const HASHED_FOLDER = 'assets/'

/** A name with a hash of at least eight characters, as Vite writes it: `index-BxY7_a9Q.js`. */
const HASHED_NAME = /^assets\/(?:[^/]+\/)*[^/]+-[\w-]{8,}\.[a-z\d]+$/

/** The largest file, and the largest sum of all files, in bytes. A console is far smaller. */
const MAX_FILE_BYTES = 16 * 1024 * 1024
const MAX_FOLDER_BYTES = 64 * 1024 * 1024

/** The types of files that a console has. Others are not served, because a browser would guess what they are. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.graphql': 'text/plain; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/vnd.microsoft.icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

/** Files that are compressed already. */
const IS_DENSE = /^(image\/(png|webp)|font\/)/

/** How a browser may get a file, besides as it is. */
export type ContentCoding = 'br' | 'gzip'

/** A file. */
export interface BuiltFile {
  readonly type: string
  /** Whether its name changes with its contents. */
  readonly isHashed: boolean
  /** A quoted hash of its contents (RFC 9110 section 8.8.3). */
  readonly etag: string
  readonly bytes: Buffer
  /** Resolves to its bytes in a coding. They are computed once. Null if it does not get smaller. */
  readonly encoded: (coding: ContentCoding) => Promise<Buffer | null>
}

/** The files of a folder. */
export interface BuiltFiles {
  readonly index: BuiltFile
  /** Finds a file by its path below the folder, with slashes. */
  readonly find: (path: string) => BuiltFile | undefined
}

/**
 * Reads all files of a folder that a browser may have. It leaves out links, files and folders whose names begin with a dot, Vite's own `manifest.json`, and
 * types that a console does not have.
 * @throws {ConfigError} if the folder has no `index.html`, or too much. The message names the remedy.
 */
export async function readBuiltFiles(folder: string): Promise<BuiltFiles> {
  const files = new Map<string, BuiltFile>()
  let size = 0
  for (const path of await listPaths(folder, '')) {
    const bytes = await readRegularFile(join(folder, path))
    size += bytes?.length ?? 0
    if (size > MAX_FOLDER_BYTES) throw tooLarge(folder, MAX_FOLDER_BYTES)
    if (bytes !== null) files.set(path, toBuiltFile(path, bytes))
  }
  const index = files.get(INDEX)
  if (index === undefined) throw missing(folder)
  return { index, find: (path) => files.get(path) }
}

/** Returns what tells one build of the console from the next: the time and size of its page. Null if there is none. */
export async function stampBuild(folder: string): Promise<string | null> {
  const found = await lstat(join(folder, INDEX)).catch(() => null)
  return found === null ? null : `${found.mtimeMs} ${found.size}`
}

async function listPaths(folder: string, below: string): Promise<readonly string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch((cause: unknown) => {
    throw missing(folder, cause)
  })
  const paths = entries.map(async (entry) => {
    const path = `${below}${entry.name}`
    // Neither is true of a link.
    if (entry.name.startsWith('.') || !/^[\w.@~-]+$/.test(entry.name)) return []
    if (entry.isDirectory()) return listPaths(folder, `${path}/`)
    const isServed = entry.isFile() && path !== 'manifest.json' && Object.hasOwn(TYPES, extname(path))
    return isServed ? [path] : []
  })
  return (await Promise.all(paths)).flat().sort()
}

/** Reads a file. Null if it is a link, also if it became one a moment ago, or if it is gone. */
async function readRegularFile(file: string): Promise<Buffer | null> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null)
  if (handle === null) return null
  try {
    const { size } = await handle.stat()
    if (size > MAX_FILE_BYTES) throw tooLarge(file, MAX_FILE_BYTES)
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

const compress = {
  br: (bytes: Buffer) =>
    promisify(brotliCompress)(bytes, {
      params: { [zlib.BROTLI_PARAM_QUALITY]: 9, [zlib.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes),
} satisfies Record<ContentCoding, (bytes: Buffer) => Promise<Buffer>>

/** Makes a file of its bytes. `path`: below the folder, with slashes; it says the type. */
export function toBuiltFile(path: string, bytes: Buffer): BuiltFile {
  const type = TYPES[extname(path)] ?? 'application/octet-stream'
  const made = new Map<ContentCoding, Promise<Buffer | null>>()
  return {
    type,
    bytes,
    isHashed: HASHED_NAME.test(path),
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    async encoded(coding) {
      if (IS_DENSE.test(type)) return null
      const coded =
        made.get(coding) ?? compress[coding](bytes).then((short) => (short.length < bytes.length ? short : null))
      made.set(coding, coded)
      return coded
    },
  }
}

function missing(folder: string, cause?: unknown): ConfigError {
  return new ConfigError(
    `console.files: expected the folder of a built console with ${INDEX}; came ${folder}. In a clone, run: npm run build -w console`,
    { cause },
  )
}

function tooLarge(path: string, bytes: number): ConfigError {
  return new ConfigError(
    `console.files: expected at most ${bytes} bytes in ${path}; came more. Name the folder of a built console and no other`,
  )
}

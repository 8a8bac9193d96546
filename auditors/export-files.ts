import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { listPlaces, listWorkerHomes } from '../audit/shards/places.ts'
import { describeFileError } from '../service/describe-error.ts'
import { readLines, withoutMark } from '../service/read-lines.ts'

/** Whether a file is an export: JSON lines, perhaps behind a byte order mark. Rejects if it cannot be read. */
export async function isExport(path: string): Promise<boolean> {
  const file = await open(path).catch((error: unknown) => {
    throw new Error(`${path}: cannot be read: ${describeFileError(error)}`)
  })
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4)
    return withoutMark(buffer.toString('utf8', 0, bytesRead)).startsWith('{')
  } finally {
    await file.close()
  }
}

/** Yields the lines of an export without their ends, and without a byte order mark. Rejects if the file cannot be read. */
export function readExportLines(path: string): AsyncGenerator<string> {
  return readLines(createReadStream(path, 'utf8'))
}

/**
 * Lists the files with exports that a place names: a file itself, or the files `*.jsonl` in a folder that is not that of a log, in the order of their
 * names. Resolves to an empty list for anything else.
 */
export async function listExportFiles(place: string): Promise<readonly string[]> {
  const stats = /^https?:\/\//.test(place) ? undefined : await stat(place).catch(() => undefined)
  if (stats?.isFile()) return [place]
  if (!stats?.isDirectory()) return []
  const names = await readdir(place)
  const isLog = names.includes('checkpoint') || (await listPlaces(place)).length > 0
  if (isLog || (await listWorkerHomes(place)).length > 0) return []
  return names
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => join(place, name))
}

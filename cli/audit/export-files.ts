import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { listPlaces, listWorkerHomes } from '../../audit/shards/places.ts'
import { describeFileError } from '../../service/describe-error.ts'

/** Whether a file is an export: JSON lines. Rejects if it cannot be read. */
export async function isExport(path: string): Promise<boolean> {
  const file = await open(path).catch((error: unknown) => {
    throw new Error(`${path}: cannot be read: ${describeFileError(error)}`)
  })
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1)
    return bytesRead === 1 && buffer.toString() === '{'
  } finally {
    await file.close()
  }
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

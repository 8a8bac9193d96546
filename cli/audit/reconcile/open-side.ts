import { LogDamagedError } from '../../../audit/finding.ts'
import { NoteError } from '../../../audit/note/key.ts'
import type { Policy } from '../../../audit/note/policy.ts'
import type { ChainedReader } from '../../../audit/reader/chain-reader.ts'
import type { LogReader } from '../../../audit/reader/log-reader.ts'
import { listExportFiles } from '../export-files.ts'
import { listLogs, openReader } from '../inputs.ts'
import { parseIfReadable } from '../readable-entries.ts'
import { readLogName, sideOfExports } from './export-side.ts'
import { type Side, sideOfLog } from './sides.ts'

/** Opens one side of a comparison: the folder of a log, its URL, a file of `istmo audit export`, or a folder with such files of one log. */
export async function openSide(place: string, policies: readonly Policy[]): Promise<Side> {
  const isUrl = /^https?:\/\//.test(place)
  const files = await listExportFiles(place)
  if (files.length > 0) return sideOfExports(files, policies)
  const reader = await openReader(place, policies).catch((error: unknown) => throwOf(place, error))
  return sideOfLog(nameInErrors(reader, place), isUrl)
}

/** A comparison reads several logs, so what is wrong with one of them must say with which. */
function nameInErrors(reader: ChainedReader, place: string): ChainedReader {
  const shards = reader.shards.map((shard): LogReader => {
    return { ...shard, root: (size) => shard.root(size).catch((error: unknown) => throwOf(place, error)) }
  })
  return {
    ...reader,
    shards,
    async *entries(from) {
      try {
        yield* reader.entries(from)
      } catch (error) {
        throwOf(place, error)
      }
    },
  }
}

/** Throws the error of a log again, with the place of the log in it. */
function throwOf(place: string, error: unknown): never {
  if (error instanceof LogDamagedError) {
    throw new LogDamagedError(error.findings.map((found) => ({ ...found, where: `${place}: ${found.where}` })))
  }
  if (error instanceof NoteError) throw new NoteError(`${place}: ${error.message}`)
  throw error
}

/**
 * Opens each log of a gateway: one, or those of its workers, below their home or from several places. All files of exports of one log, in folders or named
 * one by one, are one side.
 */
export async function openSides(places: readonly string[], policies: readonly Policy[]): Promise<readonly Side[]> {
  const given = await Promise.all(places.map(async (place) => ({ place, files: await listExportFiles(place) })))
  const logs = await Promise.all(given.flatMap(({ place, files }) => (files.length === 0 ? [listLogs(place)] : [])))
  const files = [...new Set(given.flatMap((each) => each.files))]
  const named = await Promise.all(files.map(async (file) => ({ file, log: await readLogName(file, policies) })))
  const exports = [...Map.groupBy(named, ({ log }) => log).values()]
  return Promise.all([
    ...logs.flat().map((place) => openSide(place, policies)),
    ...exports.map((own) =>
      sideOfExports(
        own.map(({ file }) => file),
        policies,
      ),
    ),
  ])
}

/** How many entries of a log are read to find out whose log it is. */
const FIRST_ENTRIES = 100

/** Reads whose log it is: the code of a country, or null for a gateway's. Rejects if it is neither. */
export async function readOwner({ entries, name }: Side): Promise<string | null> {
  let read = 0
  for await (const { bytes } of entries()) {
    const owner = ownerIn(bytes)
    if (owner !== undefined) return owner
    read++
    if (read === FIRST_ENTRIES) break
  }
  throw new Error(`${name} is neither the log of a country nor that of a gateway: expected it in its first entries`)
}

function ownerIn(bytes: Uint8Array): string | null | undefined {
  const entry = parseIfReadable(bytes)
  if (entry === null) return undefined
  if ('node' in entry) return 'country' in entry && entry.kind !== 'node-reconciliation' ? entry.country : undefined
  return 'gateway' in entry && entry.kind !== 'oversight' ? null : undefined
}

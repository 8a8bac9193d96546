import { ROTATION_KIND } from '../../../audit/note/rotation.ts'
import { readExportLines } from '../export-files.ts'

/** Reads the lines of files of `istmo audit export` (cli/audit/export-format.ts). Nothing is verified. */

/** One entry of an export, with where it stands. */
export interface ExportLine {
  readonly path: string
  /** The number of the line in the file. */
  readonly at: number
  /**
   * `COUNTING`: the entry that counts the country's parts. `BEFORE`: the country's part before the first one of the export. Both stand in the statement at
   * the end of the export.
   */
  readonly place: 'LINE' | 'COUNTING' | 'BEFORE'
  readonly entry: unknown
  readonly proof: string
}

/** Yields the entries of a file, with those of its statement. Rejects if a line is not a line of an export. */
export async function* readLines(path: string): AsyncGenerator<ExportLine> {
  let at = 0
  for await (const text of readExportLines(path)) {
    at++
    if (text === '') continue
    const parsed = parseLine(path, at, text)
    const lines = parsed.export === undefined ? [{ ...parsed, place: 'LINE' as const }] : statedLines(parsed.export)
    for (const { place, entry, proof } of lines) {
      if (typeof proof !== 'string' || entry === undefined) {
        throw new Error(`${path}: line ${at}: expected an entry and its proof; came something else`)
      }
      yield { path, at, place, entry, proof }
    }
  }
}

/** Whether an entry is the rotation of a log's key. They come first in an export. */
export function isRotation(entry: unknown): boolean {
  return (Object(entry) as { kind?: unknown }).kind === ROTATION_KIND
}

interface ParsedLine {
  readonly entry?: unknown
  readonly proof?: unknown
  readonly export?: unknown
}

/**
 * Lists the entries in the statement at the end of an export. Not the one that counts the parts if the export ends before the log does: then the count is of
 * more parts than the export has. A statement without an entry does not prove anything.
 */
function statedLines(statement: unknown): readonly (ParsedLine & Pick<ExportLine, 'place'>)[] {
  const { before, counting, after } = Object(statement) as Record<string, unknown>
  return [
    ...(before == null ? [] : [{ ...(Object(before) as ParsedLine), place: 'BEFORE' as const }]),
    ...(counting == null || after != null ? [] : [{ ...(Object(counting) as ParsedLine), place: 'COUNTING' as const }]),
  ]
}

function parseLine(path: string, at: number, text: string): ParsedLine {
  try {
    return Object(JSON.parse(text)) as ParsedLine
  } catch {
    throw new Error(`${path}: line ${at}: expected JSON; came something else`)
  }
}

import { decodeNotes, historyPath, LEAVES_PER_HISTORY_FILE } from '../log/history.ts'
import type { LogSource, Report } from './source.ts'

/** A note, and the place where it was found. */
export interface FoundNote {
  readonly note: string
  readonly where: string
}

/** How many consecutive history files may be missing. The largest commit, 4 MiB of entries of two bytes, spans about 500. */
const MAX_MISSING = 1_024

/** Reads the history of a log, file by file, so that no more than one file is in memory. */
export interface HistoryReader {
  /** Reads the notes of the next file. Reports a damaged file. Resolves to none if the file does not exist. */
  readonly next: () => Promise<readonly FoundNote[]>
  /** Returns whether the remaining files need not be tried: they are behind the log's end, or too many of them are missing. */
  readonly isAtEnd: () => boolean
}

/**
 * Begins with the first history file of a log.
 * @param size the size of the log. One file more than there should be is read, because a log that was rolled back may have it.
 */
export function readHistory(source: LogSource, size: number, report: Report): HistoryReader {
  const files = Math.floor(size / LEAVES_PER_HISTORY_FILE) + 2
  let [file, missing] = [0, 0]

  const next = async (): Promise<readonly FoundNote[]> => {
    const where = historyPath(file++ * LEAVES_PER_HISTORY_FILE)
    const bytes = await source.read(where)
    missing = bytes === undefined ? missing + 1 : 0
    if (bytes === undefined) return []
    const { notes, length, strayAt } = decodeNotes(bytes)
    if (strayAt !== undefined) {
      const came = `a broken one at byte ${length}, and complete ones behind it`
      report({ kind: 'MALFORMED', where, expected: 'complete frames', came })
    }
    return notes.map((note) => ({ note, where }))
  }

  // A checkpoint may claim any size. The walk along the leaves finds their end; this reader must not try each missing file.
  return { next, isAtEnd: () => file >= files || missing > MAX_MISSING }
}

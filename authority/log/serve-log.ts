import { parseTilePath } from '../../audit/merkle/tile-path.ts'
import { folderSource } from '../../audit/verify/source.ts'

/** The path below which the log's files are served (C2SP tlog-tiles), as `istmo audit` finds them from the authority's address. */
export const LOG_PATH = '/log/'

/** The files beside the tiles: the checkpoint, the history of checkpoints, and the rotations of the key. */
const BESIDE_TILES = /^(checkpoint|checkpoints\/[\dx/]+|rotations\/[\w/.-]+)$/

/** Reads a public file of the log by its path; undefined if there is none, or if it is not for everybody. */
export type ReadLogFile = (path: string) => Promise<Uint8Array | undefined>

/**
 * Creates the reader of the files that witnesses and auditors fetch.
 * @param folder the log's folder.
 * @param servesEntries whether the entries are for everybody who reaches the authority. Hashes and checkpoints always are.
 */
export function createLogFileReader(folder: string, servesEntries: boolean): ReadLogFile {
  const source = folderSource(folder)
  return async (path) => {
    const tile = parseTilePath(path)
    const isPublic = tile === undefined ? BESIDE_TILES.test(path) && !path.includes('..') : tile.level !== 'entries'
    if (!isPublic && !(servesEntries && tile !== undefined)) return undefined
    return source.read(path).catch(() => undefined)
  }
}

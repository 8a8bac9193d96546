/**
 * The storage of a log, and that of its salts. It has six methods. The log relies on what their comments promise, and a test double may break each
 * promise in its own way (full disk, torn write).
 */

/** A file to write. Without `bytes`, a file or folder to remove; it need not exist. */
export interface FileChange {
  readonly path: string
  readonly bytes?: Uint8Array
}

/** Reads and writes files by path. Paths are relative and use `/`. */
export interface LogStorage {
  /** Reads a complete file. Resolves to undefined if it does not exist. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>
  /**
   * Reads up to `length` bytes of a file from `offset` on, fewer if it ends before. Resolves to no bytes if it does not exist.
   * @param room if it is long enough, the bytes may be read into it, and what resolves may be a part of it.
   */
  readonly readPart: (path: string, offset: number, length: number, room?: Buffer) => Promise<Uint8Array>
  /** Lists the names of the files and folders in a folder, in no particular order. Resolves to an empty list if the folder does not exist. */
  readonly list: (folder: string) => Promise<readonly string[]>
  /**
   * Writes `bytes` at `offset`, which is not beyond the end of the file, and truncates the file behind them. Creates the file and
   * its folders if needed. When it resolves, the file has `offset + bytes.length` bytes, and still has them after a power cut.
   * If it rejects or the process ends, the bytes before `offset` are intact, and the bytes after it may be anything.
   */
  readonly append: (path: string, offset: number, bytes: Uint8Array) => Promise<void>
  /**
   * Writes `bytes` at `offset` into a file that has at least `offset + bytes.length` bytes. The file keeps its length. When it
   * resolves, the bytes survive a power cut. If it rejects or the process ends, the bytes there may be old, new, or anything; all
   * other bytes of the file are intact.
   */
  readonly overwrite: (path: string, offset: number, bytes: Uint8Array) => Promise<void>
  /**
   * Writes and removes files. Each change is atomic: a reader finds either the old file or the new one. When it resolves, all
   * changes survive a power cut. If it rejects or the process ends, any of the changes may have happened.
   */
  readonly write: (changes: readonly FileChange[]) => Promise<void>
}

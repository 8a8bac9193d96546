/**
 * Where a log lies. Four methods; their comments are what the log's promises rest on, and a test double may break each
 * promise in its own way (full disk, torn write).
 */

/** A file to write; without bytes, a file or folder to remove, there or not. */
export interface FileChange {
  readonly path: string
  readonly bytes?: Uint8Array
}

/** Files by path; paths are relative, with `/`. */
export interface LogStorage {
  /** The whole file, or undefined where there is none. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>
  /** The names in a folder, files and folders, in no order; none where there is no such folder. */
  readonly list: (folder: string) => Promise<readonly string[]>
  /**
   * Writes `bytes` at `offset`, which is not beyond the file's end, and cuts off what was behind; makes the file and its folders
   * where needed. When it resolves the file has `offset + bytes.length` bytes and will have them after a power cut. When
   * it rejects, or the process ends, what lies before `offset` is unharmed, and what lies after it may be anything.
   */
  readonly append: (path: string, offset: number, bytes: Uint8Array) => Promise<void>
  /**
   * Writes and removes files, each as a whole: whoever reads finds the former or the new one. When it resolves all of it will be
   * there after a power cut; when it rejects, or the process ends, any of the changes may have been made.
   */
  readonly write: (changes: readonly FileChange[]) => Promise<void>
}

import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { ifThere, isMissing } from '../if-there.ts'

/** What a storage in a folder does with files. Paths are those of the system. */
export interface FileWork {
  /** How much of this is best done at the same time. */
  readonly atOnce: number
  /** Creates a file and writes it, without a sync. */
  readonly create: (path: string, bytes: Uint8Array) => Promise<NewFile>
  /** Writes bytes at an offset of an open file, and syncs them. */
  readonly writeAt: (file: FileHandle, offset: number, bytes: Uint8Array) => Promise<void>
  /** Reads bytes from an offset of an open file on, as many as there is room for. Resolves to the part of `room` that has them. */
  readonly readAt: (file: FileHandle, offset: number, room: Buffer) => Promise<Uint8Array>
  /** Moves a file, and makes the folders for it. Resolves to the first folder that it made; undefined if it made none. */
  readonly move: (from: string, to: string) => Promise<string | undefined>
  /** Removes a file, or a folder with all that is in it. It need not exist. */
  readonly remove: (path: string) => Promise<unknown>
  /** Syncs a folder, if it exists. */
  readonly syncFolder: (path: string) => Promise<void>
}

/** A file that was created and is still open. */
export interface NewFile {
  readonly sync: () => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * The work by Node's threads for files. Node has four of them, and answers wait for the entries that a storage writes: so what is not an entry must
 * leave some of the threads to them.
 */
export const BY_THREADS: FileWork = {
  atOnce: 2,
  async create(path, bytes) {
    const file = await open(path, 'w')
    try {
      await file.writeFile(bytes)
      return { sync: () => file.datasync(), close: () => file.close() }
    } catch (error) {
      await file.close()
      throw error
    }
  },
  async writeAt(file, offset, bytes) {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done)
      done += bytesWritten
    }
    await file.datasync()
  },
  async readAt(file, offset, room) {
    const { bytesRead } = await file.read(room, 0, room.length, offset)
    return room.subarray(0, bytesRead)
  },
  async move(from, to) {
    const made = await mkdir(dirname(to), { recursive: true })
    await rename(from, to)
    return made
  },
  remove: (path) => rm(path, { recursive: true, force: true }),
  async syncFolder(path) {
    const folder = await ifThere(open(path, 'r'))
    try {
      await folder?.sync()
    } finally {
      await folder?.close()
    }
  },
}

/**
 * The work in a thread that may wait for the disk: a call costs less than a message to another thread and back. What is not an entry is synced by the
 * other threads, so that no commit waits for it, and between two files the thread does something else.
 */
export const IN_OWN_THREAD: FileWork = {
  atOnce: 2,
  async create(path, bytes) {
    const descriptor = openSync(path, 'w')
    const close = async (): Promise<void> => closeSync(descriptor)
    try {
      writeNow(descriptor, 0, bytes)
    } catch (error) {
      await close()
      throw error
    }
    await nextTurn()
    return { sync: () => syncFile(descriptor), close }
  },
  async writeAt({ fd }, offset, bytes) {
    writeNow(fd, offset, bytes)
    fdatasyncSync(fd)
  },
  async readAt({ fd }, offset, room) {
    return room.subarray(0, readSync(fd, room, 0, room.length, offset))
  },
  async move(from, to) {
    const made = mkdirSync(dirname(to), { recursive: true })
    renameSync(from, to)
    return made
  },
  async remove(path) {
    rmSync(path, { recursive: true, force: true })
    await nextTurn()
  },
  async syncFolder(path) {
    const descriptor = openIfThere(path)
    if (descriptor === undefined) return
    try {
      await syncAll(descriptor)
    } finally {
      closeSync(descriptor)
    }
  },
}

const [syncFile, syncAll] = [promisify(fdatasync), promisify(fsync)]

function writeNow(descriptor: number, offset: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done)
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

import { hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readLines } from '../service/read-lines.ts'

/**
 * Divides values by a key, so that a part can be read when all values are known, and no more than one part is in memory. If one part
 * is enough for all of them, they stay in memory. Otherwise they are in files of a temporary folder that only the user can read.
 */

/** How many characters of one part are collected before they are written to its file. */
const WRITE_AT = 64 * 1024

/** Values in parts. */
export interface Partitions<Value> {
  /** Adds a value to the part of its key. Rejects with the error of the disk. */
  readonly add: (key: string, value: Value) => Promise<void>
  /** Yields the values of each part, in the order in which they were added. All values with the same key are in the same part. */
  readonly parts: () => AsyncGenerator<readonly Value[]>
  /** Removes the files. */
  readonly close: () => Promise<void>
}

/**
 * Creates parts for values that can be written as JSON.
 * @param expected how many values there are at most
 * @param perPart how many values a part has at most, on average
 */
export async function createPartitions<Value>(expected: number, perPart: number): Promise<Partitions<Value>> {
  const count = Math.max(1, Math.ceil(expected / perPart))
  return count === 1 ? createInMemory() : createOnDisk(count)
}

function createInMemory<Value>(): Partitions<Value> {
  const values: Value[] = []
  return {
    add: async (_, value) => void values.push(value),
    async *parts() {
      yield values
    },
    close: async () => undefined,
  }
}

async function createOnDisk<Value>(count: number): Promise<Partitions<Value>> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-reconcile-'))
  const waiting: string[] = Array.from({ length: count }, () => '')
  const pathOf = (part: number) => join(folder, String(part))
  const flush = async (part: number): Promise<void> => {
    const text = waiting[part] ?? ''
    waiting[part] = ''
    // A file is open only while it is written, because there may be more parts than a process may have open files.
    const file: FileHandle = await open(pathOf(part), 'a', 0o600)
    await file.appendFile(text).finally(() => file.close())
  }
  return {
    async add(key, value) {
      const part = Number.parseInt(hash('sha256', key).slice(0, 8), 16) % count
      waiting[part] += `${JSON.stringify(value)}\n`
      if ((waiting[part]?.length ?? 0) >= WRITE_AT) await flush(part)
    },
    async *parts() {
      for (let part = 0; part < count; part++) {
        await flush(part)
        yield await readPart<Value>(pathOf(part))
      }
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

async function readPart<Value>(path: string): Promise<readonly Value[]> {
  const values: Value[] = []
  for await (const line of readLines(createReadStream(path, 'utf8'))) {
    values.push(JSON.parse(line) as Value)
  }
  return values
}

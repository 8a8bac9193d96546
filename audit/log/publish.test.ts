import { describe, expect, it } from 'vitest'
import { decodeBundle } from '../merkle/entry-bundle.ts'
import type { LogStorage } from './folder-storage.ts'
import { openLogOn } from './log.ts'
import { createMemoryStorage, newSigner } from './testing.ts'

const entry = (index: number) => Buffer.from(`{"entry":"${String(index).padStart(6, '0')}"}`)

/** Returns a storage that reads what it writes to bundles only when it may, as a disk does that has much other work. `mayWrite` is asked before each write. */
function slowly(storage: LogStorage, mayWrite: () => Promise<void>): LogStorage {
  return {
    ...storage,
    async write(changes) {
      if (changes.some(({ path, bytes }) => path.startsWith('tile/entries/') && bytes !== undefined)) await mayWrite()
      await storage.write(changes)
    },
  }
}

describe('a publication', () => {
  it('writes the entries that were there when it began, however many came before the disk took them', async () => {
    const files = new Map<string, Uint8Array>()
    let [began, release] = [(): void => undefined, (): void => undefined]
    let mayWrite = Promise.resolve()
    const storage = slowly(createMemoryStorage(files), () => {
      began()
      return mayWrite
    })
    const log = await openLogOn(storage, { signer: newSigner('log.example/hn'), publishAfterMs: 1_000_000 })
    let size = 0
    const append = async (count: number): Promise<void> => {
      const all = Array.from({ length: count }, (_, at) => entry(size + at))
      size += count
      await Promise.all(all.map((each) => log.append(each)))
    }
    // The first rounds leave blocks that were dropped and are used again.
    for (let round = 0; round < 6; round++) {
      await append(600)
      const isWriting = new Promise<void>((resolve) => {
        began = resolve
      })
      mayWrite = new Promise<void>((resolve) => {
        release = resolve
      })
      const published = log.publish()
      await isWriting
      await append(900)
      release()
      await published
      const until = Number(
        Buffer.from(files.get('checkpoint') ?? [])
          .toString()
          .split('\n')[1],
      )
      expect(until).toBe(size - 900)
      expect(readBundles(files, until)).toEqual(Array.from({ length: until }, (_, at) => entry(at).toString()))
    }
    mayWrite = Promise.resolve()
    await log.close()
    expect(readBundles(files, size)).toHaveLength(size)
  })
})

/** Returns the first `size` entries out of the files of the bundles. */
function readBundles(files: ReadonlyMap<string, Uint8Array>, size: number): readonly string[] {
  return Array.from({ length: Math.ceil(size / 256) }, (_, index) => {
    const width = Math.min(256, size - index * 256)
    const path = `tile/entries/${String(index).padStart(3, '0')}${width < 256 ? `.p/${width}` : ''}`
    return [...decodeBundle(files.get(path) ?? new Uint8Array())].map((each) => Buffer.from(each).toString())
  }).flat()
}

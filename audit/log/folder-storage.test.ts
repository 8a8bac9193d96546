import { mkdtemp, open, readdir, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFolderStorage } from './folder-storage.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-storage-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Lists the files below a folder that this process has open. Nothing where the system does not tell. */
async function listOpen(below: string): Promise<readonly string[]> {
  const descriptors = await readdir('/proc/self/fd').catch(() => [])
  const targets = await Promise.all(descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')))
  return targets.filter((target) => target.startsWith(`${below}/`))
}

describe('a storage in a folder', () => {
  it.each([false, true])(
    'stores files, truncates a file on append, and removes folders (blocking: %s)',
    async (isBlocking) => {
      const storage = await createFolderStorage(join(folder, `files-${isBlocking}`), { isBlocking })
      await storage.append('journal/0', 0, Buffer.from('abcdef'))
      await storage.append('journal/0', 3, Buffer.from('X'))
      expect(await storage.read('journal/0')).toEqual(Buffer.from('abcX'))
      await storage.write([
        { path: 'a/b/c.p/1', bytes: Buffer.from('1') },
        { path: 'd', bytes: Buffer.from('2') },
      ])
      expect(await storage.list('a/b')).toEqual(['c.p'])
      expect(await storage.read('a/b/c.p/1')).toEqual(Buffer.from('1'))
      await storage.overwrite('journal/0', 1, Buffer.from('YZ'))
      const room = Buffer.alloc(3)
      const parts = [await storage.readPart('journal/0', 1, 9), await storage.readPart('journal/0', 0, 3, room)]
      expect(parts).toEqual([Buffer.from('YZX'), Buffer.from('aYZ')])
      expect(await storage.readPart('d', 0, 3, room)).toEqual(Buffer.from('2'))
      expect(await storage.readPart('none', 0, 3, room)).toHaveLength(0)
      await storage.write([{ path: 'a/b/c.p' }, { path: 'journal/0' }, { path: 'nothing' }])
      expect([await storage.list('a/b'), await storage.list('none'), await storage.read('journal/0')]).toEqual([
        [],
        [],
        undefined,
      ])
      await storage.close()
    },
  )

  it.each([false, true])(
    'leaves no drafts and no open files when it cannot write (blocking: %s)',
    async (isBlocking) => {
      const path = join(folder, `refusing-${isBlocking}`)
      const storage = await createFolderStorage(path, { isBlocking })
      // A folder stands where the file would be.
      await storage.write([{ path: 'tile/7/x', bytes: Buffer.from('1') }])
      const before = await listOpen(path)
      const changes = Array.from({ length: 70 }, (_, at) => ({ path: `tile/${at}`, bytes: Buffer.from('a') }))
      await expect(storage.write(changes)).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/)
      expect(await storage.list('unfinished')).toEqual([])
      expect(await listOpen(path)).toEqual(before)
      await storage.close()
    },
  )

  it('keeps only a few files open, however many it appends to', async () => {
    const path = join(folder, 'histories')
    const storage = await createFolderStorage(path)
    for (let at = 0; at < 30; at++) await storage.append(`checkpoints/${at}`, 0, Buffer.from('abc'))
    expect((await listOpen(path)).length).toBeLessThan(10)
    await storage.append('checkpoints/0', 3, Buffer.from('d'))
    expect(await storage.read('checkpoints/0')).toEqual(Buffer.from('abcd'))
    await storage.close()
    expect(await listOpen(path)).toEqual([])
  })

  it('leaves threads of the disk to the entries while it writes and syncs many files', async () => {
    const written = join(folder, 'many')
    const storage = await createFolderStorage(written)
    const handle = await open(join(written, 'any'), 'w')
    const prototype = Object.getPrototypeOf(handle) as Record<'sync' | 'datasync', () => Promise<void>>
    await handle.close()
    let running = 0
    const most = { now: 0, total: 0 }
    const restore = (['sync', 'datasync'] as const).map((name) => {
      const original = prototype[name]
      prototype[name] = async function counted() {
        running += 1
        most.now = Math.max(most.now, running)
        most.total += 1
        await original.call(this).finally(() => {
          running -= 1
        })
      }
      return () => {
        prototype[name] = original
      }
    })
    try {
      await storage.write(
        Array.from({ length: 40 }, (_, at) => ({ path: `tile/${at}/entries`, bytes: Buffer.from('a') })),
      )
    } finally {
      for (const each of restore) each()
      await storage.close()
    }
    expect(most.total).toBeGreaterThan(80)
    expect(most.now).toBe(2)
  })
})

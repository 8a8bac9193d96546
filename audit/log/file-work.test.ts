import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BY_THREADS, type FileWork, IN_OWN_THREAD } from './folder-storage.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-file-work-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** How many files this process has open; 0 where the system does not tell. */
function countOpen(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0
}

const WORKS: readonly (readonly [string, FileWork])[] = [
  ['by threads', BY_THREADS],
  ['in a thread of its own', IN_OWN_THREAD],
]

describe.each(WORKS)('the work with files %s', (name, work) => {
  const at = (path: string): string => join(folder, name, path)
  beforeAll(() => mkdir(at('')))

  it('creates a file in place of an older one, and leaves nothing open', async () => {
    const before = countOpen()
    await writeFile(at('created'), 'longer than what follows')
    const file = await work.create(at('created'), Buffer.from('new'))
    await file.sync()
    await file.close()
    expect(await readFile(at('created'), 'utf8')).toBe('new')
    expect(countOpen()).toBe(before)
  })

  it('rejects if it cannot create a file', async () => {
    await expect(work.create(at('none/created'), Buffer.from('a'))).rejects.toThrow('ENOENT')
  })

  it.runIf(existsSync('/dev/full'))('leaves nothing open if the disk is full', async () => {
    const before = countOpen()
    await expect(work.create('/dev/full', Buffer.from('a'))).rejects.toThrow('ENOSPC')
    expect(countOpen()).toBe(before)
  })

  it('writes at an offset, and reads as much as there is', async () => {
    await writeFile(at('parts'), 'abcdef')
    const file = await open(at('parts'), 'r+')
    try {
      await work.writeAt(file, 4, Buffer.from('XYZ'))
      expect(await readFile(at('parts'), 'utf8')).toBe('abcdXYZ')
      const room = Buffer.alloc(4)
      const whole = await work.readAt(file, 2, room)
      expect(Buffer.from(whole).toString()).toBe('cdXY')
      expect(whole.buffer).toBe(room.buffer)
      expect(Buffer.from(await work.readAt(file, 5, room)).toString()).toBe('YZ')
      expect(await work.readAt(file, 7, room)).toHaveLength(0)
    } finally {
      await file.close()
    }
  })

  it('moves a file, and says which folder it made first', async () => {
    await writeFile(at('moved'), 'a')
    expect(await work.move(at('moved'), at('one/two/moved'))).toBe(at('one'))
    await writeFile(at('moved'), 'b')
    expect(await work.move(at('moved'), at('one/two/moved'))).toBeUndefined()
    expect(await readFile(at('one/two/moved'), 'utf8')).toBe('b')
    expect(await readdir(at(''))).not.toContain('moved')
  })

  it('removes a file, a folder with all that is in it, and what does not exist', async () => {
    await mkdir(at('removed/below'), { recursive: true })
    await writeFile(at('removed/below/file'), 'a')
    await work.remove(at('removed/below/file'))
    expect(await readdir(at('removed/below'))).toEqual([])
    await work.remove(at('removed'))
    await work.remove(at('removed'))
    expect(await readdir(at(''))).not.toContain('removed')
  })

  it('syncs a folder if it exists, and leaves nothing open', async () => {
    const before = countOpen()
    await work.syncFolder(at(''))
    await work.syncFolder(at('none'))
    expect(countOpen()).toBe(before)
    await writeFile(at('file'), '')
    await expect(work.syncFolder(at('file/below'))).rejects.toThrow('ENOTDIR')
  })
})

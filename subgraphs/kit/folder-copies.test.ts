import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { askForFolderCopy, CopyRefused, type FolderCopies, serveFolderCopies } from './folder-copies.ts'

let home: string
let copies: FolderCopies | undefined
const database = (): string => join(home, 'rows')
const place = (): string => `${database()}.copies`
const isOpen = async (): Promise<boolean> => true
const log = pino({ level: 'silent' })

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'istmo-copies-'))
})
afterEach(async () => {
  await copies?.close()
  copies = undefined
  await rm(home, { recursive: true, force: true })
})

/** Copies one file, as the database does many. */
const copyTo = async (target: string): Promise<void> => {
  await mkdir(target)
  await writeFile(join(target, 'PG_VERSION'), '17')
}

describe('a copy of an embedded database', () => {
  it('is made for each process that asks, and nothing is left of it', async () => {
    copies = serveFolderCopies(database(), copyTo, log)
    const [one, other] = await Promise.all([
      askForFolderCopy(database(), { isOpen }),
      askForFolderCopy(database(), { isOpen }),
    ])
    expect(one?.folder).not.toBe(other?.folder)
    for (const copy of [one, other]) {
      expect(await readFile(join(copy?.folder ?? '', 'PG_VERSION'), 'utf8')).toBe('17')
      await copy?.remove()
    }
    expect(await readdir(place())).toEqual([])
  })

  it('is refused with the reason, if it cannot be made', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    copies = serveFolderCopies(database(), () => Promise.reject(full), log)
    await expect(askForFolderCopy(database(), { isOpen })).rejects.toThrow(/rows: .*no space left on device/)
    expect(await readdir(place())).toEqual([])
  })

  it('is waited for no longer than patience lasts, and not at all if the process has ended', async () => {
    const asked = askForFolderCopy(database(), { isOpen, patienceMs: 1 })
    await expect(asked).rejects.toThrow(CopyRefused)
    await expect(asked).rejects.toThrow('Is it a node of this version, and of the same user?')
    expect(await askForFolderCopy(database(), { isOpen: async () => false })).toBeNull()
    expect(await readdir(place())).toEqual([])
  })

  it.each([
    [
      'others can enter',
      async () => {
        await mkdir(place())
        await chmod(place(), 0o755)
      },
    ],
    [
      'is a link',
      async () => {
        await mkdir(join(home, 'elsewhere'), { mode: 0o700 })
        await symlink(join(home, 'elsewhere'), place())
      },
    ],
  ])('is neither asked for nor made in a folder that %s', async (_, prepare) => {
    await prepare()
    await expect(askForFolderCopy(database(), { isOpen })).rejects.toThrow('only this user can enter')
    const request = join(place(), '019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f.request')
    await writeFile(request, '')
    const warned: unknown[] = []
    const note = (what: unknown): void => void warned.push(what)
    copies = serveFolderCopies(database(), copyTo, { info: note, warn: note })
    await expect.poll(() => warned.length).toBeGreaterThan(0)
    expect(await readdir(place())).toEqual(['019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f.request'])
  })

  it('that nobody fetched goes after a day, and what has another name stays', async () => {
    await mkdir(place(), { mode: 0o700 })
    const [old, fresh] = ['019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f.copy', '019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e60.copy']
    for (const name of [old, fresh, 'notes.txt']) await mkdir(join(place(), name))
    const long = new Date(Date.now() - 2 * 86_400_000)
    for (const name of [old, 'notes.txt']) await utimes(join(place(), name), long, long)
    copies = serveFolderCopies(database(), copyTo, log)
    await expect.poll(() => readdir(place())).toEqual([fresh, 'notes.txt'])
  })
})

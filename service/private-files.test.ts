import { chmod, chown, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { closeFolderToOthers, isSecretOpen } from './private-files.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-private-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('the file of a secret', () => {
  it.each([
    ['of the user', 0o600, 7, false],
    ['of the user, read-only', 0o400, 7, false],
    ['of the user, which the group can read', 0o640, 7, true],
    ['of the user, which others can read', 0o604, 7, true],
    ['of root, which the group can read', 0o440, 0, false],
    ['of root, which others can read', 0o444, 0, true],
  ])('%s is open to others or not, by the rule of OpenSSH', (_, mode, uid, isOpen) => {
    expect(isSecretOpen({ mode: 0o100000 | mode, uid }, 7)).toBe(isOpen)
  })

  it('is open by each single permission of others, and for its own user by each of the group too', () => {
    const bits = [0o400, 0o200, 0o100, 0o040, 0o020, 0o010, 0o004, 0o002, 0o001]
    const openBy = (uid: number) => bits.filter((mode) => isSecretOpen({ mode: 0o100000 | mode, uid }, 7))
    expect(openBy(7)).toEqual(bits.slice(3))
    expect(openBy(8)).toEqual(bits.slice(6))
    expect(openBy(0)).toEqual(bits.slice(6))
  })
})

describe.skipIf(process.platform === 'win32')('a folder', () => {
  it.each([
    ['that everybody may enter is closed', 0o755, 0o700],
    ['that everybody may write is closed', 0o777, 0o700],
    ['that everybody may only write is closed, so that nobody puts a key in the place of another', 0o702, 0o700],
    ['that everybody may only pass through is closed', 0o701, 0o700],
    ['that a group may write stays, because somebody chose that', 0o770, 0o770],
    ['that a group may enter stays, because somebody chose that', 0o750, 0o750],
    ['that everybody shares stays, as /tmp', 0o1777, 0o1777],
    ['of its user stays', 0o700, 0o700],
  ])('%s', async (name, before, after) => {
    const path = join(folder, name.replaceAll('/', ''))
    await mkdir(path)
    await chmod(path, before)
    await closeFolderToOthers(path)
    expect((await stat(path)).mode & 0o7777).toBe(after)
  })
  describe('tells the operator', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    afterEach(() => void warned.mockClear())
    afterAll(() => warned.mockRestore())

    it('that everybody could read what is in it, and says nothing of an empty one', async () => {
      const [full, empty] = [join(folder, 'full'), join(folder, 'empty')]
      for (const path of [full, empty]) {
        await mkdir(path)
        await chmod(path, 0o755)
      }
      await writeFile(join(full, 'key'), '')
      for (const path of [full, empty]) await closeFolderToOthers(path)
      expect(warned.mock.calls).toEqual([
        [`everybody on this machine could read ${full}: it is now closed to others (0700)`],
      ])
    })

    it('that it cannot close the folder of another user, with the command for its owner', async () => {
      // As root, this process takes the id of nobody for a moment; else the folder of the system is somebody else's.
      const isRoot = process.geteuid?.() === 0
      const path = isRoot ? join(folder, 'of another') : '/usr'
      if (isRoot) {
        await mkdir(path)
        await chmod(path, 0o755)
        await chown(path, 12_345, 12_345)
        await chmod(folder, 0o755)
        process.seteuid?.(65_534)
      }
      try {
        await closeFolderToOthers(path)
      } finally {
        if (isRoot) process.seteuid?.(0)
      }
      expect(warned.mock.calls).toEqual([
        [`everybody on this machine may read ${path} (EPERM). Run as its owner: chmod 700 ${path}`],
      ])
      expect((await stat(path)).mode & 0o777).toBe(0o755)
    })
  })
})

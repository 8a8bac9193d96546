import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
})

describe.skipIf(process.platform === 'win32')('a folder', () => {
  it.each([
    ['that everybody may enter is closed', 0o755, 0o700],
    ['that everybody may write is closed', 0o777, 0o700],
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
})

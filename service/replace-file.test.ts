import { mkdir, mkdtemp, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { replaceFile } from './replace-file.ts'

const makeFolder = () => mkdtemp(join(tmpdir(), 'istmo-replace-'))
const permissions = async (path: string) => (await stat(path)).mode & 0o777

describe('a file that is replaced', () => {
  it('has the new content, only for its owner, and leaves nothing beside it', async () => {
    const folder = await makeFolder()
    await writeFile(join(folder, 'a'), 'old', { mode: 0o644 })
    await replaceFile(join(folder, 'a'), 'new')
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('new')
    expect(await permissions(join(folder, 'a'))).toBe(0o600)
    expect(await readdir(folder)).toEqual(['a'])
  })

  it('has the permissions that were asked for', async () => {
    const path = join(await makeFolder(), 'ca.pem')
    await replaceFile(path, Uint8Array.of(1, 2), 0o644)
    expect(await permissions(path)).toBe(0o644)
  })

  it('is as before if it cannot be written', async () => {
    const folder = await makeFolder()
    await writeFile(join(folder, 'a'), 'old')
    await mkdir(join(folder, `a.${process.pid}.new`, 'in the way'), { recursive: true })
    await expect(replaceFile(join(folder, 'a'), 'new')).rejects.toThrow()
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('old')
  })

  it('does not write through a link that somebody put in the place of the draft', async () => {
    const folder = await makeFolder()
    await writeFile(join(folder, 'victim'), 'untouched')
    await symlink(join(folder, 'victim'), join(folder, `a.${process.pid}.new`))
    await replaceFile(join(folder, 'a'), 'new')
    expect(await readFile(join(folder, 'victim'), 'utf8')).toBe('untouched')
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('new')
  })
})

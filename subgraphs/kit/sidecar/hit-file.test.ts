import { type FileHandle, mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createHitQuota } from '../../../contract/hit-quota/hit-quota.ts'
import { openHitFile } from './upstream-backend.ts'

const DAY = '2026-11-24'
const text = fc.string({ unit: 'binary', maxLength: 12 })
const row = fc.record({ search: text, born: fc.option(text), names: fc.array(text, { maxLength: 3 }) })
const aRow = { search: 'a', born: null, names: [] }

let folder: string
let count = 0
const newFile = (): string => join(folder, `hits-${count++}`, 'hits.jsonl')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-hit-file-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('the file of hit searches', () => {
  it('gives back what was written, whatever it is, after a restart', async () => {
    const callers = fc.uniqueArray(fc.tuple(text, fc.array(row, { maxLength: 3 })), { selector: ([caller]) => caller })
    await fc.assert(
      fc.asyncProperty(callers, async (all) => {
        const file = newFile()
        const before = await openHitFile(file)
        const secret = await before.secretOf(DAY)
        for (const [caller, rows] of all) expect(await before.append(caller, DAY, 0, rows)).toBe(true)
        const after = await openHitFile(file)
        expect(await after.secretOf(DAY)).toBe(secret)
        for (const [caller, rows] of all) expect(await after.read(caller, DAY, 0)).toEqual(rows)
      }),
      { numRuns: 20 },
    )
  })

  it('is read after a full disk took a part of a line, and more lines later', async () => {
    const file = newFile()
    const store = await openHitFile(file)
    await store.secretOf(DAY)
    await store.append('a', DAY, 0, [aRow])
    const handle = await open(file, 'r')
    const full = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'writeFile')
    await handle.close()
    full.mockImplementationOnce(async function (this: FileHandle, line) {
      await this.write(String(line).slice(0, 20))
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    })
    try {
      await expect(store.append('b', DAY, 0, [aRow])).rejects.toThrow('no space left')
    } finally {
      full.mockRestore()
    }
    expect(await store.append('b', DAY, 0, [aRow])).toBe(true)
    const again = await openHitFile(file)
    for (const caller of ['a', 'b']) expect(await again.read(caller, DAY, 0)).toEqual([aRow])
  })

  it('takes nothing from the searches of today for a leg of the day before, which comes late', async () => {
    const file = newFile()
    const store = await openHitFile(file)
    await store.secretOf('2030-01-01')
    const quota = createHitQuota(store, () => Date.parse('2030-01-02T12:00:00Z'))
    const person = (value: string) => ({ identifier: { category: 'PASSPORT', jurisdiction: 'HN', value } })
    expect(await quota.take('a', 2, [person('1')])).toBe(true)
    const today = await readFile(file, 'utf8')
    expect(await store.append('b', '2030-01-01', 0, [aRow])).toBe(false)
    expect(await store.read('a', '2030-01-01', 0)).toEqual([])
    expect(await readFile(file, 'utf8')).toBe(today)
    expect(await quota.take('a', 2, [person('2')])).toBe(true)
    expect(await quota.take('a', 2, [person('3')])).toBe(false)
    quota.close()
  })
})

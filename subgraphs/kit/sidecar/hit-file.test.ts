import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createHitQuota } from '../../../contract/hit-quota/hit-quota.ts'
import { openHitFile } from './hit-file.ts'

const BEFORE = '2030-01-01'
const NOON = Date.parse('2030-01-02T12:00:00Z')
const row = { search: 'one', born: null, names: [] }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-hits-'))
})
afterEach(() => rm(folder, { recursive: true }))

it('a leg of the day before, which comes late, takes nothing from the searches of today', async () => {
  const file = join(folder, 'hits')
  const store = await openHitFile(file)
  await store.secretOf(BEFORE)
  const quota = createHitQuota(store, () => NOON)
  const person = (value: string) => ({ identifier: { category: 'PASSPORT', jurisdiction: 'HN', value } })
  expect(await quota.take('a', 2, [person('1')])).toBe(true)
  const today = await readFile(file, 'utf8')
  expect(await store.append('b', BEFORE, 0, [row])).toBe(false)
  expect(await store.read('a', BEFORE, 0)).toEqual([])
  expect(await readFile(file, 'utf8')).toBe(today)
  expect(await quota.take('a', 2, [person('2')])).toBe(true)
  expect(await quota.take('a', 2, [person('3')])).toBe(false)
  quota.close()
})

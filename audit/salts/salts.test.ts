import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commitTo, opensTo } from './commitment.ts'
import { eraseSalt, findSalt, openSalts } from './salts.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-salts-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A UUIDv7 of a time in milliseconds, which ends in `number`. */
function idAt(time: number, number: number): string {
  const hex = time.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${number.toString(16).padStart(12, '0')}`
}

const HOUR = 3_600_000
const NOW = 500_000 * HOUR

describe('a commitment', () => {
  const salt = Buffer.alloc(32, 7)

  it('opens to its value in any order of members, but not to another value or under another salt', () => {
    const commitment = commitTo({ a: 1, b: ['x'] }, salt)
    expect(commitment).toMatch(/^[\w-]{43}$/)
    expect(opensTo(commitment, { b: ['x'], a: 1 }, salt)).toBe(true)
    expect(opensTo(commitment, { b: ['x'], a: 2 }, salt)).toBe(false)
    expect(opensTo(commitment, { b: ['x'], a: 1 }, Buffer.alloc(32, 8))).toBe(false)
    expect(opensTo('', { b: ['x'], a: 1 }, salt)).toBe(false)
  })
})

describe('the store of salts', () => {
  it('finds salts of 16 to 32 bytes again, whatever bytes they end with', async () => {
    const path = join(folder, 'finds')
    const salts = await openSalts(path)
    const ids = Array.from({ length: 50 }, (_, at) => idAt(NOW + at * HOUR * 0.1, at))
    // Some end with zeroes, as the padding of shorter ones does.
    const made = ids.map((id, at) => ({ id, salt: Buffer.concat([randomBytes(16), Buffer.alloc(at % 17, at & 1)]) }))
    await Promise.all(made.map((each) => salts.add([each])))
    await salts.close()
    for (const { id, salt } of made) expect(await findSalt(path, id)).toEqual({ kind: 'KEPT', salt })
    expect(await findSalt(path, idAt(NOW, 99))).toEqual({ kind: 'UNKNOWN' })
    expect(await findSalt(path, idAt(NOW - 9 * HOUR, 0))).toEqual({ kind: 'UNKNOWN' })
  })

  it('overwrites the bytes of an erased salt, and leaves the other salts', async () => {
    const path = join(folder, 'erases')
    const salts = await openSalts(path)
    const [one, other] = [idAt(NOW, 1), idAt(NOW, 2)]
    const [salt, kept, third] = [randomBytes(32), randomBytes(32), randomBytes(32)]
    await salts.add([
      { id: one, salt },
      { id: other, salt: kept },
    ])
    expect(await salts.erase(one)).toBe(true)
    expect(await salts.erase(one)).toBe(false)
    expect(await salts.erase(idAt(NOW, 3))).toBe(false)
    expect(await salts.find(one)).toEqual({ kind: 'ERASED' })
    expect(await salts.find(other)).toEqual({ kind: 'KEPT', salt: Buffer.from(kept) })
    expect((await readFile(join(path, 'hours/500000'))).includes(Buffer.from(salt))).toBe(false)
    await salts.add([{ id: idAt(NOW, 3), salt: third }])
    expect(await salts.find(idAt(NOW, 3))).toEqual({ kind: 'KEPT', salt: Buffer.from(third) })
    expect(await salts.find(one)).toEqual({ kind: 'ERASED' })
    await salts.close()
  })

  it('continues after a slot that a crash tore', async () => {
    const path = join(folder, 'torn')
    const [one, torn, next] = [idAt(NOW, 1), idAt(NOW, 2), idAt(NOW, 3)]
    const first = await openSalts(path)
    const [kept, after] = [randomBytes(32), randomBytes(16)]
    await first.add([{ id: one, salt: kept }])
    await first.add([{ id: torn, salt: randomBytes(32) }])
    await first.close()
    const file = join(path, 'hours/500000')
    for (const [length, junk] of [
      [56 + 30, 0],
      [56 + 30, 26],
    ] as const) {
      const bytes = await readFile(file)
      await writeFile(file, Buffer.concat([bytes.subarray(0, length), Buffer.alloc(junk)]))
      expect(await findSalt(path, torn)).toEqual({ kind: 'UNKNOWN' })
    }
    const second = await openSalts(path)
    await second.add([{ id: next, salt: after }])
    await second.close()
    expect(await findSalt(path, one)).toEqual({ kind: 'KEPT', salt: Buffer.from(kept) })
    expect(await findSalt(path, next)).toEqual({ kind: 'KEPT', salt: Buffer.from(after) })
  })

  it('accepts only UUIDv7', async () => {
    await expect(eraseSalt(folder, '00000000-0000-4000-8000-000000000000')).rejects.toThrow('a UUIDv7')
    await expect(findSalt(folder, '../../etc/passwd')).rejects.toThrow(RangeError)
  })
})

import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFolderStorage } from '../log/folder-storage.ts'
import { openLog } from '../log/log.ts'
import { encodeSlot, newSigner } from '../log/testing.ts'
import { createSaltStore, eraseSalt, findSalt } from './salts.ts'
import { commitTo, opensTo } from './slot.ts'

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

/** Opens the store in a folder. Its storage is closed by `close`. */
async function openStore(path: string) {
  const storage = await createFolderStorage(path)
  const store = createSaltStore(storage)
  const add = (id: string, salt: Uint8Array) => store.add([encodeSlot({ id, salt })])
  return { ...store, add, close: storage.close }
}

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
    const store = await openStore(path)
    // Some end with zeroes, as the padding of shorter ones does.
    const made = Array.from({ length: 50 }, (_, at) => ({
      id: idAt(NOW + at * HOUR * 0.1, at),
      salt: Buffer.concat([randomBytes(16), Buffer.alloc(at % 17, at & 1)]),
    }))
    for (const { id, salt } of made) await store.add(id, salt)
    await store.close()
    for (const { id, salt } of made) expect(await findSalt(path, id)).toEqual({ kind: 'KEPT', salt })
    expect(await findSalt(path, idAt(NOW, 99))).toEqual({ kind: 'UNKNOWN' })
    expect(await findSalt(path, idAt(NOW - 9 * HOUR, 0))).toEqual({ kind: 'UNKNOWN' })
  })

  it('overwrites the bytes of an erased salt, and leaves the other salts', async () => {
    const path = join(folder, 'erases')
    const store = await openStore(path)
    const [one, other] = [idAt(NOW, 1), idAt(NOW, 2)]
    const [salt, kept, third] = [randomBytes(32), randomBytes(32), randomBytes(32)]
    await store.add(one, salt)
    await store.add(other, kept)
    expect(await eraseSalt(path, one)).toBe(true)
    expect(await eraseSalt(path, one)).toBe(false)
    expect(await eraseSalt(path, idAt(NOW, 3))).toBe(false)
    expect(await findSalt(path, one)).toEqual({ kind: 'ERASED' })
    expect(await findSalt(path, other)).toEqual({ kind: 'KEPT', salt: kept })
    expect((await readFile(join(path, 'hours/500000'))).includes(salt)).toBe(false)
    await store.add(idAt(NOW, 3), third)
    expect(await findSalt(path, idAt(NOW, 3))).toEqual({ kind: 'KEPT', salt: third })
    expect(await findSalt(path, one)).toEqual({ kind: 'ERASED' })
    await store.close()
  })

  it('continues after a slot that a crash tore', async () => {
    const path = join(folder, 'torn')
    const [one, torn, next] = [idAt(NOW, 1), idAt(NOW, 2), idAt(NOW, 3)]
    const first = await openStore(path)
    const [kept, after] = [randomBytes(32), randomBytes(16)]
    await first.add(one, kept)
    await first.add(torn, randomBytes(32))
    await first.close()
    const file = join(path, 'hours/500000')
    for (const [length, junk, kind] of [
      [56 + 30, 0, 'UNKNOWN'],
      [56 + 30, 26, 'ERASED'],
    ] as const) {
      const bytes = await readFile(file)
      await writeFile(file, Buffer.concat([bytes.subarray(0, length), Buffer.alloc(junk)]))
      expect(await findSalt(path, torn)).toEqual({ kind })
    }
    const second = await openStore(path)
    await second.add(next, after)
    await second.close()
    expect(await findSalt(path, one)).toEqual({ kind: 'KEPT', salt: kept })
    expect(await findSalt(path, next)).toEqual({ kind: 'KEPT', salt: after })
  })

  it('accepts only UUIDv7, and only salts of 16 to 32 bytes', async () => {
    await expect(eraseSalt(folder, '00000000-0000-4000-8000-000000000000')).rejects.toThrow('a UUIDv7')
    await expect(findSalt(folder, '../../etc/passwd')).rejects.toThrow(RangeError)
    expect(() => encodeSlot({ id: idAt(NOW, 1), salt: Buffer.alloc(15) })).toThrow('16 to 32 bytes; 15 came')
    expect(() => encodeSlot({ id: idAt(NOW, 1), salt: Buffer.alloc(33) })).toThrow('16 to 32 bytes; 33 came')
  })
})

describe('a salt in the journal of a log', () => {
  const places = (name: string) => ({ log: join(folder, name, 'log'), salts: join(folder, name, 'salts') })
  const signer = newSigner('log.example/hn')

  it('is found and can be erased before the log publishes, and stays erased when it does', async () => {
    const { log: path, salts } = places('open')
    await mkdir(salts, { recursive: true })
    const log = await openLog({ folder: path, salts, signer, publishAfterMs: 1_000_000 })
    const [one, other] = [1, 2].map((at) => ({ id: idAt(NOW, at), salt: randomBytes(16 * at) }))
    if (one === undefined || other === undefined) throw new Error('expected two salts')
    await log.append(Buffer.from('entry'), [one, other])
    expect(await findSalt(salts, one.id)).toEqual({ kind: 'KEPT', salt: one.salt })
    expect(await eraseSalt(salts, one.id)).toBe(true)
    expect(await findSalt(salts, one.id)).toEqual({ kind: 'ERASED' })
    expect(await eraseSalt(salts, one.id)).toBe(false)
    await log.publish()
    expect(await findSalt(salts, one.id)).toEqual({ kind: 'ERASED' })
    expect(await findSalt(salts, other.id)).toEqual({ kind: 'KEPT', salt: other.salt })
    // In the journal and in the store, until the log begins another journal.
    expect(await eraseSalt(salts, other.id)).toBe(true)
    await log.close()
    for (const { id } of [one, other]) expect(await findSalt(salts, id)).toEqual({ kind: 'ERASED' })
  })

  it('cannot be read by somebody who copied the log’s folder, and its key is gone when the log is closed', async () => {
    const { log: path, salts } = places('copied')
    const log = await openLog({ folder: path, salts, signer, publishAfterMs: 1_000_000 })
    const salt = randomBytes(32)
    await log.append(Buffer.from('entry'), [{ id: idAt(NOW, 1), salt }])
    const [name = ''] = await readdir(join(path, 'journal'))
    expect((await readFile(join(path, 'journal', name))).includes(salt)).toBe(false)
    expect(await readdir(join(salts, 'journal-keys'))).toHaveLength(1)
    await log.close()
    expect(await readdir(join(salts, 'journal-keys'))).toEqual([])
    expect(await findSalt(salts, idAt(NOW, 1))).toEqual({ kind: 'KEPT', salt })
  })

  it('is not taken by a log without a store, which is not opened either if its journal has salts', async () => {
    const { log: path, salts } = places('without')
    const without = await openLog({ folder: path, signer })
    const salt = { id: idAt(NOW, 1), salt: randomBytes(32) }
    await expect(without.append(Buffer.from('entry'), [salt])).rejects.toThrow(TypeError)
    expect(without.size()).toBe(0)
    await without.close()
    await mkdir(salts, { recursive: true })
    const log = await openLog({ folder: path, signer, publishAfterMs: 1_000_000 })
    await log.append(Buffer.from('entry'), [salt])
    expect(await findSalt(salts, salt.id)).toMatchObject({ kind: 'KEPT' })
    await log.close()
  })
})

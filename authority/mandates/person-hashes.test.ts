import { describe, expect, it } from 'vitest'
import { createPersonHashes, hashPerson } from './acts.ts'

const OLGA = { issuer: 'https://login.gt.example', subject: 'olga' }

/** A store of salts that counts how often it is read. */
function createScene() {
  const salts = new Map<string, Uint8Array | null>()
  let reads = 0
  const persons = createPersonHashes(async (id) => {
    reads += 1
    const salt = salts.get(id)
    return salt ? { kind: 'KEPT', salt } : { kind: 'ERASED' }
  })
  const add = (person: typeof OLGA): string => {
    const { hash, salt } = persons.make(person)
    salts.set(`entry of ${hash}`, salt)
    persons.take(`entry of ${hash}`, hash)
    return hash
  }
  return { salts, persons, add, reads: () => reads }
}

describe('the salted hash of a person', () => {
  it('is the one of the design: SHA-256 of salt, issuer and subject with zeroes between', () => {
    expect(hashPerson(Buffer.alloc(16), OLGA)).toBe('4DERID67rp2PqAOXgTcGmtHk-zqxMsAztLgITKAxMK4')
  })

  it('differs for each issuer and subject, and for each salt', () => {
    const salt = Buffer.alloc(16, 1)
    const all = [
      hashPerson(salt, OLGA),
      hashPerson(salt, { ...OLGA, subject: 'olg' }),
      hashPerson(salt, { issuer: `${OLGA.issuer}a`, subject: OLGA.subject }),
      hashPerson(Buffer.alloc(16, 2), OLGA),
    ]
    expect(new Set(all).size).toBe(4)
  })

  it('is found without a read of each salt, after it was found once', async () => {
    const { persons, add, reads } = createScene()
    for (let at = 0; at < 50; at++) add({ ...OLGA, subject: `officer-${at}` })
    const hash = add(OLGA)
    expect(await persons.find(OLGA)).toBe(hash)
    const before = reads()
    expect(await persons.find(OLGA)).toBe(hash)
    expect(reads() - before).toBe(1)
  })

  it('is found by who had none before, as soon as it was taken', async () => {
    const { persons, add } = createScene()
    add({ ...OLGA, subject: 'ana' })
    expect(await persons.find(OLGA)).toBeNull()
    const searching = persons.find({ ...OLGA, subject: 'beto' })
    const beto = add({ ...OLGA, subject: 'beto' })
    await searching
    expect(await persons.find({ ...OLGA, subject: 'beto' })).toBe(beto)
    expect(await persons.find(OLGA)).toBeNull()
  })

  it('is found no more as soon as its salt is erased, also if it was remembered', async () => {
    const { salts, persons, add } = createScene()
    const hash = add(OLGA)
    expect(await persons.find(OLGA)).toBe(hash)
    salts.set(`entry of ${hash}`, null)
    expect(await persons.find(OLGA)).toBeNull()
    const again = add(OLGA)
    expect(again).not.toBe(hash)
    expect(await persons.find(OLGA)).toBe(again)
  })
})

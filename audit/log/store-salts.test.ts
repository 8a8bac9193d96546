import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { findSlot, parseId, slotPath } from '../salts/slot.ts'
import { decodeJournal, erasuresOf } from './journal-frames.ts'
import { openLogOn } from './log.ts'
import { createMemoryStorage, newSigner } from './testing.ts'

const HOUR = 3_600_000
const SIGNER = newSigner('log.example')

/** A commit: the hour of each salt, whether somebody erases it in the journal, and how large its entry is. */
const commit = fc.array(fc.record({ hour: fc.nat(2), isErased: fc.boolean(), size: fc.constantFrom(10, 60_000) }), {
  minLength: 1,
  maxLength: 6,
})

describe('the salts of a log', () => {
  it('are in the store after the next publication, without those that were erased in the journal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(commit, { minLength: 1, maxLength: 6 }), async (commits) => {
        const [storage, saltStorage] = [createMemoryStorage(), createMemoryStorage()]
        const log = await openLogOn(storage, { signer: SIGNER, saltStorage, publishAfterMs: 1_000_000 })
        const written = []
        for (const each of commits) {
          const salts = each.map(({ hour }, at) => ({
            id: createUuidV7(HOUR * (1_000 + hour)),
            salt: Buffer.alloc(32, at),
          }))
          await log.appendTexts(
            each.map(({ size }) => 'x'.repeat(size)),
            salts,
          )
          written.push(...salts.map((salt, at) => ({ ...salt, isErased: each[at]?.isErased })))
        }
        for (const [path, file] of storage.files) {
          if (!path.startsWith('journal/')) continue
          const journal = decodeJournal(file)
          for (const { id, isErased } of written) {
            if (!isErased) continue
            for (const { at, bytes } of erasuresOf(journal, parseId(id))) await storage.overwrite(path, at, bytes)
          }
        }
        await log.publish()
        for (const { id, salt, isErased } of written) {
          const found = findSlot(saltStorage.files.get(slotPath(parseId(id))) ?? Buffer.alloc(0), parseId(id))
          expect(found).toMatchObject(isErased ? { kind: 'ERASED' } : { kind: 'KEPT', salt })
        }
        await log.close()
      }),
      { numRuns: 40 },
    )
  })
})

import { hash } from 'node:crypto'
import { expect, it } from 'vitest'
import { openLogOn } from '../log/log.ts'
import { createMemoryStorage, newSigner } from '../log/testing.ts'
import { hashLeaf } from '../merkle/hash.ts'
import { parseNote } from '../note/note.ts'
import { parseTlogProof } from '../note/tlog-proof.ts'
import { createReceiptChecker } from './receipt-checker.ts'

it('a receipt checker verifies each checkpoint’s signature once, and each inclusion proof', async () => {
  const signer = newSigner('log.example/hn')
  const log = await openLogOn(createMemoryStorage(), { signer, publishAfterMs: 1_000_000 })
  const entries = Array.from({ length: 40 }, (_, at) => Buffer.from(`entry ${at}`))
  const receipts = await Promise.all(entries.map(async (entry) => (await log.append(entry)).proof()))
  let verifications = 0
  const verify: typeof signer.verifier.verify = (...args) => {
    verifications++
    return signer.verifier.verify(...args)
  }
  const check = createReceiptChecker({ ...signer.verifier, verify })
  for (const [at, receipt] of receipts.entries()) {
    const entry = entries[at] ?? expect.fail()
    const proven = check(parseTlogProof(receipt), entry)
    expect(proven).toMatchObject({ index: at, size: 40, leaf: Buffer.from(hashLeaf(entry)).toString('hex') })
    expect(proven.checkpointHash).toBe(hash('sha256', parseNote(proven.checkpoint).text))
  }
  expect(verifications).toBe(1)
  const [first = '', other = Buffer.alloc(0)] = [receipts[0], entries[1]]
  expect(() => check(parseTlogProof(first), other)).toThrow('does not prove this entry')
  expect(() => check(parseTlogProof(first.replace('\n40\n', '\n41\n')), other)).toThrow('is not valid')
  expect(() => createReceiptChecker(newSigner('log.example/hn').verifier)(parseTlogProof(first), other)).toThrow(
    'no signature is from a known key',
  )
})

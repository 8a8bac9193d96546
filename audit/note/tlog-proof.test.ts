import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NoteError } from './key.ts'
import { addExtra, formatTlogProof, parseTlogProof } from './tlog-proof.ts'

const PROOFS = fc.record({
  index: fc.nat(),
  hashes: fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }).map(Buffer.from), { maxLength: 63 }),
  checkpoint: fc.constantFrom('istmo.example/hn\n7\nAAAA\n\n— istmo.example/hn AAAA\n', 'index 7\n'),
})

describe('extra data of a proof', () => {
  it('are added to its text as if it were formatted with them', () => {
    fc.assert(
      fc.property(PROOFS, fc.uint8Array({ maxLength: 200 }), (proof, extra) => {
        const added = addExtra(formatTlogProof(proof), extra)
        expect(added).toBe(formatTlogProof({ ...proof, extra }))
        expect(parseTlogProof(added)).toEqual({ ...proof, extra: Buffer.from(extra) })
      }),
    )
  })

  it.each([
    ['nothing', ''],
    ['another text', 'index 7\n\nnote\n'],
    ['a proof that has some', formatTlogProof({ index: 7, hashes: [], checkpoint: 'note\n', extra: Buffer.from('x') })],
  ])('are not added to %s', (_, text) => {
    expect(() => addExtra(text, Buffer.from('y'))).toThrow(NoteError)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeBundle } from './entry-bundle.ts'
import { hashBundle, hashLeaf } from './hash.ts'

describe('the hashes of a bundle', () => {
  it('are those of its entries', () => {
    const entry = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(Buffer.alloc(16_385), Buffer.alloc(65_535)),
    )
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
        expect(hashBundle(encodeBundle(entries)).equals(Buffer.concat(entries.map(hashLeaf)))).toBe(true)
      }),
    )
  })

  it('are not computed if an entry is truncated', () => {
    const bundle = encodeBundle([Buffer.from('one'), Buffer.from('two')])
    for (const length of [1, 4, 6, 9]) expect(() => hashBundle(bundle.subarray(0, length))).toThrow(RangeError)
  })
})

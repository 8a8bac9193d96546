import { describe, expect, it } from 'vitest'
import { formatFinding } from '../../audit/finding.ts'
import { commitTo } from '../../audit/salts/slot.ts'
import { verifyCommitment } from '../../audit/verify/verify-receipt.ts'

describe('the check of a commitment', () => {
  const salt = Buffer.alloc(32, 1)
  const commitment = commitTo({ name: 'Ana' }, salt)
  const found = (other: Uint8Array, value: unknown = { name: 'Ana' }) =>
    verifyCommitment('entry 3', commitment, value, { kind: 'KEPT', salt: other })?.map(formatFinding)
  const wrong = `SALT entry 3: expected ${commitment}, came another commitment from this value and this salt`

  it('finds nothing with the right value and salt', () => {
    expect(found(salt)).toEqual([])
  })

  it('finds an altered salt, and another value', () => {
    expect(found(Buffer.alloc(32, 2))).toEqual([wrong])
    expect(found(salt, { name: 'Ana ' })).toEqual([wrong])
  })

  it('cannot tell without the salt', () => {
    expect(verifyCommitment('entry 3', commitment, { name: 'Ana' }, { kind: 'ERASED' })).toBeUndefined()
  })
})

import { describe, expect, it } from 'vitest'
import { isRecordId, ownerOf, parseRecordId } from './record-id.ts'

describe('a record id', () => {
  it.each([
    ['GT:MP001-2026-1234', 'GT', 'MP001-2026-1234'],
    ['UN:XVIII-12', 'UN', 'XVIII-12'],
    ['GT:CP:407', 'GT', 'CP:407'],
    ['HN:Ñandú/1_2.3', 'HN', 'Ñandú/1_2.3'],
    ['SV:𠀀', 'SV', '𠀀'],
    [`PA:${'x'.repeat(120)}`, 'PA', 'x'.repeat(120)],
  ])('%s has the owner that its first two letters name', (id, owner, local) => {
    expect(parseRecordId(id)).toEqual({ owner, local })
    expect(ownerOf(id)).toBe(owner)
  })

  it.each([
    ['without a colon', 'GT1'],
    ['in lower-case letters', 'gt:1'],
    ['of a country that does not exist', 'XX:1'],
    ['of an alliance', 'EU:1'],
    ['without a national part', 'GT:'],
    ['with a blank', 'GT:a b'],
    ['with 121 characters', `GT:${'x'.repeat(121)}`],
    ['that is not in NFC', 'GT:n\u0303'],
    ['with a line break at its end', 'GT:1\n'],
    ['that is not a string', 7],
    ['that is null', null],
  ])('%s is ID_INVALID, and the message names the form', (_, id) => {
    expect(isRecordId(id)).toBe(false)
    expect(() => parseRecordId(id)).toThrow(expect.objectContaining({ code: 'ID_INVALID', status: 400 }))
    expect(() => parseRecordId(id)).toThrow(/GT:MP001-2026-1234/)
  })

  it('is never repeated in the message', () => {
    expect(() => parseRecordId('Pérez García')).toThrow(expect.not.objectContaining({ message: /Pérez/ }))
  })
})

import { describe, expect, it } from 'vitest'
import { ENTRY_KINDS, parseEntry } from './entry.ts'
import { MAX_LEG_ENTRY_BYTES } from './node-entries.ts'
import { SAMPLE_ENTRIES, SAMPLE_LEG, SAMPLE_REQUEST, SAMPLE_SPLIT } from './testing.ts'

const sampleOf = (kind: string, v = 1) => SAMPLE_ENTRIES.find((entry) => entry.kind === kind && entry.v === v)
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))

describe('an entry of the audit log', () => {
  it('has a sample of each kind, so that whoever adds a kind meets all tests that read all kinds', () => {
    expect([...new Set(SAMPLE_ENTRIES.map(({ kind }) => kind))].toSorted()).toEqual(ENTRY_KINDS.toSorted())
  })

  it.each(SAMPLE_ENTRIES)('of kind $kind is parsed as it was written', (entry) => {
    expect(parseEntry(bytes(entry))).toEqual(entry)
  })

  it('of an export may have a digest of records in base64url, as older tools noted it', () => {
    const entry = { ...sampleOf('export'), digest: 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg' }
    expect(parseEntry(bytes(entry))).toEqual(entry)
  })

  it('must not have unknown members, so that no other data gets in', () => {
    for (const entry of SAMPLE_ENTRIES) expect(() => parseEntry(bytes({ ...entry, name: 'Ana' }))).toThrow(/whole/)
  })

  it.each([
    ['another version', { ...SAMPLE_REQUEST, v: 3 }],
    ['a country’s part without a number', { ...SAMPLE_SPLIT[1], seq: null }],
    ['a number for no country', { ...SAMPLE_SPLIT[1], country: null }],
    ['a count of a country that does not exist', { ...SAMPLE_REQUEST, kind: 'heartbeat', counts: { XX: 1 } }],
    ['an unknown kind', { ...SAMPLE_REQUEST, kind: 'answer' }],
    ['a hash in Base 64', { ...SAMPLE_LEG, requestHash: 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg' }],
    ['an id of another form', { ...SAMPLE_LEG, id: '919108f7-52d1-4320-9bac-f847db4148a8' }],
    ['a time without milliseconds', { ...SAMPLE_LEG, time: '2026-11-24T20:15:17Z' }],
    [
      'a record in place of its pseudonym',
      { ...SAMPLE_REQUEST, grounds: { ...SAMPLE_REQUEST.grounds, caseRef: 'GT:77' } },
    ],
    ['a country that does not exist', { ...SAMPLE_LEG, country: 'XX' }],
    ['a reading of version 2 without a reader', { ...sampleOf('oversight', 2), reader: undefined }],
    ['a disclosure by nobody', { ...sampleOf('disclosure'), actor: null }],
    ['a deleted record in place of its pseudonym', { ...sampleOf('record-erasure'), refs: ['HN:P-000077'] }],
    ['an import without the person', { ...sampleOf('import'), by: undefined }],
    ['a recipient without a kind', { ...sampleOf('disclosure'), recipient: { name: 'court', country: null } }],
  ])('is rejected because of %s', (_, entry) => {
    expect(() => parseEntry(bytes(entry))).toThrow(/expected an entry of the audit log/)
  })

  it('is rejected with a message that does not repeat its content', () => {
    const entry = { ...SAMPLE_LEG, requestHash: 'Ana Secreta', tokenId: 7 }
    expect(() => parseEntry(bytes(entry))).toThrow(/^(?!.*Secreta)/s)
    expect(() => parseEntry(Buffer.from('Ana Secreta'))).toThrow(/^(?!.*Secreta)/s)
  })

  it('of a leg fits into a header with room to spare', () => {
    expect(bytes(SAMPLE_LEG).length).toBeLessThan(MAX_LEG_ENTRY_BYTES / 2)
  })
})

import { describe, expect, it } from 'vitest'
import { pseudonymOf, pseudonymsOf, rotateKeys } from '../../../audit/pseudonym/pseudonym.ts'
import { makeRecordRefs } from './record-refs.ts'

const ONE = rotateKeys({ epochs: [] }, Date.parse('2026-01-01T00:00:00Z'))
const TWO = rotateKeys(ONE, Date.parse('2026-06-01T00:00:00Z'))

describe('the pseudonyms of a record', () => {
  it('are those that the country’s log has, under each epoch of the key', () => {
    const made = makeRecordRefs(' GT:P-000001 ', JSON.stringify(TWO), 'GT')
    expect(made).toEqual({
      refs: [pseudonymOf('record', 'GT:P-000001', TWO), pseudonymOf('record', 'GT:P-000001', ONE)],
      epochs: { first: 1, last: 2, since: '2026-01-01T00:00:00.000Z' },
      leftOut: 0,
    })
  })

  it('are at most a hundred, of the newest epochs', () => {
    let keys = ONE
    for (let epoch = 2; epoch <= 130; epoch++) keys = rotateKeys(keys, 1_000 * epoch)
    const made = makeRecordRefs('GT:P-000001', JSON.stringify(keys), null)
    expect(made).toMatchObject({ epochs: { first: 31, last: 130 }, leftOut: 30 })
    expect('refs' in made && made.refs).toEqual(pseudonymsOf('record', 'GT:P-000001', keys).slice(0, 100))
  })

  it.each([
    ['RECORD_WRONG', 'P-000001', JSON.stringify(ONE)],
    ['OTHER_COUNTRY', 'HN:P-000001', JSON.stringify(ONE)],
    ['KEY_WRONG', 'GT:P-000001', 'not JSON'],
    ['KEY_WRONG', 'GT:P-000001', '{"epochs":[]}'],
    ['KEY_WRONG', 'GT:P-000001', '{"epochs":[{"epoch":1,"since":"2026-01-01","key":"short"}]}'],
  ])('are not made: %s', (problem, record, file) => {
    expect(makeRecordRefs(record, file, 'GT')).toMatchObject({ problem })
  })

  it('never show the key, not even in the reason', () => {
    const [epoch] = ONE.epochs
    const wrong = JSON.stringify({ epochs: [{ ...epoch, epoch: 'one' }] })
    expect(JSON.stringify(makeRecordRefs('GT:P-000001', wrong, 'GT'))).not.toContain(epoch?.key.slice(0, 12))
  })
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isRecordId } from '../record-id.ts'
import { listOwnRecords } from './own-records.ts'

/** All texts of a value, in their order. */
function listTexts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(listTexts) : []
}

it('the records of a country are all ids of it in the data, each once, in their order', () => {
  const texts = fc.constantFrom(
    'HN:P-1',
    'HN:P-2',
    'HN:',
    'HN:P 1',
    'GT:P-1',
    'HN',
    'XX:P-1',
    'HN:á',
    'HN:a\u0301',
    ' HN:P-1',
  )
  const names = fc.constantFrom('id', 'name', '__proto__', 'toString', '0', 'HN:P-3')
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.oneof(texts, fc.constantFrom(null, true, 1)),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.array(fc.tuple(names, tie('tree')), { maxLength: 4 }).map((members) => {
        return JSON.parse(
          `{${members.map(([name, each]) => `${JSON.stringify(name)}:${JSON.stringify(each)}`).join(',')}}`,
        )
      }),
    ),
  }))
  let found = 0
  fc.assert(
    fc.property(tree, fc.constantFrom('HN', 'GT', 'XX'), (drawn, country) => {
      const data: unknown = JSON.parse(JSON.stringify(drawn))
      const expected = listTexts(data).filter((text) => text.startsWith(`${country}:`) && isRecordId(text))
      const records = [...listOwnRecords(data, country)]
      expect(records).toEqual([...new Set(expected)])
      found += records.length
    }),
    { numRuns: 2_000 },
  )
  expect(found).toBeGreaterThan(100)
})

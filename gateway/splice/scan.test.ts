import { expect, it } from 'vitest'
import { type Scan, ScanBuilder } from './scan.ts'

function scanOf(text: string): Scan {
  return { text, at: 0, values: 0, items: 0, cuts: [], keys: [], keysAfter: [], objects: [], runs: [], cutsBefore: [] }
}

const scanList = new ScanBuilder()
  .list(
    new ScanBuilder().nullable('{', new ScanBuilder().literal('"a":').pattern('[0-9]+').literal('}').finish()),
    true,
  )
  .finish()

it.each<[string, boolean, number]>([
  ['null', true, 0],
  ['[]', true, 0],
  ['[null]', true, 1],
  ['[{"a":1},null,{"a":23}]', true, 3],
  ['[{"a":1}', false, 1],
  ['[{"a":1}}', false, 1],
  ['[{"a":1};', false, 1],
  ['[{"a":1},]', false, 2],
  ['[,{"a":1}]', false, 1],
  ['[{"a":}]', false, 1],
  ['[{"a":1]', false, 1],
  ['[nul]', false, 1],
  ['{}', false, 0],
  ['', false, 0],
])('the scan of the list %s says %s, and counts its items', (text, isOfForm, values) => {
  const scan = scanOf(text)
  expect(scanList(scan)).toBe(isOfForm)
  expect(scan.values).toBe(values)
  if (isOfForm) expect(scan.at).toBe(text.length)
})

it('notes positions before and after a pattern', () => {
  const noted: number[] = []
  const note = (_: Scan, position: number): unknown => noted.push(position)
  const scan = new ScanBuilder()
    .literal('{"a":')
    .note(note)
    .pattern('[0-9]+')
    .note(note)
    .literal('}')
    .note(note)
    .finish()
  expect(scan(scanOf('{"a":123}'))).toBe(true)
  expect(noted).toEqual([5, 8, 9])
})

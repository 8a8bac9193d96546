import { expect, it } from 'vitest'
import type { Finding } from '../../audit/finding.ts'
import { formatFindings } from '../verify.ts'

const unsigned = (where: string, came = 'no known key'): Finding => {
  return { kind: 'SIGNATURE', where, expected: 'a checkpoint that the log signed', came }
}
const missing = (where: string): Finding => ({ kind: 'MISSING', where, expected: 'a file', came: 'none' })

it('says a wrong signature once with its number, and each other finding by its place', () => {
  const findings = [unsigned('history/1'), missing('a'), unsigned('history/2'), missing('b'), unsigned('checkpoint')]
  expect(formatFindings(findings)).toEqual([
    '  SIGNATURE history/1: expected a checkpoint that the log signed, came no known key (and 2 more like it)',
    '  MISSING a: expected a file, came none',
    '  MISSING b: expected a file, came none',
  ])
})

it('says signatures that are wrong for another reason by themselves, and a single one without a number', () => {
  const findings = [unsigned('a'), unsigned('b', 'a key that is no more in force')]
  expect(formatFindings(findings)).toEqual([
    '  SIGNATURE a: expected a checkpoint that the log signed, came no known key',
    '  SIGNATURE b: expected a checkpoint that the log signed, came a key that is no more in force',
  ])
  expect(formatFindings([])).toEqual([])
})

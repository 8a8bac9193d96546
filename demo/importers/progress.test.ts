import { expect, it } from 'vitest'
import { createProgress, formatReport, summarizeReport } from './run-import.ts'

it('writes one line over and over on a terminal, not more than ten times a second', () => {
  const written: string[] = []
  let now = 0
  const progress = createProgress({ isTTY: true, write: (text) => written.push(text) }, () => now)
  progress.report('pa', 500, 0.124)
  now = 50
  progress.report('pa', 1000, 0.25)
  now = 100
  progress.report('pa', 1500)
  progress.clear()
  expect(written).toEqual(['\r\u001b[2Kpa: 500 rows (12 %)', '\r\u001b[2Kpa: 1,500 rows', '\r\u001b[2K'])
})

it('writes nothing if the output is not a terminal', () => {
  const written: string[] = []
  const progress = createProgress({ write: (text) => written.push(text) })
  progress.report('pa', 500)
  progress.clear()
  expect(written).toEqual([])
})

it('reports what was imported, what was rejected and why, and how many more lines were rejected', () => {
  const report = {
    importer: 'pa',
    path: 'h.csv',
    country: 'PA',
    alreadyTaken: false,
    taken: 4019,
    rejected: 3,
    inserted: 8038,
    updated: 0,
    removed: 0,
    rejections: [{ line: 7, reason: 'expected a year; came «x»' }],
    note: 'a note',
  }
  expect(formatReport(report).split('\n')).toEqual([
    'pa → PA: h.csv',
    '  4,019 imported, 3 rejected (rows: 8,038 new, 0 changed, 0 removed)',
    '  line 7: expected a year; came «x»',
    '  and 2 more',
    '  a note',
  ])
  expect(summarizeReport(report)).toBe('pa: 4019 imported, 3 rejected (the first is line 7: expected a year; came «x»)')
  expect(summarizeReport({ ...report, rejected: 0, rejections: [] })).toBe('pa: 4019 imported, 0 rejected')
  expect(formatReport({ ...report, alreadyTaken: true })).toContain('imported before, nothing to do')
})

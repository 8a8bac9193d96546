import { expect, it } from 'vitest'
import { createMinuteCounts } from './recorder.ts'

const NOW = Date.parse('2026-11-24T20:15:30.500Z')

it('counts by code and minute, returns complete minutes, and accepts counts back that could not be written', () => {
  const counts = createMinuteCounts()
  for (let at = 0; at < 3; at++) counts.add('TOKEN_INVALID', NOW)
  counts.add('TOKEN_MISSING', NOW + 29_000)
  expect(counts.take(NOW + 29_499)).toEqual([])
  counts.add('TOKEN_INVALID', NOW + 29_500)
  const taken = counts.take(NOW + 29_500)
  expect(taken).toEqual([
    { minute: '2026-11-24T20:15:00.000Z', code: 'TOKEN_INVALID', count: 3 },
    { minute: '2026-11-24T20:15:00.000Z', code: 'TOKEN_MISSING', count: 1 },
  ])
  counts.putBack(taken)
  counts.add('TOKEN_INVALID', NOW)
  expect(counts.take(NOW, true).map(({ count }) => count)).toEqual([1, 4, 1])
  expect(counts.take(NOW, true)).toEqual([])
})

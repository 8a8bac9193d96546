import { expect, it } from 'vitest'
import { isLastDayOver } from './last-day.ts'

it.each<[day: string, now: string, isOver: boolean]>([
  ['2027-03-31', '2027-03-30T23:59:59.999Z', false],
  ['2027-03-31', '2027-03-31T00:00:00Z', false],
  ['2027-03-31', '2027-03-31T23:59:59.999Z', false],
  ['2027-03-31', '2027-04-01T00:00:00Z', true],
  // Midnight in Guatemala and in Panama is not the end: days are those of UTC.
  ['2027-03-31', '2027-03-31T18:00:00-06:00', true],
  ['2027-03-31', '2027-03-31T18:59:59-05:00', false],
  ['2027-03-31', '2027-04-01T01:00:00+02:00', false],
  ['2028-02-29', '2028-02-29T12:00:00Z', false],
  ['9999-12-31', '2027-04-01T00:00:00Z', false],
  ['2027-02-29', '2020-01-01T00:00:00Z', true],
  ['2027-3-31', '2020-01-01T00:00:00Z', true],
  ['2027-03', '2020-01-01T00:00:00Z', true],
  ['2027-03-31T00:00:00Z', '2020-01-01T00:00:00Z', true],
  ['tomorrow', '2020-01-01T00:00:00Z', true],
  ['', '2020-01-01T00:00:00Z', true],
])('says of the last day %j at %s that it is over: %s', (day, now, isOver) => {
  expect(isLastDayOver(day, Date.parse(now))).toBe(isOver)
})

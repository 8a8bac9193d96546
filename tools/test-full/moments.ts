/** Moments at which a test or the product may go wrong because of the date. */

const MINUTE_MS = 60_000

/**
 * Lists moments after `now`, the nearest kinds of trouble first: two minutes before the end of a year, so that the year ends within the run; the same of a
 * month; noon of the next 29 February; and the same time after one year and after five.
 */
export function listMoments(now: Date): readonly Date[] {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()]
  const before = (end: number): Date => new Date(end - 2 * MINUTE_MS)
  const inYears = (years: number): Date => {
    const moment = new Date(now)
    moment.setUTCFullYear(year + years)
    return moment
  }
  return [
    before(Date.UTC(year + 1, 0)),
    // Of next month, because this one may end with the year, or in a minute.
    before(Date.UTC(year, month + 2)),
    new Date(nextLeapDay(now)),
    inYears(1),
    inYears(5),
  ]
}

function nextLeapDay(now: Date): number {
  for (let year = now.getUTCFullYear(); ; year++) {
    const noon = Date.UTC(year, 1, 29, 12)
    if (new Date(noon).getUTCDate() === 29 && noon > now.getTime()) return noon
  }
}

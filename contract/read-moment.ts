import { isDate } from './scalars.ts'

/** What {@link readMoment} takes, for messages. */
export const MOMENT_FORMS = 'a day like 2026-11-24, which begins at 0:00 UTC, or a time like 2026-11-24T00:00:00Z'

/**
 * Reads a day, which stands for its beginning in UTC, or a time of RFC 3339 with its zone; the seconds may be left out.
 * @returns milliseconds since the epoch; undefined for any other text. `11/12/2026` is the eleventh of December in one country and the twelfth of
 * November in another, so nobody guesses.
 */
export function readMoment(text: string): number | undefined {
  const day = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(text)?.[1]
  if (day === undefined || !isDate(day)) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }
const ISO_DURATION = /^P(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/

/** The forms of {@link parseDurationS}, for messages. */
export const DURATION_FORMS = 'seconds (600), a number with s, m, h or d (10m), or an ISO 8601 duration (PT10M)'

/**
 * Parses a duration in one of {@link DURATION_FORMS}. Only the form with plain seconds may be negative.
 * @returns seconds, or undefined if `text` has none of the forms.
 */
export function parseDurationS(text: string): number | undefined {
  if (/^-?\d{1,9}$/.test(text)) return Number(text)
  const short = /^(\d{1,9})([smhd])$/.exec(text)
  if (short !== null) return Number(short[1]) * (UNITS[short[2] ?? ''] ?? 1)
  const iso = ISO_DURATION.exec(text)
  if (iso === null) return undefined
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = iso.slice(1).map((part) => Number(part ?? 0))
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
}

/**
 * Converts PostgreSQL's text of a timestamp in DateStyle ISO to an ISO 8601 string in UTC with milliseconds. Reads a timestamp without
 * a zone as UTC.
 */
export function timestampText(text: string): string {
  const [, day = '', time = '', zone = ''] = /^(\S+) ([\d:.]+)([+-].*)?$/.exec(text) ?? []
  const offset = zone === '' ? 'Z' : zone.length === 3 ? `${zone}:00` : zone
  return new Date(`${day}T${time}${offset}`).toISOString()
}

/** A day of a year with four digits, the time of a day, and the zone UTC. */
const UTC = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/

/**
 * Converts PostgreSQL's text of a timestamp in DateStyle ISO to an ISO 8601 string in UTC with milliseconds. Reads a timestamp without
 * a zone as UTC.
 */
export function timestampText(text: string): string {
  // Almost all: a connection has TimeZone UTC. To make a Date for each row would cost more than the rest of the row.
  if (UTC.test(text))
    return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, '0').slice(0, 3)}Z`
  const [, day = '', time = '', zone = ''] = /^(\S+) ([\d:.]+)([+-].*)?$/.exec(text) ?? []
  const offset = zone === '' ? 'Z' : zone.length === 3 ? `${zone}:00` : zone
  return new Date(`${day}T${time}${offset}`).toISOString()
}

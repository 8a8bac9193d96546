import { expect, it } from 'vitest'
import { renderMysql, showMysqlValue } from './mysql.ts'

const show = (type: string, text: string | null) =>
  showMysqlValue({ type, string: () => text, buffer: () => (text === null ? null : Buffer.from(text)) })

it.each([
  // The session is in UTC, so the server turns what it keeps in UTC into UTC.
  ['a moment', 'TIMESTAMP', '2026-03-14 15:26:53', '2026-03-14 15:26:53+00'],
  ['a moment with a fraction', 'TIMESTAMP', '2026-03-14 15:26:53.250', '2026-03-14 15:26:53.250+00'],
  ['no moment', 'TIMESTAMP', '0000-00-00 00:00:00', null],
  ['an empty moment', 'TIMESTAMP', null, null],
  ['a local time', 'DATETIME', '2026-03-14 09:26:53', '2026-03-14 09:26:53'],
  ['a day', 'DATE', '2026-03-14', '2026-03-14'],
  ['a text', 'VAR_STRING', '2026-03-14 09:26:53', '2026-03-14 09:26:53'],
])('shows %s with an offset only if it has one', (_name, type, text, shown) => {
  expect(show(type, text)).toBe(shown)
})

it.each([
  ['2026-03-14 15:26:53+00', '2026-03-14 15:26:53'],
  ['2026-03-14 15:26:53.250+00', '2026-03-14 15:26:53.250'],
  ['2026-03-14 15:26:53', '2026-03-14 15:26:53'],
  ['2026-03-14', '2026-03-14'],
  ['17', '17'],
])('asks for what changed since %s without an offset, which not each server reads', (since, asked) => {
  const { text, values } = renderMysql({ from: 'expediente', changed: [{ column: 'fec_mod', since }] })
  expect([text, values]).toEqual([expect.stringContaining('`fec_mod` >= ?'), [asked]])
})

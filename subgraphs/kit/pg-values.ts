import pg from 'pg'
import { timestampText } from './timestamp.ts'

/** Values as PostgreSQL writes and reads them in its text format, for the statements of a server's readers. */

const OID = { int8: 20, date: 1082, timestamp: 1114, timestamptz: 1184, dates: 1182, texts: 1009 } as const

/** Reads the text of one value. */
export type ReadText = (text: string) => unknown

/** Returns the function that reads the values of a type: days as `YYYY-MM-DD`, times as ISO strings in UTC. */
export function chooseReader(oid: number): ReadText {
  if (oid === OID.int8) return Number
  if (oid === OID.date) return (text) => text
  if (oid === OID.timestamptz || oid === OID.timestamp) return timestampText
  if (oid === OID.dates || oid === OID.texts) return readTexts
  return pg.types.getTypeParser(oid, 'text') as ReadText
}

const readAnyTexts = pg.types.getTypeParser(OID.texts as number, 'text') as ReadText

/** Reads an array of texts. Most have no item that PostgreSQL must quote, and need no parser. */
export function readTexts(text: string): unknown {
  if (text === '{}') return []
  if (!/^\{[^"{}\\]+\}$/.test(text) || /null/i.test(text)) return readAnyTexts(text)
  return text.slice(1, -1).split(',')
}

/**
 * Writes a parameter as text.
 * @throws {TypeError} for a value that no statement of the kit has.
 */
export function writeParameter(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (!Array.isArray(value)) throw new TypeError(`expected a text, a number, a boolean or a list; came ${typeof value}`)
  return `{${value.map(writeItem).join(',')}}`
}

function writeItem(value: unknown): string {
  const text = writeParameter(value)
  if (text === null) return 'NULL'
  if (Array.isArray(value)) return text
  return /["\\]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`
}

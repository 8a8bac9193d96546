import type { Database } from '../../../subgraphs/kit/types.ts'
import type { RowTable } from './tables.ts'

/** A letter or digit of any script: an id may have it (contract/record-id.ts). */
const LETTER = /^[\p{L}\p{N}]$/u

/**
 * Finds the characters beyond ASCII in the ids of a table that no id may have, such as a dash that only looks like one. Most tables have none.
 * @returns them as the inside of a class of a regular expression of PostgreSQL: `\u2013\u00a0`.
 */
export async function findWrongLetters(db: Database, { table, ids }: RowTable): Promise<string> {
  const each = ids.map(({ column }) => `select ${column} as id from ${table} where ${column} ~ '[^\\u0001-\\u007f]'`)
  if (each.length === 0) return ''
  const rows = await db.transaction(async (transaction) => {
    await transaction.execute('set local statement_timeout = 0')
    return transaction.query<{ letter: string }>(
      `select distinct letter from (${each.join(' union all ')}) as wide, regexp_split_to_table(wide.id, '') as letters(letter)
       where letter ~ '[^\\u0001-\\u007f]'`,
    )
  })
  return rows
    .map(({ letter }) => letter)
    .filter((letter) => !LETTER.test(letter))
    .map((letter) => writeEscape(letter.codePointAt(0) ?? 0))
    .join('')
}

function writeEscape(codePoint: number): string {
  return codePoint > 0xffff
    ? `\\U${codePoint.toString(16).padStart(8, '0')}`
    : `\\u${codePoint.toString(16).padStart(4, '0')}`
}

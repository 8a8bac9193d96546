/** Proposes the `from` of a section. Old applications rarely delete a row: they mark it, and a marked row must not reach another country. */
import { foldText } from '../mapping/clean-text.ts'
import { TODO } from '../mapping/yaml-report.ts'
import { DELETED_PHRASES, KEPT_PHRASES } from './field-lexicon.ts'
import { findKey } from './match-keys.ts'
import { scorePhrases } from './match-names.ts'
import type { ColumnProfile, TableProfile } from './profile.ts'
import type { ProposeWorld } from './propose-world.ts'
import { guessValue } from './value-lexicon.ts'
import { flow, type Line, scalar } from './yaml-lines.ts'

/** A column that marks deleted rows. */
interface DeletedMark {
  readonly column: ColumnProfile
  /** The value of rows that are not deleted; null if they have no value, because the column is the day of the deletion. */
  readonly kept: string | null
  readonly hasDeleted: boolean
}

/** The line `from:`. If rows of the sample are marked as deleted, a person must decide. */
export function fromLine(table: TableProfile, { words, isCsv, fromOf, quote }: ProposeWorld): Line {
  if (isCsv) return { text: `from: ${fromOf?.(table.name) ?? scalar(table.name)}` }
  const mark = findMark(table)
  if (mark === null) return { text: `from: ${scalar(table.name)}` }
  const { column, hasDeleted } = mark
  const select = JSON.stringify(`select * from ${quote(table.name)} where ${condition(mark, quote)}`)
  if (!hasDeleted) {
    return { text: `from: ${scalar(table.name)}`, comment: words.noDeletedRows(column.name, select) }
  }
  return {
    text: `from: ${TODO}`,
    comment: words.deletedRows(column.name, countsOf(column), select, scalar(table.name)),
  }
}

/** How rows hang on a table with deleted rows, as the end of a select. */
interface Above {
  readonly name: string
  readonly joined: string
}

/** Finds out whether the table above has rows that are marked as deleted: what hangs on them is refused. @param id of the table above. */
export function aboveOf(
  table: TableProfile,
  above: TableProfile,
  id: readonly string[],
  { quote }: ProposeWorld,
): Above | null {
  const mark = findMark(above)
  const use = findKey(table, above, id, new Set())
  if (mark === null || !mark.hasDeleted || use?.kind !== 'COLUMNS' || id.length === 0) return null
  const on = id.map((name, at) => `p.${quote(name)} = t.${quote(use.columns[at] ?? '')}`).join(' and ')
  return { name: above.name, joined: ` join ${quote(above.name)} p on ${on} where p.${condition(mark, quote)}` }
}

/** The line `from:` of what hangs on a table. @param select the select that it needs anyway. */
export function childFrom(table: TableProfile, select: string | null, above: Above | null, world: ProposeWorld): Line {
  const own = select === null ? fromLine(table, world) : { text: `from: ${JSON.stringify(select)}` }
  if (world.isCsv || above === null || own.comment !== undefined) return own
  const without = `${select ?? `select t.* from ${world.quote(table.name)} t`}${above.joined}`
  return { ...own, comment: world.words.deletedAbove(above.name, JSON.stringify(without)) }
}

/** The remark about a file, whose rows no `select` chooses. */
export function deletedNote(table: TableProfile, { words }: ProposeWorld): readonly Line[] {
  const mark = findMark(table)
  if (mark === null || mark.kept === null) return []
  const values = flow([[scalar(mark.kept), '["*"]']])
  const rule = flow([
    ['column', scalar(mark.column.name)],
    ['values', values],
    ['else', 'null'],
  ])
  return [{ text: '', comment: words.deletedLines(mark.column.name, rule) }]
}

function findMark({ columns }: TableProfile): DeletedMark | null {
  for (const column of columns) {
    const isDeleted = scorePhrases(DELETED_PHRASES, column.name) > 0
    if (!isDeleted && scorePhrases(KEPT_PHRASES, column.name) === 0) continue
    const { kind, formats, filled, values } = column
    if (isDeleted && (kind === 'date' || kind === 'time' || formats.length > 0)) {
      return { column, kept: null, hasDeleted: filled > 0 }
    }
    const meanings = [...(values?.keys() ?? [])].map((value) => ({
      value,
      meaning: guessValue('boolean', foldText(value)),
    }))
    if (meanings.length === 0 || meanings.some(({ meaning }) => meaning === undefined)) continue
    const kept = meanings.find(({ meaning }) => meaning === String(!isDeleted))?.value
    if (kept !== undefined) return { column, kept, hasDeleted: meanings.length > 1 }
  }
  return null
}

/** In the SQL of all servers: `'false'` is a boolean for PostgreSQL and SQL Server; MySQL shows its booleans as 0 and 1. */
function condition({ column, kept }: DeletedMark, quote: ProposeWorld['quote']): string {
  if (kept === null) return `${quote(column.name)} is null`
  return `${quote(column.name)} = ${/^[01]$/.test(kept) && column.kind !== 'text' ? kept : `'${kept}'`}`
}

function countsOf({ name, values }: ColumnProfile): string {
  return [...(values ?? [])].map(([value, count]) => `${value}: ${count}`).join(', ') || name
}

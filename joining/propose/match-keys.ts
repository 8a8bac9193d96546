/** Finds out what names a record, and by which columns tables hang together. A key of a catalog may have several columns. */
import type { RecordKindName } from '../../contract/records/record-kind.ts'
import type { SourceKey } from '../sources/source.ts'
import { matchColumns } from './match-columns.ts'
import { isGeneral } from './match-names.ts'
import { nameWords } from './name-words.ts'
import type { ColumnProfile, TableProfile } from './profile.ts'
import { flow, scalar } from './yaml-lines.ts'

type ForeignKey = Extract<SourceKey, { readonly kind: 'FOREIGN' }>

/** How the rows of a table name a row of another one. */
export type KeyUse =
  /** By these columns, in the order of the other's id. */
  | { readonly kind: 'COLUMNS'; readonly columns: readonly string[] }
  /** By a key of the catalog that has other columns than the id. */
  | { readonly kind: 'OTHER_KEY'; readonly key: ForeignKey }

/**
 * Chooses what the id of a record is made from: the column that fits best or, if no column is an id by itself, the columns of the primary key.
 * @param taken names of columns that are something else already.
 * @returns one column, several, or none if nothing looks like an id.
 */
export function chooseId(
  kind: RecordKindName,
  table: TableProfile,
  taken: ReadonlySet<string>,
): readonly ColumnProfile[] {
  const single = matchColumns(kind, table, taken).find(({ field }) => field.type.kind === 'id')?.column
  const primary = table.keys.find((key) => key.kind === 'PRIMARY')?.columns ?? []
  if (primary.length < 2 || (single !== undefined && isKeyOf(table, single)))
    return single === undefined ? [] : [single]
  return primary.flatMap((name) => table.columns.filter((column) => column.name === name))
}

/** Whether a column is a key by itself. One that is only different in each row of a sample is not, beside a primary key of several columns. */
function isKeyOf({ keys }: TableProfile, { name }: ColumnProfile): boolean {
  return keys.some(({ kind, columns }) => kind !== 'FOREIGN' && columns.length === 1 && columns[0] === name)
}

/**
 * Finds by which columns a table names rows of another one: those of a key of the catalog, else those that are called as the other's id. Old databases
 * often lack such keys, and files always do.
 * @param id the columns that the id of the other's records is made from.
 * @param taken columns of the table that are something else already: a table may name the same other one twice.
 * @returns null if no key does.
 */
export function findKey(
  table: TableProfile,
  other: TableProfile,
  id: readonly string[],
  taken: ReadonlySet<string>,
): KeyUse | null {
  const keys = table.keys.filter(
    (key): key is ForeignKey =>
      key.kind === 'FOREIGN' && key.references.table === other.name && !key.columns.every((name) => taken.has(name)),
  )
  for (const key of keys) {
    const columns = id.length === 0 && key.columns.length === 1 ? key.columns : columnsFor(id, key)
    if (columns !== null) return { kind: 'COLUMNS', columns }
  }
  const [first] = keys
  if (first !== undefined) return { kind: 'OTHER_KEY', key: first }
  const same = id.flatMap((name) => findSameName(table, name, taken) ?? [])
  return id.length > 0 && same.length === id.length ? { kind: 'COLUMNS', columns: same } : null
}

/** A column that is called as another one. `id` and `número` are called so in each table, and mean something else in each. */
function findSameName({ columns }: TableProfile, name: string, taken: ReadonlySet<string>): string | null {
  const words = nameWords(name)
  if (words.length === 1 && isGeneral(words[0] ?? '')) return null
  const found = columns.find(
    (column) => !taken.has(column.name) && nameWords(column.name).join(' ') === words.join(' '),
  )
  return found?.name ?? null
}

function columnsFor(id: readonly string[], { columns, references }: ForeignKey): readonly string[] | null {
  const own = id.map((name) => columns[references.columns.indexOf(name)])
  return own.length > 0 && own.every((name) => name !== undefined) ? own : null
}

/** Writes what makes an id: a column, or a template of several. @param prefix what stands before it. */
export function writeId(columns: readonly string[], prefix?: string): string {
  const [only] = columns
  if (columns.length === 1 && only !== undefined && prefix === undefined) return scalar(only)
  const parts = [...(prefix === undefined ? [] : [prefix]), ...columns.map((name) => `{${name}}`)]
  return flow([['template', JSON.stringify(parts.join('-'))]])
}

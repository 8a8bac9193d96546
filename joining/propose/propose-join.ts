/** Proposes a `select` that brings a name from the table that explains a code: of a court, or of an offence. */
import { scorePhrases } from './match-names.ts'
import { nameWords } from './name-words.ts'
import type { ColumnProfile, TableProfile } from './profile.ts'
import { crosswalkLine, type ProposeWorld, take } from './propose-world.ts'
import { TABLE_PHRASES } from './table-lexicon.ts'
import { type Line, scalar } from './yaml-lines.ts'

/** Columns with the name of what a row explains. */
const NAMED: readonly string[] = ['nombre', 'descripcion', 'name', 'description', 'etiqueta', 'label']

/** A table that explains the codes of a column. */
interface Catalogue {
  readonly other: TableProfile
  /** The column of the other table with the name. */
  readonly named: ColumnProfile
  /** The name in the rows of the select. */
  readonly shown: string
  readonly select: string
}

/** A column that refers to a table with names: how a select brings the name. Null for another column. */
export function proposeJoin(table: TableProfile, { name }: ColumnProfile, world: ProposeWorld): string | null {
  const found = joinBy(name, table, world)
  return found === null ? null : world.words.join(found.other.name, JSON.stringify(found.select))
}

/** Finds the table that explains the codes of charges, in a table that only says which charges a case has. Takes the column of the code. */
export function findCatalogue(table: TableProfile, parent: TableProfile, world: ProposeWorld): Catalogue | null {
  const found = table.columns.flatMap(({ name }) => joinBy(name, table, world) ?? [])
  const offences = found.find(
    ({ other }) => other.name !== parent.name && scorePhrases(TABLE_PHRASES['cases.offences'] ?? [], other.name) > 0,
  )
  if (offences === undefined) return null
  world.joined.add(offences.other.name)
  take(world, table, [offences.code])
  return offences
}

/** The label of a charge from its catalogue, and its code from the label. */
export function catalogueLines({ other, named, shown, select }: Catalogue, world: ProposeWorld): readonly Line[] {
  const label = { ...named, name: shown }
  return [{ text: `label: ${scalar(shown)}` }, crosswalkLine(world, { ...other, name: select }, label)]
}

function joinBy(
  code: string,
  table: TableProfile,
  { tables, quote }: ProposeWorld,
): (Catalogue & { readonly code: string }) | null {
  const [other, column] = explainedBy(code, table, tables) ?? []
  const named = other?.columns.find((each) => scorePhrases(NAMED, each.name) > 0)
  if (other === undefined || column === undefined || named === undefined) return null
  const isTwice = table.columns.some(({ name }) => name === named.name)
  const shown = isTwice ? `${named.name}_${code}` : named.name
  const on = `o.${quote(column)} = t.${quote(code)}`
  const brought = isTwice ? `o.${quote(named.name)} as ${quote(shown)}` : `o.${quote(named.name)}`
  return {
    ...{ code, other, named, shown },
    select: `select t.*, ${brought} from ${quote(table.name)} t left join ${quote(other.name)} o on ${on}`,
  }
}

/** The table that a column's values are rows of, with its column: by a key of the catalog, else by a primary key of the same name. */
function explainedBy(
  code: string,
  table: TableProfile,
  tables: readonly TableProfile[],
): readonly [TableProfile, string] | null {
  const key = table.keys.find(({ kind, columns }) => kind === 'FOREIGN' && columns.length === 1 && columns[0] === code)
  if (key?.kind === 'FOREIGN') {
    const other = tables.find((each) => each.name === key.references.table)
    return other === undefined ? null : [other, key.references.columns[0] ?? '']
  }
  if (nameWords(code).length < 2) return null
  const other = tables.find((each) => {
    const primary = each.keys.find(({ kind }) => kind === 'PRIMARY')?.columns
    return each !== table && primary?.length === 1 && primary[0] === code
  })
  return other === undefined ? null : [other, code]
}

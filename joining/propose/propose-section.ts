/** Proposes the section of a kind from the table that fits it, with what hangs on its records. */
import type { RecordKindName } from '../mapping/mapping.ts'
import { hasProvenance } from '../mapping/read-section.ts'
import { childrenOf, kindOf } from '../mapping/record-kinds.ts'
import { TODO } from '../mapping/yaml-report.ts'
import { CHANGE_PHRASES } from './field-lexicon.ts'
import { type FieldMatch, matchColumns } from './match-columns.ts'
import { scorePhrases } from './match-names.ts'
import { findTie, foreignColumns, type TableMatch } from './match-tables.ts'
import { type ColumnProfile, PLAIN_FORMAT, type TableProfile } from './profile.ts'
import { proposeAddress, proposeIdentifiers, proposeNames, proposeOffence } from './propose-inline.ts'
import { proposeField } from './propose-rule.ts'
import type { ProposeWords } from './propose-words.ts'
import { crosswalkLine, type ProposeWorld, take, takenOf } from './propose-world.ts'
import { type Line, scalar } from './yaml-lines.ts'

/** Proposes the section of a record of its own. */
export function proposeSection({ kind, table }: TableMatch, world: ProposeWorld): Line {
  const { words } = world
  // A file is always read whole.
  const since = world.isCsv ? undefined : findSince(table)
  take(world, table, since === undefined ? [] : [since.name])
  const matches = withReferences(kind, table, world)
  const id = matches.find(({ field }) => field.type.kind === 'id')?.column
  const rest = matches.filter(({ field }) => field.type.kind !== 'id')
  take(
    world,
    table,
    matches.map(({ column }) => column.name),
  )
  const inline = inlineChildren(kind, table, world)
  const children = childrenOf(kind).flatMap((child) => {
    const match = world.matches.find((each) => each.kind === child.name)
    return match === undefined ? [] : [proposeChild(match, table, id?.name ?? null, world)]
  })
  const rows = table.estimatedRows === null ? undefined : words.rows(table.estimatedRows.toLocaleString('en-GB'))
  return {
    text: `${kindOf(kind).key}:`,
    ...(rows !== undefined && { comment: rows }),
    below: [
      ...(world.isCsv ? [] : [{ text: `from: ${scalar(table.name)}` }]),
      idLine(id, table, words),
      ...(id !== undefined && !id.isUnique && id.filled > 0
        ? [{ text: 'repeats: same', comment: words.repeated }]
        : []),
      ...(since === undefined ? noSince(world) : [{ text: `since: ${scalar(since.name)}`, comment: words.since }]),
      ...rest.map((match) => fieldLine(kind, match, table, world)),
      ...requiredLines(kind, matches, table, world),
      ...joinSameKeys([...inline, ...children]),
    ],
  }
}

function noSince({ isCsv, words }: ProposeWorld): readonly Line[] {
  return isCsv ? [] : [{ text: '', comment: words.noSince }]
}

function idLine(id: ColumnProfile | undefined, { keys }: TableProfile, words: ProposeWords): Line {
  if (id === undefined) return { text: `id: ${TODO}`, comment: words.noId }
  const isKey = keys.some(({ kind, columns }) => kind !== 'FOREIGN' && columns.length === 1 && columns[0] === id.name)
  return { text: `id: ${scalar(id.name)}`, ...(!isKey && id.isUnique && { comment: words.uniqueId }) }
}

/** Foreign keys of the catalog come before what names say. */
function withReferences(kind: RecordKindName, table: TableProfile, world: ProposeWorld): readonly FieldMatch[] {
  const foreign = foreignColumns(table)
  const sure = kindOf(kind).fields.flatMap((field): readonly FieldMatch[] => {
    if (field.type.kind !== 'reference') return []
    const { to } = field.type
    const other = world.matches.find((match) => match.kind === to)?.table.name
    const name = other === undefined ? undefined : foreign.get(other)
    const column = table.columns.find((each) => each.name === name)
    return column === undefined ? [] : [{ field, column }]
  })
  const used = new Set([...takenOf(world, table), ...sure.map(({ column }) => column.name)])
  const guessed = matchColumns(kind, table, used).filter(({ field }) => !sure.some((each) => each.field === field))
  const { fields } = kindOf(kind)
  return [...sure, ...guessed].toSorted((a, b) => fields.indexOf(a.field) - fields.indexOf(b.field))
}

function fieldLine(
  kind: RecordKindName,
  { field, column }: FieldMatch,
  table: TableProfile,
  world: ProposeWorld,
): Line {
  if (field.type.kind === 'iccs') return crosswalkLine(world, table, column)
  const line = proposeField(kind, field, column, world.words)
  const join = field.type.kind === 'text' ? proposeJoin(table, column, world) : null
  return join === null ? line : { ...line, comment: join }
}

/** A column that refers to a table with names: how a select brings the name. Null for another column. */
function proposeJoin(table: TableProfile, { name }: ColumnProfile, { tables, words }: ProposeWorld): string | null {
  const key = table.keys.find(({ kind, columns }) => kind === 'FOREIGN' && columns.length === 1 && columns[0] === name)
  if (key?.kind !== 'FOREIGN') return null
  const other = tables.find((each) => each.name === key.references.table)
  const named = other?.columns.find(
    (each) => scorePhrases(['nombre', 'descripcion', 'name', 'description'], each.name) > 0,
  )
  if (other === undefined || named === undefined) return null
  const on = `o.${key.references.columns[0]} = t.${name}`
  return words.join(other.name, `"select t.*, o.${named.name} from ${table.name} t left join ${other.name} o on ${on}"`)
}

/** What the contract requires and no column has. Provenance stands once for all sections. */
function requiredLines(
  kind: RecordKindName,
  matches: readonly FieldMatch[],
  table: TableProfile,
  world: ProposeWorld,
): readonly Line[] {
  const spec = kindOf(kind)
  const label = matches.find(({ field }) => field.key === 'label')?.column
  return spec.fields.flatMap((field): readonly Line[] => {
    const isThere = matches.some((match) => match.field === field)
    if (isThere || field.isRequired === undefined || field.standard !== undefined || field.type.kind === 'id') return []
    if (field.key === 'handling' && hasProvenance(spec)) return []
    if (field.type.kind === 'iccs') return [crosswalkLine(world, table, label)]
    return [
      { text: `${field.key}: ${TODO}`, ...(field.type.kind === 'enum' && { comment: field.type.values.join(' ') }) },
    ]
  })
}

/** A table of what hangs on the records of another one. */
function proposeChild(
  { kind, table }: TableMatch,
  parent: TableProfile,
  parentId: string | null,
  world: ProposeWorld,
): Line {
  const { words } = world
  const spec = kindOf(kind)
  const tie = findTie(table, parent, parentId)
  take(world, table, tie === null ? [] : [tie])
  const matches = withReferences(kind, table, world)
  take(
    world,
    table,
    matches.map(({ column }) => column.name),
  )
  const key = spec.parent?.key ?? ''
  const tieLines =
    tie === parentId && tie !== null
      ? []
      : [{ text: `${key}: ${tie === null ? TODO : scalar(tie)}`, ...(tie === null && { comment: words.tie }) }]
  return {
    text: `${spec.key}:`,
    below: [
      { text: `from: ${scalar(table.name)}` },
      ...tieLines,
      ...matches.map((match) => fieldLine(kind, match, table, world)),
      ...requiredLines(kind, matches, table, world),
      ...(kind === 'persons.names' ? proposeNames(table, world) : []),
    ],
  }
}

function findSince({ columns }: TableProfile): ColumnProfile | undefined {
  const scored = columns
    .filter(
      ({ kind, formats, filled }) => kind === 'date' || kind === 'time' || formats[0] === PLAIN_FORMAT || filled === 0,
    )
    .map((column) => ({ column, score: scorePhrases(CHANGE_PHRASES, column.name) }))
    .filter(({ score }) => score >= 4)
  return scored.toSorted((a, b) => b.score - a.score)[0]?.column
}

/** What hangs on a record and stands in its own row. */
function inlineChildren(kind: RecordKindName, table: TableProfile, world: ProposeWorld): readonly Line[] {
  const isMissing = (child: RecordKindName): boolean => !world.matches.some((match) => match.kind === child)
  if (kind === 'cases' && isMissing('cases.offences')) return proposeOffence(table, world)
  if (kind !== 'persons') return []
  const names = proposeNames(table, world)
  return [
    ...(names.length === 0 ? [] : [{ text: 'names:', below: names }]),
    ...(isMissing('persons.identifiers') ? proposeIdentifiers(table, world) : []),
    ...(isMissing('persons.addresses') ? proposeAddress(table, world) : []),
  ]
}

/** Two blocks with one key become a list: the legal name in the row of a person, and the aliases in a table of their own. */
function joinSameKeys(lines: readonly Line[]): readonly Line[] {
  const first = new Map(lines.map((line) => [line.text, line]))
  const groups = Map.groupBy(lines, ({ text }) => text)
  return [...first.keys()].flatMap((text) => {
    const same = groups.get(text) ?? []
    if (same.length < 2) return same
    return [{ text, below: same.map(({ below }) => ({ text: '-', below: below ?? [] })) }]
  })
}

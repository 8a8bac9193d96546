/** Proposes the section of a kind from the table that fits it, with what hangs on its records. */
import type { FieldSpec, RecordKindName } from '../../contract/records/record-kind.ts'
import { childrenOf, kindOf } from '../../contract/records/records.ts'
import { hasProvenance } from '../mapping/read-section.ts'
import { TODO } from '../mapping/yaml-report.ts'
import { CHANGE_PHRASES } from './field-lexicon.ts'
import { type FieldMatch, matchColumns } from './match-columns.ts'
import { chooseId, findKey, type KeyUse, writeId } from './match-keys.ts'
import { scorePhrases } from './match-names.ts'
import type { TableMatch } from './match-tables.ts'
import { nameWords } from './name-words.ts'
import { type ColumnProfile, PLAIN_FORMAT, type TableProfile } from './profile.ts'
import { aboveOf, childFrom, deletedNote, fromLine } from './propose-from.ts'
import {
  categoryOfName,
  proposeAddress,
  proposeIdentifiers,
  proposeNames,
  proposeOffence,
  proposeOtherNames,
} from './propose-inline.ts'
import { catalogueLines, findCatalogue, proposeJoin } from './propose-join.ts'
import { proposeField, proposeProtection } from './propose-rule.ts'
import { crosswalkLine, type ProposeWorld, take, takenOf } from './propose-world.ts'
import { guessRole } from './value-lexicon.ts'
import { type Line, scalar } from './yaml-lines.ts'

/** Proposes the section of a record of its own. */
export function proposeSection({ kind, table, hasPersons }: TableMatch, world: ProposeWorld): Line {
  const { words } = world
  // A file is always read whole.
  const since = world.isCsv ? undefined : findSince(table)
  take(world, table, since === undefined ? [] : [since.name])
  const id = chooseId(kind, table, takenOf(world, table))
  const ids = id.map(({ name }) => name)
  take(world, table, ids)
  const matches = withReferences(kind, table, world)
  const inline = inlineChildren(kind, table, ids, world)
  const children = (hasPersons ? [] : childrenOf(kind)).flatMap((child) => {
    const found = world.matches.filter((each) => each.kind === child.name)
    return found.map((match) => proposeChild(match, table, ids, world))
  })
  const rows = table.estimatedRows === null ? undefined : words.rows(table.estimatedRows.toLocaleString('en-GB'))
  return {
    text: `${kindOf(kind).key}:`,
    ...(rows !== undefined && { comment: rows }),
    below: [
      ...(world.fromOf === null
        ? []
        : [hasPersons ? childFrom(table, null, aboveCases(table, world), world) : fromLine(table, world)]),
      ...(world.isCsv ? deletedNote(table, world) : []),
      hasPersons
        ? { text: `id: ${writeId(ids, prefixOf(table))}`, comment: words.ownPersons }
        : idLine(id, table, world),
      ...(isRepeated(id) ? [{ text: 'repeats: same', comment: words.repeated }] : []),
      ...(since === undefined ? noSince(world) : [{ text: `since: ${scalar(since.name)}`, comment: words.since }]),
      ...matches.map((match) => fieldLine(kind, match, table, world)),
      ...proposeProtection(kind, matches, words),
      ...requiredLines(kind, matches, table, world),
      ...joinSameKeys([...inline, ...children]),
    ],
  }
}

function aboveCases(table: TableProfile, world: ProposeWorld): ReturnType<typeof aboveOf> {
  const cases = world.matches.find(({ kind }) => kind === 'cases')
  return cases === undefined ? null : aboveOf(table, cases.table, idOf(cases, world), world)
}

/** The persons of a table of participants: their numbers are not those of the table of persons. */
function prefixOf({ name }: TableProfile): string {
  return nameWords(name).join('-').toUpperCase()
}

function noSince({ isCsv, words }: ProposeWorld): readonly Line[] {
  return isCsv ? [] : [{ text: '', comment: words.noSince }]
}

function idLine(id: readonly ColumnProfile[], { keys }: TableProfile, { words, isCsv }: ProposeWorld): Line {
  const [only] = id
  if (only === undefined) return { text: `id: ${TODO}`, comment: words.noId }
  const text = `id: ${writeId(id.map(({ name }) => name))}`
  if (id.length > 1) return { text, comment: words.severalKeys }
  const isKey = keys.some(({ kind, columns }) => kind !== 'FOREIGN' && columns.length === 1 && columns[0] === only.name)
  const remarks = [
    ...(!isKey && only.isUnique ? [words.uniqueId(isCsv)] : []),
    ...(only.shape === null
      ? []
      : [words.otherIds(only.shape.others, JSON.stringify(`^(?<id>${only.shape.pattern})$`))]),
  ]
  return { text, ...(remarks.length > 0 && { comment: remarks.join('; ') }) }
}

/** Several columns are a key of the catalog, and so come once. */
function isRepeated([only, ...others]: readonly ColumnProfile[]): boolean {
  return only !== undefined && others.length === 0 && !only.isUnique && only.filled > 0
}

/** A field with its column, or with what a key of the catalog says about it. */
interface SectionMatch extends FieldMatch {
  /** The line of a field that is not read from its column by itself. */
  readonly line?: Line
}

/** Foreign keys of the catalog come before what names say. Takes the columns. */
function withReferences(kind: RecordKindName, table: TableProfile, world: ProposeWorld): readonly SectionMatch[] {
  const { fields } = kindOf(kind)
  const sure = fields.flatMap((field) => proposeReference(field, table, world))
  const guessed = matchColumns(kind, table, takenOf(world, table)).filter(
    ({ field }) => field.type.kind !== 'id' && !sure.some((each) => each.field === field),
  )
  take(
    world,
    table,
    guessed.map(({ column }) => column.name),
  )
  return [...sure, ...guessed].toSorted((a, b) => fields.indexOf(a.field) - fields.indexOf(b.field))
}

function proposeReference(field: FieldSpec, table: TableProfile, world: ProposeWorld): readonly SectionMatch[] {
  if (field.type.kind !== 'reference') return []
  const { to } = field.type
  const other = world.matches.find((match) => match.kind === to)
  if (other === undefined) return []
  const id = idOf(other, world)
  const use = findKey(table, other.table, id, takenOf(world, table))
  if (use === null) return []
  const columns = use.kind === 'COLUMNS' ? use.columns : use.key.columns
  const column = table.columns.find(({ name }) => name === columns[0])
  if (column === undefined) return []
  take(world, table, columns)
  if (use.kind === 'COLUMNS' && columns.length === 1) return [{ field, column }]
  return [{ field, column, line: keyLine(field.key, use, other.table, id, world) }]
}

/** The columns that the id of a kind is made from, before anything else takes them. */
function idOf({ kind, table }: TableMatch, { isCsv }: ProposeWorld): readonly string[] {
  const since = isCsv ? undefined : findSince(table)
  return chooseId(kind, table, new Set(since === undefined ? [] : [since.name])).map(({ name }) => name)
}

function keyLine(key: string, use: KeyUse, other: TableProfile, id: readonly string[], { words }: ProposeWorld): Line {
  if (use.kind === 'COLUMNS') return { text: `${key}: ${writeId(use.columns)}` }
  const named = use.key.columns.map((name, at) => `${name} = ${other.name}.${use.key.references.columns[at]}`)
  return { text: `${key}: ${TODO}`, comment: words.otherKey(named.join(', '), id.join(', ')) }
}

function fieldLine(
  kind: RecordKindName,
  { field, column, line: known }: SectionMatch,
  table: TableProfile,
  world: ProposeWorld,
): Line {
  if (known !== undefined) return known
  if (field.type.kind === 'iccs') return crosswalkLine(world, table, column)
  const line = proposeField(kind, field, column, world.words)
  const join = field.type.kind === 'text' ? proposeJoin(table, column, world) : null
  return join === null ? line : { ...line, comment: join }
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
    const role = field.key === 'role' ? guessRole(table.name) : null
    if (role !== null) return [{ text: `role: { value: ${role} }`, comment: world.words.guess }]
    return [
      { text: `${field.key}: ${TODO}`, ...(field.type.kind === 'enum' && { comment: field.type.values.join(' ') }) },
    ]
  })
}

/** A table of what hangs on the records of another one. */
function proposeChild(
  { kind, table, hasPersons }: TableMatch,
  parent: TableProfile,
  parentId: readonly string[],
  world: ProposeWorld,
): Line {
  const spec = kindOf(kind)
  const tieLines = proposeTie(spec.parent?.key ?? '', table, parent, parentId, world)
  const catalogue = kind === 'cases.offences' ? findCatalogue(table, parent, world) : null
  const matches = withReferences(kind, table, world).filter(
    ({ field }) =>
      !(hasPersons === true && field.key === 'person') &&
      !(catalogue !== null && ['label', 'iccs'].includes(field.key)),
  )
  const ids = hasPersons ? idOf({ kind: 'persons', table }, world) : []
  return {
    text: `${spec.key}:`,
    below: [
      childFrom(table, catalogue?.select ?? null, aboveOf(table, parent, parentId, world), world),
      ...tieLines,
      ...(catalogue === null ? [] : catalogueLines(catalogue, world)),
      ...(ids.length === 0 ? [] : [{ text: `person: ${writeId(ids, prefixOf(table))}` }]),
      ...matches.map((match) => fieldLine(kind, match, table, world)),
      ...categoryLine(kind, matches),
      ...(catalogue === null ? requiredLines(kind, matches, table, world) : []),
      ...(kind === 'persons.names' && !matches.some(({ field }) => field.key === 'full')
        ? proposeNames(table, world)
        : []),
    ],
  }
}

/** How a table hangs on another one. No line if it has the columns of the other's id, by the same names. Takes the columns. */
function proposeTie(
  key: string,
  table: TableProfile,
  parent: TableProfile,
  parentId: readonly string[],
  world: ProposeWorld,
): readonly Line[] {
  const use = findKey(table, parent, parentId, new Set())
  if (use === null) return [{ text: `${key}: ${TODO}`, comment: world.words.tie }]
  if (use.kind === 'COLUMNS') take(world, table, use.columns)
  const isSame = use.kind === 'COLUMNS' && use.columns.join('\n') === parentId.join('\n')
  return isSame ? [] : [keyLine(key, use, parent, parentId, world)]
}

/** A name that is not the legal one says so. */
function categoryLine(kind: RecordKindName, matches: readonly FieldMatch[]): readonly Line[] {
  const full = matches.find(({ field }) => field.key === 'full')?.column.name
  const isSaid = matches.some(({ field }) => field.key === 'category')
  const category = kind !== 'persons.names' || full === undefined || isSaid ? null : categoryOfName(full)
  return category === null ? [] : [{ text: `category: { value: ${category} }` }]
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
function inlineChildren(
  kind: RecordKindName,
  table: TableProfile,
  ids: readonly string[],
  world: ProposeWorld,
): readonly Line[] {
  const isMissing = (child: RecordKindName): boolean => !world.matches.some((match) => match.kind === child)
  if (kind === 'cases' && isMissing('cases.offences')) return proposeOffence(table, world)
  if (kind !== 'persons') return []
  const others = proposeOtherNames(table, world)
  const names = proposeNames(table, world)
  return [
    ...(names.length === 0 ? [] : [{ text: 'names:', below: names }]),
    ...others,
    ...(isMissing('persons.identifiers') ? proposeIdentifiers(table, world, ids) : []),
    ...(isMissing('persons.addresses') ? proposeAddress(table, world) : []),
  ]
}

/** Two blocks with one key become a list: the legal name in the row of a person, and the aliases in a table of their own. */
export function joinSameKeys(lines: readonly Line[]): readonly Line[] {
  const first = new Map(lines.map((line) => [line.text, line]))
  const groups = Map.groupBy(lines, ({ text }) => text)
  return [...first.keys()].flatMap((text) => {
    const same = groups.get(text) ?? []
    if (same.length < 2) return same
    return [{ text, below: same.map(({ below }) => ({ text: '-', below: below ?? [] })) }]
  })
}

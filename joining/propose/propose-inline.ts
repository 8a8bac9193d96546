/** Proposes what stands in the row of its record: the names, documents and address of a person, and the charge of a case. */
import { kindOf } from '../../contract/records/records.ts'
import {
  DOCUMENT_PHRASES,
  FIELD_PHRASES,
  FULL_NAME,
  LEAST_NAME_SCORE,
  NAME_PARTS,
  PLAIN_NAME,
} from './field-lexicon.ts'
import { matchColumns } from './match-columns.ts'
import { scorePhrases } from './match-names.ts'
import type { ColumnProfile, TableProfile } from './profile.ts'
import { proposeField } from './propose-rule.ts'
import { crosswalkLine, type ProposeWorld, take, takenOf } from './propose-world.ts'
import { flow, flowList, type Line, scalar } from './yaml-lines.ts'

/** The phrases of a column with another name, by its category. */
const OTHER_NAMES = { ALIAS: ['alias'], NICKNAME: ['apodo', 'sobrenombre', 'nickname'] } as const

function free(table: TableProfile, world: ProposeWorld): readonly ColumnProfile[] {
  const taken = takenOf(world, table)
  return table.columns.filter(
    ({ name, kind, formats }) =>
      !taken.has(name) && kind !== 'binary' && kind !== 'date' && kind !== 'time' && formats.length === 0,
  )
}

function best(columns: readonly ColumnProfile[], phrases: readonly string[]): ColumnProfile | undefined {
  const scored = columns.map((column) => ({ column, score: scorePhrases(phrases, column.name) }))
  return scored.filter(({ score }) => score >= LEAST_NAME_SCORE).toSorted((a, b) => b.score - a.score)[0]?.column
}

/** The lines below `names:`: the parts if the table has them, else the whole name. None if it has neither. */
export function proposeNames(table: TableProfile, world: ProposeWorld): readonly Line[] {
  const find = (parts: readonly (readonly string[])[]): readonly string[] => {
    const columns: string[] = []
    for (const phrases of parts) {
      const found = best(
        free(table, world).filter(({ name }) => !columns.includes(name)),
        phrases,
      )
      // The last phrases are for a table that does not number its names.
      if (found !== undefined && (phrases !== parts.at(-1) || columns.length === 0)) columns.push(found.name)
    }
    return columns
  }
  const full = best(free(table, world), FULL_NAME)
  if (full !== undefined) {
    take(world, table, [full.name])
    return [{ text: `full: ${scalar(full.name)}` }]
  }
  const surnames = find(NAME_PARTS.surnames)
  take(world, table, surnames)
  const given = find(NAME_PARTS.givenNames)
  take(world, table, given)
  if (surnames.length > 0 && given.length > 0) {
    return [
      { text: `givenNames: ${flow([['columns', flowList(given.map(scalar))]])}` },
      { text: `surnames: ${flow([['columns', flowList(surnames.map(scalar))]])}` },
    ]
  }
  const plain = given[0] ?? surnames[0] ?? best(free(table, world), PLAIN_NAME)?.name
  if (plain === undefined) return []
  take(world, table, [plain])
  return [{ text: `full: ${scalar(plain)}` }]
}

/** The category of a column with another name than the legal one; null for a legal name. */
export function categoryOfName(name: string): keyof typeof OTHER_NAMES | null {
  if (scorePhrases(OTHER_NAMES.ALIAS, name) > 0) return 'ALIAS'
  return scorePhrases(OTHER_NAMES.NICKNAME, name) > 0 ? 'NICKNAME' : null
}

/** Blocks of `names:` for columns with an alias or a nickname. */
export function proposeOtherNames(table: TableProfile, world: ProposeWorld): readonly Line[] {
  return free(table, world).flatMap(({ name }) => {
    const category = categoryOfName(name)
    if (category === null) return []
    take(world, table, [name])
    return [
      { text: 'names:', below: [{ text: `category: { value: ${category} }` }, { text: `full: ${scalar(name)}` }] },
    ]
  })
}

/**
 * `identifiers:` with each column that is a document.
 * @param ids the columns that the id of the person is made from: the number of a document may be the key of the table.
 */
export function proposeIdentifiers(
  table: TableProfile,
  world: ProposeWorld,
  ids: readonly string[] = [],
): readonly Line[] {
  const usable = (): readonly ColumnProfile[] => [
    ...free(table, world),
    ...table.columns.filter(({ name }) => ids.includes(name)),
  ]
  const typed = proposeTypedIdentifier(usable(), table, world)
  const found = Object.entries(DOCUMENT_PHRASES).flatMap(([category, phrases]) => {
    const column = best(usable(), phrases)
    if (column === undefined || typed.some(({ text }) => text === `value: ${scalar(column.name)}`)) return []
    take(world, table, [column.name])
    return [
      {
        text: `- ${flow([
          ['category', flow([['value', category]])],
          ['value', scalar(column.name)],
        ])}`,
      },
    ]
  })
  if (typed.length > 0 && found.length === 0) return [{ text: 'identifiers:', below: typed }]
  const all = typed.length === 0 ? found : [{ text: '-', below: typed }, ...found]
  return all.length === 0 ? [] : [{ text: 'identifiers:', below: all }]
}

/** A document whose kind stands in a column of its own. */
function proposeTypedIdentifier(
  columns: readonly ColumnProfile[],
  table: TableProfile,
  world: ProposeWorld,
): readonly Line[] {
  const { category = [], value = [] } = FIELD_PHRASES['persons.identifiers'] ?? {}
  const kinds = columns.filter(({ values, isEmpty }) => values !== null && !isEmpty)
  const kind = best(kinds, category)
  const number = best(
    columns.filter((column) => column !== kind),
    value,
  )
  const field = kindOf('persons.identifiers').fields.find(({ key }) => key === 'category')
  if (kind === undefined || number === undefined || field === undefined) return []
  take(world, table, [kind.name, number.name])
  return [proposeField('persons.identifiers', field, kind, world.words), { text: `value: ${scalar(number.name)}` }]
}

/** `addresses:` if the row has an address. */
export function proposeAddress(table: TableProfile, world: ProposeWorld): readonly Line[] {
  return inlineKind('persons.addresses', 'addresses', ['line'], table, world)
}

/** `offences:` if the row of a case has a charge. */
export function proposeOffence(table: TableProfile, world: ProposeWorld): readonly Line[] {
  return inlineKind('cases.offences', 'offences', ['label'], table, world)
}

function inlineKind(
  kind: 'persons.addresses' | 'cases.offences',
  key: string,
  needs: readonly string[],
  table: TableProfile,
  world: ProposeWorld,
): readonly Line[] {
  const matches = matchColumns(kind, table, takenOf(world, table))
  if (!needs.every((need) => matches.some(({ field }) => field.key === need))) return []
  take(
    world,
    table,
    matches.map(({ column }) => column.name),
  )
  const label = matches.find(({ field }) => field.key === 'label')?.column
  const hasCode = matches.some(({ field }) => field.key === 'iccs')
  return [
    {
      text: `${key}:`,
      below: [
        ...matches.map(({ field, column }) =>
          field.type.kind === 'iccs'
            ? crosswalkLine(world, table, column)
            : proposeField(kind, field, column, world.words),
        ),
        ...(kind === 'cases.offences' && !hasCode ? [crosswalkLine(world, table, label)] : []),
      ],
    },
  ]
}

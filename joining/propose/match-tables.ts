/** Finds out what the tables of a source are: which holds cases, and which their charges. */
import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { childrenOf, kindOf, RECORD_KINDS } from '../../contract/records/records.ts'
import { FIELD_PHRASES, FULL_NAME, LEAST_NAME_SCORE, NAME_PARTS, PLAIN_NAME } from './field-lexicon.ts'
import { chooseId, findKey } from './match-keys.ts'
import { scorePhrases } from './match-names.ts'
import { nameWords } from './name-words.ts'
import type { TableProfile } from './profile.ts'
import { CATALOGUE_WORDS, TABLE_PHRASES } from './table-lexicon.ts'
import { guessRole } from './value-lexicon.ts'

/** The table of a kind. */
export interface TableMatch {
  readonly kind: RecordKindName
  readonly table: TableProfile
  /** Of a table of participants: whether it holds the persons themselves, as a table of victims does. */
  readonly hasPersons?: true
}

/** What the tables are, and those that are nothing. */
export interface MatchedTables {
  readonly matches: readonly TableMatch[]
  readonly others: readonly TableProfile[]
}

/** A table whose name fits less is not proposed. */
const LEAST_SCORE = 4

/** Matches tables with kinds, each once, the best pairs first. A table that hangs on nothing that is there is no child. */
export function matchTables(tables: readonly TableProfile[]): MatchedTables {
  const [only] = tables
  if (only !== undefined && tables.length === 1)
    return { matches: [{ kind: kindOfOnly(only), table: only }], others: [] }
  const kinds = Object.entries(TABLE_PHRASES) as [RecordKindName, readonly string[]][]
  const pairs = kinds.flatMap(([kind, phrases]) =>
    tables.flatMap((table) => {
      const score = scorePhrases(phrases, table.name) - (isCatalogue(kind, table, tables) ? CATALOGUE_MALUS : 0)
      return score >= LEAST_SCORE ? [{ kind, table, score: score + scoreColumns(kind, table) / 10 }] : []
    }),
  )
  const matches: TableMatch[] = []
  for (const { kind, table } of pairs.toSorted((a, b) => b.score - a.score)) {
    if (!matches.some((match) => match.kind === kind || match.table === table)) matches.push({ kind, table })
  }
  const kept = matches.filter(({ kind }) => {
    const { parent } = kindOf(kind)
    return parent === undefined || matches.some((match) => match.kind === parent.kind)
  })
  const free = tables.filter((table) => !kept.some((match) => match.table === table))
  const all = [...kept, ...matchParties(kept, free)]
  return { matches: all, others: free.filter((table) => !all.some((match) => match.table === table)) }
}

/** How much less a table counts that others name, and that names none. */
const CATALOGUE_MALUS = 20

/** Whether a table only explains codes of other tables, as a list of offences does. What hangs on a record names it by a key. */
function isCatalogue(kind: RecordKindName, table: TableProfile, tables: readonly TableProfile[]): boolean {
  if (table.keys.some((key) => key.kind === 'FOREIGN')) return false
  if (nameWords(table.name).some((word) => CATALOGUE_WORDS.has(word))) return true
  if (kindOf(kind).parent === undefined) return false
  return tables.some(({ keys }) => keys.some((key) => key.kind === 'FOREIGN' && key.references.table === table.name))
}

/**
 * Further tables of who takes part: many old databases have one for the accused and another one for the victims. They name a case by a key of the
 * catalog, and they name a person by another one or have names themselves.
 */
function matchParties(matches: readonly TableMatch[], free: readonly TableProfile[]): readonly TableMatch[] {
  const cases = matches.find(({ kind }) => kind === 'cases')?.table
  if (cases === undefined) return []
  const persons = matches.find(({ kind }) => kind === 'persons')?.table
  const names = (table: TableProfile, other: TableProfile, kind: RecordKindName): boolean =>
    findKey(table, other, idColumns(kind, other), new Set())?.kind === 'COLUMNS'
  return free.flatMap((table): readonly TableMatch[] => {
    if (!names(table, cases, 'cases')) return []
    if (persons !== undefined && names(table, persons, 'persons')) return [{ kind: 'cases.participants', table }]
    return hasNames(table) ? [{ kind: 'cases.participants', table, hasPersons: true }] : []
  })
}

function idColumns(kind: RecordKindName, table: TableProfile): readonly string[] {
  return chooseId(kind, table, new Set()).map(({ name }) => name)
}

/** Whether a table has names of persons. A column called «nombre» may be that of anything, unless the table is called after a role. */
function hasNames({ name, columns }: TableProfile): boolean {
  const phrases = [...FULL_NAME, ...NAME_PARTS.surnames.flat(), ...(guessRole(name) === null ? [] : PLAIN_NAME)]
  return columns.some((column) => column.kind !== 'binary' && scorePhrases(phrases, column.name) >= LEAST_NAME_SCORE)
}

/** A source of one file has cases, unless its columns say persons, warrants or law. */
function kindOfOnly(table: TableProfile): RecordKindName {
  const top = RECORD_KINDS.filter(({ parent, name }) => parent === undefined && FIELD_PHRASES[name] !== undefined)
  const scored = top.map(({ name }) => ({
    name,
    score:
      scorePhrases(TABLE_PHRASES[name] ?? [], table.name) + scoreColumns(name, table) + (name === 'cases' ? 10 : 0),
  }))
  return scored.toSorted((a, b) => b.score - a.score)[0]?.name ?? 'cases'
}

/** How many fields of a kind have a column that fits by name. */
function scoreColumns(kind: RecordKindName, { columns }: TableProfile): number {
  const phrases = [kind, ...childrenOf(kind).map(({ name }) => name)].flatMap((name) =>
    Object.values(FIELD_PHRASES[name] ?? {}),
  )
  // Words that each table has, such as «número», say nothing about it.
  const telling = phrases.map((each) => each.filter((phrase) => phrase.includes(' ')))
  return telling.filter((each) => columns.some(({ name }) => scorePhrases(each, name) >= LEAST_SCORE)).length * 5
}

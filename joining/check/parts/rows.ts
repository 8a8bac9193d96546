import { type DocumentNode, type EnumTypeDefinitionNode, Kind, type TypeNode } from 'graphql'
import { readSdlFloor } from '../../../contract/access/sdl-faults.ts'
import { isCountryCode } from '../../../contract/country-code.ts'
import { DOMAINS, type Domain } from '../../../contract/domain.ts'
import type { FieldSpec, RecordKind } from '../../../contract/records/record-kind.ts'
import { coordinateOf, kindOf, RECORD_KINDS } from '../../../contract/records/records.ts'
import { findUncovered } from '../../../subgraphs/kit/row-watch.ts'
import type { Database, DomainModule } from '../../../subgraphs/kit/types.ts'
import { listDoubts, SERVED_TABLES } from '../../doubtful-values.ts'
import type { DatabaseContext } from '../context.ts'
import type { Finding } from '../finding.ts'
import { sayTable } from './schema.ts'

/** The tables without which a domain has nothing to answer. */
const MAIN = new Set(['cases.case_file', 'persons.person'])

/** Checks each value of each row beside the types of the contract. A node leaves a row that does not fit out of its answers. */
export async function checkRows({ db, modules, country, options }: DatabaseContext): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const { domain, typeDefs } of modules) {
    for (const table of ROW_TABLES.filter((one) => one.domain === domain)) {
      const contract = readRowContract(typeDefs, country, await findWrongLetters(db, table))
      const place = { table: table.table, names: table.names, most: options.examples }
      const counted = await countRows(db, place, listConditions(table, contract))
      if (counted.rows === 0 && MAIN.has(table.table)) findings.push({ id: 'TABLE_EMPTY', place: table.table })
      findings.push(...counted.findings)
    }
  }
  return findings
}

/** The tables of a country as the checks of rows look at them. All of it follows from contract/records. */

/** One table. */
export interface RowTable {
  readonly table: string
  readonly domain: Domain
  /** An expression that names a row by the ids of records, for examples. */
  readonly names: string
  /** The coordinate of the field that each column answers. */
  readonly columns: Readonly<Record<string, string>>
  /** The columns that hold ids of records. */
  readonly ids: readonly IdColumn[]
  /** Pairs of columns that are in the order of time: the second is on the day of the first or later. */
  readonly ordered: readonly (readonly [earlier: string, later: string])[]
  /** Days and moments that cannot be in the future. */
  readonly past: readonly string[]
  /** The column that says when the row changed last: never before it was recorded. */
  readonly changes?: string
}

/** A column of ids. */
export interface IdColumn {
  readonly column: string
  /** Whose id it is: the country's own, one of any country, or one of another country. */
  readonly of: 'own' | 'any' | 'other'
  /** The table of the record; without one it is a place in this table. */
  readonly target?: string
}

/** All tables whose rows become records, by domain in the order of their migrations. */
export const ROW_TABLES: readonly RowTable[] = RECORD_KINDS.map(toRowTable).toSorted(
  (a, b) => DOMAINS.indexOf(a.domain) - DOMAINS.indexOf(b.domain),
)

function toRowTable(kind: RecordKind): RowTable {
  const { table, fields, parent, changes } = kind
  return {
    table,
    domain: table.split('.', 1)[0] as Domain,
    names: nameRow(kind),
    columns: Object.fromEntries(fields.flatMap((field) => toColumn(kind, field))),
    ids: [
      ...(parent === undefined
        ? []
        : [{ column: parent.column, of: 'own', target: kindOf(parent.kind).table } as const]),
      ...fields.flatMap(toId),
    ],
    ordered: fields.flatMap(({ column, type }) =>
      type.kind === 'date' && type.after !== undefined ? [[type.after, column] as const] : [],
    ),
    past: fields.flatMap(({ column, type }) =>
      type.kind === 'moment' || (type.kind === 'date' && type.isPast === true) ? [column] : [],
    ),
    ...(changes !== undefined && { changes }),
  }
}

/** A row of its own has an id; what hangs on a record is named by that record and the rest of its key. */
function nameRow({ primaryKey, parent, fields }: RecordKind): string {
  const linked = new Set(fields.filter(({ type }) => type.kind === 'reference').map(({ column }) => column))
  const rest = primaryKey.filter((column) => column !== parent?.column && !linked.has(column))
  return [...(parent === undefined ? [] : [parent.column]), ...rest].join(` || ' ' || `)
}

/** Ids are checked as ids, and texts have no form. */
function toColumn(kind: RecordKind, field: FieldSpec): readonly (readonly [column: string, coordinate: string])[] {
  const coordinate = coordinateOf(kind, field)
  return coordinate === null || field.type.kind === 'id' || field.type.kind === 'reference'
    ? []
    : [[field.column, coordinate]]
}

function toId({ column, type }: FieldSpec): readonly IdColumn[] {
  if (type.kind === 'id') return [{ column, of: 'own' }]
  if (type.kind !== 'reference') return []
  return [{ column, of: type.owner, ...(type.owner !== 'other' && { target: kindOf(type.to).table }) }]
}

/** Which rows of a table the contract cannot take, as conditions of SQL. They come from the types of the contract's fields. */

/** One condition: a row that meets it is a finding. */
interface RowCondition {
  readonly id: string
  /** `cases.case_file.status`. */
  readonly place: string
  readonly condition: string
  readonly details: NonNullable<Finding['details']>
}

/** What the conditions are made from. */
export interface RowContract {
  readonly country: string
  /** The types of fields, by coordinate. */
  readonly fields: ReadonlyMap<string, TypeNode>
  /** The values of enums, by name. */
  readonly enums: ReadonlyMap<string, readonly string[]>
  /** Characters beyond ASCII that the ids of these rows have, but that no id may have. */
  readonly wrongLetters: string
}

/** Reads the types of a domain. */
export function readRowContract(typeDefs: DocumentNode, country: string, wrongLetters: string): RowContract {
  const enums = typeDefs.definitions
    .filter((node): node is EnumTypeDefinitionNode => node.kind === Kind.ENUM_TYPE_DEFINITION)
    .map((node) => [node.name.value, (node.values ?? []).map(({ name }) => name.value)] as const)
  return { country, fields: readSdlFloor(typeDefs).fields, enums: new Map(enums), wrongLetters }
}

type Make = (id: string, column: string, condition: string, details?: RowCondition['details']) => RowCondition

/** Lists the conditions of a table. No row meets two of one column. */
export function listConditions(table: RowTable, contract: RowContract): readonly RowCondition[] {
  const { columns, ids, ordered, past, changes } = table
  const make: Make = (id, column, condition, details = {}) => ({
    id,
    place: `${table.table}.${column}`,
    condition,
    details,
  })
  const recorded = `${changes} < recorded_at and recorded_at <= '9999-12-31'`
  return [
    ...Object.entries(columns).flatMap(([column, coordinate]) => ofColumn(make, column, coordinate, contract)),
    ...ids.flatMap((id) => ofId(make, id, contract)),
    ...ordered.map(([earlier, later]) => make('DATES_REVERSED', later, `${later} < ${earlier}`, { earlier, later })),
    // Of an impossible day it was said that it is one.
    ...past.map((column) => {
      const margin = marginOf(table, column, contract)
      return make('DATE_IN_FUTURE', column, `${column} > now() + interval '${margin}' and ${column} <= '9999-12-31'`)
    }),
    // A record cannot be recorded after it changed last, but its time was read in a wrong time zone. `recordedSince` then leaves it out.
    ...(changes === undefined ? [] : [make('RECORDED_AFTER_CHANGE', changes, recorded, { changed: changes })]),
  ]
}

/** How far before its time a day or a moment may be: a day begins somewhere on Earth 14 hours before it begins in UTC, and clocks differ a little. */
function marginOf({ columns }: RowTable, column: string, { fields }: RowContract): string {
  const type = fields.get(columns[column] ?? '')
  return type !== undefined && read(type).name === 'DateTime' ? '1 minute' : '1 day'
}

function ofColumn(
  make: Make,
  column: string,
  coordinate: string,
  { fields, enums }: RowContract,
): readonly RowCondition[] {
  const type = fields.get(coordinate)
  if (type === undefined) throw new Error(`expected a field of the contract; came ${coordinate}`)
  const { name, isList, isRequired } = read(type)
  const missing = isRequired ? [make('VALUE_MISSING', column, `${column} is null`)] : []
  const values = enums.get(name)
  if (values === undefined) return [...missing, ...ofScalar(make, column, name, isList)]
  const isHandling = name === 'HandlingCode'
  const empty = isHandling ? ` or (cardinality(${column}) = 0 and handling_note is null)` : ''
  const wrong = isList
    ? `(not ${column}::text[] <@ ${arrayOf(values)} or array_position(${column}, null) is not null${empty})`
    : `${column}::text <> all(${arrayOf(values)})`
  return [
    ...missing,
    make(isHandling ? 'HANDLING_UNKNOWN' : 'VALUE_UNKNOWN', column, wrong, { values: values.join(', ') }),
  ]
}

function ofScalar(make: Make, column: string, name: string, isList: boolean): readonly RowCondition[] {
  const ofItems = (condition: (item: string) => string): string =>
    isList
      ? `exists (select from unnest(${column}) as items(item) where item is null or ${condition('item')})`
      : condition(column)
  const wrongCountry = (item: string): string => `${item} <> all(${arrayOf(COUNTRIES)})`
  const malformed = (item: string): string => `${item} !~ '^([0-9]{2}|[0-9]{4,6})$'`
  switch (name) {
    case 'CountryCode':
      return [make('COUNTRY_UNKNOWN', column, ofItems(wrongCountry))]
    case 'IccsCode':
      return [make('ICCS_MALFORMED', column, ofItems(malformed))]
    case 'Date':
    case 'DateTime':
      return [make('DATE_IMPOSSIBLE', column, `not ${column} between '0001-01-01' and '9999-12-31'`)]
    default:
      return []
  }
}

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
/** The codes of countries, and UN. */
const COUNTRIES = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter(isCountryCode)

/** An id is malformed, or of the wrong country, but not both. Nearly each is plain, and the database looks no further at it. */
function ofId(make: Make, { column, of }: IdColumn, { country, wrongLetters }: RowContract): readonly RowCondition[] {
  const isPlain = (owner: string): string => `${column} ~ '^${owner}:[A-Za-z0-9._:/-]{1,120}$'`
  // Letters beyond ASCII are looked at one by one (findWrongLetters), because PostgreSQL knows no classes of Unicode.
  const isWide = `${column} ~ '^[A-Z]{2}:[^\\u0001-\\u002c\\u003b-\\u0040\\u005b-\\u005e\\u0060\\u007b-\\u007f${wrongLetters}]{1,120}$'`
  const isOfCountry = `left(${column}, 2) = any(${arrayOf(COUNTRIES)})`
  const wellFormed = `(${isOfCountry} and (${isPlain('[A-Z]{2}')} or ${isWide} and ${column} is nfc normalized))`
  const isOwn = `left(${column}, 3) = '${country}:'`
  const plain = of === 'own' ? `not ${isPlain(country)} and ` : ''
  const malformed = make('ID_MALFORMED', column, `${plain}not ${wellFormed}`)
  if (of === 'any') return [malformed]
  return of === 'other'
    ? [malformed, make('LINK_TO_SELF', column, `${isOwn} and ${wellFormed}`, { country })]
    : [malformed, make('ID_OF_OTHER_COUNTRY', column, `not ${isOwn} and ${wellFormed}`, { country })]
}

function arrayOf(texts: readonly string[]): string {
  return `'{${texts.join(',')}}'::text[]`
}

function read(type: TypeNode): { readonly name: string; readonly isList: boolean; readonly isRequired: boolean } {
  const isRequired = type.kind === Kind.NON_NULL_TYPE
  let [inner, isList] = [type, false]
  while (inner.kind !== Kind.NAMED_TYPE) {
    if (inner.kind === Kind.LIST_TYPE) isList = true
    inner = inner.type
  }
  return { name: inner.name.value, isList, isRequired }
}

/** What is counted: a table, an expression that names one of its rows by ids, and how many rows of each condition are named. */
export interface CountedTable {
  readonly table: string
  readonly names: string
  readonly most: number
}

/** Runs a statement that may read a whole table: no leg waits for it. */
export function queryUnhurried<Row extends object>(
  db: Database,
  text: string,
  params: readonly unknown[] = [],
): Promise<Row[]> {
  return db.transaction(async (transaction) => {
    await transaction.execute('set local statement_timeout = 0')
    return transaction.query<Row>(text, params)
  })
}

/**
 * Counts the rows that meet each condition, and names some of them, with one statement for each: the planner makes joins of `exists` and `not exists`,
 * which it cannot do of a filter.
 */
async function countEach(
  db: Database,
  counted: CountedTable,
  conditions: readonly RowCondition[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const one of conditions) {
    const text = `select count(*)::float8 as count from ${counted.table} where ${one.condition}`
    const [row] = await queryUnhurried<{ count: number }>(db, text)
    findings.push(...(await toFinding(db, counted, one, row?.count ?? 0)))
  }
  return findings
}

/**
 * Reads a table once, counts the rows that meet each condition, and then names some of each. The database counts, so a table of any size takes no
 * memory here. `rows`: how many the table has.
 */
export async function countRows(
  db: Database,
  counted: CountedTable,
  conditions: readonly RowCondition[],
): Promise<{ readonly rows: number; readonly findings: readonly Finding[] }> {
  const counts = conditions.map(({ condition }, at) => `, count(*) filter (where ${condition})::float8 as c${at}`)
  const text = `select count(*)::float8 as rows${counts.join('')} from ${counted.table}`
  const [row = {}] = await queryUnhurried<Record<string, number>>(db, text)
  const findings: Finding[] = []
  for (const [at, one] of conditions.entries())
    findings.push(...(await toFinding(db, counted, one, row[`c${at}`] ?? 0)))
  return { rows: row.rows ?? 0, findings }
}

async function toFinding(
  db: Database,
  { table, names, most }: CountedTable,
  { condition, ...found }: RowCondition,
  count: number,
): Promise<readonly Finding[]> {
  if (count === 0) return []
  const text = `select ${names} as name from ${table} where ${condition} order by 1 limit ${most}`
  const named = await queryUnhurried<{ name: string | null }>(db, text)
  return [{ ...found, count, examples: named.map(({ name }) => name ?? '?') }]
}

/** A letter or digit of any script: an id may have it (contract/record-id.ts). */
const LETTER = /^[\p{L}\p{N}]$/u

/**
 * Finds the characters beyond ASCII in the ids of a table that no id may have, such as a dash that only looks like one. Most tables have none.
 * @returns them as the inside of a class of a regular expression of PostgreSQL: `\u2013\u00a0`.
 */
export async function findWrongLetters(db: Database, { table, ids }: RowTable): Promise<string> {
  const each = ids.map(({ column }) => `select ${column} as id from ${table} where ${column} ~ '[^\\u0001-\\u007f]'`)
  if (each.length === 0) return ''
  const rows = await queryUnhurried<{ letter: string }>(
    db,
    `select distinct letter from (${each.join(' union all ')}) as wide, regexp_split_to_table(wide.id, '') as letters(letter)
     where letter ~ '[^\\u0001-\\u007f]'`,
  )
  return rows
    .filter(({ letter }) => !LETTER.test(letter))
    .map(({ letter }) => `\\U${(letter.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`)
    .join('')
}

/** The tables whose rows say with whom they are shared. */
const SHARED = ['cases.case_file', 'cases.warrant', 'persons.person', 'legal.mla_request']

/** The condition for a code that has the form of one (rows.ts), but is not in the list. */
const unknownCode = (code: string): string =>
  `${code} ~ '^([0-9]{2}|[0-9]{4,6})$' and not exists (select from reference.iccs_code known where known.code = ${code})`

/** The conditions of codes of the ICCS that are not in the list, by table. */
const UNKNOWN_CODES: Readonly<Record<string, string>> = {
  'cases.offence': unknownCode('offence.iccs'),
  'legal.statute': `exists (select from unnest(iccs) as codes(code) where ${unknownCode('codes.code')})`,
}

/** Checks what rows name: records of the country, codes of the ICCS, task forces. */
export async function checkReferences(context: DatabaseContext): Promise<readonly Finding[]> {
  const { db, modules, country, options } = context
  const domains = new Set<string>(modules.map(({ domain }) => domain))
  const isServed = (table: string): boolean => domains.has(table.split('.', 1)[0] ?? '')
  // Without a list of codes, only their form can be checked.
  const [codes] = await db.query<{ listed: boolean }>('select exists (select from reference.iccs_code) as listed')
  const findings: Finding[] = []
  for (const { table, names, ids } of ROW_TABLES.filter((one) => isServed(one.table))) {
    const alias = table.split('.')[1] ?? ''
    const conditions = ids.flatMap(({ column, target }): readonly RowCondition[] => {
      if (target === undefined || !isServed(target)) return []
      const condition = `left(${alias}.${column}, 3) = '${country}:' and not exists (select from ${target} target where target.id = ${alias}.${column})`
      return [{ id: 'REFERENCE_DANGLES', place: `${table}.${column}`, condition, details: { target } }]
    })
    const condition = codes?.listed ? UNKNOWN_CODES[table] : undefined
    const unknown: readonly RowCondition[] =
      condition === undefined ? [] : [{ id: 'ICCS_UNKNOWN', place: `${table}.iccs`, condition, details: {} }]
    findings.push(...(await countEach(db, { table, names, most: options.examples }, [...conditions, ...unknown])))
  }
  for (const table of SHARED.filter(isServed)) findings.push(...(await checkSharing(context, table)))
  return findings
}

/** Checks that rows are shared with task forces that the country file names. Without the file, only that they are shared at all. */
async function checkSharing({ db, rules, options }: DatabaseContext, table: string): Promise<readonly Finding[]> {
  const place = `${table}.shared_with`
  const [some] = await queryUnhurried<{ rows: boolean; shared: boolean }>(
    db,
    `select exists (select from ${table}) as rows, exists (select from ${table} where cardinality(shared_with) > 0) as shared`,
  )
  if (some?.rows !== true) return []
  if (!some.shared) return [{ id: 'SHARED_WITH_NOBODY', place }]
  // `*` shows each task force only H0 and H1 (docs/access.md, Rows): nobody sees the others.
  const condition = `shared_with = '{*}' and not handling <@ '{H0,H1}'`
  const hides = { id: 'HANDLING_HIDES', place: `${table}.handling`, condition, details: {} } as const
  const hidden = await countEach(db, { table, names: 'id', most: options.examples }, [hides])
  if (rules === null) return hidden
  const unknown = await queryUnhurried<{ name: string; count: number }>(
    db,
    `select name, count(*)::float8 as count from ${table}, unnest(shared_with) as named(name)
     where not name = any($1::text[]) group by 1 order by 1`,
    [['*', ...rules.read.access.taskForces.map(({ id }) => id)]],
  )
  if (unknown.length === 0) return hidden
  const count = unknown.reduce((sum, one) => sum + one.count, 0)
  const names = unknown.slice(0, options.examples).map(({ name }) => name)
  return [...hidden, { id: 'SHARED_WITH_UNKNOWN', place, count, details: { taskForces: names.join(', ') } }]
}

/** A person who only has a part in cases as a victim or witness. */
const ONLY_VICTIM = `not protected
  and exists (select from cases.participant part where part.person_id = person.id and part.role in ('WITNESS', 'VICTIM'))
  and not exists (select from cases.participant part where part.person_id = person.id and part.role not in ('WITNESS', 'VICTIM'))
  and not exists (select from cases.warrant warrant where warrant.subject_id = person.id)`

const WITHOUT_NAME = `not protected
  and not exists (select from persons.person_name named where named.person_id = person.id and cardinality(named.keys) > 0)`

/**
 * Checks what is derived from rows, or follows from them: what a node checks at each start (coverage.ts), and whether a search may find a
 * victim, or never finds a person.
 */
export async function checkDerived({ db, modules, options, now }: DatabaseContext): Promise<readonly Finding[]> {
  const findings = [...(await findUncoveredRows(db, modules))]
  const served = new Set<string>(modules.map(({ domain }) => domain))
  if (served.has('persons')) {
    const person = { table: 'persons.person', names: 'id', details: {} }
    const victim = {
      ...person,
      id: 'VICTIM_NOT_PROTECTED',
      place: 'persons.person.protected',
      condition: ONLY_VICTIM,
    } as const
    const doubts = listDoubts(SERVED_TABLES, new Date(now).toISOString().slice(0, 10))
    for (const { table, names, ...condition } of [
      { ...person, id: 'PERSON_NEVER_FOUND', place: 'persons.person', condition: WITHOUT_NAME } as const,
      ...(served.has('cases') ? [victim] : []),
      ...doubts.map((doubt) => ({ ...doubt, details: {} })),
    ]) {
      findings.push(...(await countEach(db, { table, names, most: options.examples }, [condition])))
    }
  }
  if (served.has('legal')) {
    const [coverage] = await db.query<{ found: boolean }>('select exists (select from legal.coverage) as found')
    if (coverage?.found !== true) findings.push({ id: 'COVERAGE_UNSAID', place: 'legal.coverage' })
  }
  return findings
}

/** Finds rows that what is derived from rows does not cover, so that a search would miss them. */
export async function findUncoveredRows(db: Database, modules: readonly DomainModule[]): Promise<readonly Finding[]> {
  const found = await Promise.all(modules.map(({ tables }) => (tables === undefined ? [] : findUncovered(db, tables))))
  return found.flat().map(({ table, says }) => ({
    id: 'DERIVED_UNCOVERED',
    place: table,
    details: { remedy: sayTable(says.remedy) },
  }))
}

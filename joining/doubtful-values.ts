/**
 * Values that a database takes and that cannot be true of a person, as conditions of SQL: minors whom nobody protects, numbers that identify nobody,
 * birth dates that a form filled in, and texts that were read in a wrong encoding. `istmo check` asks the tables, `istmo sync` what it stages.
 */

import { IBAN, IDENTIFIER_CATEGORIES, isIssued } from '../contract/identifiers.ts'

/** The ids of these findings. */
export const DOUBT_IDS = [
  'MINOR_NOT_PROTECTED',
  'BIRTH_DATE_DOUBTFUL',
  'IDENTIFIER_PLACEHOLDER',
  'IDENTIFIER_OF_MANY',
  'IDENTIFIER_NOT_NORMAL',
  'TEXT_GARBLED',
] as const
/** One of {@link DOUBT_IDS}. */
export type DoubtId = (typeof DOUBT_IDS)[number]

/** A condition, and the rows that it is asked of. */
export interface Doubt {
  readonly id: DoubtId
  /** The column in the contract's tables: `persons.identifier.value`. */
  readonly place: string
  /** Where the rows are. */
  readonly table: string
  /** An expression that names a row. */
  readonly names: string
  readonly condition: string
}

/** Where the rows are: the tables of the contract, or others with the same columns. */
export interface DoubtedTables {
  readonly person: string
  /** Null: not looked at. */
  readonly name: string | null
  readonly identifier: string | null
}

/** The tables of a node. */
export const SERVED_TABLES: DoubtedTables = {
  person: 'persons.person',
  name: 'persons.person_name',
  identifier: 'persons.identifier',
}

/** Below it, one day of birth of so many persons is chance; above, one of so many persons who have a date is. */
const FEW_OF_A_DAY = 20
const SHARE_OF_A_DAY = 2_000

/** UTF-8 that was read as Latin-1 or Windows-1252 (`MuÃ±oz`), and signs that stand for what could not be read: a regular expression for PostgreSQL and here. */
export const GARBLED =
  '[ÃÂ][\\u0080-\\u00bf\\u0152\\u0153\\u0160\\u0161\\u0178\\u017d\\u017e\\u0192\\u02c6\\u02dc\\u2013-\\u2022\\u2026\\u2030\\u2039\\u203a\\u20ac\\u2122]|\\ufffd|ï¿½'

/**
 * Lists what is doubted of persons.
 * @param today a day in UTC, `YYYY-MM-DD`.
 */
export function listDoubts({ person, name, identifier }: DoubtedTables, today: string): readonly Doubt[] {
  const doubt = (id: DoubtId, column: string, table: string, condition: string): Doubt => ({
    id,
    place: `persons.${column}`,
    table,
    condition,
    names: table === person ? 'id' : `person_id || ' ' || ordinal`,
  })
  return [
    doubt('MINOR_NOT_PROTECTED', 'person.protected', person, `not protected and ${isMinorOn(today, 'birth_date')}`),
    doubt(
      'BIRTH_DATE_DOUBTFUL',
      'person.birth_date',
      person,
      `birth_date >= '0001-01-01' and birth_date < date '${today}' - interval '120 years' or birth_date in (select birth_date from ${person}
         group by 1 having count(*) > greatest(${FEW_OF_A_DAY}, (select count(birth_date) from ${person}) / ${SHARE_OF_A_DAY}))`,
    ),
    ...(name === null ? [] : [doubt('TEXT_GARBLED', 'person_name.full_name', name, `full_name ~ '${GARBLED}'`)]),
    ...(identifier === null
      ? []
      : [
          doubt(
            'IDENTIFIER_PLACEHOLDER',
            'identifier.value',
            identifier,
            'persons.is_placeholder(persons.fold_identifier(value)) and not persons.has_signs(category)',
          ),
          doubt('IDENTIFIER_NOT_NORMAL', 'identifier.value', identifier, NOT_NORMAL),
        ]),
    ...(identifier === null || name === null
      ? []
      : [doubt('IDENTIFIER_OF_MANY', 'identifier.value', identifier, isOfMany(identifier, name))]),
  ]
}

/** The normal forms of contract/identifiers.ts, as far as the form of a text tells. What has no digit at all is a placeholder. */
const NOT_NORMAL = `case category
  when 'TELEPHONE' then value !~ '^\\+[1-9][0-9]{5,14}$' and not persons.is_placeholder(persons.fold_identifier(value))
  when 'EMAIL' then value !~ '^[^[:space:]@]+@[^[:space:]@]+\\.[^[:space:]@]+$' or value <> lower(value)
  when 'SOCIAL_HANDLE' then value !~ '^[^[:space:]]+:[^[:space:]]+$' or value <> lower(value)
  else not persons.is_document(category) and value <> upper(regexp_replace(value, '[^[:alnum:]]', '', 'g'))
    and not persons.is_placeholder(persons.fold_identifier(value)) end`

/** Writes the condition that whoever was born on a day is under 18 on another one, `YYYY-MM-DD`. */
export function isMinorOn(today: string, born: string): string {
  const { after, until } = birthDatesOfMinors(today)
  return `${born} > date '${after}' and ${born} <= date '${until}'`
}

/**
 * Returns between which birth dates whoever is under 18 on a day (`YYYY-MM-DD`) is: after the first one, and until the last one, which is the next day, because
 * it is that day already somewhere else.
 */
export function birthDatesOfMinors(today: string): { readonly after: string; readonly until: string } {
  const [year = 0, month = 1, day = 1] = today.split('-').map(Number)
  const write = (...date: [number, number, number]): string => new Date(Date.UTC(...date)).toISOString().slice(0, 10)
  // 18 years before 29 February is 28 February.
  const last = month === 2 && day === 29 ? 28 : day
  return { after: write(year - 18, month - 1, last), until: write(year, month - 1, day + 1) }
}

/** Whether {@link isMinorOn} holds for a day of birth, `YYYY-MM-DD` too, outside of the database. Null: it is not known. */
export function isMinor(today: string, born: string | null): boolean {
  const { after, until } = birthDatesOfMinors(today)
  return born !== null && born > after && born <= until
}

/** As `persons.identifier_owners` judges one value, for all of them: without the country where it tells nothing, and with the signs where they tell values apart. */
function isOfMany(identifier: string, name: string): string {
  const issued = IDENTIFIER_CATEGORIES.filter((category) => isIssued({ category, value: '' }))
  const compared = (row: string): string => `${row}category,
    case when ${row}category in (${issued.map((one) => `'${one}'`).join()})
      and not (${row}category = 'BANK_ACCOUNT' and upper(persons.fold_identifier(${row}value)) ~ '${IBAN.source}') then ${row}jurisdiction else '' end,
    case when persons.has_signs(${row}category) then lower(${row}value) else persons.fold_identifier(${row}value) end`
  return `(${compared('')}) in (
    select ${compared('i.')}
    from ${identifier} i join ${name} n on n.person_id = i.person_id and n.category = 'LEGAL'
    where persons.has_signs(i.category) or not persons.is_placeholder(persons.fold_identifier(i.value))
    group by 1, 2, 3 having count(distinct i.person_id) > persons.most_names_of_identifier()
      and count(distinct istmo.fold(n.full_name)) > persons.most_names_of_identifier())`
}

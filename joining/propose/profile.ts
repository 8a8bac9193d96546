/** Looks at the rows of a table to see what its columns hold. Nothing of a row is kept but the values of columns that have few. */
import { birthDatesOfMinors } from '../doubtful-values.ts'
import { cleanText } from '../mapping/clean-text.ts'
import { compileDateFormat, type ReadDate, writeDay } from '../mapping/date-format.ts'
import type { Source, SourceColumn, SourceTable } from '../sources/source.ts'

/** How many rows of a table are looked at. */
export const SAMPLE_ROWS = 5_000

/** How much text of a table is looked at, in characters: old databases keep photographs in their rows. */
const SAMPLE_CHARACTERS = 32 * 1_048_576

/** A column with more values than this is not a list of words. */
const MAX_VALUES = 40

/** The greatest share of values that may have another form than the dates of their column. */
const MAX_MISFITS = 0.1

/** The greatest share of ids that may have another shape than nearly all of them. */
const MAX_OTHER_SHAPES = 0.05

/** A column with more shapes than this has none. */
const MAX_SHAPES = 100

/** A longer text is not a word of a list. */
const MAX_VALUE_LENGTH = 80

/** What a column holds, as far as the sample shows it. */
export interface ColumnProfile extends SourceColumn {
  /** The share of rows with a value, 0 to 1. */
  readonly filled: number
  /** Whether there were rows, and none had a value. */
  readonly isEmpty: boolean
  /** The values with the number of their rows, the most frequent first; null if they are many, long, or one in each row. */
  readonly values: ReadonlyMap<string, number> | null
  /** Whether no two rows have the same value. */
  readonly isUnique: boolean
  /** The forms in which nearly all values are dates, the likeliest first; empty if they are something else. All of them read the same values. */
  readonly formats: readonly string[]
  /** How many values of the sample have none of these forms: old databases have a 31 February. */
  readonly misfits: number
  /** How many values are days of less than 18 years ago, in the likeliest of these forms. */
  readonly minors: number
  /** Whether most values look like days to a person, in whatever forms: `ene-2024`, or two forms in one column. */
  readonly isDateLike: boolean
  /** The shape of nearly all values, if some have another one: a regular expression, and how many have another. Null if all or few have one shape. */
  readonly shape: { readonly pattern: string; readonly others: number } | null
}

/** A table with what its columns hold. */
export interface TableProfile extends Omit<SourceTable, 'columns'> {
  readonly columns: readonly ColumnProfile[]
  /** How many rows were looked at. */
  readonly sampled: number
}

/** The forms of dates that are tried, the likeliest first. `yearsFrom` matters only for the check. */
export const COMMON_FORMATS: readonly string[] = [
  'DD/MM/YYYY',
  'MM/DD/YYYY',
  'DD-MM-YYYY',
  'DD.MM.YYYY',
  'YYYY/MM/DD',
  'YYYYMMDD',
  'D/M/YYYY',
  'M/D/YYYY',
  'D-M-YYYY',
  'DD/MM/YY',
  'D-MMM-YY',
  'D-MMM-YYYY',
  'D MMM YYYY',
  'D [de] MMMM [de] YYYY',
  'DD/MM/YYYY HH:mm',
  'DD/MM/YYYY HH:mm:ss',
  'D/M/YYYY H:mm',
  'D/M/YYYY H:mm:ss',
  'DD/MM/YYYY hh:mm A',
  'DD/MM/YYYY hh:mm:ss A',
  'MM/DD/YYYY hh:mm:ss A',
]

const READERS: readonly (readonly [string, ReadDate])[] = COMMON_FORMATS.flatMap((format) => {
  const compiled = compileDateFormat(format, 1930)
  return 'read' in compiled ? [[format, compiled.read] as const] : []
})

/** `2026-03-14`, with or without a time: what a rule reads without a format. */
const PLAIN = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?$/

/** What looks like a day to a person: a year of our time, or `14-3-24`, `14 mar 24`. A longer text is about something else. */
const DATE_LIKE = /(?<!\d)(?:1[89]|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./ -](?:\d{1,2}|\p{L}{3,10})[./ -]\d{2}(?!\d)/u
const MAX_DATE_LENGTH = 40

/** The format that stands for «without a format». */
export const PLAIN_FORMAT = ''

/**
 * Profiles a table by its first rows.
 * @param today a day, `YYYY-MM-DD`.
 * @throws {SourceError} if it cannot be read.
 */
export async function profileTable(
  source: Source,
  table: SourceTable,
  today = new Date().toISOString().slice(0, 10),
): Promise<TableProfile> {
  const columns = table.columns.map((column) => ({ column, sketch: createSketch() }))
  let sampled = 0
  let characters = 0
  for await (const { rows } of source.read({ from: table.name })) {
    for (const { row } of rows) {
      for (const { column, sketch } of columns) {
        const text = row[column.name]
        characters += text?.length ?? 0
        sketch.add(cleanText(text))
      }
      sampled++
    }
    if (sampled >= SAMPLE_ROWS || characters >= SAMPLE_CHARACTERS) break
  }
  const profiled = columns.map(({ column, sketch }) => ({ ...column, ...sketch.finish(sampled, today) }))
  return { ...table, sampled, columns: profiled }
}

type Finding = Omit<ColumnProfile, keyof SourceColumn>

function createSketch() {
  const counts = new Map<string, number>()
  const shapes = new Map<string, number>()
  let filled = 0
  let dateLike = 0
  let isLong = false
  const forms = new Map([PLAIN_FORMAT, ...READERS.map(([format]) => format)].map((format) => [format, 0]))
  return {
    add(value: string | null): void {
      if (value === null) return
      filled++
      if (value.length > MAX_VALUE_LENGTH) isLong = true
      if (value.length <= MAX_DATE_LENGTH && DATE_LIKE.test(value)) dateLike++
      counts.set(value, (counts.get(value) ?? 0) + 1)
      const shape = shapeOf(value)
      if (shapes.has(shape) || shapes.size < MAX_SHAPES) shapes.set(shape, (shapes.get(shape) ?? 0) + 1)
      for (const [format, misses] of forms) {
        if (fits(value, format)) continue
        if (misses >= 5 + filled * MAX_MISFITS) forms.delete(format)
        else forms.set(format, misses + 1)
      }
    },
    finish(sampled: number, today: string): Finding {
      const isUnique = filled > 0 && counts.size === filled
      const { formats, misfits } = bestForms(forms, filled)
      const few = counts.size > 0 && counts.size <= MAX_VALUES && !isLong && (!isUnique || counts.size === 1)
      return {
        filled: sampled === 0 ? 0 : filled / sampled,
        isEmpty: sampled > 0 && filled === 0,
        values: few ? new Map([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))) : null,
        isUnique,
        formats,
        misfits,
        minors: countMinors(counts, formats, today),
        isDateLike: dateLike * 2 > filled,
        shape: mostUsualShape(shapes, filled),
      }
    },
  }
}

/** The shape of a value: runs of digits and of letters, and the signs between them. */
function shapeOf(value: string): string {
  return value
    .slice(0, MAX_VALUE_LENGTH)
    .replaceAll(/\p{N}+|\p{L}+|[^\p{N}\p{L}]/gu, (run) =>
      /^\p{N}/u.test(run) ? '\\d+' : /^\p{L}/u.test(run) ? '\\p{L}+' : run.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&'),
    )
}

function mostUsualShape(shapes: ReadonlyMap<string, number>, filled: number): Finding['shape'] {
  const [most] = [...shapes].toSorted(([, m], [, n]) => n - m)
  if (most === undefined) return null
  const [pattern, count] = most
  const others = filled - count
  return others > 0 && others <= filled * MAX_OTHER_SHAPES ? { pattern, others } : null
}

/** The forms that read the most values, if these are nearly all. */
function bestForms(forms: ReadonlyMap<string, number>, filled: number): Pick<Finding, 'formats' | 'misfits'> {
  const least = Math.min(...forms.values(), filled)
  const isForm = filled > 0 && least <= Math.max(1, filled * MAX_MISFITS) && least * 3 < filled
  if (!isForm) return { formats: [], misfits: 0 }
  return { formats: [...forms].flatMap(([format, misses]) => (misses === least ? [format] : [])), misfits: least }
}

/** Counts by the same dates as the checks of what is in a table. */
function countMinors(counts: ReadonlyMap<string, number>, [format]: readonly string[], today: string): number {
  if (format === undefined) return 0
  const { after, until } = birthDatesOfMinors(today)
  let minors = 0
  for (const [value, count] of counts) {
    const day = format === PLAIN_FORMAT ? value.slice(0, 10) : dayIn(value, format)
    if (day !== null && day > after && day <= until) minors += count
  }
  return minors
}

function dayIn(value: string, format: string): string | null {
  const parts = READERS.find(([each]) => each === format)?.[1](value)
  return parts?.day == null ? null : writeDay(parts.year, parts.month, parts.day)
}

function fits(value: string, format: string): boolean {
  if (format === PLAIN_FORMAT) return PLAIN.test(value)
  return READERS.find(([each]) => each === format)?.[1](value) != null
}

/**
 * SQL with its values beside it: a tagged template that turns each value that is not a piece of SQL into `$1`, `$2` … A value
 * therefore never becomes a part of a statement's text.
 */

/** A piece of SQL. `strings` is one longer than `values`. A value that is itself a piece is spliced in. */
export interface Sql {
  readonly strings: readonly string[]
  readonly values: readonly unknown[]
  /** The name of the field that reads these columns; undefined for a piece that belongs to each statement. */
  readonly onlyFor?: string
}

/** A statement in the form that {@link Database.query} accepts. */
export interface Statement {
  readonly text: string
  readonly params: readonly unknown[]
}

/** Makes a piece of SQL: text stays as it is, pieces are spliced in, each other value becomes a parameter. */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  return { strings, values }
}

/** Makes a piece of SQL from text of our code: names and expressions, never text from outside. */
export function raw(text: string): Sql {
  return { strings: [text], values: [] }
}

/** Makes a piece of columns that only one field reads, with the comma before them. A statement of a leg that does not ask for it lacks them. */
export function columnsFor(field: string, columns: Sql): Sql {
  return { ...sql`, ${columns}`, onlyFor: field }
}

/** Joins conditions by `and`; returns `true` if there are none. */
export function allOf(conditions: readonly Sql[]): Sql {
  return joinConditions(conditions, 'and', 'true')
}

/** Joins conditions by `or`; returns `false` if there are none. */
export function anyOf(conditions: readonly Sql[]): Sql {
  return joinConditions(conditions, 'or', 'false')
}

/** Joins conditions in one piece, however many there are: a piece within a piece for each would be too deep to write. */
function joinConditions(conditions: readonly Sql[], operator: string, ofNone: string): Sql {
  if (conditions.length === 0) return raw(ofNone)
  const between = conditions.slice(1).map(() => `) ${operator} (`)
  return { strings: ['((', ...between, '))'], values: conditions }
}

/**
 * Makes a statement of a piece: numbers the parameters in the order in which they occur.
 * @param mayAskFor returns whether a field is asked for, whose columns are left out otherwise. Default: each field is.
 */
export function compile(piece: Sql, mayAskFor: (field: string) => boolean = () => true): Statement {
  const params: unknown[] = []
  const text: string[] = []
  write(piece, { text, params, mayAskFor })
  return { text: text.join(''), params }
}

interface Writing {
  readonly text: string[]
  readonly params: unknown[]
  readonly mayAskFor: (field: string) => boolean
}

function write({ onlyFor, strings, values }: Sql, to: Writing): void {
  if (onlyFor !== undefined && !to.mayAskFor(onlyFor)) return
  for (const [i, part] of strings.entries()) {
    if (i > 0) {
      const value = values[i - 1]
      if (isSql(value)) write(value, to)
      else to.text.push(`$${to.params.push(value)}`)
    }
    to.text.push(part)
  }
}

function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && 'strings' in value && 'values' in value
}

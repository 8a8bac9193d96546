/**
 * SQL with its values beside it: a tagged template that turns each value that is not a piece of SQL into `$1`, `$2` … A value
 * therefore never becomes a part of a statement's text.
 */

/** A piece of SQL. `strings` is one longer than `values`. A value that is itself a piece is spliced in. */
export interface Sql {
  readonly strings: readonly string[]
  readonly values: readonly unknown[]
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

/** Makes a statement of a piece: numbers the parameters in the order in which they occur. */
export function compile(piece: Sql): Statement {
  const params: unknown[] = []
  const text: string[] = []
  write(piece, text, params)
  return { text: text.join(''), params }
}

function write(piece: Sql, text: string[], params: unknown[]): void {
  for (const [i, part] of piece.strings.entries()) {
    if (i > 0) {
      const value = piece.values[i - 1]
      if (isSql(value)) write(value, text, params)
      else text.push(`$${params.push(value)}`)
    }
    text.push(part)
  }
}

function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && 'strings' in value && 'values' in value
}

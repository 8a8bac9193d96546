/**
 * SQL with its values beside it: a tagged template that makes `$1`, `$2` … of what is not SQL itself, so that no value is
 * ever written into a statement's text.
 */

/** A piece of SQL. `strings` is one longer than `values`; a value that is a piece itself is spliced in. */
export interface Sql {
  readonly strings: readonly string[]
  readonly values: readonly unknown[]
}

/** A statement as {@link Database.query} takes it. */
export interface Statement {
  readonly text: string
  readonly params: readonly unknown[]
}

/** A piece of SQL: text as it is, pieces spliced in, anything else as a parameter. */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  return { strings, values }
}

/** Text of our own as SQL: names and expressions from the code, never what came from outside. */
export function raw(text: string): Sql {
  return { strings: [text], values: [] }
}

/** Conditions joined by `and`; `true` when there is none. */
export function allOf(conditions: readonly Sql[]): Sql {
  return conditions.reduce((joined, condition) => sql`${joined} and (${condition})`, raw('true'))
}

/** Conditions joined by `or`; `false` when there is none. */
export function anyOf(conditions: readonly Sql[]): Sql {
  return conditions.reduce((joined, condition) => sql`${joined} or (${condition})`, raw('false'))
}

/** Numbers the parameters, in the order in which they stand. */
export function compile(piece: Sql): Statement {
  const params: unknown[] = []
  const text = write(piece, params)
  return { text, params }
}

function write(piece: Sql, params: unknown[]): string {
  return piece.strings.reduce((text, part, i) => {
    if (i === 0) return part
    const value = piece.values[i - 1]
    return `${text}${isSql(value) ? write(value, params) : `$${params.push(value)}`}${part}`
  }, '')
}

function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && 'strings' in value && 'values' in value
}

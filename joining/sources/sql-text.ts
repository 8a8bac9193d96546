import type { ChangedRows, Selection } from './source.ts'

/** How one kind of database writes what {@link renderSelection} needs. */
export interface Dialect {
  /** Writes a name so that the database takes it exactly as it is. */
  readonly quote: (name: string) => string
  /** Writes the place of the value `n`, from 1: `$1`, `?`, `@p1`. */
  readonly parameter: (n: number) => string
}

/** A statement and its values. */
export interface SqlStatement {
  readonly text: string
  readonly values: readonly string[]
}

/** Whether a `from` is a `select` and not the name of a table. */
export function isSelect(from: string): boolean {
  return /^\s*(select|with)\s/i.test(from)
}

/** Splits the name of a table at its dots: `dbo.expediente` is `['dbo', 'expediente']`. */
export function splitName(name: string): readonly string[] {
  return name.trim().split('.')
}

/** Writes `from` as it stands behind `from` in a statement: a name, or a `select` in brackets. */
export function renderFrom(from: string, { quote }: Dialect): string {
  // Line ends, so that a comment at the end of the text does not swallow the bracket.
  if (isSelect(from)) return `(\n${from.trim().replace(/;\s*$/, '')}\n)`
  return splitName(from).map(quote).join('.')
}

/**
 * Writes the statement that reads a selection.
 * @param columns what is read: `*`, or `count(*)`.
 */
export function renderSelection(selection: Selection, dialect: Dialect, columns = '*'): SqlStatement {
  const values: string[] = []
  let tables = 0
  const render = ({ from, changed }: Selection, list: (alias: string) => string): string => {
    tables += 1
    const alias = `istmo_${tables}`
    const conditions = changed?.map((each) => renderCondition(each, alias))
    const where =
      conditions === undefined ? '' : ` where ${conditions.length === 0 ? '1 = 0' : conditions.join(' or ')}`
    return `select ${list(alias)} from ${renderFrom(from, dialect)} ${alias}${where}`
  }
  const renderCondition = (each: ChangedRows, alias: string): string => {
    const column = `${alias}.${dialect.quote(each.column)}`
    if ('since' in each) {
      values.push(each.since)
      return `${column} >= ${dialect.parameter(values.length)}`
    }
    return `${column} in (${render(each.among, (inner) => `${inner}.${dialect.quote(each.among.column)}`)})`
  }
  return { text: render(selection, (alias) => (columns === '*' ? `${alias}.*` : columns)), values }
}

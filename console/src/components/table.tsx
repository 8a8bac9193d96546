import type { ReactNode } from 'react'
import { isolate } from './shown-text.tsx'

/** A column of a table. */
export interface Column<Row> {
  readonly title: string
  /** A text is shown as what a country wrote. */
  readonly show: (row: Row) => ReactNode
  /** Whether the cells name the row. One column of a table does. */
  readonly isHeader?: boolean
  readonly isNumber?: boolean
}

/**
 * A table that can be read on a telephone: there, each row is a block, and each cell has its title.
 * @param caption names the table for those who do not see it.
 */
export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
}: {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row, index: number) => string
}) {
  return (
    <table className="rows">
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ title, isNumber }) => (
            <th key={title} scope="col" className={isNumber === true ? 'number' : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={keyOf(row, index)}>
            {columns.map(({ title, show, isHeader, isNumber }) =>
              isHeader === true ? (
                <th key={title} scope="row" data-title={title}>
                  {isolate(show(row))}
                </th>
              ) : (
                <td key={title} data-title={title} className={isNumber === true ? 'number' : undefined}>
                  {isolate(show(row))}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

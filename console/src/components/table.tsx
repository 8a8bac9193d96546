import { Table as Mantine } from '@mantine/core'
import type { ReactNode } from 'react'
import { cleanText } from './clean-text.ts'
import { isolate } from './shown-text.tsx'

/** A column of a table. */
export interface Column<Row> {
  readonly title: string
  /** What stands at the head of the column instead of its title. */
  readonly head?: ReactNode
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
  look = '',
  chosen,
  onChoose,
}: {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row, index: number) => string
  /** A class for styles. */
  readonly look?: string
  /** The row that something beside the table is about, and what is told when another one is clicked or gets the focus. */
  readonly chosen?: Row | undefined
  readonly onChoose?: (row: Row) => void
}) {
  return (
    <Mantine className={`rows ${look}`}>
      <Mantine.Caption className="unseen">{caption}</Mantine.Caption>
      <Mantine.Thead>
        <Mantine.Tr>
          {columns.map(({ title, head, isNumber }) => (
            <Mantine.Th key={title} scope="col" className={isNumber === true ? 'number' : undefined}>
              {head ?? isolate(title)}
            </Mantine.Th>
          ))}
        </Mantine.Tr>
      </Mantine.Thead>
      <Mantine.Tbody>
        {rows.map((row, index) => (
          <Mantine.Tr
            key={keyOf(row, index)}
            data-chosen={(chosen !== undefined && row === chosen) || undefined}
            onClick={() => onChoose?.(row)}
            onFocus={() => onChoose?.(row)}
          >
            {columns.map(({ title, show, isHeader, isNumber }) =>
              isHeader === true ? (
                <Mantine.Th key={title} scope="row" data-title={cleanText(title)}>
                  {isolate(show(row))}
                </Mantine.Th>
              ) : (
                <Mantine.Td
                  key={title}
                  data-title={cleanText(title)}
                  className={isNumber === true ? 'number' : undefined}
                >
                  {isolate(show(row))}
                </Mantine.Td>
              ),
            )}
          </Mantine.Tr>
        ))}
      </Mantine.Tbody>
    </Mantine>
  )
}

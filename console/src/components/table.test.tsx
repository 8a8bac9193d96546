// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { show } from '../testing.tsx'
import { type Column, Table } from './table.tsx'

interface Person {
  readonly id: string
  readonly name: string
  readonly cases: number
}

const COLUMNS: readonly Column<Person>[] = [
  { title: 'Casos', isNumber: true, show: ({ cases }) => cases },
  { title: 'Nombre', isHeader: true, show: ({ name }) => name },
]
const ROWS: readonly Person[] = [
  { id: 'GT:P-1', name: 'Ana Paz', cases: 3 },
  { id: 'HN:P-1', name: 'Ana Paz', cases: 12 },
]

describe('a table', () => {
  it('has a name, a title over each column, and a cell that names each row', async () => {
    await show(<Table caption="Personas" columns={COLUMNS} rows={ROWS} keyOf={({ id }) => id} />)
    const table = within(screen.getByRole('table', { name: 'Personas' }))
    expect(table.getAllByRole('columnheader').map(({ textContent }) => textContent)).toEqual(['Casos', 'Nombre'])
    expect(table.getAllByRole('rowheader').map(({ textContent }) => textContent)).toEqual(['Ana Paz', 'Ana Paz'])
    expect(table.getAllByRole('cell').map(({ textContent }) => textContent)).toEqual(['3', '12'])
  })

  it('gives each cell its title, which stands beside it on a telephone', async () => {
    await show(<Table caption="Personas" columns={COLUMNS} rows={ROWS} keyOf={({ id }) => id} />)
    const [, row] = screen.getAllByRole('row')
    expect([...(row?.children ?? [])].map((cell) => cell.getAttribute('data-title'))).toEqual(['Casos', 'Nombre'])
  })
})

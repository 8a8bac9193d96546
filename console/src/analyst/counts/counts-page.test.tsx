// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { RefusedQuestion } from '../../session/session.ts'
import { show, word } from '../../testing.tsx'
import { CountsForm } from './counts-form.tsx'
import { CountsGrid } from './counts-grid.tsx'
import { CountsPage } from './counts-page.tsx'
import { layOutCounts } from './lay-out-counts.ts'
import { tabulateCounts } from './tabulate-counts.ts'

const count = (country: string, year: number, cases: number) => ({ country, year, month: null, iccs: '01', cases })
const COUNTS = [count('GT', 2023, 1_234), count('GT', 2025, 8), count('HN', 2025, 5)]

it('a form of counts does not ask for years that are reversed, and says so', async () => {
  const asked: unknown[] = []
  const { user } = await show(<CountsForm before={null} onAsk={(next) => asked.push(next)} />)
  await user.type(screen.getByLabelText(word('counts.from')), '2025')
  await user.type(screen.getByLabelText(word('counts.to')), '2024')
  await user.click(screen.getByRole('button', { name: word('counts.show') }))
  expect(screen.getByRole('alert').textContent).toContain('Este año es anterior al primero.')
  expect(asked).toEqual([])
})

describe('the table of counts', () => {
  it.each([
    ['es', ['1,234', '0', '8', '1,242'], 'El Salvador', '0 o reservado'],
    ['en', ['1,234', '0', '8', '1,242'], 'El Salvador', '0 or withheld'],
  ] as const)(
    'keeps zero, what is withheld and what is missing apart, and adds only what it knows (%s)',
    async (language, numbers, missing, withheld) => {
      const countries = {
        withheldBy: ['HN'],
        answered: ['GT', 'HN'],
        asked: ['GT', 'HN', 'SV'],
        isByClass: false,
        ...{ notPublished: [], ranges: [], isMonthly: false, years: [null, null] as const },
        isOneClass: true,
      }
      const grid = layOutCounts(tabulateCounts(COUNTS, countries))
      await show(<CountsGrid grid={grid} isOwnScale={false} noteOf={() => ''} />, { language })
      const table = within(screen.getByRole('table', { name: word('counts.title') }))
      expect(table.getAllByRole('columnheader').map(({ textContent }) => textContent)).toEqual([
        word('common.country'),
        ...['2023', '2024', '2025'].map((year) => `${year}${year}`),
        word('counts.total'),
      ])
      const rows = table.getAllByRole('row').slice(1)
      const cellsOf = (row: HTMLElement | undefined) =>
        row === undefined
          ? []
          : within(row)
              .getAllByRole('cell')
              .map(({ textContent }) => textContent)
      expect(cellsOf(rows[0])).toEqual(numbers)
      expect(cellsOf(rows[1])).toEqual([...[1, 2].map(() => `${word('counts.short')}${withheld}`), '5', '≥ 5'])
      expect(within(rows[2] as HTMLElement).getByRole('rowheader').textContent).toContain(missing)
      expect(cellsOf(rows[2])).toEqual(['—', '≥ 0'])
      expect(cellsOf(rows[3])).toEqual(['≥ 1,234', '≥ 0', '≥ 13', '≥ 1,247'])
    },
  )

  it('gives a total where each country answered and none withholds', async () => {
    const countries = {
      withheldBy: [],
      answered: ['GT', 'HN'],
      asked: ['GT', 'HN'],
      isByClass: false,
      ...{ notPublished: [], ranges: [], isMonthly: false, years: [null, null] as const },
      isOneClass: true,
    }
    await show(
      <CountsGrid grid={layOutCounts(tabulateCounts(COUNTS, countries))} isOwnScale={false} noteOf={() => ''} />,
    )
    const totals = screen.getAllByRole('row').at(-1) as HTMLElement
    expect(
      within(totals)
        .getAllByRole('cell')
        .map(({ textContent }) => textContent),
    ).toEqual(['1,234', '0', '13', '1,247'])
  })

  it('says beside the bars what each country has in the period that is pointed at', async () => {
    const countries = {
      ...{ withheldBy: ['HN'], answered: ['GT', 'HN'], asked: ['GT', 'HN'], isByClass: false, isOneClass: true },
      ...{ notPublished: [], ranges: [], isMonthly: false, years: [null, null] as const },
    }
    const grid = layOutCounts(tabulateCounts(COUNTS, countries))
    const { user } = await show(<CountsGrid grid={grid} isOwnScale={false} noteOf={() => ''} />)
    await user.hover(screen.getByText('1,234', { selector: 'td.count' }))
    const tip = document.querySelector('.count-tip')
    expect(tip?.textContent).toContain('2023')
    expect(tip?.textContent).toContain('1,234')
    expect(tip?.textContent).toContain('0 o reservado')
  })
})

describe('the page of counts', () => {
  it('teaches what it counts, and asks for what the form says', async () => {
    const { user, session } = await show(<CountsPage />)
    expect(screen.getByText(word('counts.teach'))).toBeTruthy()
    await user.selectOptions(screen.getByLabelText(word('counts.by')), word('counts.MONTH'))
    await user.type(screen.getByLabelText(word('counts.from')), '2023')
    await user.type(screen.getByLabelText(word('cases.iccs')), '0601')
    await user.click(screen.getByRole('button', { name: word('counts.show') }))
    expect(session.asked.map(({ name, variables }) => [name, variables])).toEqual([
      ['CaseCounts', expect.objectContaining({ by: 'MONTH', fromYear: 2023, toYear: null, iccs: '0601' })],
    ])
  })

  it('counts the last twelve months after one press', async () => {
    const { user, session } = await show(<CountsPage />)
    await user.click(screen.getByRole('button', { name: 'Contar los últimos 12 meses' }))
    const year = new Date().getUTCFullYear()
    expect(session.asked.map(({ variables }) => variables)).toEqual([
      expect.objectContaining({ by: 'MONTH', fromYear: year - 1, toYear: year, iccs: null }),
    ])
  })

  it('says that there is nothing to count, or why it could not ask', async () => {
    let fails = true
    const { user } = await show(<CountsPage />, {
      answering: async () => {
        if (fails) throw new RefusedQuestion('QUOTA_SPENT', 'Se acabó la cuota.', null)
        return { data: { caseCounts: { counts: [], withheldBy: [] } } }
      },
    })
    await user.click(screen.getByRole('button', { name: word('counts.show') }))
    expect((await screen.findByRole('alert')).textContent).toContain('Se acabó la cuota.')
    fails = false
    await user.click(screen.getByRole('button', { name: word('common.again') }))
    expect(await screen.findByText(word('common.empty'))).toBeTruthy()
  })
})

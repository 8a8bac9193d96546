// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { RefusedQuestion } from '../../session/session.ts'
import { show, word } from '../../testing.tsx'
import { CountsForm } from './counts-form.tsx'
import { CountsPage, CountsTable } from './counts-page.tsx'
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
    ['es', ['1,234', '0 o reservado', '—', '≥ 1,234'], ['0', '0 o reservado', '—', '≥ 0'], ['8', '5', '—', '≥ 13']],
    ['en', ['1,234', '0 or withheld', '—', '≥ 1,234'], ['0', '0 or withheld', '—', '≥ 0'], ['8', '5', '—', '≥ 13']],
  ] as const)(
    'keeps zero, what is withheld and what is missing apart, and adds only what it knows (%s)',
    async (language, ...years) => {
      const countries = {
        withheldBy: ['HN'],
        answered: ['GT', 'HN'],
        asked: ['GT', 'HN', 'SV'],
        isByClass: false,
        ...{ notPublished: [], ranges: [], isMonthly: false, years: [null, null] as const },
        isOneClass: true,
      }
      await show(<CountsTable table={tabulateCounts(COUNTS, countries)} />, { language })
      const table = within(screen.getByRole('table', { name: word('counts.title') }))
      expect(table.getAllByRole('rowheader').map(({ textContent }) => textContent)).toEqual(['2023', '2024', '2025'])
      const rows = table.getAllByRole('row').slice(1)
      expect(
        rows.map((row) =>
          within(row)
            .getAllByRole('cell')
            .map(({ textContent }) => textContent),
        ),
      ).toEqual(years)
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
    await show(<CountsTable table={tabulateCounts(COUNTS, countries)} />)
    const totals = screen
      .getAllByRole('row')
      .slice(1)
      .map((row) => within(row).getAllByRole('cell').at(-1)?.textContent)
    expect(totals).toEqual(['1,234', '0', '13'])
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

// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { type Shown, show, word } from '../testing.tsx'
import type { ComparedRow } from './rules-matrix.ts'
import { RulesPage } from './rules-page.tsx'
import { NATIONAL_WORDS } from './words.ts'

const row = (what: string, here: string, there = here, verdict: ComparedRow['verdict'] = 'equal'): ComparedRow => ({
  ...{ what, here, there, verdict },
})
const grant = (agency: string, scope: string): ComparedRow =>
  row(`jtf-2026-03: ${agency}, INVESTIGATION, ${scope}`, 'until 2027-03-31')
const ROWS = [
  row('cases Case.court', 'scopes case:read'),
  row('cases Case.narrative', 'scopes case:narrative', 'scopes case:read', 'tighter'),
  row('persons Person.photo', 'not published', 'nothing', 'tighter'),
  row('persons Person.names', 'scopes person:read and policies p'),
  ...[grant('GT GT-MP', 'case:read'), grant('GT GT-MP', 'person:read'), grant('SV SV-FGR', 'case:read')],
  ...[grant('SV SV-FGR', 'case:narrative'), row('rowsPerDay', '5000', '9000', 'tighter')],
]

const open = async ({ user }: Shown, content: unknown): Promise<void> => {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  await user.upload(screen.getByLabelText(NATIONAL_WORDS.es.choose), new File([text], 'reglas.json'))
}

const cellsOf = (coordinate: string): readonly (string | null)[] => {
  const head = screen.getByRole('rowheader', { name: new RegExp(`^${coordinate}`) })
  return within(head.closest('tr') ?? expect.fail())
    .getAllByRole('cell')
    .map(({ textContent }) => textContent)
}

describe('the rules as a matrix', () => {
  it('say for each field which agencies may read it, what is demanded, and what differs at the gateway', async () => {
    const shown = await show(<RulesPage />)
    await open(shown, { compared: ROWS.length, rows: ROWS })
    const column = await screen.findByRole('columnheader', { name: /^jtf-2026-03/ })
    expect(column.textContent).toContain(word('purpose.INVESTIGATION'))
    expect(cellsOf('Case.court')).toEqual(['todas', 'scopes case:read', 'igual'])
    expect(cellsOf('Case.narrative')).toEqual([
      ...['algunas SV SV-FGR', 'scopes case:narrative', 'scopes case:read: la propia es más estricta'],
    ])
    expect(cellsOf('Person.photo')[0]).toBe('no se publica')
    expect(cellsOf('Person.names')[0]).toBe('según política')
    const others = within(screen.getByRole('table', { name: NATIONAL_WORDS.es.rules.others }))
    expect(others.getByRole('rowheader').textContent).toBe('rowsPerDay')
    expect(screen.queryByText(NATIONAL_WORDS.es.rules.notWhole)).toBeNull()
  })

  it('are searched by a field, and shown only where they differ', async () => {
    const shown = await show(<RulesPage />)
    await open(shown, { compared: ROWS.length, rows: ROWS })
    await screen.findByRole('table', { name: '' })
    const fields = (): number => screen.getAllByRole('rowheader').length - 1
    expect(fields()).toBe(4)
    await shown.user.click(screen.getByRole('checkbox', { name: NATIONAL_WORDS.es.rules.onlyDiffering }))
    expect(fields()).toBe(2)
    await shown.user.type(screen.getByLabelText(NATIONAL_WORDS.es.rules.search), 'PHOTO')
    expect(fields()).toBe(1)
    await shown.user.type(screen.getByLabelText(NATIONAL_WORDS.es.rules.search), 'x')
    expect(screen.getByText(NATIONAL_WORDS.es.rules.none)).toBeTruthy()
  })

  it('say that a file without --all is not the whole', async () => {
    const shown = await show(<RulesPage />)
    await open(shown, { compared: 500, rows: ROWS })
    expect(await screen.findByText(NATIONAL_WORDS.es.rules.notWhole)).toBeTruthy()
  })

  it('are not read out of another file, and the page says so in both languages', async () => {
    const shown = await show(<RulesPage />)
    await open(shown, '{"compared":"many"}')
    expect((await screen.findByRole('alert')).textContent).toBe(NATIONAL_WORDS.es.rules.wrong)
    await shown.speak('en')
    expect(screen.getByRole('alert').textContent).toBe(NATIONAL_WORDS.en.rules.wrong)
    expect(screen.queryByRole('table')).toBeNull()
  })
})

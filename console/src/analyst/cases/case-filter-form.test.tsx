// @vitest-environment happy-dom
import { screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { show, word } from '../../testing.tsx'
import type { AskedCases } from './case-fields.ts'
import { CaseFilterForm } from './case-filter-form.tsx'

const BEFORE: AskedCases = {
  filter: { filedFrom: '2023-01-01', iccs: ['0601', '0703'], organisedCrime: true, status: ['OPEN'] },
  countries: ['GT', 'HN'],
}

describe('the filter of cases', () => {
  it('asks for every case if nothing is filled in', async () => {
    const asked: AskedCases[] = []
    const { user } = await show(<CaseFilterForm before={null} onAsk={(next) => asked.push(next)} />)
    expect(screen.queryByRole('button', { name: word('cases.clear') })).toBeNull()
    await user.click(screen.getByRole('button', { name: word('cases.apply') }))
    expect(asked).toEqual([{ filter: {}, countries: null }])
  })

  it('shows what was asked before, and asks for it with what was changed', async () => {
    const asked: AskedCases[] = []
    const { user } = await show(<CaseFilterForm before={BEFORE} onAsk={(next) => asked.push(next)} />)
    expect(screen.getByText('0601')).toBeTruthy()
    expect(screen.getByText('0703')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: /^Países/ }))
    expect(screen.getByRole('checkbox', { name: 'El Salvador' })).toHaveProperty('checked', false)
    await user.click(screen.getByRole('checkbox', { name: word('cases.organised') }))
    await user.selectOptions(screen.getByLabelText(word('cases.status')), word('cases.anyStatus'))
    await user.click(screen.getByRole('button', { name: word('cases.apply') }))
    expect(asked).toEqual([{ filter: { filedFrom: '2023-01-01', iccs: ['0601', '0703'] }, countries: ['GT', 'HN'] }])
  })

  it.each([
    ['es', 'Este día es anterior al primero.', '«extorsión» o 0701'],
    ['en', 'This day is before the first one.', '«extortion» or 0701'],
  ] as const)(
    'does not ask for days that are reversed, and says how a class is written (%s)',
    async (language, message, help) => {
      const asked: AskedCases[] = []
      const before = { filter: { filedFrom: '2024-01-01', filedTo: '2023-12-31' }, countries: null }
      const shown = <CaseFilterForm before={before} onAsk={(next) => asked.push(next)} />
      const { user } = await show(shown, { language })
      await user.click(screen.getByRole('button', { name: word('cases.apply') }))
      expect(asked).toEqual([])
      expect(screen.getByRole('alert').textContent).toContain(message)
      expect(screen.getByText(word('cases.iccsHelp')).textContent).toContain(help)
      await user.clear(screen.getByLabelText(word('cases.to')))
      await user.type(screen.getByLabelText(word('cases.to')), '1/1/2024')
      await user.click(screen.getByRole('button', { name: word('cases.apply') }))
      expect(asked).toEqual([{ filter: { filedFrom: '2024-01-01', filedTo: '2024-01-01' }, countries: null }])
      expect(screen.queryByRole('alert')).toBeNull()
    },
  )

  it('is cleared by one button, which asks nothing, and filled again by another', async () => {
    const asked: AskedCases[] = []
    const { user } = await show(<CaseFilterForm before={BEFORE} onAsk={(next) => asked.push(next)} />)
    await user.click(screen.getByRole('button', { name: 'Quitar los filtros' }))
    expect(screen.queryByText('0601')).toBeNull()
    expect(screen.getByRole('status').textContent).toContain('Los filtros se quitaron.')
    await user.click(screen.getByRole('button', { name: 'Deshacer' }))
    expect(screen.getByRole('status').textContent).toBe('')
    expect(asked).toEqual([])
    await user.click(screen.getByRole('button', { name: word('cases.apply') }))
    expect(asked).toEqual([BEFORE])
  })
})

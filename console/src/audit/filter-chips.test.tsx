// @vitest-environment happy-dom
import { screen } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { show, word } from '../testing.tsx'
import { FilterChips } from './filter-chips.tsx'

it('Enter takes the first filter that fits what was written, and a chip takes one away', async () => {
  const onSearch = vi.fn()
  const { user } = await show(<FilterChips form={{ role: 'analyst' }} onSearch={onSearch} />)
  await user.type(screen.getByRole('combobox', { name: word('auditor.searchField') }), 'persecución{Enter}')
  expect(onSearch).toHaveBeenLastCalledWith({ role: 'analyst', purpose: 'PROSECUTION' })
  await user.click(screen.getByRole('button', { name: word('auditor.drop', { filter: 'Función: Analista' }) }))
  expect(onSearch).toHaveBeenLastCalledWith({})
})

// @vitest-environment happy-dom
import { screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { show } from '../testing.tsx'
import { CountryMark } from './country-mark.tsx'
import { PageHead } from './page-head.tsx'

describe('the head of a page', () => {
  it('has a title, a note and what one can do', async () => {
    await show(<PageHead title="Red" note="17 nodos" actions={<button type="button">Exportar</button>} />)
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Red')
    expect(screen.getByRole('banner').textContent).toContain('17 nodos')
    expect(screen.getByRole('button', { name: 'Exportar' }).closest('.no-print')).toBeTruthy()
  })
})

describe('the mark of a country', () => {
  it('shows two letters, and is said as the name of the country', async () => {
    await show(<CountryMark code="HN" isAway />)
    const mark = screen.getByTitle('Honduras')
    expect(mark.querySelector('[aria-hidden]')?.textContent).toBe('HN')
    expect(mark.querySelector('.unseen')?.textContent).toBe('Honduras')
    expect([mark.dataset.fill, mark.dataset['away']]).toEqual(['line', 'true'])
  })
})

// @vitest-environment happy-dom
import { screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { SIGNED_IN, show, word } from '../testing.tsx'
import { BeginPage } from './begin-page.tsx'

const asOfficer = (scopes: readonly string[]) => ({
  state: { ...SIGNED_IN, officer: { ...SIGNED_IN.officer, scopes } },
})

describe('the page of who may ask only which countries know a person', () => {
  it('asks for one person by a number, and shows whom to call', async () => {
    const hit = { country: 'HN', contactPoint: 'Guardia +504 0000-0140', band: 'EXACT_IDENTIFIER' }
    const answering = async () => ({ data: { personListHits: { hits: [hit] } } })
    const { user, session } = await show(<BeginPage />, { ...asOfficer(['person:hit']), answering })
    await user.type(screen.getByRole('searchbox'), '+502 5555-1234{Enter}')
    expect(await screen.findByRole('link', { name: '+504 0000-0140' })).toBeTruthy()
    const identifier = { category: 'TELEPHONE', jurisdiction: 'GT', value: '+502 5555-1234' }
    expect(session.asked.map(({ name, variables }) => [name, variables])).toEqual([
      ['PersonListHits', { searches: [{ identifier }], countries: null }],
    ])
  })

  it('asks nobody for a name without a whole date of birth, and says so', async () => {
    const { user, session } = await show(<BeginPage />, asOfficer(['person:hit']))
    await user.type(screen.getByRole('searchbox'), 'Erick Ramírez{Enter}')
    expect(await screen.findByText(word('search.notAsked'))).toBeTruthy()
    expect(session.asked).toEqual([])
  })

  it('leads to the page of lists', async () => {
    await show(<BeginPage />, asOfficer(['person:hit', 'case:count']))
    expect(screen.getByRole('link', { name: word('whoKnows.list') }).getAttribute('href')).toBe('/lists')
  })

  it('is not that of an officer who may read persons', async () => {
    await show(<BeginPage />, asOfficer(['person:hit', 'person:read']))
    expect(screen.queryByText(word('whoKnows.title'))).toBeNull()
  })
})

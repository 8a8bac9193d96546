// @vitest-environment happy-dom
import { screen } from '@testing-library/react'
import { useState } from 'react'
import { describe, expect, it } from 'vitest'
import { show, word } from '../testing.tsx'
import { CountryChoice } from './country-choice.tsx'

type Countries = readonly string[] | null

/** A form that keeps what is chosen, and tells it. */
function Form({ onChoose }: { readonly onChoose: (countries: Countries) => void }) {
  const [countries, setCountries] = useState<Countries>(null)
  const choose = (next: Countries): void => {
    onChoose(next)
    setCountries(next)
  }
  return <CountryChoice chosen={countries} onChoose={choose} />
}

describe('the choice of countries', () => {
  it('has the countries of the mandate, and gives null for all of them', async () => {
    const chosen: Countries[] = []
    const { user } = await show(<Form onChoose={(countries) => chosen.push(countries)} />)
    await user.click(screen.getByRole('button', { name: `${word('cases.countries')}: Guatemala Honduras El Salvador` }))
    expect(await screen.findByRole('dialog')).toBeTruthy()
    const boxes = screen.getAllByRole('checkbox')
    expect(boxes.map((box) => (box as HTMLInputElement).labels?.[0]?.textContent)).toEqual([
      'Guatemala',
      'Honduras',
      'El Salvador',
    ])
    expect(boxes.every((box) => (box as HTMLInputElement).checked)).toBe(true)
    for (const name of ['Honduras', 'Guatemala', 'Honduras', 'Guatemala']) {
      await user.click(screen.getByRole('checkbox', { name }))
    }
    expect(chosen).toEqual([['GT', 'SV'], ['SV'], ['HN', 'SV'], null])
  })
})

// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { type Shown, show, word } from '../../testing.tsx'
import { LawPage } from './law-page.tsx'

const statute = (id: string) => ({ id, code: 'CP', section: '123', heading: 'Lavado', maxPenaltyMonths: 60 })
const dual = (satisfied: boolean | null) => ({
  legalInstruments: {
    instruments: [
      {
        ...{ id: 'UN:XVIII-12', title: 'Convención de Palermo' },
        participations: [
          { country: 'GT', boundOn: '2003-10-25' },
          { country: 'SV', boundOn: null },
        ],
      },
    ],
  },
  dualCriminality: {
    satisfied,
    perCountry: [
      { country: 'GT', untocSeriousCrime: true, statutes: [statute('GT:CP-1')] },
      { country: 'SV', untocSeriousCrime: false, statutes: [] },
    ],
  },
})

const ask = async ({ user }: Shown): Promise<void> => {
  await user.selectOptions(screen.getByLabelText(word('law.second')), 'El Salvador')
  await user.type(screen.getByLabelText(word('law.iccs')), '060121')
  await user.click(screen.getByRole('button', { name: word('law.ask') }))
}

describe('law and treaties', () => {
  it('teaches what to choose, in both languages', async () => {
    const { speak } = await show(<LawPage />)
    expect(screen.getByText(/060121 \(tráfico de drogas\)/)).toBeTruthy()
    await speak('en')
    expect(screen.getByText(/060121 \(drug trafficking\)/)).toBeTruthy()
  })

  it.each([
    [true, 'law.yes'],
    [false, 'law.no'],
    // A country that did not answer makes it unknown. It is not a «no».
    [null, 'law.unknown'],
  ])('says whether the conduct is an offence in both countries: %s', async (satisfied, key) => {
    const shown = await show(<LawPage />, { answering: async () => ({ data: dual(satisfied) }) })
    await ask(shown)
    const found = within(await screen.findByRole('region', { name: word('law.dual') }))
    expect(found.getByText(word(key))).toBeTruthy()
    expect(
      found.getByRole('heading', { name: new RegExp(`^Guatemala · ${word('law.serious').slice(0, 12)}`) }),
    ).toBeTruthy()
    expect(shown.session.asked[0]?.variables).toEqual({ countries: ['GT', 'SV'], iccs: '060121' })
  })

  it('names each treaty with the day since when it binds each country', async () => {
    const shown = await show(<LawPage />, { answering: async () => ({ data: dual(true) }) })
    await ask(shown)
    const treaties = await screen.findByRole('region', { name: word('law.treaties') })
    expect(treaties.textContent).toContain('Convención de Palermo')
    expect(treaties.textContent).toContain(word('law.bound', { country: 'Guatemala', day: '25 oct 2003' }))
    expect(treaties.textContent).toContain(word('law.bound', { country: 'El Salvador', day: '—' }))
  })
})

// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Shown, show, word } from '../../testing.tsx'
import { isAbout, LawPage } from './law-page.tsx'

const statute = (id: string) => ({ id, code: 'CP', section: '123', heading: 'Lavado', maxPenaltyMonths: 66 })
const dual = (satisfied: boolean | null) => ({
  legalInstruments: {
    instruments: [
      {
        ...{
          id: 'UN:XVIII-12',
          title: 'Palermo Convention',
          titleEs: 'Convención de Palermo',
          iccs: [],
          asOf: '2015-03-01',
        },
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
  await user.type(screen.getByLabelText(word('cases.iccs')), '060121')
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
      found.getByRole('heading', { name: new RegExp(`Guatemala ?✓ ${word('law.serious').slice(0, 12)}`) }),
    ).toBeTruthy()
    expect(shown.session.asked[0]?.variables).toEqual({ countries: ['GT', 'SV'], iccs: '060121' })
  })

  it('names each treaty with the day since when it binds each country', async () => {
    const shown = await show(<LawPage />, { answering: async () => ({ data: dual(true) }) })
    await ask(shown)
    const treaties = await screen.findByRole('region', { name: word('law.treaties') })
    expect(treaties.textContent).toContain('Convención de Palermo')
    const heads = within(treaties).getAllByRole('columnheader')
    expect(heads.map(({ textContent }) => textContent)).toEqual([
      'Tratado',
      'Obliga a Guatemala desde',
      'Obliga a El Salvador desde',
      'Según el depositario',
    ])
    const cells = within(treaties).getAllByRole('cell')
    expect(cells.map(({ textContent }) => textContent)).toEqual(['25 oct 2003', '—', 'a marzo de 2015'])
  })

  it('asks for the articles of a treaty only once somebody opens them', async () => {
    const edges = [{ node: { number: '18', heading: 'Mutual legal assistance' } }]
    const shown = await show(<LawPage />, {
      answering: async ({ name }) => ({
        data: name === 'TreatyArticles' ? { legalInstrument: { articles: { edges } } } : dual(true),
      }),
    })
    await ask(shown)
    const treaties = within(await screen.findByRole('region', { name: word('law.treaties') }))
    expect(shown.session.asked).toHaveLength(1)
    await shown.user.click(treaties.getByText(word('law.articles')))
    expect(await treaties.findByText('art. 18 Mutual legal assistance')).toBeTruthy()
    expect(shown.session.asked.at(-1)?.variables).toEqual({ id: 'UN:XVIII-12', first: 100 })
  })

  it('names apart the treaties about other conduct, as of when they are known, and a penalty in years', async () => {
    const own = dual(true)
    const [palermo] = own.legalInstruments.instruments
    const bribery = { ...palermo, id: 'UN:XVIII-14', titleEs: 'Convención de Mérida', iccs: ['0703'] }
    const answer = { ...own, legalInstruments: { instruments: [palermo, bribery] } }
    const shown = await show(<LawPage />, { answering: async () => ({ data: answer }) })
    await ask(shown)
    const treaties = within(await screen.findByRole('region', { name: word('law.treaties') }))
    expect(treaties.getAllByText('a marzo de 2015')).toHaveLength(2)
    const others = treaties.getByText(word('law.others', { count: 1 })).closest('details')
    expect(others?.textContent).toContain('Convención de Mérida')
    expect(others?.textContent).not.toContain('Palermo')
    expect(screen.getByText(/pena máxima: 5 años y 6 meses$/)).toBeTruthy()
  })

  it('looks an offence up by its name, takes the first by Enter, and asks for it by another', async () => {
    const classes = [{ code: '060121', level: 4, titleEn: 'Drug trafficking', titleEs: 'Tráfico de drogas' }]
    const shown = await show(<LawPage />, {
      answering: async ({ name }) => ({ data: name === 'IccsTitles' ? { iccsClasses: { classes } } : dual(true) }),
    })
    await shown.user.selectOptions(screen.getByLabelText(word('law.second')), 'El Salvador')
    await shown.user.type(screen.getByLabelText(word('cases.iccs')), 'tráfico')
    await screen.findByRole('option', { name: /^Tráfico de drogas/ })
    await shown.user.keyboard('{Enter}')
    expect(screen.getByText('Tráfico de drogas')).toBeTruthy()
    await shown.user.keyboard('{Enter}')
    await screen.findByRole('region', { name: word('law.dual') })
    expect(shown.session.asked.map(({ variables }) => variables)).toEqual([
      { search: 'tráfico' },
      { countries: ['GT', 'SV'], iccs: '060121' },
    ])
  })
})

describe('isAbout', () => {
  it('finds a treaty about a class by each class above it and below it, and one about any conduct by all', () => {
    const code = fc.stringMatching(/^0[1-9]\d{0,4}$/)
    fc.assert(
      fc.property(code, code, (one, other) => {
        expect(isAbout({ iccs: [one] }, other)).toBe(isAbout({ iccs: [other] }, one))
        expect(isAbout({ iccs: [one.slice(0, 2)] }, one)).toBe(true)
        expect(isAbout({ iccs: [] }, one) && isAbout({ iccs: null }, one)).toBe(true)
        if (isAbout({ iccs: [one] }, other)) expect(one.slice(0, 2)).toBe(other.slice(0, 2))
      }),
    )
  })
})

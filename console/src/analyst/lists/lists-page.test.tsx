// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { type Answering, fileInput, type Shown, show, word } from '../../testing.tsx'
import { ListsPage } from './lists-page.tsx'

const CSV = 'nombre;nacimiento\nAna Paz;1974-07-10\nLuis Sol;1980-01-02\n;1990-01-01\nEva Mar;ayer\n'

const hits: Answering = async () => ({
  data: {
    personListHits: {
      hits: [
        { item: 1, country: 'SV', band: 'WEAK', contactPoint: 'fiscalia@sv.example' },
        { item: 0, country: 'HN', band: 'STRONG', contactPoint: 'mp@hn.example' },
        // A country cannot add a person to the list.
        { item: 9, country: 'HN', band: 'STRONG', contactPoint: 'mp@hn.example' },
      ],
    },
  },
})

const open = async ({ user }: Shown, text: string, name = 'lista.csv'): Promise<void> => {
  await user.upload(fileInput(word('lists.file')), new File([text], name, { type: 'text/csv' }))
}

const ask = async (shown: Shown): Promise<void> => {
  await open(shown, CSV)
  await shown.user.click(await screen.findByRole('button', { name: word('lists.ask', { count: 2 }) }))
}

describe('a list of names', () => {
  it('teaches what a list is before there is one', async () => {
    const { speak } = await show(<ListsPage />)
    expect(screen.getByText(/Ningún archivo se envía/)).toBeTruthy()
    await speak('en')
    expect(screen.getByText(/No file is sent/)).toBeTruthy()
  })

  it('says which rows cannot be asked and why, and asks nothing before somebody wants it', async () => {
    const shown = await show(<ListsPage />)
    await open(shown, CSV)
    expect(await screen.findByText(word('lists.problems', { count: 2 }))).toBeTruthy()
    const problems = screen.getAllByRole('listitem').map(({ textContent }) => textContent)
    expect(problems).toEqual([
      word('lists.line.text', { line: 4, problem: word('lists.problem.NAME_MISSING') }),
      word('lists.line.text', { line: 5, problem: word('lists.problem.DATE_WRONG') }),
    ])
    expect(shown.session.asked).toEqual([])
  })

  it('shows which country knows whom, and whom to ask there', async () => {
    const shown = await show(<ListsPage />, { answering: hits })
    await ask(shown)
    const table = within(await screen.findByRole('table', { name: word('lists.title') }))
    const rows = table.getAllByRole('row').slice(1)
    const cells = rows.map((row) =>
      within(row)
        .getAllByRole('cell')
        .map(({ textContent }) => textContent),
    )
    expect(table.getAllByRole('rowheader').map(({ textContent }) => textContent)).toEqual([
      ...['Ana Paz', 'Luis Sol', '—', 'Eva Mar'],
    ])
    expect(cells).toEqual([
      ['2', '10 jul 1974', 'coincidencia', `HNHonduras ${word('band.STRONG')}`, 'HNHonduras mp@hn.example'],
      ['3', '2 ene 1980', 'coincidencia', `SVEl Salvador ${word('band.WEAK')}`, 'SVEl Salvador fiscalia@sv.example'],
      // Every line comes back, with why it was not asked.
      ['4', '—', 'no se preguntó: falta el nombre', '—', '—'],
      ['5', '—', word('lists.result.DATE_WRONG'), '—', '—'],
    ])
    expect(shown.session.asked.map(({ variables }) => variables)).toMatchObject([
      {
        searches: [
          { name: 'Ana Paz', birthDate: '1974-07-10' },
          { name: 'Luis Sol', birthDate: '1980-01-02' },
        ],
      },
    ])
  })

  it('leads from a hit to the search for that person, with what the list says', async () => {
    const shown = await show(<ListsPage />, { answering: hits, path: '/lists' })
    await ask(shown)
    await shown.user.click(await screen.findByRole('button', { name: 'Ana Paz' }))
    expect(shown.place()).toBe('/')
  })

  it.each([
    ['without titles', 'Ana Paz;1974-07-10\n', 'lists.noHeader', {}],
    ['that is too long', `nombre;nacimiento\n${'Ana Paz;1974-07-10\n'.repeat(501)}`, 'lists.tooMany', { count: 501 }],
  ] as const)('%s is not asked', async (_, text, key, values) => {
    const shown = await show(<ListsPage />)
    await open(shown, text)
    expect((await screen.findByRole('alert')).textContent).toBe(word(key, values))
    expect(screen.queryByRole('button', { name: /^Preguntar/ })).toBeNull()
  })

  it('can be removed from the page, and brought back without asking again', async () => {
    const shown = await show(<ListsPage />, { answering: hits })
    await ask(shown)
    await screen.findByRole('table')
    await shown.user.click(screen.getByRole('button', { name: 'Quitar la lista' }))
    expect(screen.queryByRole('table')).toBeNull()
    expect(screen.getByText(/La lista se quitó de la página\./)).toBeTruthy()
    await shown.user.click(screen.getByRole('button', { name: 'Deshacer' }))
    expect(await screen.findByRole('table')).toBeTruthy()
    expect(shown.session.asked).toHaveLength(1)
  })

  describe('with a line that has no date', () => {
    const names = 'Ana Paz;1974-07-10\nLuis Sol\nEva Mar\n'
    const paste = async ({ user }: Shown): Promise<void> => {
      await user.click(screen.getByLabelText(word('lists.paste')))
      await user.paste(names)
      await user.click(await screen.findByRole('button', { name: word('lists.ask', { count: 3 }) }))
    }
    const cellsOf = async (name: string): Promise<string> => {
      const header = await screen.findByRole('rowheader', { name })
      return header.closest('tr')?.textContent ?? ''
    }

    it('finds the records with the name, and leads to their dossiers, if the officer may read persons', async () => {
      const node = { id: 'HN:P-1', birthDate: '1980-01-02', names: null, sameAs: null, provenance: null }
      const shown = await show(<ListsPage />, {
        answering: async (question) => {
          if (question.name !== 'SearchPersons') return hits(question)
          const isLuis = JSON.stringify(question.variables).includes('Luis Sol')
          return { data: { persons: { edges: isLuis ? [{ cursor: '', band: 'WEAK', node }] : [] } } }
        },
      })
      await paste(shown)
      expect(await cellsOf('Luis Sol')).toContain(word('lists.result.RECORD'))
      expect(screen.getByRole('link', { name: '2 ene 1980' }).getAttribute('href')).toContain('P-1')
      expect(await cellsOf('Eva Mar')).toContain(word('lists.result.NO_HIT'))
    })

    it('says that it was not asked if the officer may not, and asks for no other', async () => {
      const shown = await show(<ListsPage />, {
        answering: async (question) => {
          if (question.name !== 'SearchPersons') return hits(question)
          return {
            data: { persons: null },
            countries: [{ country: 'HN', domain: 'persons', reach: 'DENIED', code: 'FORBIDDEN_BY_COUNTRY' }],
          } as never
        },
      })
      await paste(shown)
      expect(await cellsOf('Luis Sol')).toContain(word('lists.result.DATE_MISSING'))
      expect(shown.session.asked.filter(({ name }) => name === 'SearchPersons')).toHaveLength(1)
    })
  })
})

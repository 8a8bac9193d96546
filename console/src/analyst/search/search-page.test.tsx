// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { RefusedQuestion } from '../../session/session.ts'
import { type Answering, type Shown, show, word } from '../../testing.tsx'
import { SearchPage } from './search-page.tsx'

const person = (id: string, full: string | null, band = 'STRONG') => ({
  ...{ cursor: id, band, score: 0.9, matchedName: full },
  node: {
    ...{ id, country: id.slice(0, 2), birthDate: '1974-07-10', nationalities: null, provenance: null },
    names: full === null ? null : [{ category: 'LEGAL', full }],
  },
})

const page = (edges: readonly object[], next: string | null = null) => ({
  data: { persons: { edges, pageInfo: { hasNextPage: next !== null, endCursor: next } } },
})

const found: Answering = async () => page([person('GT:P-1', 'Erick Ramírez'), person('HN:P-7', null, 'WEAK')])

const searchName = async ({ user }: Shown, name: string): Promise<void> => {
  await user.type(screen.getByRole('searchbox', { name: word('search.name') }), name)
  await user.click(screen.getByRole('button', { name: word('common.search') }))
}

const chooseWay = (shown: Shown, way: string): Promise<void> =>
  shown.user.selectOptions(screen.getByLabelText(word('search.what')), word(`search.${way}`))

describe('a search by name', () => {
  it('teaches what to write before there is a question', async () => {
    const { session, speak } = await show(<SearchPage />)
    expect(screen.getByText(/«Erik Ramires» también encuentra/)).toBeTruthy()
    await speak('en')
    expect(screen.getByText(/«Erik Ramires» also finds/)).toBeTruthy()
    expect(session.asked).toEqual([])
  })

  it('asks for what was written, without blanks around it, and shows who was found and how sure that is', async () => {
    const shown = await show(<SearchPage />, { answering: found })
    await searchName(shown, '  Erik Ramires ')
    const table = within(await screen.findByRole('table', { name: word('search.title') }))
    expect(shown.session.asked).toMatchObject([
      { name: 'SearchPersons', variables: { search: { name: 'Erik Ramires' }, after: null } },
    ])
    expect(Object.keys(Object(shown.session.asked[0]?.variables).search)).toEqual(['name'])
    const [, first, second] = table.getAllByRole('row')
    expect(first?.textContent).toContain('Guatemala')
    expect(first?.textContent).toContain(word('band.STRONG'))
    expect(first?.textContent).toContain('10 jul 1974')
    expect(
      within(first ?? expect.fail())
        .getByRole('link', { name: 'Erick Ramírez' })
        .getAttribute('href'),
    ).toMatch(/^\/person\/GT(:|%3A)P-1$/)
    // A person whose names are kept back is still a person.
    expect(second?.textContent).toContain(word('person.nameUnknown'))
    expect(second?.textContent).toContain(word('band.WEAK'))
  })

  it('says beside the list what is hidden of the person, apart from what is not recorded', async () => {
    const unknown = person('GT:P-1', 'Erick Ramírez')
    const problem = { code: 'FORBIDDEN_BY_COUNTRY', country: 'GT', message: 'hidden', path: [] }
    const answering: Answering = async () => ({
      ...page([{ ...unknown, node: { ...unknown.node, birthDate: null } }]),
      problems: [{ ...problem, coordinate: 'Person.birthDate' }],
    })
    const shown = await show(<SearchPage />, { answering })
    await searchName(shown, 'Erik')
    const beside = within(await screen.findByRole('complementary', { name: word('search.chosen') }))
    const factOf = (term: string) => beside.getByText(term).nextElementSibling?.textContent
    expect(factOf(word('common.birthDate'))).toBe(word('common.hidden'))
    expect(factOf(word('person.nationalities'))).toBe(word('common.none'))
  })

  it('does not ask for blanks', async () => {
    const shown = await show(<SearchPage />, { answering: found })
    await searchName(shown, '   ')
    expect(shown.session.asked).toEqual([])
  })

  it.each([
    ['byName', 'searchbox', () => screen.findByRole('link', { name: 'Erick Ramírez' })],
    ['byIdentifier', 'textbox', () => screen.findByRole('link', { name: 'Erick Ramírez' })],
    ['byOffence', 'searchbox', () => screen.findByRole('link', { name: /Lavado/ })],
  ] as const)(
    'that is blank takes an earlier result away, and says what is expected (%s)',
    async (way, role, result) => {
      const classes = [{ code: '07041', level: 3, titleEn: 'Money laundering', titleEs: 'Lavado de dinero' }]
      const answering: Answering = async (question) =>
        way === 'byOffence' ? { data: { iccsClasses: { classes } } } : found(question)
      const shown = await show(<SearchPage />, { answering })
      await chooseWay(shown, way)
      const box = screen.getByRole(role)
      await shown.user.type(box, 'Erick{Enter}')
      const link = await result()
      await shown.user.clear(box)
      await shown.user.type(box, '   {Enter}')
      expect(link.isConnected).toBe(false)
      expect(screen.getByRole('alert').textContent).toBe(word('search.nothing'))
      await shown.user.type(box, 'Erick{Enter}')
      await result()
      expect(screen.queryByRole('alert')).toBeNull()
    },
  )

  it('adds the date of birth if it is known', async () => {
    const shown = await show(<SearchPage />, { answering: found })
    await shown.user.type(screen.getByLabelText(word('search.birthDate')), '1974-07-10')
    await searchName(shown, 'Erick')
    expect(shown.session.asked[0]?.variables).toMatchObject({ search: { name: 'Erick', birthDate: '1974-07-10' } })
  })

  it('is still there when the officer comes back to the page', async () => {
    const shown = await show(<SearchPage />, { answering: found })
    await searchName(shown, 'Erick')
    await chooseWay(shown, 'byCase')
    await chooseWay(shown, 'byName')
    expect(screen.getByRole('searchbox')).toHaveProperty('value', 'Erick')
    expect(await screen.findByRole('link', { name: 'Erick Ramírez' })).toBeTruthy()
    expect(shown.session.asked).toHaveLength(1)
  })
})

describe('the rows of a search', () => {
  it('are fetched page by page to the end, and can be stopped', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const shown = await show(<SearchPage />, {
      answering: async ({ variables: { after } }: { variables: { after?: string | null } }) => {
        if (after === 'c2') await promise
        const at = after === null ? 1 : Number(String(after).slice(1)) + 1
        return page([person(`GT:P-${at}`, `Persona ${at}`)], at < 5 ? `c${at}` : null)
      },
    })
    await searchName(shown, 'Persona')
    await screen.findByText(/^1 fila.* hay más$/)
    await shown.user.click(screen.getByRole('button', { name: word('common.all') }))
    await screen.findByText(/^2 filas/)
    await shown.user.click(screen.getByRole('button', { name: word('common.stop') }))
    resolve()
    await screen.findByText(/^3 filas.* hay más$/)
    expect(shown.session.asked).toHaveLength(3)
    await shown.user.click(screen.getByRole('button', { name: word('common.more') }))
    await screen.findByText(/^4 filas.* hay más$/)
    await shown.user.click(screen.getByRole('button', { name: word('common.all') }))
    await screen.findByText(/^5 filas.*no hay más$/)
    expect(screen.queryByRole('button', { name: word('common.more') })).toBeNull()
    expect(screen.getAllByRole('rowheader')).toHaveLength(5)
  })

  it('say that they are missing and not that there is nobody, if a country did not answer', async () => {
    const countries = [
      { country: 'GT', domain: 'persons', reach: 'ANSWERED', code: null },
      { country: 'HN', domain: 'persons', reach: 'TIMED_OUT', code: 'LEG_DEADLINE' },
    ]
    const shown = await show(<SearchPage />, { answering: async () => ({ ...page([]), countries }) })
    await searchName(shown, 'Nadie')
    expect(await screen.findByText(word('common.emptyButMissing'))).toBeTruthy()
    expect(screen.queryByText(word('common.empty'))).toBeNull()
  })

  it.each([
    ['es', 'Agregue otro nombre o la fecha de nacimiento.'],
    ['en', 'Add another name or the date of birth.'],
  ] as const)('say that a name is too frequent, and what helps (%s)', async (language, help) => {
    const countries = [{ country: 'GT', domain: 'persons', reach: 'ANSWERED', code: 'COVERAGE_PARTIAL' }]
    const shown = await show(<SearchPage />, { language, answering: async () => ({ ...page([]), countries }) })
    await searchName(shown, 'García')
    expect((await screen.findByText(word('search.tooWide'))).textContent).toContain(help)
    expect(screen.getByText(word('common.emptyButMissing'))).toBeTruthy()
  })

  it('say nothing of frequent names, if a country is missing for another reason', async () => {
    const countries = [{ country: 'GT', domain: 'persons', reach: 'ANSWERED', code: 'PARTLY_DENIED' }]
    const shown = await show(<SearchPage />, { answering: async () => ({ ...page([]), countries }) })
    await searchName(shown, 'García')
    expect(await screen.findByText(word('common.emptyButMissing'))).toBeTruthy()
    expect(screen.queryByText(word('search.tooWide'))).toBeNull()
  })

  it('say that there is nobody, if each country answered', async () => {
    const shown = await show(<SearchPage />, { answering: async () => page([]) })
    await searchName(shown, 'Nadie')
    expect(await screen.findByText(word('common.empty'))).toBeTruthy()
  })

  it('say why the question was not asked, and ask it again', async () => {
    let fails = true
    const shown = await show(<SearchPage />, {
      answering: async (question) => {
        if (fails) throw new RefusedQuestion('QUOTA_SPENT', 'Se acabó la cuota.', null)
        return found(question)
      },
    })
    await searchName(shown, 'Erick')
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain('Se acabó la cuota.')
    fails = false
    await shown.user.click(within(alert).getByRole('button', { name: word('common.again') }))
    expect(await screen.findByRole('link', { name: 'Erick Ramírez' })).toBeTruthy()
    expect(screen.queryByRole('alert')).toBeNull()
  })
})

describe('the other ways of a search', () => {
  it('ask for a document by its kind, country and number', async () => {
    const shown = await show(<SearchPage />, { answering: found })
    await chooseWay(shown, 'byIdentifier')
    expect(screen.getByText(word('search.teachIdentifier'))).toBeTruthy()
    await shown.user.selectOptions(screen.getByLabelText(word('search.category')), word('category.PASSPORT'))
    await shown.user.selectOptions(screen.getByLabelText(word('search.jurisdiction')), 'Honduras')
    await shown.user.type(screen.getByLabelText(word('search.value')), ' E123 ')
    await shown.user.click(screen.getByRole('button', { name: word('common.search') }))
    expect(shown.session.asked[0]?.variables).toMatchObject({
      search: { identifier: { category: 'PASSPORT', jurisdiction: 'HN', value: 'E123' } },
    })
  })

  it.each([
    ['es', 'Un identificador es como'],
    ['en', 'An id is like'],
  ] as const)('say what is wrong with the number of a case (%s)', async (language, message) => {
    const shown = await show(<SearchPage />, { language })
    await chooseWay(shown, 'byCase')
    const box = screen.getByRole('textbox', { name: word('search.caseNumber') })
    await shown.user.type(box, 'MP001-2026-1234{Enter}')
    expect(screen.getByRole('alert').textContent).toMatch(message)
    expect(box.getAttribute('aria-invalid')).toBe('true')
    expect(shown.place()).toBe('/')
  })

  it('lead to a case by its number', async () => {
    const shown = await show(<SearchPage />)
    await chooseWay(shown, 'byCase')
    await shown.user.type(screen.getByRole('textbox'), ' GT:MP001-2026-1234 {Enter}')
    await expect.poll(() => decodeURIComponent(shown.place())).toBe('/case/GT:MP001-2026-1234')
  })

  it('lead from words of an offence to its cases, by its title in the language', async () => {
    const classes = [{ code: '07041', level: 3, titleEn: 'Money laundering', titleEs: 'Lavado de dinero' }]
    const answering: Answering = async () => ({ data: { iccsClasses: { classes: [...classes, ...classes] } } })
    const shown = await show(<SearchPage />, { answering })
    await chooseWay(shown, 'byOffence')
    await shown.user.type(screen.getByRole('searchbox'), 'lavado{Enter}')
    const link = await screen.findByRole('link', { name: /Lavado de dinero/ })
    expect(link.getAttribute('href')).toMatch(/^\/cases\?iccs=/)
    await shown.speak('en')
    expect(screen.getAllByRole('link').map(({ textContent }) => textContent)).toEqual([
      word('search.toCases', { title: 'Money laundering' }),
    ])
  })
})

// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import { useState } from 'react'
import { describe, expect, it } from 'vitest'
import { PERSON_LIST_HITS } from '../../documents/documents.ts'
import { RefusedQuestion } from '../../session/session.ts'
import { useAsk } from '../../session/use-session.ts'
import { type Answering, type Shown, show, word } from '../../testing.tsx'
import { SearchPage } from './search-page.tsx'

const person = (id: string, full: string | null, band = 'STRONG') => ({
  ...{ cursor: id, band, score: 0.9, matchedName: full },
  node: {
    ...{ id, country: id.slice(0, 2), birthDate: '1974-07-10', nationalities: null, sameAs: null, provenance: null },
    names: full === null ? null : [{ category: 'LEGAL', full }],
  },
})

const page = (edges: readonly object[], next: string | null = null) => ({
  data: { persons: { edges, pageInfo: { hasNextPage: next !== null, endCursor: next } } },
})

/** The page, which the officer leaves and comes back to. */
function ComesAndGoes() {
  const [isThere, setThere] = useState(true)
  return (
    <>
      <button type="button" onClick={() => setThere(!isThere)}>
        leave
      </button>
      {isThere && <SearchPage />}
    </>
  )
}

/** The page, beside something that asks a list of two, and comes and goes. */
function ListBeside() {
  const [isThere, setThere] = useState(true)
  return (
    <>
      <button type="button" onClick={() => setThere(!isThere)}>
        leave
      </button>
      {isThere && <AskedList />}
      <SearchPage />
    </>
  )
}

function AskedList() {
  useAsk(PERSON_LIST_HITS, { searches: [{ name: 'Ana' }, { name: 'Eva' }], countries: null })
  return <p>list</p>
}

const found: Answering = async () => page([person('GT:P-1', 'Erick Ramírez'), person('HN:P-7', null, 'WEAK')])

const searchName = async ({ user }: Shown, name: string): Promise<void> => {
  await user.type(screen.getByRole('searchbox', { name: word('search.name') }), name)
  await user.click(screen.getByRole('button', { name: word('common.search') }))
}

const choose = (shown: Shown, sought: string): Promise<void> =>
  shown.user.selectOptions(screen.getByLabelText(word('search.what')), word(sought))

const typeDate = async ({ user }: Shown, day: string, month: string, year: string): Promise<void> => {
  if (day !== '') await user.type(screen.getByLabelText(word('search.day')), day)
  if (month !== '') await user.selectOptions(screen.getByLabelText(word('search.month')), month)
  if (year !== '') await user.type(screen.getByLabelText(word('search.year')), year)
}

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
    const [first, second] = table.getAllByRole('row').filter((each) => within(each).queryByRole('link') !== null)
    expect(first?.textContent).toContain('Guatemala')
    expect(first?.textContent).toContain(word('band.STRONG'))
    expect(first?.textContent).toContain('10 jul 1974')
    const link = within(first ?? expect.fail()).getByRole('link')
    expect(link.textContent).toBe('Erick Ramírez')
    expect([...link.querySelectorAll('.differing')].map(({ textContent }) => textContent)).toEqual(['c', 'í', 'z'])
    expect(link.getAttribute('href')).toMatch(/^\/person\/GT(:|%3A)P-1$/)
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
    ['search.sought.name', () => screen.findByRole('link', { name: 'Erick Ramírez' })],
    ['category.OTHER', () => screen.findByRole('link', { name: 'Erick Ramírez' })],
    ['search.sought.offence', () => screen.findByRole('link', { name: /Lavado/ })],
  ] as const)('that is blank takes an earlier result away, and says what is expected (%s)', async (sought, result) => {
    const classes = [{ code: '07041', level: 3, titleEn: 'Money laundering', titleEs: 'Lavado de dinero' }]
    const answering: Answering = async (question) =>
      sought === 'search.sought.offence' ? { data: { iccsClasses: { classes } } } : found(question)
    const shown = await show(<SearchPage />, { answering })
    await choose(shown, sought)
    const box = screen.getByRole('searchbox')
    await shown.user.type(box, 'Erick{Enter}')
    const link = await result()
    await shown.user.clear(box)
    await shown.user.type(box, '   {Enter}')
    expect(link.isConnected).toBe(false)
    expect(screen.getByRole('alert').textContent).toBe(word('search.nothing'))
    await shown.user.type(box, 'Erick{Enter}')
    await result()
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('asks anew at each press of the button, because a record may have come', async () => {
    const shown = await show(<SearchPage />, { answering: found })
    await searchName(shown, 'Erick')
    await screen.findByRole('link', { name: 'Erick Ramírez' })
    await shown.user.click(screen.getByRole('button', { name: word('common.search') }))
    await expect.poll(() => shown.session.asked.length).toBe(2)
    await screen.findByRole('link', { name: 'Erick Ramírez' })
  })

  it('does not forget what a list was answered, because to ask it again costs as much as its lines', async () => {
    const shown = await show(<ListBeside />, { answering: found })
    await expect.poll(() => shown.session.asked.length).toBe(1)
    await searchName(shown, 'Erick')
    await screen.findByRole('link', { name: 'Erick Ramírez' })
    await shown.user.click(screen.getByRole('button', { name: 'leave' }))
    await shown.user.click(screen.getByRole('button', { name: 'leave' }))
    await screen.findByText('list')
    expect(shown.session.asked.map(({ name }) => name)).toEqual(['PersonListHits', 'SearchPersons'])
  })

  it('is still there when the officer comes back to the page, and is not asked again', async () => {
    const shown = await show(<ComesAndGoes />, { answering: found })
    await searchName(shown, 'Erick')
    await screen.findByRole('link', { name: 'Erick Ramírez' })
    await shown.user.click(screen.getByRole('button', { name: 'leave' }))
    expect(screen.queryByRole('searchbox')).toBeNull()
    await shown.user.click(screen.getByRole('button', { name: 'leave' }))
    expect(screen.getByRole('searchbox')).toHaveProperty('value', 'Erick')
    expect(await screen.findByRole('link', { name: 'Erick Ramírez' })).toBeTruthy()
    expect(shown.session.asked).toHaveLength(1)
  })

  it('puts the records of one person together, and says who says so', async () => {
    const other = person('SV:P-3', 'Erik Ramírez')
    const answering: Answering = async () =>
      page([
        person('GT:P-1', 'Erick Ramírez'),
        person('HN:P-7', 'Otro'),
        { ...other, node: { ...other.node, sameAs: [{ id: 'GT:P-1' }] } },
      ])
    const shown = await show(<SearchPage />, { answering })
    await searchName(shown, 'Erick')
    const table = await screen.findByRole('table', { name: word('search.title') })
    const lines = within(table).getAllByRole('rowheader')
    expect(lines.map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/^\W*Probablemente la misma persona 2 registros · lo afirma SV$/),
      'Erick Ramírez',
      'Erik Ramírez',
      expect.stringMatching(/^\W*Sin otra identidad conocida 1 registro$/),
      'Otro',
    ])
    expect(screen.getByText(/^3 registros ·/).textContent).toBe('3 registros · 2 personas')
  })
})

describe('a search with a date of birth', () => {
  it('asks for a whole date, and without it where nobody has it: then it says how many the date hides', async () => {
    const answering: Answering = async (question) =>
      'birthDate' in Object(question.variables).search ? page([]) : found(question)
    const shown = await show(<SearchPage />, { answering })
    await typeDate(shown, '11', '7', '1974')
    await searchName(shown, 'Erick')
    expect(await screen.findByText(word('search.noneOfDate', { count: 2 }))).toBeTruthy()
    expect(screen.queryByRole('link', { name: 'Erick Ramírez' })).toBeNull()
    expect(shown.session.asked.map(({ variables }) => Object(variables).search)).toEqual([
      { name: 'Erick', birthDate: '1974-07-11' },
      { name: 'Erick' },
    ])
    await shown.user.click(screen.getByRole('button', { name: word('search.everyDate') }))
    expect(screen.getByRole('link', { name: 'Erick Ramírez' })).toBeTruthy()
  })

  it('compares a part of a date here, and the year with the years around it', async () => {
    const shown = await show(<SearchPage />, { answering: found })
    await typeDate(shown, '', '7', '1975')
    await searchName(shown, 'Erick')
    expect(await screen.findByText(word('search.noneOfDate', { count: 2 }))).toBeTruthy()
    await shown.user.selectOptions(screen.getByLabelText(word('search.within')), '1')
    await shown.user.click(screen.getByRole('button', { name: word('common.search') }))
    expect(await screen.findByRole('link', { name: 'Erick Ramírez' })).toBeTruthy()
    expect(shown.session.asked.map(({ variables }) => Object(variables).search)).toEqual([
      { name: 'Erick' },
      { name: 'Erick' },
    ])
  })

  it('is not asked for a day that no calendar has', async () => {
    const shown = await show(<SearchPage />, { answering: found })
    await typeDate(shown, '31', '2', '')
    await searchName(shown, 'Erick')
    expect(screen.getByRole('alert').textContent).toBe(word('search.dateWrong'))
    expect(shown.session.asked).toEqual([])
  })
})

describe('an officer who may only ask who knows a person', () => {
  const refused = {
    ...{ data: { persons: null }, countries: [] },
    problems: [
      {
        ...{ code: 'UNAUTHORIZED_FIELD_OR_TYPE', country: null, coordinate: 'Query.persons' },
        ...{ message: 'denied', path: ['persons'] },
      },
    ],
  }
  const answering: Answering = async ({ name }) =>
    name === 'SearchPersons'
      ? refused
      : {
          data: {
            personListHits: {
              hits: [{ item: 0, country: 'HN', band: 'STRONG', contactPoint: 'ATIC, +504 2222-3333, atic@mp.hn' }],
            },
          },
        }

  it('reads which country knows one and how to reach it, without a file', async () => {
    const shown = await show(<SearchPage />, { answering })
    await typeDate(shown, '10', '7', '1974')
    await searchName(shown, 'Erick')
    const table = within(await screen.findByRole('table', { name: word('lists.contact') }))
    expect(table.getByRole('link', { name: '+504 2222-3333' }).getAttribute('href')).toBe('tel:+50422223333')
    expect(table.getByRole('link', { name: 'atic@mp.hn' }).getAttribute('href')).toBe('mailto:atic@mp.hn')
    expect(shown.session.asked.at(-1)?.variables).toMatchObject({
      searches: [{ name: 'Erick', birthDate: '1974-07-10' }],
    })
  })

  it('reads it also where each country denies a search by such a number', async () => {
    const denied = ['GT', 'HN'].map((country) => ({ country, domain: 'persons', reach: 'DENIED', code: null }))
    const unread = { country: 'PA', domain: 'persons', reach: 'NOT_PUBLISHED', code: null }
    const shown = await show(<SearchPage />, {
      answering: async (question) =>
        question.name === 'SearchPersons' ? { ...page([]), countries: [...denied, unread] } : answering(question),
    })
    await shown.user.type(screen.getByRole('searchbox'), '+502 1555-0107{Enter}')
    expect(await screen.findByRole('table', { name: word('lists.contact') })).toBeTruthy()
  })

  it('reads that nobody was asked, if the date is missing', async () => {
    const shown = await show(<SearchPage />, { answering })
    await searchName(shown, 'Erick')
    expect(await screen.findByText(/^No se preguntó: falta la fecha/)).toBeTruthy()
    expect(shown.session.asked.map(({ name }) => name)).toEqual(['SearchPersons'])
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
    expect(screen.getAllByRole('link', { name: /^Persona \d$/ })).toHaveLength(5)
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
  it('ask for a telephone that is told by its form, of the country that the officer says', async () => {
    const shown = await show(<SearchPage />, { answering: found })
    await shown.user.type(screen.getByRole('searchbox'), ' 9912-3456 ')
    const told = word('search.told', { what: word('category.TELEPHONE') })
    expect(screen.getByRole('option', { name: told })).toHaveProperty('selected', true)
    await shown.user.selectOptions(screen.getByLabelText(word('search.jurisdiction')), 'Honduras')
    await shown.user.click(screen.getByRole('button', { name: word('common.search') }))
    expect(shown.session.asked[0]?.variables).toMatchObject({
      search: { identifier: { category: 'TELEPHONE', jurisdiction: 'HN', value: '9912-3456' } },
    })
  })

  it('ask for a document of the kind that the officer says', async () => {
    const shown = await show(<SearchPage />, { answering: found })
    await choose(shown, 'category.PASSPORT')
    await shown.user.selectOptions(screen.getByLabelText(word('search.jurisdiction')), 'Honduras')
    await shown.user.type(screen.getByRole('searchbox'), ' E123 ')
    await shown.user.click(screen.getByRole('button', { name: word('common.search') }))
    expect(shown.session.asked[0]?.variables).toMatchObject({
      search: { identifier: { category: 'PASSPORT', jurisdiction: 'HN', value: 'E123' } },
    })
  })

  it.each([
    ['es', 'Un caso es como'],
    ['en', 'A case is like'],
  ] as const)('say what is wrong with the number of a case (%s)', async (language, message) => {
    const shown = await show(<SearchPage />, { language })
    const box = screen.getByRole('searchbox')
    await shown.user.type(box, 'MP001-2026-1234{Enter}')
    expect(screen.getByRole('alert').textContent).toMatch(message)
    expect(box.getAttribute('aria-invalid')).toBe('true')
    expect(shown.place()).toBe('/')
  })

  it('lead to a case by its number', async () => {
    const shown = await show(<SearchPage />)
    await shown.user.type(screen.getByRole('searchbox'), ' GT:MP001-2026-1234 {Enter}')
    await expect.poll(() => decodeURIComponent(shown.place())).toBe('/case/GT:MP001-2026-1234')
  })

  it('lead from words of an offence to its cases, by its title in the language', async () => {
    const classes = [{ code: '07041', level: 3, titleEn: 'Money laundering', titleEs: 'Lavado de dinero' }]
    const answering: Answering = async () => ({ data: { iccsClasses: { classes: [...classes, ...classes] } } })
    const shown = await show(<SearchPage />, { answering })
    await shown.user.type(screen.getByRole('searchbox'), 'lavado{Enter}')
    const link = await screen.findByRole('link', { name: /Lavado de dinero/ })
    expect(link.getAttribute('href')).toMatch(/^\/cases\?iccs=/)
    await shown.speak('en')
    expect(screen.getAllByRole('link').map(({ textContent }) => textContent)).toEqual([
      word('search.toCases', { title: 'Money laundering' }),
    ])
  })

  it('lead from the code of an offence to its cases, without a question', async () => {
    const shown = await show(<SearchPage />)
    await shown.user.type(screen.getByRole('searchbox'), '0701{Enter}')
    expect((await screen.findByRole('link')).getAttribute('href')).toMatch(/^\/cases\?iccs=/)
    expect(shown.session.asked).toEqual([])
  })
})

// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { OUTCOME_CODES, REACHES } from '../../../contract/outcome.ts'
import { type AnswerProblem, type CountryReport, RefusedQuestion, type SessionAnswer } from '../session/session.ts'
import { makeAnswer, type Showing, type Shown, show, word } from '../testing.tsx'
import { wordCode } from './code-words.ts'
import { CountriesLine } from './countries-line.tsx'
import { useTellLine } from './line-context.tsx'

const DOCUMENT = { name: 'Cases', text: 'query Cases { __typename }' }

/** A page that has asked one question. */
function Page({
  answer,
  awaited = [],
}: {
  readonly answer: SessionAnswer<unknown>
  readonly awaited?: readonly string[]
}) {
  useTellLine([answer], awaited.length > 0, { document: DOCUMENT, variables: { first: 5 } }, awaited)
  return <CountriesLine />
}

const report = (reach: string, code: string | null, country = 'HN', domain = 'cases'): CountryReport => ({
  ...{ country, domain, reach, code },
})

const ask = (part: Partial<SessionAnswer<unknown>>, showing?: Showing): Promise<Shown> =>
  show(<Page answer={makeAnswer('Cases', part)} />, showing)

const openDetails = async ({ user }: Shown): Promise<HTMLElement> => {
  const button = screen.getByRole('button', { name: word('line.details') })
  await user.click(button)
  expect(button.getAttribute('aria-expanded')).toBe('true')
  const details = document.getElementById(button.getAttribute('aria-controls') ?? '')
  return details ?? expect.fail('expected the button to name what it opens')
}

describe('the line of countries', () => {
  it('says before a question that nothing was asked, and has no details', async () => {
    await show(<CountriesLine />)
    const line = within(screen.getByRole('region', { name: word('line.label') }))
    expect(line.getByRole('status').textContent).toBe(word('line.nothing'))
    expect(line.getByRole('button', { name: word('line.details') })).toHaveProperty('disabled', true)
  })

  it.each([
    ['ANSWERED', null, 'Honduras respondió', 'Honduras answered'],
    ['ANSWERED', 'ROWS_DROPPED', 'Honduras respondió en parte', 'Honduras answered in part'],
    ['DENIED', 'FORBIDDEN_BY_COUNTRY', 'Honduras negó su parte', 'Honduras denied its part'],
    ['NOT_PUBLISHED', null, 'Honduras no publica esto', 'Honduras does not publish this'],
    ['TIMED_OUT', 'LEG_DEADLINE', 'Honduras no respondió a tiempo', 'Honduras did not answer in time'],
    ['UNAVAILABLE', 'SUSPENDED', 'Honduras no pudo responder', 'Honduras could not answer'],
    ['A_REACH_OF_LATER', null, 'Honduras no pudo responder', 'Honduras could not answer'],
  ])('says in both languages that a country is %s (%s)', async (reach, code, spanish, english) => {
    const { speak } = await ask({ countries: [report(reach, code)] })
    const chips = screen.getByRole('status')
    const said = (): string | undefined => chips.querySelector('.chip-word')?.textContent
    expect(said()).toBe(spanish)
    await speak('en')
    expect(said()).toBe(english)
  })

  it('has another sign for each standing, so that color is not the only difference', async () => {
    const reports = REACHES.map((reach, at) => report(reach, null, ['GT', 'HN', 'SV', 'NI', 'CR'][at]))
    await ask({ countries: [...reports, report('ANSWERED', 'QUOTA_REACHED', 'PA')] })
    const signs = [...screen.getByRole('status').querySelectorAll('.chip > .icon')].map((sign) => sign.innerHTML)
    expect(signs).toHaveLength(6)
    expect(new Set(signs).size).toBe(6)
  })

  it('names the countries that are awaited beside those that answered', async () => {
    const countries = [report('ANSWERED', null, 'GT')]
    await show(<Page answer={makeAnswer('Cases', { countries })} awaited={['SV']} />)
    const { textContent } = screen.getByRole('status')
    expect(textContent).toContain(word('line.awaited', { country: 'El Salvador' }))
    expect(textContent).toContain('Guatemala respondió')
  })
})

describe('a chip', () => {
  it('says when its country answered, and what the rules of another hide', async () => {
    const at = Date.parse('2026-11-28T11:34:00Z')
    const hide = (field: string): AnswerProblem => ({
      ...{ code: 'FORBIDDEN_BY_COUNTRY', country: 'SV', message: '', path: [], coordinate: `Person.${field}` },
    })
    const problems = ['birthDate', 'birthPlace', 'sex', 'identifiers'].map(hide)
    await ask({ at, problems, countries: [report('ANSWERED', null, 'GT'), report('ANSWERED', 'PARTLY_DENIED', 'SV')] })
    const [guatemala, salvador] = [...screen.getByRole('status').querySelectorAll('.chip')].map(
      (chip) => chip.textContent,
    )
    expect(guatemala).toMatch(/\d\d:34.*Guatemala respondió$/)
    expect(salvador).toMatch(/El Salvador oculta: nacimiento, .* y 2 más$/)
  })

  it('offers to ask once more for all that are silent', async () => {
    const { user, session } = await ask({
      countries: ['GT', 'HN', 'SV'].map((code) => report('TIMED_OUT', null, code)),
    })
    const again = screen.getByRole('button', {
      name: word('line.again', { countries: 'Guatemala, Honduras, El Salvador' }),
    })
    expect(again.textContent).toBe(word('common.again'))
    await user.click(again)
    expect(session.asked).toEqual([])
  })

  it('is marked as made up only beside data that are real', async () => {
    const row = (id: string, synthetic: boolean): object => ({ id, provenance: { synthetic } })
    const answer = { countries: [report('ANSWERED', null, 'GT'), report('ANSWERED', null, 'HN')] }
    await ask({ ...answer, data: { cases: [row('GT:C-1', true), row('HN:C-1', false)] } })
    const chips = screen.getByRole('status').querySelectorAll('.chip')
    expect([...chips].map((chip) => chip.querySelector('.demo-mark')?.textContent)).toEqual([
      word('line.isMadeUp'),
      undefined,
    ])
  })

  it('says nothing of it where all data are made up', async () => {
    await ask({ data: { cases: [{ id: 'GT:C-1', provenance: { synthetic: true } }] } })
    expect(screen.queryByText(word('line.isMadeUp'))).toBeNull()
  })
})

describe('the details of the line', () => {
  const codes = REACHES.flatMap((reach) => OUTCOME_CODES[reach].map((code) => [reach, code] as const))

  it.each(['es', 'en'] as const)('explain each code that an outcome can have (%s)', async (language) => {
    const countries = codes.map(([reach, code]) => report(reach, code))
    const details = await openDetails(await ask({ countries }, { language }))
    const explained = codes.flatMap(([, code]) => code ?? [])
    expect(explained.length).toBeGreaterThan(20)
    for (const code of explained) {
      const sign = await within(details).findByText(code)
      const meaning = wordCode(code, 'HN', language)
      expect(meaning).not.toBe('')
      // Only programs read the answer itself.
      expect(meaning).not.toContain('`')
      await expect.poll(() => sign.closest('li')?.textContent).toContain(meaning)
    }
  })

  it('say what is hidden by the rules of a country, and what the mandate does not allow anywhere', async () => {
    const hidden = (code: string, country: string | null, message: string): AnswerProblem => ({
      ...{ code, country, message, path: [], coordinate: 'Person.identifiers' },
    })
    const problems = [
      hidden('UNAUTHORIZED_FIELD_OR_TYPE', null, 'Falta el permiso person:identifiers.'),
      hidden('FORBIDDEN_BY_COUNTRY', 'SV', 'El Salvador no lo permite.'),
      hidden('FORBIDDEN_BY_COUNTRY', 'SV', 'El Salvador no lo permite.'),
    ]
    const details = within(await openDetails(await ask({ problems })))
    const own = details.getByRole('heading', { name: word('line.hidden') }).parentElement
    expect(own?.textContent).toContain('El Salvador')
    expect(own?.textContent).toContain(
      `${word('person.identifiers')} (Person.identifiers): ${word('line.places', { count: 2 })}. El Salvador no lo permite.`,
    )
    const everywhere = details.getByRole('heading', { name: word('line.hiddenOfMandate') }).parentElement
    expect(everywhere?.textContent).toContain('Falta el permiso person:identifiers.')
    expect(screen.getAllByRole('status')[0]?.textContent).toContain(word('line.hiddenPlaces', { count: 3 }))
  })

  it('name the requests, by which an auditor finds them', async () => {
    const details = await openDetails(await ask({ requestId: '0199-abc' }))
    expect(details.textContent).toContain('0199-abc')
  })
})

describe('«why is this empty?»', () => {
  const askWhy = async (shown: Shown): Promise<HTMLElement> => {
    const details = await openDetails(shown)
    await shown.user.click(within(details).getByRole('button', { name: word('line.why') }))
    return within(details).getByRole('status')
  }

  it('asks the same question without asking a country, and says whose rule hides what', async () => {
    const denied = [
      { path: ['cases'], coordinate: 'Case.narrative', country: 'HN', rule: 'POLICY' },
      { path: ['cases'], coordinate: 'Case.court', country: null, rule: 'SCOPES' },
    ]
    const shown = await ask({}, { answering: async () => ({ denied }) })
    const said = await askWhy(shown)
    expect(shown.session.asked).toEqual([{ name: 'Cases', variables: { first: 5 }, options: { isDryRun: true } }])
    const items = (await within(said).findAllByRole('listitem')).map(({ textContent }) => textContent)
    expect(items).toEqual([
      `Honduras: ${word('case.narrative')} (Case.narrative): ${word('line.rule.POLICY')}`,
      `${word('line.everywhere')}: ${word('case.court')} (Case.court): ${word('line.rule.SCOPES')}`,
    ])
  })

  it('says that no rule hides anything, if that is so', async () => {
    const said = await askWhy(await ask({}))
    expect(await within(said).findByText(word('line.whyNothing'))).toBeTruthy()
  })

  it('says why it could not ask', async () => {
    const answering = async (): Promise<never> => {
      throw new RefusedQuestion('QUOTA_SPENT', 'Se acabó la cuota.', null)
    }
    const said = await askWhy(await ask({}, { answering }))
    await expect.poll(() => said.textContent).toContain('Se acabó la cuota.')
  })
})

// @vitest-environment happy-dom
import { act, screen, within } from '@testing-library/react'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { SIGNED_IN, show, word } from '../testing.tsx'
import { Bar } from './bar.tsx'
import { EndedNotice } from './ended-notice.tsx'

const noChange = (): void => undefined

/** Sets the clock to a moment, which goes on only when the test says so. */
function setClock(at: number): void {
  vi.useFakeTimers({ now: at, toFake: ['Date', 'setTimeout', 'clearTimeout'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
}

describe('the bar', () => {
  it.each([
    ['es', ['Analista · olga', 'GT-MP', 'jtf-2026-03, hasta el 31 mar 2027', 'Investigación', 'ninguno']],
    ['en', ['Analyst · olga', 'GT-MP', 'jtf-2026-03, until 31 Mar 2027', 'Investigation', 'none']],
  ] as const)(
    'says who asks, for whom, on which mandate, what for, and about which case (%s)',
    async (language, facts) => {
      const { user } = await show(<Bar state={SIGNED_IN} onChange={noChange} />, { language })
      await user.click(screen.getByRole('button', { name: word('bar.more') }))
      const definitions = await within(screen.getByRole('banner')).findAllByRole('definition')
      expect(definitions.slice(0, 5).map(({ textContent }) => textContent)).toEqual(facts)
      const terms = within(screen.getByRole('banner')).getAllByRole('term')
      expect(terms.map(({ textContent }) => textContent)).toEqual(
        ['who', 'agency', 'mandate', 'purpose', 'case', 'until'].map((name) => word(`bar.${name}`)),
      )
    },
  )

  it('names the case of the questions, and says if no purpose is chosen', async () => {
    const grounds = { purpose: 'PROSECUTION', caseDisclosure: 'x', caseId: 'GT:MP001-2026-1' }
    await show(<Bar state={{ ...SIGNED_IN, grounds }} onChange={noChange} />)
    expect(screen.getByRole('banner').textContent).toContain('GT:MP001-2026-1')
  })

  it('says if no purpose is chosen', async () => {
    await show(<Bar state={{ ...SIGNED_IN, grounds: null }} onChange={noChange} />)
    expect(screen.getByRole('button', { name: /Cambiar finalidad/ }).textContent).toContain(word('bar.noPurpose'))
  })

  it('changes the purpose, and signs out', async () => {
    const change = vi.fn()
    const { user, session } = await show(<Bar state={SIGNED_IN} onChange={change} />)
    await user.click(screen.getByRole('button', { name: /Cambiar finalidad/ }))
    expect(change).toHaveBeenCalledTimes(1)
    await user.click(screen.getByRole('button', { name: word('bar.more') }))
    await user.click(await screen.findByRole('button', { name: word('bar.signOut') }))
    expect(session.calls).toEqual(['signOut'])
  })

  it('changes the language by a button in the other language', async () => {
    const { user } = await show(<Bar state={SIGNED_IN} onChange={noChange} />)
    await user.click(screen.getByRole('button', { name: word('bar.more') }))
    await user.click(await screen.findByRole('button', { name: 'English' }))
    expect(await screen.findByRole('button', { name: /Change purpose/ })).toBeTruthy()
    expect(document.documentElement.lang).toBe('en')
    expect(screen.getByRole('button', { name: 'Español' }).getAttribute('lang')).toBe('es')
  })
})

describe('the line at the top', () => {
  it('says the role, the country and the unit without ids', async () => {
    const officer = { ...SIGNED_IN.officer, agency: 'GT-MP-FECO' }
    await show(<Bar state={{ ...SIGNED_IN, officer }} onChange={noChange} />)
    expect(screen.getByRole('banner').textContent).toContain('Analista · Guatemala · FECO')
  })

  it('says in a demonstration which countries’ data are made up, once something was asked', async () => {
    const { user } = await show(<Bar state={SIGNED_IN} onChange={noChange} />, { config: { development: true } })
    await user.click(screen.getByRole('button', { name: word('app.demo') }))
    expect(await screen.findByText(word('app.demoEach'))).toBeTruthy()
  })
})

describe('a session that ends', () => {
  const until = Date.parse('2026-11-28T18:00:00Z')
  const bar = <Bar state={{ ...SIGNED_IN, until }} onChange={noChange} />

  it('says so two minutes before, and each minute anew, and is renewed from there', async () => {
    setClock(until - 60 * 60_000)
    const { session } = await show(bar)
    const said = screen.getByRole('status')
    expect(said.textContent).toBe('')
    await act(() => vi.advanceTimersByTimeAsync(58 * 60_000 - 1))
    expect(said.textContent).toBe('')
    await act(() => vi.advanceTimersByTimeAsync(1))
    expect(said.textContent).toContain('Su sesión vence en 2 minutos.')
    await act(() => vi.advanceTimersByTimeAsync(60_000))
    expect(said.textContent).toContain('Su sesión vence en 1 minuto.')
    act(() =>
      within(said)
        .getByRole('button', { name: word('ended.renew') })
        .click(),
    )
    expect(session.calls).toEqual(['renew'])
    await act(() => vi.advanceTimersByTimeAsync(60_000))
    expect(said.textContent).toBe('')
  })

  it('says no more that it ends once it has ended', async () => {
    setClock(until - 60_000)
    await show(<Bar state={{ ...SIGNED_IN, until, isEnded: true }} onChange={noChange} />)
    expect(screen.queryByRole('status')).toBeNull()
  })

  it('says that it has ended and that nothing is lost, and is renewed from there', async () => {
    const { user, session, speak } = await show(<EndedNotice />)
    const notice = within(screen.getByRole('alert', { name: 'Su sesión venció' }))
    await user.click(notice.getByRole('button', { name: 'Renovar la sesión' }))
    expect(session.calls).toEqual(['renew'])
    await speak('en')
    expect(screen.getByRole('alert', { name: 'Your session has ended' }).textContent).toContain('Nothing is lost.')
  })
})

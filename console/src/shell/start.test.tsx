// @vitest-environment happy-dom
import { cleanup, screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { SignInProblem } from '../session/session.ts'
import { makeMandate, show, word } from '../testing.tsx'
import { Start } from './start.tsx'

const PROBLEMS: readonly SignInProblem[] = [
  { kind: 'PROVIDER_REFUSED', detail: 'access_denied' },
  { kind: 'NOT_BEGUN_HERE' },
  { kind: 'NOT_REACHED', detail: 'token endpoint' },
  { kind: 'NO_MANDATE' },
  { kind: 'TOKEN_REFUSED', detail: 'MANDATE_NOT_COVERED' },
  { kind: 'OTHER_OFFICER' },
]

describe('the page before the sign-in', () => {
  it('offers to sign in, and nothing else', async () => {
    const { user, session } = await show(<Start state={{ kind: 'signed-out', problem: null }} />)
    expect(screen.queryByRole('alert')).toBeNull()
    expect(screen.queryByRole('button', { name: word('start.asOther') })).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Iniciar sesión' }))
    expect(session.calls).toEqual(['signIn'])
  })

  it('says whose console it is, what it is, and whom to call, as the settings say or in general', async () => {
    const config = { institution: 'Fiscalía General', contact: 'mesa de ayuda, 2210-0000' }
    const { speak } = await show(<Start state={{ kind: 'signed-out', problem: null }} />, { config })
    for (const text of ['Consola de Guatemala', config.institution, config.contact])
      expect(screen.getByText(text)).toBeTruthy()
    expect(within(screen.getByRole('region', { name: '¿Qué es esto?' })).getAllByRole('listitem')).toHaveLength(4)
    expect(screen.getByText(/^versión \d+\.\d+\.\d+$/)).toBeTruthy()
    await speak('en')
    expect(screen.getByText('Console of Guatemala')).toBeTruthy()
    cleanup()
    await show(<Start state={{ kind: 'starting' }} />)
    expect(screen.getByText(word('start.anyContact'))).toBeTruthy()
  })

  it.each(PROBLEMS)('says in both languages why nobody is signed in: $kind', async (problem) => {
    const { user, session, speak } = await show(<Start state={{ kind: 'signed-out', problem }} />)
    const alert = screen.getByRole('alert')
    const spanish = alert.textContent ?? ''
    expect(spanish).not.toContain('start.problem')
    if ('detail' in problem) expect(spanish).toContain(problem.detail)
    await speak('en')
    expect(alert.textContent).not.toBe(spanish)
    await user.click(screen.getByRole('button', { name: 'Sign in as somebody else' }))
    expect(session.calls).toEqual(['signIn as other'])
  })

  it('lets an officer of several mandates choose one, by what each allows', async () => {
    const mandates = [
      makeMandate(),
      makeMandate({ hash: 'h2', taskForce: 'jtf-2026-07', purposes: ['ASSET_RECOVERY'] }),
    ]
    const { user, session } = await show(<Start state={{ kind: 'choosing', mandates }} />)
    const choices = screen.getAllByRole('listitem').map(({ textContent }) => textContent)
    expect(choices).toHaveLength(2)
    expect(choices[1]).toContain('jtf-2026-07, hasta el 31 mar 2027')
    expect(choices[1]).toContain(word('purpose.ASSET_RECOVERY'))
    expect(choices[1]).toContain('GT · HN · SV')
    await user.click(screen.getByRole('button', { name: /jtf-2026-07/ }))
    expect(session.calls).toEqual(['chooseMandate h2'])
  })

  it.each([
    ['starting', 'start.waiting'],
    ['brought-back', 'start.back'],
  ] as const)('says what happens while nothing is to be done: %s', async (kind, key) => {
    await show(<Start state={{ kind }} />)
    expect(screen.getByRole('status').textContent).toBe(word(key))
    expect(screen.queryByRole('button', { name: word('start.signIn') })).toBeNull()
  })

  it('marks a demonstration', async () => {
    await show(<Start state={{ kind: 'starting' }} />, { config: { development: true } })
    expect(screen.getByText(word('app.demo'))).toBeTruthy()
  })
})

// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { SUSPENDED_KINDS } from '../../../contract/trust/suspended-kinds.ts'
import { type Shown, show } from '../testing.tsx'
import { fill as fillText } from '../words/fill.ts'
import { SuspendPage } from './suspend-page.tsx'
import { NATIONAL_WORDS } from './words.ts'

const WORDS = NATIONAL_WORDS.es.suspend
const COMMAND = "istmo suspend --agency GT-MP-FECO --reason 'Oficio 41' --key-file ana.key --folder /var/lib/istmo"

const fill = async ({ user }: Shown): Promise<void> => {
  await user.type(screen.getByLabelText(WORDS.value), 'GT-MP-FECO')
  await user.type(screen.getByLabelText(WORDS.reason), 'Oficio 41')
  await user.type(screen.getByLabelText(WORDS.keyFile), 'ana.key')
  await user.type(screen.getByLabelText(WORDS.folders), '/var/lib/istmo')
}

const review = ({ user }: Shown): Promise<void> => user.click(screen.getByRole('button', { name: WORDS.next }))

describe('the page that suspends', () => {
  it('offers each kind that can be suspended, with what its value looks like', async () => {
    const { user } = await show(<SuspendPage />)
    const kinds = screen.getByLabelText(WORDS.kind)
    expect(within(kinds).getAllByRole('option')).toHaveLength(SUSPENDED_KINDS.length)
    for (const kind of SUSPENDED_KINDS) {
      await user.selectOptions(kinds, WORDS.kinds[kind])
      expect(screen.getByText(WORDS.values[kind])).toBeTruthy()
    }
  })

  it.each([
    ['es', NATIONAL_WORDS.es],
    ['en', NATIONAL_WORDS.en],
  ] as const)(
    'says at each field what is wrong, keeps its help, and shows no command (%s)',
    async (language, words) => {
      const { user } = await show(<SuspendPage />, { language })
      await user.click(screen.getByRole('button', { name: words.suspend.next }))
      const wrong = Object.values(words.suspend.wrong)
      expect(screen.getAllByRole('alert').map(({ textContent }) => textContent)).toEqual(wrong)
      expect(screen.getByText(words.suspend.reasonHint)).toBeTruthy()
      expect(screen.queryByText(/istmo suspend/)).toBeNull()
    },
  )

  it('shows the command only after a second look, in which the value is written again', async () => {
    const shown = await show(<SuspendPage />)
    await fill(shown)
    await review(shown)
    expect(screen.getByText(/se detiene: .*GT-MP-FECO/)).toBeTruthy()
    expect(screen.getByText(`${WORDS.reason}: Oficio 41`)).toBeTruthy()
    const again = screen.getByLabelText(fillText(WORDS.typeAgain, { value: 'GT-MP-FECO' }))
    await shown.user.type(again, 'GT-MP-FEC')
    expect(screen.queryByText(COMMAND)).toBeNull()
    await shown.user.type(again, 'O')
    expect(screen.getByText(COMMAND)).toBeTruthy()
    await shown.user.type(again, 'x')
    expect(screen.queryByText(COMMAND)).toBeNull()
  })

  it('copies the exact command, and asks nobody', async () => {
    const shown = await show(<SuspendPage />)
    await fill(shown)
    await review(shown)
    await shown.user.type(screen.getByLabelText(fillText(WORDS.typeAgain, { value: 'GT-MP-FECO' })), 'GT-MP-FECO')
    const command = screen.getByText(COMMAND).closest('.command')
    await shown.user.click(within(command as HTMLElement).getByRole('button'))
    expect(await navigator.clipboard.readText()).toBe(COMMAND)
    expect([shown.session.asked, shown.session.calls]).toEqual([[], []])
  })

  it('resumes by another command, and keeps what was written when something is changed', async () => {
    const shown = await show(<SuspendPage />)
    await fill(shown)
    await shown.user.click(screen.getByRole('radio', { name: WORDS.actions.resume }))
    await review(shown)
    await shown.user.type(screen.getByLabelText(fillText(WORDS.typeAgain, { value: 'GT-MP-FECO' })), 'GT-MP-FECO')
    expect(screen.getByText(COMMAND.replace('suspend', 'resume'))).toBeTruthy()
    await shown.user.click(screen.getByRole('button', { name: WORDS.back }))
    expect(screen.getByLabelText(WORDS.reason)).toHaveProperty('value', 'Oficio 41')
    expect(screen.getByRole('radio', { name: WORDS.actions.resume })).toHaveProperty('checked', true)
    // The second look is there each time.
    await review(shown)
    expect(screen.getByLabelText(fillText(WORDS.typeAgain, { value: 'GT-MP-FECO' }))).toHaveProperty('value', '')
  })
})

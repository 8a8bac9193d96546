// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { SUSPENDED_KINDS } from '../../../contract/trust/suspended-kinds.ts'
import { type Shown, show, word } from '../testing.tsx'
import { WORDS } from '../words/catalogue.ts'
import { SuspendPage } from './suspend-page.tsx'

/** A text of the page. */
const say = (key: string, values: object = {}): string => word(`team.suspend.${key}`, { ...values })
const COMMAND = "istmo suspend --agency GT-MP-FECO --reason 'Oficio 41' --key-file ana.key --folder /var/lib/istmo"

const fill = async ({ user }: Shown): Promise<void> => {
  await user.type(screen.getByLabelText(say('value')), 'GT-MP-FECO')
  await user.type(screen.getByLabelText(say('reason')), 'Oficio 41')
  await user.type(screen.getByLabelText(say('keyFile')), 'ana.key')
  await user.type(screen.getByLabelText(say('folders')), '/var/lib/istmo')
}

const review = ({ user }: Shown): Promise<void> => user.click(screen.getByRole('button', { name: say('next') }))

describe('the page that suspends', () => {
  it('offers each kind that can be suspended, with what its value looks like', async () => {
    const { user } = await show(<SuspendPage />)
    const kinds = screen.getByLabelText(say('kind'))
    expect(within(kinds).getAllByRole('option')).toHaveLength(SUSPENDED_KINDS.length)
    for (const kind of SUSPENDED_KINDS) {
      await user.selectOptions(kinds, say(`kinds.${kind}`))
      expect(screen.getByText(say(`values.${kind}`))).toBeTruthy()
    }
  })

  it.each(['es', 'en'] as const)(
    'says at each field what is wrong, keeps its help, and shows no command (%s)',
    async (language) => {
      const { user } = await show(<SuspendPage />, { language })
      await user.click(screen.getByRole('button', { name: say('next') }))
      const wrong = Object.keys(Object(WORDS.es.team).suspend.wrong).map((field) => say(`wrong.${field}`))
      expect(screen.getAllByRole('alert').map(({ textContent }) => textContent)).toEqual(wrong)
      expect(screen.getByText(say('reasonHint'))).toBeTruthy()
      expect(screen.queryByText(/istmo suspend/)).toBeNull()
    },
  )

  it('shows the command only after a second look, in which the value is written again', async () => {
    const shown = await show(<SuspendPage />)
    await fill(shown)
    await review(shown)
    expect(screen.getByText(/se detiene: .*GT-MP-FECO/)).toBeTruthy()
    expect(screen.getByText(`${say('reason')}: Oficio 41`)).toBeTruthy()
    const again = screen.getByLabelText(say('typeAgain', { value: 'GT-MP-FECO' }))
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
    await shown.user.type(screen.getByLabelText(say('typeAgain', { value: 'GT-MP-FECO' })), 'GT-MP-FECO')
    const command = screen.getByText(COMMAND).closest('.command')
    await shown.user.click(within(command as HTMLElement).getByRole('button'))
    expect(await navigator.clipboard.readText()).toBe(COMMAND)
    expect([shown.session.asked, shown.session.calls]).toEqual([[], []])
  })

  it('resumes by another command, and keeps what was written when something is changed', async () => {
    const shown = await show(<SuspendPage />)
    await fill(shown)
    await shown.user.click(screen.getByRole('radio', { name: say('actions.resume') }))
    await review(shown)
    await shown.user.type(screen.getByLabelText(say('typeAgain', { value: 'GT-MP-FECO' })), 'GT-MP-FECO')
    expect(screen.getByText(COMMAND.replace('suspend', 'resume'))).toBeTruthy()
    await shown.user.click(screen.getByRole('button', { name: say('back') }))
    expect(screen.getByLabelText(say('reason'))).toHaveProperty('value', 'Oficio 41')
    expect(screen.getByRole('radio', { name: say('actions.resume') })).toHaveProperty('checked', true)
    // The second look is there each time.
    await review(shown)
    expect(screen.getByLabelText(say('typeAgain', { value: 'GT-MP-FECO' }))).toHaveProperty('value', '')
  })
})

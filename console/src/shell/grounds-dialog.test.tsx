// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { fileInput, makeMandate, SIGNED_IN, show, word } from '../testing.tsx'
import { GroundsDialog } from './grounds-dialog.tsx'

const noPurpose = { ...SIGNED_IN, grounds: null }

describe('the choice of the purpose', () => {
  it('offers the purposes of the mandate and no other, in both languages', async () => {
    const { speak } = await show(<GroundsDialog state={noPurpose} mayCancel={false} onClose={() => undefined} />)
    const names = (): readonly (string | null | undefined)[] =>
      screen.getAllByRole('radio').map((radio) => (radio as HTMLInputElement).labels?.[0]?.textContent)
    expect(names()).toEqual(['Investigación', 'Persecución penal'])
    await speak('en')
    expect(names()).toEqual(['Investigation', 'Prosecution'])
    expect(screen.getByRole('dialog', { name: 'What do you ask for?' })).toBeTruthy()
  })

  it('sets the purpose that was chosen, and closes', async () => {
    const close = vi.fn()
    const { user, session } = await show(<GroundsDialog state={noPurpose} mayCancel={false} onClose={close} />)
    await user.click(screen.getByRole('radio', { name: word('purpose.PROSECUTION') }))
    await user.click(screen.getByRole('button', { name: word('grounds.ok') }))
    expect(session.calls).toEqual(['setGrounds PROSECUTION -'])
    expect(close).toHaveBeenCalledTimes(1)
  })

  it('cannot be left without a purpose the first time, neither by a button nor by Escape', async () => {
    const close = vi.fn()
    const { user } = await show(<GroundsDialog state={noPurpose} mayCancel={false} onClose={close} />)
    expect(screen.queryByRole('button', { name: word('grounds.cancel') })).toBeNull()
    await user.keyboard('{Escape}')
    expect(close).not.toHaveBeenCalled()
  })

  it('begins with the purpose of before, and leaves it if the officer changes nothing', async () => {
    const close = vi.fn()
    const { user, session } = await show(<GroundsDialog state={SIGNED_IN} mayCancel={true} onClose={close} />)
    expect(screen.getByRole('radio', { name: word('purpose.INVESTIGATION') })).toHaveProperty('checked', true)
    await user.click(screen.getByRole('radio', { name: word('purpose.PROSECUTION') }))
    await user.keyboard('{Escape}')
    await user.click(screen.getByRole('button', { name: word('grounds.cancel') }))
    expect([session.calls, close.mock.calls.length]).toEqual([[], 2])
  })

  it('does not go on with a mandate of one case before its file is there', async () => {
    const state = { ...noPurpose, mandate: makeMandate({ caseDigest: 'A'.repeat(43) }) }
    const { user, session } = await show(<GroundsDialog state={state} mayCancel={false} onClose={() => undefined} />)
    await user.click(screen.getByRole('button', { name: word('grounds.ok') }))
    expect(screen.getByRole('alert').textContent).toBe(word('grounds.caseWrong'))
    await user.upload(fileInput(word('grounds.case')), new File(['no es'], 'otro.txt'))
    expect((await screen.findByRole('alert')).textContent).toBe(word('grounds.caseWrong'))
    expect(session.calls).toEqual([])
    expect(within(screen.getByRole('dialog')).getByRole('button', { name: word('grounds.ok') })).toBeTruthy()
  })
})

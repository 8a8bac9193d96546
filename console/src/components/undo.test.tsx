// @vitest-environment happy-dom
import { screen } from '@testing-library/react'
import { useState } from 'react'
import { describe, expect, it } from 'vitest'
import { show, word } from '../testing.tsx'
import { Undo } from './undo.tsx'

/** A page with a list that can be taken away. `keepsButton`: whether the button that takes it away stays. */
function Page({ keepsButton }: { readonly keepsButton: boolean }) {
  const [isThere, setThere] = useState(true)
  return (
    <>
      {isThere && <p>La lista</p>}
      {(isThere || keepsButton) && (
        <button type="button" onClick={() => setThere(false)}>
          Quitar
        </button>
      )}
      <Undo text={isThere ? null : 'Se quitó.'} onUndo={() => setThere(true)} />
    </>
  )
}

describe('undo', () => {
  it('says what was taken away where screen readers hear it, and brings it back', async () => {
    const { user } = await show(<Page keepsButton={false} />)
    expect(screen.queryByRole('button', { name: word('common.undo') })).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Quitar' }))
    expect(screen.getByRole('status').textContent).toContain('Se quitó.')
    expect(screen.queryByText('La lista')).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Deshacer' }))
    expect(screen.getByText('La lista')).toBeTruthy()
    expect(screen.getByRole('status').textContent).toBe('')
  })

  it('takes the focus only if its place is gone', async () => {
    const gone = await show(<Page keepsButton={false} />)
    await gone.user.click(screen.getByRole('button', { name: 'Quitar' }))
    expect(document.activeElement?.textContent).toBe('Deshacer')
  })

  it('leaves the focus where it is if its place is still there', async () => {
    const { user } = await show(<Page keepsButton={true} />)
    await user.click(screen.getByRole('button', { name: 'Quitar' }))
    expect(document.activeElement?.textContent).toBe('Quitar')
  })
})

// @vitest-environment happy-dom
import { fireEvent, screen } from '@testing-library/react'
import { useState } from 'react'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { show } from '../testing.tsx'
import { Modal } from './modal.tsx'

function Page({ onCancel }: { readonly onCancel: () => void }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Abrir
      </button>
      {isOpen && (
        <Modal labelledBy="title" onCancel={onCancel}>
          <h2 id="title">¿Para qué pregunta?</h2>
          <button type="button" onClick={() => setOpen(false)}>
            Cerrar
          </button>
        </Modal>
      )}
    </>
  )
}

describe('a modal dialog', () => {
  it('is opened as modal, which keeps the focus in it, and has its title as its name', async () => {
    const opening = vi.spyOn(HTMLDialogElement.prototype, 'showModal')
    onTestFinished(() => opening.mockRestore())
    const { user } = await show(<Page onCancel={() => undefined} />)
    await user.click(screen.getByRole('button', { name: 'Abrir' }))
    expect(opening).toHaveBeenCalledTimes(1)
    expect(screen.getByRole('dialog', { name: '¿Para qué pregunta?' })).toHaveProperty('open', true)
  })

  it('leaves it to the page whether Escape closes it', async () => {
    const cancel = vi.fn()
    const { user } = await show(<Page onCancel={cancel} />)
    await user.click(screen.getByRole('button', { name: 'Abrir' }))
    const dialog = screen.getByRole('dialog')
    // A browser sends `cancel` when somebody presses Escape, and closes the dialog unless the page prevents it.
    expect(fireEvent(dialog, new Event('cancel', { cancelable: true }))).toBe(false)
    expect(cancel).toHaveBeenCalledTimes(1)
  })

  it('closes while it is still in the page, because a browser gives the focus back only then', async () => {
    const wasInPage: boolean[] = []
    const close = HTMLDialogElement.prototype.close
    const closing = vi.spyOn(HTMLDialogElement.prototype, 'close').mockImplementation(function (
      this: HTMLDialogElement,
    ) {
      wasInPage.push(this.isConnected)
      close.call(this)
    })
    onTestFinished(() => closing.mockRestore())
    const { user } = await show(<Page onCancel={() => undefined} />)
    await user.click(screen.getByRole('button', { name: 'Abrir' }))
    await user.click(screen.getByRole('button', { name: 'Cerrar' }))
    expect(wasInPage).toEqual([true])
    expect(screen.queryByRole('dialog')).toBeNull()
  })
})

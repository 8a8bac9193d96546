import { type ReactNode, useLayoutEffect, useRef } from 'react'

/** A dialog over the page. The browser keeps the focus in it, and gives the focus back when it closes. */
export function Modal({
  labelledBy,
  onCancel,
  children,
}: {
  /** The id of its title. */
  readonly labelledBy: string
  /** Called when the officer presses Escape. */
  readonly onCancel: () => void
  readonly children: ReactNode
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  // Before the page is painted, and before the dialog leaves it: a dialog that is gone cannot give the focus back.
  useLayoutEffect(() => {
    const shown = dialog.current
    if (shown?.open === false) shown.showModal()
    return () => shown?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-labelledby={labelledBy}
      onCancel={(event) => {
        event.preventDefault()
        onCancel()
      }}
    >
      {children}
    </dialog>
  )
}

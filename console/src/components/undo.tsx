import { Button } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

/**
 * Says that something was taken away, and brings it back. If the focus was on what was taken away, the button gets it, so that the keyboard goes on from
 * here.
 */
export function Undo({
  text,
  onUndo,
}: {
  /** What was taken away; null if nothing was. */
  readonly text: string | null
  readonly onUndo: () => void
}) {
  const { t } = useTranslation()
  const button = useRef<HTMLButtonElement>(null)
  const isOffered = text !== null
  const hasTaken = useRef(false)
  // What was taken away may leave the page some renderings after it is said.
  useEffect(() => {
    if (!isOffered) hasTaken.current = false
    if (!isOffered || hasTaken.current || document.activeElement !== document.body) return
    hasTaken.current = true
    button.current?.focus()
  })
  return (
    <p role="status">
      {isOffered && (
        <>
          {text}{' '}
          <Button ref={button} onClick={onUndo}>
            {t('common.undo')}
          </Button>
        </>
      )}
    </p>
  )
}

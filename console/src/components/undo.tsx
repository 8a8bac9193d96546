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
  useEffect(() => {
    if (isOffered && document.activeElement === document.body) button.current?.focus()
  }, [isOffered])
  return (
    <p role="status">
      {isOffered && (
        <>
          {text}{' '}
          <button ref={button} type="button" onClick={onUndo}>
            {t('common.undo')}
          </button>
        </>
      )}
    </p>
  )
}

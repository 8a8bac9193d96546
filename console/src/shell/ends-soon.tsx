import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useWorld } from '../session/use-session.ts'

const MINUTE_MS = 60_000

/** How long before the end an officer is told, in milliseconds: enough to finish a sentence and to sign in again. */
const SOON_MS = 2 * MINUTE_MS

/** Says that the sign-in ends within minutes, and offers to renew it before it interrupts somebody. */
export function EndsSoon({ until }: { /** Milliseconds since the epoch. */ readonly until: number }) {
  const { t } = useTranslation()
  const { session } = useWorld()
  const left = useTimeLeft(until)
  return (
    <div role="status" className="ends-soon">
      {left > 0 && left <= SOON_MS && (
        <>
          {t('ended.soon', { count: Math.ceil(left / MINUTE_MS) })}{' '}
          <Button onClick={() => void session.renew()}>{t('ended.renew')}</Button>
        </>
      )}
    </div>
  )
}

/** The time until a moment, in milliseconds. It is read anew each minute once the moment is near. */
function useTimeLeft(until: number): number {
  const [now, setNow] = useState(Date.now)
  const left = until - now
  useEffect(() => {
    // The longest time that a browser's timer takes is far more than an hour.
    const next = left > SOON_MS ? Math.min(left - SOON_MS, 60 * MINUTE_MS) : left % MINUTE_MS || MINUTE_MS
    if (left <= 0) return
    const timer = setTimeout(() => setNow(Date.now()), next)
    return () => clearTimeout(timer)
  }, [left])
  return left
}

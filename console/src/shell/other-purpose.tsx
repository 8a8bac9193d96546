import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSignedIn } from '../session/use-session.ts'
import { useLine } from './line-context.tsx'

/** Says that what the page shows was asked for another purpose than what comes next, and asks it again if the officer wants. */
export function OtherPurpose({ onAskAgain }: { readonly onAskAgain: () => void }) {
  const { t } = useTranslation()
  const { grounds } = useSignedIn()
  const { answers } = useLine()
  const before = [...new Set(answers.map(({ purpose }) => purpose))].filter((each) => each !== grounds?.purpose)
  const name = (purpose: string): string => t(`purpose.${purpose}`, { defaultValue: purpose })
  if (grounds === null || before.length === 0) return null
  const now = name(grounds.purpose)
  return (
    <p className="notice no-print" role="status">
      {t('otherPurpose.about', { before: before.map(name).join(', '), now })}{' '}
      <Button onClick={onAskAgain}>{t('otherPurpose.again', { now })}</Button>
    </p>
  )
}

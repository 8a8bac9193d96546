import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { wordError } from '../session/word-error.ts'
import { ShownText } from './shown-text.tsx'

/** Says why a question got no answer, and asks it again. Nothing if there is no error. */
export function Failed({ error, again }: { readonly error: Error | null; readonly again?: () => void }) {
  const { t } = useTranslation()
  if (error === null) return null
  return (
    <p role="alert" className="notice">
      <ShownText text={t('common.failed', { message: wordError(t, error) })} />{' '}
      {again !== undefined && <Button onClick={again}>{t('common.again')}</Button>}
    </p>
  )
}

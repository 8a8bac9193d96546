import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { OversightRefusedError } from './ask-oversight.ts'

/** Says that oversight did not answer, why, and offers to ask again. */
export function Failure({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const { t } = useTranslation()
  const code = error instanceof OversightRefusedError ? error.code : ''
  const known = t(`auditor.errors.${code}`, { defaultValue: '' })
  return (
    <p role="alert" className="notice">
      <ShownText text={known || error.message} /> {known === '' && code !== '' && <ShownCode text={code} />}{' '}
      <Button onClick={onRetry}>{t('auditor.retry')}</Button>
    </p>
  )
}

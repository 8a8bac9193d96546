import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { RecordIdForm } from '../../components/record-id-form.tsx'

/** Goes to a case by its id. */
export function CaseSearch({ way }: { readonly way: ReactNode }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <RecordIdForm
      way={way}
      label={t('search.caseNumber')}
      help={t('search.caseHelp')}
      wrong={t('search.caseWrong')}
      button={t('common.open')}
      isFirst
      onGo={(id) => void navigate({ to: '/case/$id', params: { id } })}
    />
  )
}

import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { changeLanguage } from '../words/words.ts'

/** The button that changes to the other language. It is written in that language. */
export function LanguageSwitch() {
  const { t, i18n } = useTranslation()
  const other = i18n.language === 'es' ? 'en' : 'es'
  return (
    <Button variant="subtle" lang={other} onClick={() => void changeLanguage(other)}>
      {t('app.other')}
    </Button>
  )
}

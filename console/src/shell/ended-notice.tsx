import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useWorld } from '../session/use-session.ts'

/** Says that the sign-in has ended, and renews it. What the page shows stays. */
export function EndedNotice() {
  const { t } = useTranslation()
  const { session } = useWorld()
  return (
    <section className="notice" role="alert" aria-labelledby="ended">
      <h2 id="ended">{t('ended.title')}</h2>
      <p>{t('ended.about')}</p>
      <Button variant="filled" onClick={() => void session.renew()}>
        {t('ended.renew')}
      </Button>
    </section>
  )
}

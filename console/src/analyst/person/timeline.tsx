import { useTranslation } from 'react-i18next'
import { cleanText } from '../../components/clean-text.ts'
import { ShownText } from '../../components/shown-text.tsx'
import { useFormats } from '../../shell/use-formats.ts'
import { listEvents } from './list-events.ts'
import type { Dossier } from './use-dossier.ts'

/** What happened to a person, over all identities and countries. */
export function Timeline({ dossier }: { readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const { day, country } = useFormats()
  const events = listEvents(dossier)
  if (events.length === 0) return null
  return (
    <section aria-labelledby="timeline" className="sheet">
      <h2 id="timeline">{t('person.timeline')}</h2>
      <ol className="timeline">
        {events.map((event) => {
          const category =
            event.category === null ? '' : t(`warrant.${event.category}`, { defaultValue: event.category })
          return (
            <li key={JSON.stringify(event)}>
              <time dateTime={cleanText(event.day)}>
                <ShownText text={day(event.day)} />
              </time>{' '}
              {country(event.country)}: <ShownText text={t(`person.event.${event.kind}`, { id: event.id, category })} />
            </li>
          )
        })}
      </ol>
    </section>
  )
}

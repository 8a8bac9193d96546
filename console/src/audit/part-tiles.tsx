import { useTranslation } from 'react-i18next'
import { CountryMark } from '../components/country-mark.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { Icon } from '../look/icon.tsx'
import { useFormats } from '../shell/formats.ts'
import { listAnswers } from './entry-story.tsx'
import { useLanguage } from './use-oversight.ts'
import type { VerifiedEntry } from './verify-entry.ts'
import { wordDenied, wordMeaning } from './word-entry.ts'

/** The parts of a question: what the auditor sees, what another country's auditor sees, and what nobody knows. */
export function PartTiles({
  verified: { entry, parts },
  viewerCountry,
}: {
  readonly verified: VerifiedEntry
  readonly viewerCountry: string | null
}) {
  const { t } = useTranslation()
  const { country: nameCountry } = useFormats()
  if (entry?.kind !== 'request' || entry.continuations === 0) return null
  const answers = listAnswers(entry, parts)
  const hidden = entry.continuations - parts.length
  return (
    <section aria-labelledby="entry-parts">
      <h2 id="entry-parts">
        {t('auditor.seenParts', { seen: parts.length, count: entry.continuations })}{' '}
        <span className="quiet-text meta">{viewerCountry !== null && t('auditor.parts.why')}</span>
      </h2>
      <ul className="parts">
        {parts.map((part) => {
          const country = 'country' in part ? part.country : null
          const own = answers.filter((each) => each.country === country)
          const isAway = own.length > 0 && own.every(({ reach }) => reach === 'TIMED_OUT' || reach === 'UNAVAILABLE')
          const count = own.reduce((sum, { records }) => sum + (records ?? 0), 0)
          return (
            <li key={part.id} className={isAway ? 'part hatched' : 'part seen'}>
              {country !== null && <CountryMark code={country} isAway={isAway} />}
              <span>
                <b>{t(isAway ? 'auditor.parts.unknown' : 'auditor.parts.seen')}</b>
                <span className="meta">
                  {country !== null && `${nameCountry(country)}: `}
                  {isAway ? t('auditor.parts.away') : t('auditor.parts.records', { count })}
                </span>
              </span>
            </li>
          )
        })}
        {Array.from({ length: Math.min(hidden, MAX_TILES) }, (_, at) => `other ${at}`).map((key) => (
          <li key={key} className="part hatched">
            <span>
              <b>{t('auditor.parts.hidden')}</b>
              <span className="meta">{t('auditor.parts.theirs')}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** More tiles than countries of the region would say nothing more. */
const MAX_TILES = 9

/** What was denied, by whom, and who did not answer: that is not a refusal. */
export function DeniedPanel({ verified: { entry, parts } }: { readonly verified: VerifiedEntry }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { country: nameCountry } = useFormats()
  if (entry?.kind !== 'request' && entry?.kind !== 'leg') return null
  const denied = entry.kind === 'leg' ? entry.result.denied : [entry, ...parts].flatMap((each) => each.denied)
  const fields = denied.map(({ coordinate, kind, country }) => {
    const by = country === null ? t('auditor.refused.countries') : nameCountry(country)
    return {
      country,
      icon: 'partly',
      text: t(`auditor.denied.${kind}`, { field: wordDenied(t, coordinate), by }),
    } as const
  })
  const answers = listAnswers(entry, parts)
    .filter(({ reach }) => reach !== 'ANSWERED')
    .map(({ country, reach, code }) => {
      const why = code === null ? '' : wordMeaning(code, language)
      return { country, icon: 'stop', text: `${t(`auditor.denied.all.${reach}`)} ${why}` } as const
    })
  const rows = [...new Map([...fields, ...answers].map((row) => [`${row.country} ${row.text}`, row])).values()]
  return (
    <section className="sheet ruled" aria-labelledby="entry-denied">
      <h2 id="entry-denied">{t('auditor.denied.title')}</h2>
      {rows.length === 0 && <p>{t('auditor.allowed.nothingDenied')}</p>}
      <ul className="plain">
        {rows.map(({ country, icon, text }) => (
          <li key={`${country} ${text}`} className="rule">
            <span className="rule-name">{country !== null && <CountryMark code={country} />}</span>
            <Icon name={icon} />
            <ShownText text={text} />
          </li>
        ))}
      </ul>
    </section>
  )
}

import { useTranslation } from 'react-i18next'
import { ShownText } from '../../components/shown-text.tsx'
import type { Warrant } from '../../documents/types.ts'
import { useFormats } from '../../shell/use-formats.ts'
import { findWarrants } from './find-warrants.ts'
import type { Dossier } from './use-dossier.ts'

/** Says first whether a warrant is in force, because whoever stands before the person must know that at once. */
export function WarrantNotice({ dossier }: { readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  if (dossier.isAsking || dossier.answers.length === 0) return null
  const { active, unknown, none } = findWarrants(dossier)
  const nameAll = (codes: readonly string[]): string => codes.map(country).join(', ')
  return (
    <section aria-labelledby="warrants" className={active.length > 0 ? 'notice alarm' : 'sheet'}>
      <h2 id="warrants">{t('person.warrants')}</h2>
      {active.map((warrant) => (
        <ActiveWarrant key={warrant.id} warrant={warrant} />
      ))}
      {none.length > 0 && <p>{t('person.warrantsNone', { countries: nameAll(none) })}</p>}
      {unknown.length > 0 && <p>{t('person.warrantsUnknown', { countries: nameAll(unknown) })}</p>}
    </section>
  )
}

function ActiveWarrant({ warrant }: { readonly warrant: Warrant }) {
  const { t } = useTranslation()
  const { country, day } = useFormats()
  const { id, category, issuedOn, expiresOn, issuingCourt, extraditionRequested } = warrant
  const parts = [
    t('person.warrantActive', {
      country: country(warrant.country),
      category: t(`warrant.${category}`, { defaultValue: category }),
      day: day(issuedOn),
    }),
    expiresOn === null ? '' : t('person.warrantEnds', { day: day(expiresOn) }),
    extraditionRequested === true ? t('person.extradition') : '',
    issuingCourt ?? '',
  ]
  return (
    <p>
      <strong>
        <ShownText text={parts.filter(Boolean).join(' · ')} />
      </strong>{' '}
      <code>{id}</code>
    </p>
  )
}

import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ShownText } from '../components/shown-text.tsx'
import type { SignedIn } from '../session/session.ts'
import { useWorld } from '../session/use-session.ts'
import { EndsSoon } from './ends-soon.tsx'
import { LanguageSwitch } from './language-switch.tsx'
import { useFormats } from './use-formats.ts'

/** The bar that always says who asks, for which agency, on which mandate, for which purpose and case, and until when. */
export function Bar({ state, onChange }: { readonly state: SignedIn; readonly onChange: () => void }) {
  const { t } = useTranslation()
  const { session } = useWorld()
  const { day, hour } = useFormats()
  const { officer, mandate, grounds, until } = state
  return (
    <header className="bar">
      <strong className="brand">{t('app.name')}</strong>
      <dl aria-label={t('bar.label')}>
        <Fact term={t('bar.who')}>
          <ShownText text={[officer.role, officer.name].filter(Boolean).join(' · ')} />
        </Fact>
        <Fact term={t('bar.agency')}>
          <ShownText text={officer.agency ?? officer.country} />
        </Fact>
        <Fact term={t('bar.mandate')}>
          <ShownText text={t('start.mandate', { taskForce: mandate.taskForce ?? '', day: day(mandate.notAfter) })} />
        </Fact>
        <Fact term={t('bar.purpose')}>{grounds === null ? t('bar.noPurpose') : t(`purpose.${grounds.purpose}`)}</Fact>
        <Fact term={t('bar.case')}>
          <ShownText text={grounds?.caseId ?? t('bar.noCase')} />
        </Fact>
        <Fact term={t('bar.until')}>{hour(until)}</Fact>
      </dl>
      <div className="actions">
        <button type="button" onClick={onChange}>
          {t('bar.change')}
        </button>
        <LanguageSwitch />
        <button type="button" className="quiet" onClick={() => void session.signOut()}>
          {t('bar.signOut')}
        </button>
      </div>
      {!state.isEnded && <EndsSoon until={until} />}
    </header>
  )
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  )
}

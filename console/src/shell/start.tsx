import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ShownText } from '../components/shown-text.tsx'
import type { OfficerMandate, SessionState } from '../session/session.ts'
import { useWorld } from '../session/use-session.ts'
import { useFormats } from './formats.ts'
import { LanguageSwitch } from './language-switch.tsx'

/** What is shown to somebody who is not signed in. */
export function Start({ state }: { readonly state: Exclude<SessionState, { kind: 'signed-in' }> }) {
  const { t } = useTranslation()
  const { config } = useWorld()
  return (
    <main className="start">
      <LanguageSwitch />
      <h1>{t('start.title')}</h1>
      <p>{t('start.about')}</p>
      {config.development && <p className="demo-mark">{t('app.demo')}</p>}
      <Choice state={state} />
    </main>
  )
}

function Choice({ state }: { readonly state: Exclude<SessionState, { kind: 'signed-in' }> }) {
  const { t } = useTranslation()
  const { session } = useWorld()
  if (state.kind === 'starting') return <p role="status">{t('start.waiting')}</p>
  if (state.kind === 'brought-back') return <p role="status">{t('start.back')}</p>
  if (state.kind === 'choosing') return <Mandates mandates={state.mandates} />
  const { problem } = state
  return (
    <>
      {problem !== null && (
        <p role="alert" className="notice">
          {t(`start.problem.${problem.kind}`, { detail: 'detail' in problem ? problem.detail : '' })}
        </p>
      )}
      <p className="actions">
        <Button variant="filled" onClick={() => void session.signIn()}>
          {t('start.signIn')}
        </Button>
        {problem !== null && <Button onClick={() => void session.signIn(true)}>{t('start.asOther')}</Button>}
      </p>
    </>
  )
}

function Mandates({ mandates }: { readonly mandates: readonly OfficerMandate[] }) {
  const { t } = useTranslation()
  const { session } = useWorld()
  const { day } = useFormats()
  return (
    <section aria-labelledby="choose">
      <h2 id="choose">{t('start.chooseTitle')}</h2>
      <p>{t('start.chooseAbout')}</p>
      <ul className="choices">
        {mandates.map((mandate) => (
          <li key={mandate.hash}>
            <Button onClick={() => void session.chooseMandate(mandate)}>
              <strong>
                <ShownText
                  text={t('start.mandate', {
                    taskForce: mandate.taskForce ?? mandate.hash,
                    day: day(mandate.notAfter),
                  })}
                />
              </strong>
              <span>
                <ShownText text={mandate.purposes.map((purpose) => t(`purpose.${purpose}`)).join(' · ')} />
              </span>
              <span>
                <ShownText text={mandate.countries.join(' · ')} />
              </span>
              {mandate.caseDigest !== null && <span>{t('start.ofOneCase')}</span>}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}

import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import about from '../../package.json' with { type: 'json' }
import { ShownText } from '../components/shown-text.tsx'
import type { OfficerMandate, SessionState } from '../session/session.ts'
import { useWorld } from '../session/use-session.ts'
import '../styles/start.css'
import { useFormats } from './formats.ts'
import { LanguageSwitch } from './language-switch.tsx'

/** What is shown to somebody who is not signed in: whose console it is, the way in, what it is, and whom to call. */
export function Start({ state }: { readonly state: Exclude<SessionState, { kind: 'signed-in' }> }) {
  const { t } = useTranslation()
  const { config } = useWorld()
  const { country } = useFormats()
  return (
    <main className="start">
      <header>
        <h1>Istmo</h1>
        <LanguageSwitch />
      </header>
      <p className="whose">
        <strong>{t('start.title', { country: country(config.country) })}</strong>
        {config.institution !== null && <ShownText text={config.institution} />}
        {config.development && <span className="demo-mark">{t('app.demo')}</span>}
      </p>
      <Choice state={state} />
      {state.kind !== 'choosing' && <WhatItIs />}
      <footer>
        <span>
          {t('start.contact')} <ShownText text={config.contact ?? t('start.anyContact')} />
        </span>
        <span>{t('start.version', { version: about.version })}</span>
      </footer>
    </main>
  )
}

function WhatItIs() {
  const { t } = useTranslation()
  return (
    <section aria-labelledby="what">
      <h2 id="what">{t('start.what')}</h2>
      <ol>
        {SENTENCES.map((name) => (
          <li key={name}>{t(`start.sentences.${name}`)}</li>
        ))}
      </ol>
    </section>
  )
}

const SENTENCES = ['one', 'two', 'three', 'four'] as const

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

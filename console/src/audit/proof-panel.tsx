import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ShownText } from '../components/shown-text.tsx'
import { Icon, type IconName } from '../look/icon.tsx'
import { useFormats } from '../shell/formats.ts'
import type { FaultKind } from './check-bundle.ts'
import { LocalTime } from './local-time.tsx'
import { TrustPanel } from './trust-panel.tsx'
import type { UsedTrust } from './use-trust.ts'
import type { VerifiedEntry } from './verify-entry.ts'

/** Kinds of faults without an expected and a found value: no proof came that could differ. */
const SAY_ALL: ReadonlySet<FaultKind> = new Set(['NO_POLICY', 'NO_PROOF', 'LOG_AWAY', 'LOG_DAMAGED'])
const ICONS = { PROVEN: 'shield', UNWITNESSED: 'clock', NOT_PROVEN: 'warning' } as const

/** Says whether an entry is proved, what failed if it is not, each step of it, and by which trust policy. */
export function ProofPanel({ verified, used }: { readonly verified: VerifiedEntry; readonly used: UsedTrust }) {
  const { t } = useTranslation()
  const { hour } = useFormats()
  const { verdict, faults, state } = verified
  const isByOwner = verdict === 'PROVEN' && state?.demandsWitnesses === false
  return (
    <section className={`sheet verdict ${verdict}`} aria-live="polite">
      <header>
        <Icon name={ICONS[verdict]} />
        <div>
          <h2>{t(`auditor.verdicts.${isByOwner ? 'PROVEN_BY_OWNER' : verdict}`)}</h2>
          {verdict !== 'NOT_PROVEN' && <p>{t('auditor.checkedHere', { time: hour(Date.now()) })}</p>}
        </div>
      </header>
      <ul className="faults">
        {faults.map(({ kind, expected, came }) => (
          <li key={`${kind} ${expected} ${came}`}>
            {t(`auditor.faults.${kind}`)}{' '}
            {!SAY_ALL.has(kind) && (
              <small>
                {t('auditor.expected')}: <ShownText text={expected} />. {t('auditor.came')}: <ShownText text={came} />.
              </small>
            )}
          </li>
        ))}
      </ul>
      <Steps verified={verified} />
      <TrustPanel {...used} root={state?.root ?? null} />
    </section>
  )
}

/** What was checked, one below the other. */
function Steps({ verified: { state, index, entry, parts, faults } }: { readonly verified: VerifiedEntry }) {
  const { t } = useTranslation()
  const { country, number } = useFormats()
  if (state === null || index === null) return null
  const seen = state.witnesses.filter(({ time }) => time !== null)
  const isWitnessed = faults.every(({ kind }) => kind !== 'WITNESS_MISSING')
  const hidden = entry?.kind === 'request' ? entry.continuations - parts.length : 0
  return (
    <ol className="steps">
      <Step icon="answered" title={t('auditor.steps.signature')}>
        {t('auditor.steps.key')} <ShownText text={state.origin} />
      </Step>
      <Step
        icon={faults.some(({ kind }) => kind === 'NOT_IN_LOG') ? 'warning' : 'answered'}
        title={t('auditor.steps.place')}
      >
        <ShownText text={t('auditor.place', { index: number(index), size: number(state.size) })} />
      </Step>
      {state.demandsWitnesses ? (
        <Step
          icon={isWitnessed ? 'answered' : 'clock'}
          title={t('auditor.steps.witnesses', { seen: seen.length, count: state.witnesses.length })}
        >
          {state.witnesses.map(({ name, time }) => (
            <span key={name} className="witness">
              <ShownText text={name} />:{' '}
              {time === null ? t('auditor.notWitnessed') : <LocalTime time={time} form="clock" />}
            </span>
          ))}
        </Step>
      ) : (
        <Step icon="none" title={t('auditor.noWitnesses')} />
      )}
      {parts.map((part) => (
        <Step
          key={part.id}
          icon="answered"
          title={t('auditor.steps.part', {
            country: 'country' in part && part.country !== null ? country(part.country) : '',
          })}
        >
          {t('auditor.steps.same')}
        </Step>
      ))}
      {hidden > 0 && (
        <Step icon="none" title={t('auditor.steps.hidden', { count: hidden })}>
          {t('auditor.steps.unchecked')}
        </Step>
      )}
    </ol>
  )
}

function Step({
  icon,
  title,
  children,
}: {
  readonly icon: IconName
  readonly title: string
  readonly children?: ReactNode
}) {
  return (
    <li data-icon={icon}>
      <Icon name={icon} />
      <div>
        <b>{title}</b>
        <div className="meta">{children}</div>
      </div>
    </li>
  )
}

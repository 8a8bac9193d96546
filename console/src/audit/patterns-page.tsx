import { TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cleanText } from '../components/clean-text.ts'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { Icon } from '../look/icon.tsx'
import { useFormats } from '../shell/formats.ts'
import { AuditPage } from './audit-page.tsx'
import { Failure } from './failure.tsx'
import { LocalTime } from './local-time.tsx'
import { PATTERN_NAMES, PATTERN_THRESHOLDS, type PatternName } from './pattern-thresholds.ts'
import { useOversight } from './use-oversight.ts'
import { wordAgency } from './word-entry.ts'

interface Finding {
  readonly actorRef: string
  readonly actorCountry: string | null
  readonly agency: string | null
  readonly since: string
  readonly amount: number
}

/** Ways of asking that are worth a look, all on one page. */
export function PatternsPage() {
  return (
    <AuditPage name="patterns">
      <div className="panels two">
        {PATTERN_NAMES.map((name) => (
          <Pattern key={name} name={name} />
        ))}
      </div>
    </AuditPage>
  )
}

/** One pattern: whether anybody reaches its threshold, what it counts, and from how many on. */
function Pattern({ name }: { readonly name: PatternName }) {
  const { t } = useTranslation()
  const { number } = useFormats()
  const [threshold, setThreshold] = useState(String(PATTERN_THRESHOLDS[name]))
  const least = /^[1-9]\d{0,8}$/.test(threshold) ? Number(threshold) : null
  const { data, error, refetch } = useOversight<{ readonly patterns: readonly Finding[] }>('patterns', {
    pattern: name,
    filter: {},
    threshold: least,
  })
  const found = data?.data.patterns ?? []
  return (
    <section className="sheet" aria-labelledby={`pattern-${name}`}>
      <h2 id={`pattern-${name}`}>{t(`auditor.patterns.names.${name}`)}</h2>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Skeleton />}
      {data !== undefined && (
        <p role="status" className={found.length === 0 ? 'state-good' : 'state-amber'}>
          <Icon name={found.length === 0 ? 'answered' : 'pattern'} />{' '}
          {found.length === 0
            ? t('auditor.patterns.nobody', { count: least ?? PATTERN_THRESHOLDS[name] })
            : t('auditor.patterns.found', { count: found.length })}
        </p>
      )}
      <p>{t(`auditor.patterns.meanings.${name}`)}</p>
      <ul className="bars">
        {found.map(({ actorRef, actorCountry, agency, since, amount }) => (
          <li key={`${actorRef} ${since}`}>
            <Link to="/audit" search={{ actorRef, from: since.slice(0, 10) } as never} title={cleanText(actorRef)}>
              <span>
                <ShownText text={[wordAgency(agency), actorCountry].filter(Boolean).join(', ')} />{' '}
                <ShownCode text={actorRef.slice(0, 10)} /> ·{' '}
                <LocalTime time={since} form={name === 'PROBING_BY_HITS' ? 'whole' : 'day'} />
              </span>
              <span className="number">{number(amount)}</span>
            </Link>
          </li>
        ))}
      </ul>
      <TextInput
        label={t('auditor.patterns.threshold')}
        description={t('auditor.patterns.byDefault', { count: PATTERN_THRESHOLDS[name] })}
        inputMode="numeric"
        value={threshold}
        onChange={({ target }) => setThreshold(target.value)}
      />
    </section>
  )
}

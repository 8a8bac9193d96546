import { NativeSelect, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { Table } from '../components/table.tsx'
import { useFormats } from '../shell/formats.ts'
import { AuditPage } from './audit-page.tsx'
import { showTime } from './local-time.tsx'
import { Failure } from './failure.tsx'
import { PATTERN_NAMES, PATTERN_THRESHOLDS, type PatternName } from './pattern-thresholds.ts'
import { useOversight } from './use-oversight.ts'

interface Finding {
  readonly actorRef: string
  readonly actorCountry: string | null
  readonly agency: string | null
  readonly since: string
  readonly amount: number
}

/** Ways of asking that are worth a look. */
export function PatternsPage() {
  const { t } = useTranslation()
  const [pattern, setPattern] = useState<PatternName>('NIGHT_HOURS')
  const [threshold, setThreshold] = useState('')
  const least = /^[1-9]\d{0,8}$/.test(threshold) ? Number(threshold) : null
  const { data, error, refetch } = useOversight<{ readonly patterns: readonly Finding[] }>('patterns', {
    pattern,
    filter: {},
    threshold: least,
  })
  return (
    <AuditPage name="patterns">
      <div className="form">
        <NativeSelect
          label={t('auditor.patterns.pattern')}
          description={t(`auditor.patterns.meanings.${pattern}`)}
          value={pattern}
          onChange={({ target }) => setPattern(target.value as PatternName)}
        >
          {PATTERN_NAMES.map((name) => (
            <option key={name} value={name}>
              {t(`auditor.patterns.names.${name}`)}
            </option>
          ))}
        </NativeSelect>
        <TextInput
          label={t('auditor.patterns.threshold')}
          description={t('auditor.patterns.byDefault', { count: PATTERN_THRESHOLDS[pattern] })}
          type="number"
          min={1}
          value={threshold}
          onChange={({ target }) => setThreshold(target.value)}
        />
      </div>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Skeleton />}
      {data !== undefined && <Findings found={data.data.patterns} />}
    </AuditPage>
  )
}

function Findings({ found }: { readonly found: readonly Finding[] }) {
  const { t } = useTranslation()
  const { country, number } = useFormats()
  if (found.length === 0) return <p className="empty">{t('auditor.patterns.nothing')}</p>
  return (
    <Table
      caption={t('auditor.patterns.pattern')}
      columns={[
        {
          title: t('auditor.filter.actorRef'),
          isHeader: true,
          show: ({ actorRef }: Finding) => <ShownCode text={actorRef} />,
        },
        { title: t('auditor.filter.agency'), show: ({ agency }) => <ShownText text={agency ?? '—'} /> },
        {
          title: t('auditor.filter.actorCountry'),
          show: ({ actorCountry }) => (actorCountry === null ? '—' : country(actorCountry)),
        },
        { title: t('auditor.patterns.since'), show: ({ since }) => showTime(since) },
        { title: t('auditor.patterns.amount'), isNumber: true, show: ({ amount }) => number(amount) },
        {
          title: t('auditor.patterns.see'),
          show: ({ actorRef }) => (
            <Link to="/audit" search={{ actorRef }}>
              {t('auditor.patterns.see')}
            </Link>
          ),
        },
      ]}
      rows={found}
      keyOf={({ actorRef, since }) => `${actorRef} ${since}`}
    />
  )
}

import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Field } from '../components/field.tsx'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { Table } from '../components/table.tsx'
import { useFormats } from '../shell/use-formats.ts'
import { fill } from '../words/fill.ts'
import { AuditPage } from './audit-page.tsx'
import { showTime } from './entry-table.tsx'
import { Failure } from './failure.tsx'
import { PATTERN_NAMES, PATTERN_THRESHOLDS, type PatternName } from './pattern-thresholds.ts'
import { useAuditWords, useOversight } from './use-oversight.ts'

interface Finding {
  readonly actorRef: string
  readonly actorCountry: string | null
  readonly agency: string | null
  readonly since: string
  readonly amount: number
}

/** Ways of asking that are worth a look. */
export function PatternsPage() {
  const words = useAuditWords()
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
        <Field label={words.patterns.pattern} help={words.patterns.meanings[pattern]}>
          {(attributes) => (
            <select {...attributes} value={pattern} onChange={({ target }) => setPattern(target.value as PatternName)}>
              {PATTERN_NAMES.map((name) => (
                <option key={name} value={name}>
                  {words.patterns.names[name]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field
          label={words.patterns.threshold}
          help={fill(words.patterns.byDefault, { count: PATTERN_THRESHOLDS[pattern] })}
        >
          {(attributes) => (
            <input
              {...attributes}
              type="number"
              min={1}
              value={threshold}
              onChange={({ target }) => setThreshold(target.value)}
            />
          )}
        </Field>
      </div>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Skeleton />}
      {data !== undefined && <Findings found={data.data.patterns} />}
    </AuditPage>
  )
}

function Findings({ found }: { readonly found: readonly Finding[] }) {
  const words = useAuditWords()
  const { country, number } = useFormats()
  if (found.length === 0) return <p className="empty">{words.patterns.nothing}</p>
  return (
    <Table
      caption={words.patterns.pattern}
      columns={[
        {
          title: words.filter.actorRef,
          isHeader: true,
          show: ({ actorRef }: Finding) => <ShownCode text={actorRef} />,
        },
        { title: words.filter.agency, show: ({ agency }) => <ShownText text={agency ?? '—'} /> },
        {
          title: words.filter.actorCountry,
          show: ({ actorCountry }) => (actorCountry === null ? '—' : country(actorCountry)),
        },
        { title: words.patterns.since, show: ({ since }) => showTime(since) },
        { title: words.patterns.amount, isNumber: true, show: ({ amount }) => number(amount) },
        {
          title: words.patterns.see,
          show: ({ actorRef }) => (
            <Link to="/audit" search={{ actorRef }}>
              {words.patterns.see}
            </Link>
          ),
        },
      ]}
      rows={found}
      keyOf={({ actorRef, since }) => `${actorRef} ${since}`}
    />
  )
}

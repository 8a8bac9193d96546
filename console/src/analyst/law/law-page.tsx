import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed } from '../../components/failed.tsx'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../../components/shown-text.tsx'
import { useKeptState } from '../../components/use-kept-state.ts'
import { LAW_OF_TWO } from '../../documents/documents.ts'
import type { LawOfTwoQuery } from '../../documents/operation-types.ts'
import { useAsk, useSignedIn } from '../../session/use-session.ts'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { useFormats } from '../../shell/formats.ts'
import { useTellLine } from '../../shell/line-context.tsx'

interface AskedLaw {
  readonly countries: readonly [string, string]
  readonly iccs: string
}

/** The treaties that bind two countries, and whether a conduct is an offence in both. A request for assistance begins here. */
export function LawPage() {
  const { t } = useTranslation()
  const [asked, setAsked] = useKeptState<AskedLaw | null>('law', null)
  return (
    <>
      <h1>{t('law.title')}</h1>
      <p>{t('law.about')}</p>
      <LawForm before={asked} onAsk={setAsked} />
      <CountriesLine />
      {asked === null ? <p className="empty">{t('law.teach')}</p> : <Law asked={asked} />}
    </>
  )
}

function LawForm({ before, onAsk }: { readonly before: AskedLaw | null; readonly onAsk: (asked: AskedLaw) => void }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const { mandate, officer } = useSignedIn()
  const all = [...new Set([officer.country, ...mandate.countries])].sort()
  const other = all.find((code) => code !== officer.country) ?? officer.country
  const [first, setFirst] = useState(before?.countries[0] ?? officer.country)
  const [second, setSecond] = useState(before?.countries[1] ?? other)
  const [iccs, setIccs] = useState(before?.iccs ?? '')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onAsk({ countries: [first, second], iccs: iccs.trim() })
  }
  const choice = (label: string, value: string, onChange: (code: string) => void) => (
    <NativeSelect
      label={label}
      value={value}
      data={all.map((code) => ({ value: code, label: country(code) }))}
      onChange={({ target }) => onChange(target.value)}
    />
  )
  return (
    <form className="form" onSubmit={submit}>
      {choice(t('law.first'), first, setFirst)}
      {choice(t('law.second'), second, setSecond)}
      <TextInput
        label={t('law.iccs')}
        description={t('cases.iccsHelp')}
        required
        inputMode="numeric"
        pattern="\d{4,6}|\d{2}"
        title={t('cases.iccsHelp')}
        value={iccs}
        onChange={({ target }) => setIccs(target.value)}
      />
      <Button type="submit" variant="filled">
        {t('law.ask')}
      </Button>
    </form>
  )
}

function Law({ asked }: { readonly asked: AskedLaw }) {
  const { data, isFetching, error } = useAsk(LAW_OF_TWO, asked)
  useTellLine([data], isFetching, { document: LAW_OF_TWO, variables: asked })
  if (isFetching) return <Skeleton />
  if (error !== null) return <Failed error={error} />
  const law = data?.data
  return (
    <>
      {law?.legalInstruments != null && <Treaties treaties={law.legalInstruments.instruments} />}
      {law?.dualCriminality != null && <DualCriminality found={law.dualCriminality} />}
    </>
  )
}

function Treaties({ treaties }: { readonly treaties: NonNullable<LawOfTwoQuery['legalInstruments']>['instruments'] }) {
  const { t } = useTranslation()
  const { day, country } = useFormats()
  return (
    <section aria-labelledby="treaties" className="sheet">
      <h2 id="treaties">{t('law.treaties')}</h2>
      {treaties.length === 0 && <p>{t('common.empty')}</p>}
      <ul>
        {treaties.map(({ id, title, participations }) => (
          <li key={id}>
            <ShownText text={title ?? id} /> <ShownCode text={id} />
            {participations?.map((each) => (
              <span key={each.country} className="quiet-text">
                {' · '}
                <ShownText
                  text={t('law.bound', { country: country(each.country), day: day(each.boundOn) || t('common.none') })}
                />
              </span>
            ))}
          </li>
        ))}
      </ul>
    </section>
  )
}

function DualCriminality({ found }: { readonly found: NonNullable<LawOfTwoQuery['dualCriminality']> }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const { satisfied, perCountry } = found
  const verdict = satisfied === null ? 'law.unknown' : satisfied ? 'law.yes' : 'law.no'
  return (
    <section aria-labelledby="dual" className="sheet">
      <h2 id="dual">{t('law.dual')}</h2>
      <p>
        <strong>{t(verdict)}</strong>
      </p>
      {perCountry.map((each) => (
        <div key={each.country}>
          <h3>
            <ShownText text={country(each.country)} />
            {each.untocSeriousCrime && ` · ${t('law.serious')}`}
          </h3>
          {each.statutes.length === 0 && <p>{t('common.none')}</p>}
          <ul>
            {each.statutes.map(({ id, code, section, heading, maxPenaltyMonths }) => (
              <li key={id}>
                <ShownText text={[code, section, heading].filter(Boolean).join(' · ')} /> <ShownCode text={id} />
                {maxPenaltyMonths !== null && ` · ${t('law.months', { count: maxPenaltyMonths })}`}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}

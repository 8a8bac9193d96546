import { Button, NativeSelect } from '@mantine/core'
import type { TFunction } from 'i18next'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { iccsLevel } from '../../../../contract/iccs.ts'
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
import { nameTreaty } from '../file-words.ts'
import { OffenceField } from '../offence-classes.tsx'

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
  const [sent, setSent] = useState<string | null>(null)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    ask(iccs.trim())
  }
  const ask = (text: string): void => {
    const isWord = iccsLevel(text) === null
    setIccs(text)
    setSent(isWord ? text : null)
    if (!isWord) onAsk({ countries: [first, second], iccs: text })
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
      <OffenceField text={iccs} isRequired sent={sent} onText={setIccs} onChoose={ask} />
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
      {law?.legalInstruments != null && <Treaties treaties={law.legalInstruments.instruments} iccs={asked.iccs} />}
      {law?.dualCriminality != null && <DualCriminality found={law.dualCriminality} />}
    </>
  )
}

type Treaty = NonNullable<LawOfTwoQuery['legalInstruments']>['instruments'][number]

/** Whether a treaty is about a class of conduct: about any, about one above or below it, or about what its publisher does not say. */
export function isAbout({ iccs }: Pick<Treaty, 'iccs'>, asked: string): boolean {
  return iccs === null || iccs.length === 0 || iccs.some((code) => code.startsWith(asked) || asked.startsWith(code))
}

/** The treaties about a conduct; below them, those about other conduct. */
function Treaties({ treaties, iccs }: { readonly treaties: readonly Treaty[]; readonly iccs: string }) {
  const { t } = useTranslation()
  const about = treaties.filter((treaty) => isAbout(treaty, iccs))
  const others = treaties.filter((treaty) => !about.includes(treaty))
  return (
    <section aria-labelledby="treaties" className="sheet">
      <h2 id="treaties">{t('law.treaties')}</h2>
      {about.length === 0 && <p>{t('common.empty')}</p>}
      <TreatyList treaties={about} />
      {others.length > 0 && (
        <details>
          <summary>{t('law.others', { count: others.length })}</summary>
          <TreatyList treaties={others} />
        </details>
      )}
    </section>
  )
}

function TreatyList({ treaties }: { readonly treaties: readonly Treaty[] }) {
  const { t, i18n } = useTranslation()
  const { day, month, country } = useFormats()
  return (
    <ul>
      {treaties
        .map((treaty) => ({ ...treaty, name: nameTreaty(treaty, i18n.language) }))
        .map(({ id, name, asOf, participations }) => (
          <li key={id}>
            <ShownText text={name} /> <ShownCode text={id} />
            {[
              ...(participations ?? []).map((each) =>
                t('law.bound', { country: country(each.country), day: day(each.boundOn) || t('common.none') }),
              ),
              ...(asOf === null ? [] : [t('law.asOf', { month: month(asOf) })]),
            ].map((text) => (
              <span key={text} className="quiet-text">
                {' · '}
                <ShownText text={text} />
              </span>
            ))}
          </li>
        ))}
    </ul>
  )
}

/** Words the longest penalty in years and months. */
function wordPenalty({ t, language }: { readonly t: TFunction; readonly language: string }, penalty: number): string {
  const [years, months] = [Math.floor(penalty / 12), penalty % 12]
  const parts = [
    years > 0 ? t('law.years', { count: years }) : '',
    months > 0 || years === 0 ? t('law.months', { count: months }) : '',
  ]
  return t('law.penalty', { time: new Intl.ListFormat(language).format(parts.filter(Boolean)) })
}

function DualCriminality({ found }: { readonly found: NonNullable<LawOfTwoQuery['dualCriminality']> }) {
  const { t, i18n } = useTranslation()
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
                {maxPenaltyMonths !== null && ` · ${wordPenalty({ t, language: i18n.language }, maxPenaltyMonths)}`}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}

import { Button, NativeSelect } from '@mantine/core'
import type { TFunction } from 'i18next'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CountryMark } from '../../components/country-mark.tsx'
import { Failed } from '../../components/failed.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../../components/shown-text.tsx'
import { Table } from '../../components/table.tsx'
import { useKeptState } from '../../components/use-kept-state.ts'
import { LAW_OF_TWO, TREATY_ARTICLES } from '../../documents/documents.ts'
import type { LawOfTwoQuery } from '../../documents/operation-types.ts'
import { useAsk, useSignedIn } from '../../session/use-session.ts'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { useFormats } from '../../shell/formats.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { nameTreaty } from '../file-words.ts'
import { useOffenceNames } from '../offence-classes.tsx'
import { draftOf, settleDraft } from '../offence-draft.ts'
import { OffenceField } from '../offence-field.tsx'

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
      <LawForm before={asked} onAsk={setAsked} />
      <CountriesLine />
      {asked === null ? (
        <>
          <PageHead title={t('law.title')} note={t('law.about')} />
          <p className="empty">{t('law.teach')}</p>
        </>
      ) : (
        <Law asked={asked} />
      )}
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
  const [draft, setDraft] = useState(draftOf(before === null ? [] : [before.iccs]))
  const [isTried, setTried] = useState(false)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const next = settleDraft(draft, true)
    setDraft(next)
    setTried(true)
    const [iccs] = next.codes
    if (iccs !== undefined && next.text === '') onAsk({ countries: [first, second], iccs })
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
    <form className="form" onSubmit={submit} noValidate>
      {choice(t('law.first'), first, setFirst)}
      {choice(t('law.second'), second, setSecond)}
      <OffenceField draft={draft} isOne isRequired isTried={isTried} onChange={setDraft} />
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
      <LawHead asked={asked} />
      {law?.dualCriminality != null && <DualCriminality found={law.dualCriminality} />}
      {law?.legalInstruments != null && <Treaties treaties={law.legalInstruments.instruments} asked={asked} />}
    </>
  )
}

/** What was asked: the conduct, and who asks whom. */
function LawHead({ asked: { countries, iccs } }: { readonly asked: AskedLaw }) {
  const { t } = useTranslation()
  const { title, section } = useOffenceNames()(iccs)
  const [first, second] = countries
  return (
    <PageHead
      title={`${title ?? section ?? t('law.title')} ${iccs}`}
      note={
        <>
          <CountryMark code={first} /> ⇄ <CountryMark code={second} /> {t('law.about')}
        </>
      }
    />
  )
}

type Treaty = NonNullable<LawOfTwoQuery['legalInstruments']>['instruments'][number]

/** Whether a treaty is about a class of conduct: about any, about one above or below it, or about what its publisher does not say. */
export function isAbout({ iccs }: Pick<Treaty, 'iccs'>, asked: string): boolean {
  return iccs === null || iccs.length === 0 || iccs.some((code) => code.startsWith(asked) || asked.startsWith(code))
}

/** The treaties about a conduct; below them, those about other conduct. */
function Treaties({ treaties, asked }: { readonly treaties: readonly Treaty[]; readonly asked: AskedLaw }) {
  const { t } = useTranslation()
  const about = treaties.filter((treaty) => isAbout(treaty, asked.iccs))
  const others = treaties.filter((treaty) => !about.includes(treaty))
  return (
    <section aria-labelledby="treaties" className="panel">
      <h2 id="treaties">{t('law.treaties')}</h2>
      {about.length === 0 && <p>{t('common.empty')}</p>}
      {about.length > 0 && <TreatyTable treaties={about} asked={asked} />}
      {others.length > 0 && (
        <details>
          <summary>{t('law.others', { count: others.length })}</summary>
          <TreatyTable treaties={others} asked={asked} />
        </details>
      )}
    </section>
  )
}

/** Each treaty with the day since when it binds each country, as of when that is known, and its articles for who asks for them. */
function TreatyTable({ treaties, asked }: { readonly treaties: readonly Treaty[]; readonly asked: AskedLaw }) {
  const { t, i18n } = useTranslation()
  const { day, month, country } = useFormats()
  return (
    <Table
      caption={t('law.treaties')}
      rows={treaties}
      keyOf={({ id }) => id}
      columns={[
        {
          title: t('law.treaty'),
          isHeader: true,
          show: (treaty) => (
            <>
              <ShownText text={nameTreaty(treaty, i18n.language)} /> <ShownCode text={treaty.id} />
              <Articles id={treaty.id} />
            </>
          ),
        },
        ...asked.countries.map((code) => ({
          title: t('law.boundSince', { country: country(code) }),
          show: ({ participations }: Treaty) =>
            day(participations?.find((each) => each.country === code)?.boundOn) || t('common.none'),
        })),
        {
          title: t('law.known'),
          show: ({ asOf }) => (asOf === null ? t('common.none') : t('law.asOf', { month: month(asOf) })),
        },
      ]}
    />
  )
}

/** How many articles are shown. The longest of the treaties has some eighty. */
const MOST_ARTICLES = 100

/** The articles of a treaty. They are asked for when somebody opens them: most do not need all. */
function Articles({ id }: { readonly id: string }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const { data, isFetching, error } = useAsk(TREATY_ARTICLES, isOpen ? { id, first: MOST_ARTICLES } : null)
  const articles = data?.data?.legalInstrument?.articles?.edges ?? []
  return (
    <details onToggle={({ currentTarget }) => currentTarget.open && setOpen(true)}>
      <summary>{t('law.articles')}</summary>
      {isFetching && <Skeleton />}
      <Failed error={error} />
      {data !== undefined && articles.length === 0 && <p>{t('law.noArticles')}</p>}
      <ul className="plain articles">
        {articles.map(({ node: { number, heading } }) => (
          <li key={number}>
            <ShownText text={`${t('case.article', { number })} ${heading ?? ''}`} />
          </li>
        ))}
      </ul>
    </details>
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
    <section aria-labelledby="dual" className="panel">
      <h2 id="dual">{t('law.dual')}</h2>
      <p className={`dual-verdict ${satisfied === true ? 'matches' : ''}`}>
        <strong>{t(verdict)}</strong>
      </p>
      <div className="dual">
        {perCountry.map((each) => (
          <div key={each.country} data-none={each.statutes.length === 0 || undefined}>
            <h3>
              <CountryMark code={each.country} /> <ShownText text={country(each.country)} />
              {each.untocSeriousCrime && <span className="match-mark">✓ {t('law.serious')}</span>}
            </h3>
            {each.statutes.length === 0 && <p>{t('law.noStatute')}</p>}
            <ul className="plain">
              {each.statutes.map(({ id, code, section, heading, maxPenaltyMonths }) => (
                <li key={id}>
                  <ShownText text={[code, section, heading].filter(Boolean).join(' · ')} /> <ShownCode text={id} />
                  {maxPenaltyMonths !== null && (
                    <span className="quiet-text">
                      {' '}
                      · {wordPenalty({ t, language: i18n.language }, maxPenaltyMonths)}
                    </span>
                  )}
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </section>
  )
}

import { useTranslation } from 'react-i18next'
import { CountryMark } from '../../components/country-mark.tsx'
import { RecordLink } from '../../components/links.tsx'
import { NoRecord } from '../../components/no-record.tsx'
import { ShownCode, ShownText } from '../../components/shown-text.tsx'
import { Table } from '../../components/table.tsx'
import { useFormats } from '../../shell/formats.ts'
import { countHidden, summarizeCountries } from '../../shell/summarize-countries.ts'
import { wordFieldShort } from '../../shell/word-field.ts'
import { useFileWords } from '../file-words.ts'
import { type ComparedFact, compareFacts, isHiddenInEach } from './compare-facts.ts'
import { listSayers } from './identities.ts'
import type { Dossier } from './use-dossier.ts'

/**
 * The records of a person side by side, one column each. What a record says otherwise than most is shaded; what every record hides stands in one line below.
 * @param first the id of the record that the officer asked for.
 */
export function IdentitiesTable({ first, dossier }: { readonly first: string; readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const { persons, said } = dossier
  const ids = [...persons.keys()]
  const facts = compareFacts(dossier, useFileWords())
  const shown = facts.filter((fact) => !isHiddenInEach(fact))
  const sayers = [...new Set(ids.flatMap((id) => listSayers(id, said)))].sort().join(', ')
  // Where each says it of each other, one sentence says it of all.
  const isMutual = ids.every((id) => ids.every((other) => id === other || said.get(other)?.includes(id)))
  return (
    <section aria-labelledby="identities" className="panel identities">
      <div className="panel-head">
        <h2 id="identities">{t('person.identities')}</h2>
        <span className="quiet-text">
          {isMutual && sayers !== '' && `${t('person.sayTheSame', { countries: sayers })} · `}
          <span className="differs">≠</span> {t('person.differs')}
        </span>
      </div>
      <Table
        caption={t('person.identities')}
        rows={shown}
        keyOf={({ term }) => term}
        columns={[
          { title: t('person.fact'), isHeader: true, show: ({ term }) => term },
          ...ids.map((id, at) => ({
            title: id,
            head: <Record id={id} first={first} dossier={dossier} isMutual={isMutual} />,
            show: (fact: ComparedFact) => <Values fact={fact} at={at} />,
          })),
        ]}
      />
      <HiddenData dossier={dossier} />
    </section>
  )
}

/** Which record it is, who says that it is the same person where not each says it of each other, and why it is not there if it is not. */
function Record({
  id,
  first,
  dossier,
  isMutual,
}: {
  readonly id: string
  readonly first: string
  readonly dossier: Dossier
  readonly isMutual: boolean
}) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const { persons, said, answers, isAsking } = dossier
  const person = persons.get(id)
  const sayers = isMutual ? '' : listSayers(id, said).join(', ')
  return (
    <>
      <CountryMark code={id.slice(0, 2)} />{' '}
      {id === first ? (
        <ShownCode text={id} />
      ) : (
        <RecordLink to="/person/$id" id={id}>
          <ShownCode text={id} />
        </RecordLink>
      )}
      {sayers !== '' && <div className="quiet-text">{t('person.saidBy', { countries: sayers })}</div>}
      {person === undefined && (
        <div>{isAsking ? t('common.loading') : t('common.unanswered', { country: country(id.slice(0, 2)) })}</div>
      )}
      {person === null && <NoRecord id={id} answers={answers} absent={t('person.notFound')} />}
    </>
  )
}

function Values({ fact: { cells, differs }, at }: { readonly fact: ComparedFact; readonly at: number }) {
  const { t } = useTranslation()
  const values = cells[at]
  if (values === undefined) return null
  if (values === null) return <span className="hatch">{t('common.hidden')}</span>
  if (values.length === 0) return t('common.none')
  return (
    <>
      {differs[at] === true && (
        <span className="differs" role="img" aria-label={t('person.differs')}>
          ≠{' '}
        </span>
      )}
      <ShownText text={values.join('; ')} />
    </>
  )
}

/** How many data are hidden and by whose rules, in one line; opened, it says which data these are and how to ask for them. */
function HiddenData({ dossier: { answers } }: { readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const summary = summarizeCountries(answers)
  const count = countHidden(summary)
  if (count === 0) return null
  const rules = [
    { who: t('person.hiddenByMandate'), fields: summary.hiddenEverywhere, how: t('person.askMandate') },
    ...summary.countries.map(({ country: code, hidden }) => ({
      who: t('person.hiddenByCountry', { country: country(code) }),
      fields: hidden,
      how: t('person.askCountry', { country: country(code) }),
    })),
  ].filter(({ fields }) => fields.length > 0)
  const sum = (fields: typeof summary.hiddenEverywhere): number => fields.reduce((all, each) => all + each.places, 0)
  return (
    <details className="fold">
      <summary>
        <span className="hatch">
          {t('line.hiddenPlaces', { count })}: {rules.map(({ who, fields }) => `${who} (${sum(fields)})`).join(', ')}
        </span>
        <span className="fold-more">{t('person.hiddenWhich')}</span>
      </summary>
      {rules.map(({ who, fields, how }) => (
        <p key={who}>
          <ShownText text={`${who}: ${fields.map(({ coordinate }) => wordFieldShort(t, coordinate)).join(', ')}.`} />{' '}
          <ShownText text={how} />
        </p>
      ))}
    </details>
  )
}

import { useTranslation } from 'react-i18next'
import { cleanText } from '../../components/clean-text.ts'
import { CountryMark } from '../../components/country-mark.tsx'
import { RecordLink } from '../../components/links.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { Table } from '../../components/table.tsx'
import { useFormats } from '../../shell/formats.ts'
import { wordEmpty } from '../../shell/summarize-countries.ts'
import { useFileWords, wordRoles } from '../file-words.ts'
import { OpenableMap } from '../map/openable-map.tsx'
import { listOffenceNames, toSentence, wordStage } from './case-words.ts'
import type { Dossier, DossierCase } from './use-dossier.ts'

/** The cases of each country that name the person, under any identity. */
export function CasesOfPerson({ dossier }: { readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const words = useFileWords()
  const { day } = useFormats()
  const { cases, answers, isAsking, isWhole } = dossier
  const open = cases.filter(({ row }) => row.closedOn === null).length
  return (
    <section aria-labelledby="cases" className="panel cases-of-person">
      <div className="panel-head">
        <h2 id="cases">{t('person.cases')}</h2>
        <span className="quiet-text">
          {cases.length > 0 && t('person.openAndClosed', { open, closed: cases.length - open })}
        </span>
      </div>
      {cases.length === 0 && !isAsking && <p className="empty">{t(wordEmpty(answers))}</p>}
      {cases.length > 0 && (
        <>
          <Table
            caption={t('person.cases')}
            rows={cases}
            keyOf={({ row }) => row.id}
            columns={[
              { title: t('common.country'), show: ({ row }) => <CountryMark code={row.id.slice(0, 2)} /> },
              {
                title: t('person.case'),
                isHeader: true,
                show: ({ row: { id } }) => (
                  <RecordLink to="/case/$id" id={id}>
                    {id.slice(id.indexOf(':') + 1)}
                  </RecordLink>
                ),
              },
              { title: t('case.filed'), show: ({ row }) => day(row.filedOn) || t('common.none') },
              { title: t('case.offences'), show: ({ row }) => <Offences row={row} /> },
              { title: t('case.stage'), show: ({ row }) => wordStage(row, words) },
              {
                title: t('case.role'),
                show: ({ roles }) =>
                  roles === null ? (
                    <span className="hatch">{t('common.hidden')}</span>
                  ) : (
                    <ShownText text={toSentence(wordRoles(words, roles))} />
                  ),
              },
            ]}
          />
          <OpenableMap rows={cases.map(({ row }) => row)} answers={answers} hasMore={!isWhole || isAsking} />
        </>
      )}
    </section>
  )
}

/** What a case is about: its first offence, and how many more. */
function Offences({ row }: Pick<DossierCase, 'row'>) {
  const { t } = useTranslation()
  const names = listOffenceNames([row])
  if (names === null) return <span className="hatch">{t('common.hidden')}</span>
  const [first, ...others] = names
  if (first === undefined) return t('common.none')
  return (
    <span title={cleanText(names.join('; '))}>
      <ShownText text={first} />
      {others.length > 0 && <span className="quiet-text"> {t('person.offencesMore', { count: others.length })}</span>}
    </span>
  )
}

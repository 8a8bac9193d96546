import { Button } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed } from '../../components/failed.tsx'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { DOSSIER } from '../../documents/documents.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import { lineColumns } from '../../export/file-line.ts'
import { Notes } from '../../notes/notes.tsx'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { useTellLine } from '../../shell/line-context.tsx'
import { useFormats } from '../../shell/use-formats.ts'
import { useFileWords } from '../use-file-words.ts'
import { CasesOfPerson } from './cases-of-person.tsx'
import { IdentitiesTable } from './identities-table.tsx'
import { listDossierLines } from './list-dossier-lines.ts'
import { nameOf } from './name-of.ts'
import { Timeline } from './timeline.tsx'
import { type Dossier, useDossier } from './use-dossier.ts'
import { WarrantNotice } from './warrant-notice.tsx'
import { useOffices, WhomToAsk } from './whom-to-ask.tsx'

/** The dossier of a person over all identities. */
export function PersonPage() {
  const { id = '' } = useParams({ strict: false }) as { readonly id?: string }
  return <DossierOf key={id} id={id} />
}

function DossierOf({ id }: { readonly id: string }) {
  const { t } = useTranslation()
  const dossier = useDossier(id)
  const { persons, answers, isAsking, errors } = dossier
  const first = persons.get(id)
  const offices = useOffices(first, useState(false))
  const { data, isFetching } = offices.asked
  useTellLine([...answers, data], isAsking || isFetching, { document: DOSSIER, variables: { id, first: 50 } })
  if (first === undefined && isAsking) {
    return (
      <>
        <CountriesLine />
        <Skeleton />
      </>
    )
  }
  return (
    <>
      <h1>
        <ShownText text={t('person.title', { name: nameOf(first?.names) ?? id })} />
      </h1>
      <p className="actions no-print">
        <Button component={Link} to={`/network/${id}`}>
          {t('person.network')}
        </Button>
      </p>
      <CountriesLine />
      {errors.map((error) => (
        <Failed key={error.message} error={error} again={dossier.again} />
      ))}
      <div className="summary">
        <WarrantNotice dossier={dossier} />
        <OpenCases dossier={dossier} />
        <WhomToAsk {...offices} />
      </div>
      <div className="dossier">
        <div>
          <IdentitiesTable first={id} dossier={dossier} />
          <CasesOfPerson dossier={dossier} />
        </div>
        <Timeline dossier={dossier} />
      </div>
      <DossierExport id={id} dossier={dossier} />
      <Notes kind="person" record={id} />
    </>
  )
}

/** How many cases are open, and in which countries. */
function OpenCases({ dossier: { cases, isAsking } }: { readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  if (isAsking) return null
  const open = cases.filter(({ row }) => row.closedOn === null).map(({ row }) => row.country ?? row.id.slice(0, 2))
  const byCountry = [...Map.groupBy(open, (code) => code)].map(([code, own]) => `${country(code)}: ${own.length}`)
  return (
    <section aria-labelledby="open-cases" className="sheet">
      <h2 id="open-cases">{t('person.openCases', { count: open.length })}</h2>
      <p>
        <ShownText text={byCountry.sort().join(' · ') || t('common.none')} />
      </p>
    </section>
  )
}

/** Exports the whole dossier, as soon as each part of it has come. */
function DossierExport({ id, dossier }: { readonly id: string; readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const words = useFileWords()
  const { persons, cases, answers, isAsking, isWhole } = dossier
  const isEmpty = cases.length === 0 && [...persons.values()].every((person) => person == null)
  if (isAsking || isEmpty) return null
  const provenances = [...persons.values()].flatMap((each) => (each == null ? [] : [each.provenance]))
  return (
    <section aria-labelledby="dossier-export" className="no-print">
      <h2 id="dossier-export">{t('export.dossier')}</h2>
      <ExportButtons
        name={t('person.title', { name: id })}
        answers={answers}
        isComplete={isWhole}
        columns={lineColumns(t('export.label'), t('export.value'))}
        rows={listDossierLines(dossier, words)}
        provenances={[...provenances, ...cases.map(({ row }) => row.provenance)]}
      />
    </section>
  )
}

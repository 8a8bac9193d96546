import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { DOSSIER } from '../../documents/documents.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import { lineColumns } from '../../export/file-line.ts'
import { Notes } from '../../notes/notes.tsx'
import { wordError } from '../../session/word-error.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { useFileWords } from '../use-file-words.ts'
import { CasesOfPerson } from './cases-of-person.tsx'
import { Identity } from './identity.tsx'
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
  const { persons, said, answers, isAsking, errors } = dossier
  const first = persons.get(id)
  const offices = useOffices(first, useState(false))
  const { data, isFetching } = offices.asked
  useTellLine([...answers, data], isAsking || isFetching, { document: DOSSIER, variables: { id, first: 50 } })
  if (first === undefined && isAsking) return <Skeleton />
  return (
    <>
      <h1>
        <ShownText text={t('person.title', { name: nameOf(first?.names) ?? id })} />
      </h1>
      {errors.map((error) => (
        <p key={error.message} role="alert" className="notice">
          <ShownText text={t('common.failed', { message: wordError(t, error) })} />{' '}
          <button type="button" onClick={dossier.again}>
            {t('common.again')}
          </button>
        </p>
      ))}
      <p className="actions no-print">
        <Link to="/network/$id" params={{ id }}>
          {t('person.network')}
        </Link>
      </p>
      <WarrantNotice dossier={dossier} />
      <WhomToAsk {...offices} />
      <section aria-labelledby="identities">
        <h2 id="identities">{t('person.identities')}</h2>
        <p>{t('person.identitiesAbout')}</p>
        {[...persons].map(([each, person]) => (
          <Identity key={each} id={each} person={person} said={said} isAsked={each === id} dossier={dossier} />
        ))}
      </section>
      <CasesOfPerson dossier={dossier} />
      <Timeline dossier={dossier} />
      <DossierExport id={id} dossier={dossier} />
      <Notes kind="person" record={id} />
    </>
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

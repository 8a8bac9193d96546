import { Button } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cleanText } from '../../components/clean-text.ts'
import { Failed } from '../../components/failed.tsx'
import { RecordLink } from '../../components/links.tsx'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { Table } from '../../components/table.tsx'
import { DOSSIER, PERSON_LIST_HITS } from '../../documents/documents.ts'
import type { PersonListHitsQuery } from '../../documents/operation-types.ts'
import type { DossierPerson, HitSearch, PersonCaseRow, Warrant } from '../../documents/types.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import { lineColumns } from '../../export/file-line.ts'
import { Notes } from '../../notes/notes.tsx'
import { type Asked, useAsk } from '../../session/use-session.ts'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { useFormats } from '../../shell/formats.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { wordEmpty } from '../../shell/summarize-countries.ts'
import { useCaseColumns } from '../cases/use-case-columns.tsx'
import { useFileWords, wordRoles } from '../file-words.ts'
import { OpenableMap } from '../map/openable-map.tsx'
import { HitsTable } from '../search/hits-of-one.tsx'
import { findWarrants } from './find-warrants.ts'
import { IdentitiesTable } from './identities-table.tsx'
import { listDossierLines } from './list-dossier-lines.ts'
import { listEvents } from './list-events.ts'
import { nameOf } from './name-of.ts'
import { type Dossier, type DossierCase, useDossier } from './use-dossier.ts'

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
        <RecordLink to="/network/$id" id={id} button="default">
          {t('person.network')}
        </RecordLink>
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
        <Contents />
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

/** Which cases are open, and in what quality each names the person. */
function OpenCases({ dossier: { cases, isAsking } }: { readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const words = useFileWords()
  const { country } = useFormats()
  if (isAsking) return null
  const open = cases.filter(({ row }) => row.closedOn === null)
  return (
    <section aria-labelledby="open-cases" className="sheet">
      <h2 id="open-cases">{t('person.openCases', { count: open.length })}</h2>
      {open.length === 0 && <p>{t('common.none')}</p>}
      <ul className="plain">
        {open.map(({ row: { id }, roles }) => (
          <li key={id}>
            {country(id.slice(0, 2))}: <ShownText text={wordRoles(words, roles)} />,{' '}
            <RecordLink to="/case/$id" id={id}>
              {id}
            </RecordLink>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The parts of a dossier, to go to each. A link would need the fragment of the address, which is the router's. */
function Contents() {
  const { t } = useTranslation()
  const parts = [
    ...(['warrants', 'identities', 'cases', 'timeline'] as const).map((id) => [id, t(`person.${id}`)] as const),
    ['dossier-export', t('common.export')] as const,
  ]
  return (
    <nav aria-label={t('person.contents')} className="contents no-print">
      {parts.map(([id, title]) => (
        <Button key={id} variant="subtle" onClick={() => document.getElementById(id)?.scrollIntoView()}>
          {title}
        </Button>
      ))}
    </nav>
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

/** Says first whether a warrant is in force, because whoever stands before the person must know that at once. */
function WarrantNotice({ dossier }: { readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  if (dossier.isAsking || dossier.answers.length === 0) return null
  const { active, unknown, none } = findWarrants(dossier)
  const nameAll = (codes: readonly string[]): string => codes.map(country).join(', ')
  return (
    <section aria-labelledby="warrants" className={active.length > 0 ? 'notice alarm' : 'sheet'}>
      <h2 id="warrants">{t('person.warrants')}</h2>
      {active.map((warrant) => (
        <ActiveWarrant key={warrant.id} warrant={warrant} />
      ))}
      {none.length > 0 && <p>{t('person.warrantsNone', { countries: nameAll(none) })}</p>}
      {unknown.length > 0 && <p>{t('person.warrantsUnknown', { countries: nameAll(unknown) })}</p>}
    </section>
  )
}

function ActiveWarrant({ warrant }: { readonly warrant: Warrant }) {
  const { t } = useTranslation()
  const { country, day } = useFormats()
  const { id, category, issuedOn, expiresOn, issuingCourt, extraditionRequested } = warrant
  const parts = [
    t('person.warrantActive', {
      country: country(warrant.country),
      category: t(`warrant.${category}`, { defaultValue: category }),
      day: day(issuedOn),
    }),
    expiresOn === null ? '' : t('person.warrantEnds', { day: day(expiresOn) }),
    extraditionRequested === true ? t('person.extradition') : '',
    issuingCourt ?? '',
  ]
  return (
    <p>
      <strong>
        <ShownText text={parts.filter(Boolean).join(' · ')} />
      </strong>{' '}
      <code>{id}</code>
    </p>
  )
}

/** The offices to ask about a person: the question for them, and what came. */
interface AskedOffices {
  /** Null if the name or the birth date, by which countries recognise a person, is hidden. */
  readonly search: HitSearch | null
  readonly isAsked: boolean
  readonly asked: Asked<PersonListHitsQuery>
  ask(): void
}

/** Asks each country which office knows the person, once the officer wants to know. */
function useOffices(
  person: DossierPerson | null | undefined,
  [isAsked, setAsked]: readonly [boolean, (isAsked: boolean) => void],
): AskedOffices {
  const name = nameOf(person?.names)
  const birthDate = person?.birthDate ?? null
  const search = name === null || birthDate === null ? null : { name, birthDate }
  const asked = useAsk(PERSON_LIST_HITS, isAsked && search !== null ? { searches: [search], countries: null } : null)
  return { search, isAsked, asked, ask: () => setAsked(true) }
}

/** Whom to telephone: the office of each country that knows the person. */
function WhomToAsk({ search, isAsked, asked: { data, error, isFetching, refetch }, ask }: AskedOffices) {
  const { t } = useTranslation()
  if (search === null) return null
  const hits = data?.data?.personListHits?.hits ?? []
  return (
    <section aria-labelledby="offices" className="sheet no-print">
      <h2 id="offices">{t('lists.contact')}</h2>
      {!isAsked && (
        <p className="actions">
          <Button onClick={ask}>{t('person.offices')}</Button>
          <span className="quiet-text">{t('person.officesAbout')}</span>
        </p>
      )}
      {isFetching && <Skeleton />}
      <Failed error={error} again={() => void refetch()} />
      {data !== undefined && hits.length === 0 && <p className="empty">{t('person.officesNone')}</p>}
      {hits.length > 0 && <HitsTable hits={hits} />}
    </section>
  )
}

/** The cases of each country that name the person, under any identity. */
function CasesOfPerson({ dossier }: { readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const { shown, exported } = useCaseColumns()
  const { cases, answers, isAsking, isWhole } = dossier
  const words = useFileWords()
  const rows = cases.map((each) => ({ ...each.row, ofPerson: each }))
  const ofPerson = (title: string, word: (of: DossierCase) => string) => ({
    title,
    show: (row: PersonCaseRow) => word((row as (typeof rows)[number]).ofPerson),
    value: (row: PersonCaseRow) => word((row as (typeof rows)[number]).ofPerson),
  })
  const own = [
    ofPerson(t('case.role'), ({ roles }) => wordRoles(words, roles)),
    ofPerson(t('person.identities'), ({ identities }) => identities.join(', ')),
  ]
  return (
    <section aria-labelledby="cases">
      <h2 id="cases">{t('person.cases')}</h2>
      {rows.length === 0 && !isAsking && <p className="empty">{t(wordEmpty(answers))}</p>}
      {rows.length > 0 && (
        <>
          <OpenableMap rows={rows} answers={answers} hasMore={!isWhole || isAsking} />
          <Table caption={t('person.cases')} columns={[...shown, ...own]} rows={rows} keyOf={({ id }) => id} />
          <ExportButtons
            name={t('person.cases')}
            answers={answers}
            isComplete={isWhole && !isAsking}
            columns={[...exported, ...own]}
            rows={rows}
            provenances={rows.map(({ provenance }) => provenance)}
          />
        </>
      )}
    </section>
  )
}

/** What happened to a person, over all identities and countries. */
function Timeline({ dossier }: { readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const { day, country } = useFormats()
  const events = listEvents(dossier)
  if (events.length === 0) return null
  return (
    <section aria-labelledby="timeline" className="sheet">
      <h2 id="timeline">{t('person.timeline')}</h2>
      <ol className="timeline">
        {events.map((event) => {
          const category =
            event.category === null ? '' : t(`warrant.${event.category}`, { defaultValue: event.category })
          return (
            <li key={JSON.stringify(event)}>
              <time dateTime={cleanText(event.day)}>
                <ShownText text={day(event.day)} />
              </time>{' '}
              {country(event.country)}: <ShownText text={t(`person.event.${event.kind}`, { id: event.id, category })} />
            </li>
          )
        })}
      </ol>
    </section>
  )
}

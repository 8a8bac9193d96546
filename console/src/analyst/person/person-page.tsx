import { Button } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cleanText } from '../../components/clean-text.ts'
import { CountryMark } from '../../components/country-mark.tsx'
import { Failed } from '../../components/failed.tsx'
import { RecordLink } from '../../components/links.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { DOSSIER } from '../../documents/documents.ts'
import type { DossierPerson } from '../../documents/types.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import { lineColumns, toLines } from '../../export/file-line.ts'
import { Icon } from '../../look/icon.tsx'
import { Notes } from '../../notes/notes.tsx'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { useFormats } from '../../shell/formats.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { listSilent } from '../../shell/summarize-countries.ts'
import { type FileWords, useFileWords, wordCodeOf } from '../file-words.ts'
import { groupByQuality, listOffenceNames, toSentence } from './case-words.ts'
import { CasesOfPerson } from './cases-of-person.tsx'
import { findWarrants } from './find-warrants.ts'
import { IdentitiesTable } from './identities-table.tsx'
import { listDossierParts, wordWarrant } from './list-dossier-parts.ts'
import { listEvents } from './list-events.ts'
import { nameOf } from './name-of.ts'
import { type Dossier, useDossier } from './use-dossier.ts'
import { type AskedOffices, useOffices, WhomToAsk } from './whom-to-ask.tsx'
import '../../styles/dossier.css'

/** The dossier of a person over all identities. */
export function PersonPage() {
  const { id = '' } = useParams({ strict: false }) as { readonly id?: string }
  return <DossierOf key={id} id={id} />
}

function DossierOf({ id }: { readonly id: string }) {
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
      <DossierHead id={id} dossier={dossier} contacts={offices.contacts} />
      <CountriesLine />
      {errors.map((error) => (
        <Failed key={error.message} error={error} again={dossier.again} />
      ))}
      <div className="dossier">
        <Contents dossier={dossier} />
        <div className="dossier-middle">
          <div className="summary">
            <WarrantNotice dossier={dossier} />
            <OpenCases dossier={dossier} />
            <WhomToAsk dossier={dossier} offices={offices} />
          </div>
          <IdentitiesTable first={id} dossier={dossier} />
          <CasesOfPerson dossier={dossier} />
          <Notes kind="person" record={id} />
        </div>
        <Timeline dossier={dossier} />
      </div>
    </>
  )
}

/** Who it is, and what one can do with the dossier. It is exported as soon as each part of it has come. */
function DossierHead({
  id,
  dossier,
  contacts,
}: { readonly id: string; readonly dossier: Dossier } & Pick<AskedOffices, 'contacts'>) {
  const { t } = useTranslation()
  const words = useFileWords()
  const { persons, cases, answers, isAsking, isWhole } = dossier
  const name = nameOf(persons.get(id)?.names) ?? id
  const isEmpty = cases.length === 0 && [...persons.values()].every((person) => person == null)
  const parts = listDossierParts(dossier, contacts, words)
  const provenances = [...persons.values()].flatMap((each) => (each == null ? [] : [each.provenance]))
  const actions = (
    <>
      {!isAsking && !isEmpty && (
        <ExportButtons
          name={t('person.title', { name: id })}
          title={t('person.title', { name })}
          answers={answers}
          isComplete={isWhole}
          columns={lineColumns(t('export.label'), t('export.value'))}
          rows={toLines(parts)}
          parts={parts}
          provenances={[...provenances, ...cases.map(({ row }) => row.provenance)]}
        />
      )}
      <RecordLink to="/network/$id" id={id} button="default">
        <span className="with-icon">
          <Icon name="network" /> {t('person.network')}
        </span>
      </RecordLink>
      <Button leftSection={<Icon name="note" />} onClick={() => document.getElementById('notes')?.scrollIntoView()}>
        {t('person.note')}
      </Button>
    </>
  )
  return <PageHead title={name} note={describePerson(persons.get(id), name, words)} actions={actions} />
}

/** What stands beside the name: other names, sex, nationality, birth. */
function describePerson(person: DossierPerson | null | undefined, name: string, words: FileWords): string {
  const { t, formats } = words
  if (person == null) return ''
  const { names, sex, nationalities, birthDate } = person
  const parts = [
    ...(names ?? []).flatMap(({ full }) => (full === name ? [] : [`«${full}»`])),
    sex === null ? '' : wordCodeOf(words, 'sex', sex),
    (nationalities ?? []).map(formats.country).join(', '),
    birthDate === null ? '' : t('person.bornOn', { day: formats.day(birthDate) }),
  ]
  return parts.filter(Boolean).join(' · ')
}

/** The parts of a dossier, to go to each. A link would need the fragment of the address, which is the router's. */
function Contents({ dossier }: { readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const words = useFileWords()
  const parts = [
    ['warrants', t('person.summary'), null],
    ['identities', t('person.identities'), dossier.persons.size],
    ['cases', t('person.cases'), dossier.cases.length],
    ['timeline', t('person.timeline'), listEvents(dossier, words).length],
    ['notes', t('notes.title'), null],
  ] as const
  return (
    <nav aria-label={t('person.contents')} className="contents no-print">
      {parts.map(([id, title, count]) => (
        <Button
          key={id}
          variant="subtle"
          justify="space-between"
          rightSection={count}
          onClick={() => document.getElementById(id)?.scrollIntoView({ block: 'center' })}
        >
          {title}
        </Button>
      ))}
    </nav>
  )
}

/** Says first whether a warrant is in force, because whoever stands before the person must know that at once. */
function WarrantNotice({ dossier }: { readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const words = useFileWords()
  const { country } = useFormats()
  if (dossier.isAsking || dossier.answers.length === 0) return null
  const { active, unknown, none } = findWarrants(dossier)
  return (
    <section aria-labelledby="warrants" className={active.length > 0 ? 'panel alarm' : 'panel'}>
      <h2 id="warrants">
        {active.length > 0 && <Icon name="warning" />}
        {active.length > 0 ? t('person.warrantsActive', { count: active.length }) : t('person.warrants')}
      </h2>
      {active.map((warrant) => (
        <p key={warrant.id} title={cleanText(warrant.id)}>
          <CountryMark code={warrant.country} /> <ShownText text={wordWarrant(warrant, words)} />
          {warrant.extraditionRequested === true && <strong>{t('person.extradition')}</strong>}
          <span className="quiet-text">
            <ShownText text={warrant.issuingCourt} />
          </span>
        </p>
      ))}
      {unknown.length > 0 && (
        <>
          <p className="unknown">
            <span>{t('person.warrantsUnknownIn', { countries: unknown.join(', ') })}</span>
          </p>
          <p className="quiet-text">{t('person.warrantsAsk')}</p>
        </>
      )}
      {none.length > 0 && <p>{t('person.warrantsNone', { countries: none.map(country).join(', ') })}</p>}
    </section>
  )
}

/** How many cases are open, in what quality they name the person, in which countries, and what they are about. */
function OpenCases({ dossier: { cases, answers, isAsking } }: { readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const words = useFileWords()
  if (isAsking) return null
  const groups = groupByQuality(cases)
  const count = groups.reduce((sum, { rows }) => sum + rows.length, 0)
  const silent = listSilent(answers)
  return (
    <section aria-labelledby="open-cases" className="panel">
      <h2 id="open-cases">{count === 0 && silent.length > 0 ? t('person.cases') : t('person.openCases', { count })}</h2>
      {silent.length > 0 && (
        <p className="unknown">
          <span>{t('person.warrantsUnknownIn', { countries: silent.join(', ') })}</span>
        </p>
      )}
      <dl className="qualities">
        {groups.map(({ quality, rows }) => (
          <div key={quality}>
            <dt>{rows.length}</dt>
            <dd>
              {quality === null ? (
                <span className="hatch">{t('person.qualityHidden')}</span>
              ) : (
                <ShownText text={toSentence(wordCodeOf(words, 'role', quality))} />
              )}
              <span className="quality-marks">
                {rows.map(({ id }) => (
                  <CountryMark key={id} code={id.slice(0, 2)} />
                ))}
              </span>
              <span className="quiet-text quality-offences">
                <ShownText text={listOffenceNames(rows)?.join(', ') ?? t('common.hidden')} />
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** What happened to a person, over all identities and countries. */
function Timeline({ dossier }: { readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const { day } = useFormats()
  const events = listEvents(dossier, useFileWords())
  if (events.length === 0) return null
  return (
    <section aria-labelledby="timeline" className="panel timeline">
      <h2 id="timeline">{t('person.timeline')}</h2>
      <ol>
        {events.map((event) => (
          <li key={JSON.stringify(event)} data-alarm={event.isAlarm || undefined} data-kind={event.kind}>
            <time dateTime={cleanText(event.day)}>
              <ShownText text={day(event.day)} />
            </time>
            <CountryMark code={event.country} />
            <span title={cleanText(event.id)}>
              {event.kind === 'warrant' ? (
                <ShownText text={event.text} />
              ) : (
                <RecordLink to="/case/$id" id={event.id}>
                  {event.text}
                </RecordLink>
              )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

import { useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Failed } from '../../components/failed.tsx'
import { Handling } from '../../components/handling.tsx'
import { RecordLink } from '../../components/links.tsx'
import { NoRecord } from '../../components/no-record.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../../components/shown-text.tsx'
import { Table } from '../../components/table.tsx'
import { CASE_FILE } from '../../documents/documents.ts'
import type { CaseFile } from '../../documents/types.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import { type FileLine, lineColumns, toParts } from '../../export/file-line.ts'
import { Notes } from '../../notes/notes.tsx'
import type { SessionAnswer } from '../../session/session.ts'
import { useAsk } from '../../session/use-session.ts'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { useFormats } from '../../shell/formats.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { useFileWords } from '../file-words.ts'
import { nameOf } from '../person/name-of.ts'
import { listCaseFacts } from './list-case-facts.ts'
import { listAssistance, listCaseLines, listOffences, listParticipants } from './list-case-lines.ts'

const ROWS = 100

/** One case: its offences, its persons, and its requests for assistance. */
export function CasePage() {
  const { t } = useTranslation()
  const { id = '' } = useParams({ strict: false }) as { readonly id?: string }
  const variables = { id, first: ROWS }
  const { data, isFetching, error, refetch } = useAsk(CASE_FILE, variables)
  useTellLine([data], isFetching, { document: CASE_FILE, variables })
  const found = data?.data?.case
  return (
    <>
      <PageHead
        title={t('case.title', { id })}
        actions={data !== undefined && found != null && <CaseExport found={found} answer={data} />}
      />
      <CountriesLine />
      <Failed error={error} again={() => void refetch()} />
      {isFetching && <Skeleton />}
      {data !== undefined && found == null && <NoRecord id={id} answers={[data]} absent={t('case.notFound')} />}
      {data !== undefined && found != null && <CaseSheets found={found} answer={data} />}
      <Notes kind="case" record={id} />
    </>
  )
}

function CaseExport({ found, answer }: ShownCase) {
  const { t } = useTranslation()
  const words = useFileWords()
  const lines = listCaseLines(found, answer, words)
  const hasMore = found.participants?.pageInfo.hasNextPage === true || found.mlaRequests?.pageInfo.hasNextPage === true
  return (
    <ExportButtons
      name={t('case.title', { id: found.id })}
      answers={[answer]}
      isComplete={!hasMore}
      columns={lineColumns(t('export.label'), t('export.value'))}
      rows={lines}
      parts={toParts(lines)}
      provenances={[found.provenance]}
    />
  )
}

interface ShownCase {
  readonly found: CaseFile
  readonly answer: SessionAnswer<unknown>
}

function CaseSheets({ found, answer }: ShownCase) {
  const words = useFileWords()
  return (
    <>
      <CaseFacts found={found} answer={answer} />
      <Part lines={listOffences(found, words)} />
      <Participants found={found} />
      <Part lines={listAssistance(found, words)} />
    </>
  )
}

function CaseFacts({ found, answer }: ShownCase) {
  const { t } = useTranslation()
  const { day } = useFormats()
  const { linkedCases } = found
  const facts = listCaseFacts(found, answer, { t: (key, values) => t(key, { ...values }), day })
  return (
    <dl className="facts panel">
      {facts.map(({ term, text, isHidden }) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>
            {isHidden ? (
              <span className="hatch">{t('common.hidden')}</span>
            ) : (
              <ShownText text={text || t('common.none')} />
            )}
          </dd>
        </div>
      ))}
      <div>
        <dt>{t('common.handling')}</dt>
        <dd>
          <Handling provenance={found.provenance} isWorded />
        </dd>
      </div>
      <div>
        <dt>{t('case.linked')}</dt>
        <dd>
          {linkedCases === null && <span className="hatch">{t('common.hidden')}</span>}
          {linkedCases?.length === 0 && t('common.none')}
          {linkedCases?.map(({ id }) => (
            <span key={id}>
              <RecordLink to="/case/$id" id={id}>
                {id}
              </RecordLink>{' '}
            </span>
          ))}
        </dd>
      </div>
    </dl>
  )
}

/** A part of the case as a file has it: its heading, and its lines. */
function Part({ lines: [heading, ...lines] }: { readonly lines: readonly FileLine[] }) {
  return (
    <section className="panel">
      <h2>{heading?.label}</h2>
      <dl className="facts">
        {lines.map(({ label, value }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two charges may be the same
          <div key={index}>
            <dt>
              <ShownText text={label} />
            </dt>
            <dd>
              <ShownText text={value} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Participants({ found }: { readonly found: CaseFile }) {
  const { t } = useTranslation()
  const words = useFileWords()
  const { participants } = found
  const { country } = useFormats()
  if (participants === null) return <Part lines={listParticipants(found, words)} />
  return (
    <section aria-labelledby="participants">
      <h2 id="participants">{t('case.participants')}</h2>
      <Table
        caption={t('case.participants')}
        rows={participants.edges.map(({ node }) => node)}
        keyOf={({ role, person }, index) => `${index} ${role} ${person?.id}`}
        columns={[
          {
            title: t('common.name'),
            isHeader: true,
            show: ({ person }) =>
              person === null ? (
                t('common.hidden')
              ) : (
                <RecordLink to="/person/$id" id={person.id}>
                  <ShownText text={nameOf(person.names) ?? person.id} />
                </RecordLink>
              ),
          },
          { title: t('case.role'), show: ({ role }) => t(`role.${role}`, { defaultValue: role }) },
          { title: t('common.country'), show: ({ person }) => (person === null ? '' : country(person.id.slice(0, 2))) },
          { title: t('common.id'), show: ({ person }) => <ShownCode text={person?.id} /> },
        ]}
      />
      {participants.pageInfo.hasNextPage && (
        <p>
          {t('common.rowsMore', {
            count: participants.edges.length,
            shown: participants.edges.length,
          })}
        </p>
      )}
    </section>
  )
}

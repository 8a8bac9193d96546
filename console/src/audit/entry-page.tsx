import { Button } from '@mantine/core'
import '../styles/audit.css'
import { Link, useParams } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { cleanLines } from '../components/clean-text.ts'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { saveFile } from '../export/save-file.ts'
import { writeAllowedCommand } from './allowed-command.ts'
import { ApprovalPanel } from './approval-panel.tsx'
import { CopiedCommand } from './copied-command.tsx'
import { Failure } from './failure.tsx'
import { ProofPanel } from './proof-panel.tsx'
import type { ShownEntry } from './shown-entry.ts'
import { TrustPanel } from './trust-panel.tsx'
import { useLanguage, useOversight, useViewer } from './use-oversight.ts'
import { useTrust } from './use-trust.ts'
import { describeProven, type VerifiedEntry, verifyEntry } from './verify-entry.ts'

/** One entry: what it says, whether it is proved, who approved it, and whether it was allowed. */
export function EntryPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams({ strict: false }) as { readonly id?: string }
  const viewer = useViewer()
  const { data, error, refetch } = useOversight<{ readonly entry: ShownEntry | null }>('entry', { id })
  const failed = error ?? viewer.error
  return (
    <>
      <p>
        <Link to="/audit">{t('auditor.back')}</Link>
      </p>
      <h1>{t('audit.entry')}</h1>
      {failed !== null && (
        <Failure error={failed} onRetry={() => void (error === null ? viewer.refetch() : refetch())} />
      )}
      {failed === null && (data === undefined || viewer.data === undefined) && <Skeleton />}
      {data !== undefined && data.data.entry === null && <p className="empty">{t('auditor.nothing')}</p>}
      {data != null && data.data.entry !== null && viewer.data !== undefined && (
        <ShownEntryParts
          shown={data.data.entry}
          errorCodes={data.errors.map(({ code }) => code).join(' ')}
          viewerCountry={viewer.data.data.viewer.country}
        />
      )}
    </>
  )
}

function ShownEntryParts({
  shown,
  errorCodes,
  viewerCountry,
}: {
  readonly shown: ShownEntry
  /** The codes of oversight's errors, separated by spaces. */
  readonly errorCodes: string
  readonly viewerCountry: string | null
}) {
  const { t } = useTranslation()
  const language = useLanguage()
  const used = useTrust()
  const { trust } = used
  const verified = useMemo(
    () => verifyEntry(shown, { trust, viewerCountry, errorCodes: errorCodes.split(' '), nowMs: Date.now() }),
    [shown, errorCodes, trust, viewerCountry],
  )
  const described = describeProven(verified, language)
  if (used.isLoading) return <Skeleton />
  return (
    <>
      <TrustPanel {...used} />
      <ProofPanel verified={verified} />
      <section aria-labelledby="entry-words">
        <h2 id="entry-words">{t('auditor.words')}</h2>
        {described === null ? <UnprovenWords id={shown.id} /> : <EntryWordsTable words={described} />}
      </section>
      <ApprovalPanel verified={verified} time={shown.time} />
      <Allowed shown={shown} verified={verified} />
      <Raw shown={shown} />
    </>
  )
}

/** The words that oversight makes of an entry that is not proved: better than nothing, and said to be that. */
function UnprovenWords({ id }: { readonly id: string }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { data } = useOversight<{
    readonly entry: { readonly words: Parameters<typeof EntryWordsTable>[0]['words'] } | null
  }>('entryWords', { id, language })
  const given = data?.data.entry
  return (
    <>
      <p className="notice">{t('auditor.wordsOfOversight')}</p>
      {given != null && <EntryWordsTable words={given.words} />}
    </>
  )
}

/** What was decided then, and how to decide it again by the rules of that time. */
function Allowed({ shown, verified }: { readonly shown: ShownEntry; readonly verified: VerifiedEntry }) {
  const { t } = useTranslation()
  if (shown.kind !== 'request' && shown.kind !== 'leg') return null
  const { denied, codes, log, id } = shown
  const command = writeAllowedCommand(id, log)
  return (
    <section aria-labelledby="entry-allowed">
      <h2 id="entry-allowed">{t('auditor.allowed.title')}</h2>
      <p>{t('auditor.allowed.intro')}</p>
      {command === null ? (
        <p className="notice">{t('auditor.allowed.noCommand')}</p>
      ) : (
        <CopiedCommand command={command} />
      )}
      {verified.verdict !== 'NOT_PROVEN' && (
        <p>
          <ShownText
            text={denied.length === 0 ? t('auditor.allowed.nothingDenied') : [...denied, ...codes].join(', ')}
          />
        </p>
      )}
    </section>
  )
}

function Raw({ shown }: { readonly shown: ShownEntry }) {
  const { t } = useTranslation()
  const { proof, id } = shown
  if (proof === null) return null
  return (
    <section aria-labelledby="entry-raw">
      <h2 id="entry-raw">{t('auditor.raw')}</h2>
      <pre className="raw">{cleanLines(proof.entry)}</pre>
      <div className="actions">
        {[proof, ...proof.parts].map(({ bundle }, part) => {
          const name = part === 0 ? `${id}.tlog-proof` : `${id}-${part}.tlog-proof`
          return (
            <Button key={name} onClick={() => saveFile(name, 'text/plain', bundle)}>
              {part === 0 ? t('auditor.saveProof') : t('auditor.savePartProof', { part })}
            </Button>
          )
        })}
      </div>
    </section>
  )
}

/** An entry in words: one sentence, and a line for each thing that a person asks. */
function EntryWordsTable({
  words: { title, lines },
}: {
  readonly words: {
    readonly title: string
    readonly lines: readonly { readonly label: string; readonly text: string }[]
  }
}) {
  return (
    <>
      <p>
        <strong>
          <ShownText text={title} />
        </strong>
      </p>
      <dl className="facts">
        {lines.map(({ label, text }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of an entry never change their order
          <div key={at}>
            <dt>
              <ShownText text={label} />
            </dt>
            <dd>
              {text.split('\n').map((line, part) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line never change their order
                <p key={part}>
                  <ShownText text={line} />
                </p>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}

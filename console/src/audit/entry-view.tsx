import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { cleanLines } from '../components/clean-text.ts'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { saveFile } from '../export/save-file.ts'
import { Icon } from '../look/icon.tsx'
import { AllowedPanel } from './allowed-panel.tsx'
import { EntryStory } from './entry-story.tsx'
import { Failure } from './failure.tsx'
import { LocalTime } from './local-time.tsx'
import { DeniedPanel, PartTiles } from './part-tiles.tsx'
import { ProofPanel } from './proof-panel.tsx'
import type { ShownEntry } from './shown-entry.ts'
import { useLanguage, useOversight, useViewer } from './use-oversight.ts'
import { useTrust } from './use-trust.ts'
import { describeProven, verifyEntry } from './verify-entry.ts'

/** One entry: what it says, whether it is proved, what of it the auditor sees, and whether it was allowed. */
export function EntryView({ id, level }: { readonly id: string; readonly level: 'h1' | 'h2' }) {
  const { t } = useTranslation()
  const viewer = useViewer()
  const { data, error, refetch } = useOversight<{ readonly entry: ShownEntry | null }>('entry', { id })
  const failed = error ?? viewer.error
  const shown = data?.data.entry
  const Title = level
  return (
    <>
      <header className="entry-title">
        <Title>
          {t('audit.entry')} {shown?.position}
        </Title>
        {shown != null && <LocalTime time={shown.time} />}
        {shown?.proof != null && <SaveProofs id={shown.id} proof={shown.proof} />}
      </header>
      {failed !== null && (
        <Failure error={failed} onRetry={() => void (error === null ? viewer.refetch() : refetch())} />
      )}
      {failed === null && (data === undefined || viewer.data === undefined) && <Skeleton />}
      {shown === null && <p className="empty">{t('auditor.nothing')}</p>}
      {shown != null && data !== undefined && viewer.data !== undefined && (
        <CheckedEntry
          shown={shown}
          errorCodes={data.errors.map(({ code }) => code).join(' ')}
          viewerCountry={viewer.data.data.viewer.country}
        />
      )}
    </>
  )
}

function SaveProofs({ id, proof }: { readonly id: string; readonly proof: NonNullable<ShownEntry['proof']> }) {
  const { t } = useTranslation()
  return (
    <div className="head-actions no-print">
      <Button leftSection={<Icon name="export" />} onClick={() => print()}>
        {t('auditor.print')}
      </Button>
      {[proof, ...proof.parts].map(({ bundle }, part) => {
        const name = part === 0 ? `${id}.tlog-proof` : `${id}-${part}.tlog-proof`
        return (
          <Button key={name} onClick={() => saveFile(name, 'text/plain', bundle)}>
            {part === 0 ? t('auditor.saveProof') : t('auditor.savePartProof', { part })}
          </Button>
        )
      })}
    </div>
  )
}

function CheckedEntry({
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
  const used = useTrust()
  const { trust } = used
  const verified = useMemo(
    () => verifyEntry(shown, { trust, viewerCountry, errorCodes: errorCodes.split(' '), nowMs: Date.now() }),
    [shown, errorCodes, trust, viewerCountry],
  )
  const language = useLanguage()
  const described = describeProven(verified, language)
  if (used.isLoading) return <Skeleton />
  const isQuestion = verified.entry?.kind === 'request' || verified.entry?.kind === 'leg'
  return (
    <div className="entry-columns">
      <div className="entry-main">
        {described === null && <UnprovenWords id={shown.id} />}
        {described !== null && isQuestion && <EntryStory verified={verified} />}
        {described !== null && !isQuestion && <EntryWordsTable words={described} />}
        {shown.actor !== null && <Pseudonym text={shown.actor.ref} />}
        <PartTiles verified={verified} viewerCountry={viewerCountry} />
        <AllowedPanel shown={shown} verified={verified} viewerCountry={viewerCountry} />
        <DeniedPanel verified={verified} />
        {shown.proof !== null && (
          <details className="sheet">
            <summary>{t('auditor.raw')}</summary>
            {described !== null && isQuestion && <EntryWordsTable words={described} />}
            <pre className="raw">{cleanLines(shown.proof.entry)}</pre>
          </details>
        )}
      </div>
      <aside className="entry-side">
        <ProofPanel verified={verified} used={used} />
        {isQuestion && <WhoElse />}
      </aside>
    </div>
  )
}

/** Whoever asked, as the log has it, with its other entries. */
function Pseudonym({ text }: { readonly text: string }) {
  const { t } = useTranslation()
  return (
    <p className="quiet-text meta">
      {t('auditor.story.keeps')} <ShownCode text={text} />{' '}
      <Link to="/audit" search={{ actorRef: text } as never}>
        {t('auditor.story.same')}
      </Link>
    </p>
  )
}

function WhoElse() {
  const { t } = useTranslation()
  return (
    <section className="sheet">
      <h3>{t('auditor.whoElse.title')}</h3>
      <p className="quiet-text">{t('auditor.whoElse.how')}</p>
      <Link to="/audit/record">
        <Icon name="key" /> {t('auditor.whoElse.open')}
      </Link>
    </section>
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
      <p className="story">
        <ShownText text={title} />
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

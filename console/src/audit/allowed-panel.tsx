import { useQueries } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type Entry, parseEntry } from '../../../contract/audit-log/entry.ts'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { Icon, type IconName } from '../look/icon.tsx'
import { useFormats } from '../shell/formats.ts'
import { writeAllowedCommand } from './allowed-command.ts'
import type { AskOversight } from './ask-oversight.ts'
import { checkBundle } from './check-bundle.ts'
import { CopiedCommand } from './copied-command.tsx'
import { listAnswers, listCoordinates } from './entry-story.tsx'
import { type Approval, findApproval, listMandates, type NamedMandate } from './find-approval.ts'
import { LocalTime } from './local-time.tsx'
import type { ShownEntry, ShownProof } from './shown-entry.ts'
import type { Trust } from './trust.ts'
import { useAskOversight } from './use-oversight.ts'
import { useTrust } from './use-trust.ts'
import type { VerifiedEntry } from './verify-entry.ts'
import { wordDenied, wordFields } from './word-entry.ts'

interface AllowedProps {
  readonly shown: ShownEntry
  readonly verified: VerifiedEntry
  readonly viewerCountry: string | null
}

/** Whether a question was allowed, as far as it can be said from here: by its proved entries, and by the acts on its mandate. */
export function AllowedPanel({ shown, verified, viewerCountry }: AllowedProps) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const { entry, parts } = verified
  const mandates = entry?.kind === 'request' || entry?.kind === 'leg' ? listMandates(entry, parts) : []
  const approvals = useApprovals(mandates, shown.time)
  if (shown.kind !== 'request' && shown.kind !== 'leg') return null
  const command = writeAllowedCommand(shown.id, shown.log)
  const denied = [...new Set(shown.denied.map((each) => wordDenied(t, each)))]
  const answers = entry === null ? [] : listAnswers(entry, parts)
  const isAnswered = answers.some(({ reach }) => reach === 'ANSWERED')
  const isPartly = denied.length > 0 || answers.some(({ code }) => code === 'PARTLY_DENIED')
  const isApproved = approvals.length > 0 && approvals.every((each) => each?.state === 'IN_FORCE')
  const isBroken = approvals.some((each) => each?.state === 'REVOKED')
  const verdict =
    entry === null ? 'unknown' : isBroken ? 'no' : !isApproved || !isAnswered ? 'unknown' : isPartly ? 'partly' : 'yes'
  const hidden = entry?.kind === 'request' ? entry.continuations - parts.length : entry?.kind === 'leg' ? 1 : 0
  return (
    <section className="sheet ruled" aria-labelledby="entry-allowed">
      <header>
        <h2 id="entry-allowed">{t('auditor.allowed.title')}</h2>
        <span className={`allowed-verdict ${verdict}`}>
          <Icon name={VERDICT_ICONS[verdict]} />{' '}
          {t(`auditor.allowed.verdicts.${verdict}`, {
            country: viewerCountry === null ? t('auditor.allowed.everywhere') : country(viewerCountry),
          })}
        </span>
      </header>
      <ul className="plain">
        <Mandates {...{ shown, mandates, approvals }} />
        <Decided {...{ shown, verified, denied, isAnswered }} />
        <Rule name="quota" icon="none">
          <span className="hatch">{t('auditor.allowed.quota')}</span>
        </Rule>
        {hidden > 0 && (
          <Rule name="others" icon="none">
            <span className="hatch">{t('auditor.allowed.notFromHere')}</span> {t('auditor.allowed.askThem')}
          </Rule>
        )}
      </ul>
      {command === null && <p className="notice">{t('auditor.allowed.noCommand')}</p>}
      {command !== null && (
        <details>
          <summary>{t('auditor.allowed.again')}</summary>
          <p>{t('auditor.allowed.intro')}</p>
          <CopiedCommand command={command} />
        </details>
      )}
    </section>
  )
}

/** What the countries decided about the purpose and the data, by their answers. */
function Decided({
  shown: { purpose },
  verified: { entry, parts },
  denied,
  isAnswered,
}: Pick<AllowedProps, 'shown' | 'verified'> & { readonly denied: readonly string[]; readonly isAnswered: boolean }) {
  const { t } = useTranslation()
  if (entry === null) return null
  const said = purpose === null ? '' : t(`purpose.${purpose}`, { defaultValue: purpose })
  const fields = wordFields(t, listCoordinates(entry, parts)).join('; ')
  return (
    <>
      <Rule name="purpose" icon={isAnswered ? 'answered' : 'none'}>
        {purpose === null
          ? t('auditor.allowed.noPurpose')
          : t(isAnswered ? 'auditor.allowed.purpose' : 'auditor.allowed.purposeUnsaid', { purpose: said })}
      </Rule>
      <Rule name="data" icon={denied.length > 0 ? 'partly' : isAnswered ? 'answered' : 'none'}>
        {denied.length > 0
          ? t('auditor.allowed.dataDenied', { fields: denied.join('; ') })
          : t(isAnswered ? 'auditor.allowed.data' : 'auditor.allowed.dataUnsaid', { fields })}
      </Rule>
    </>
  )
}

const VERDICT_ICONS = { yes: 'answered', partly: 'partly', no: 'warning', unknown: 'none' } as const

/** A line of what was to be kept. */
function Rule({
  name,
  icon,
  children,
}: {
  readonly name: string
  readonly icon: IconName
  readonly children: ReactNode
}) {
  const { t } = useTranslation()
  return (
    <li className="rule">
      <span className="rule-name">{t(`auditor.allowed.rules.${name}`)}</span>
      <Icon name={icon} />
      <span>{children}</span>
    </li>
  )
}

/** Each mandate that was acted on, with whoever approved it. The persons are pseudonyms with their keys. */
function Mandates({
  shown,
  mandates,
  approvals,
}: Pick<AllowedProps, 'shown'> & {
  readonly mandates: readonly NamedMandate[]
  readonly approvals: readonly (ProvedApproval | undefined)[]
}) {
  const { t } = useTranslation()
  if (mandates.length === 0)
    return (
      <Rule name="mandate" icon="none">
        {t('auditor.approval.none')}
      </Rule>
    )
  return mandates.map(({ authority, hash }, at) => {
    const approval = approvals[at]
    const isKnown = approval !== undefined && approval.acts.length > 0
    return (
      <Rule key={hash} name="mandate" icon={!isKnown ? 'none' : approval.state === 'IN_FORCE' ? 'answered' : 'warning'}>
        <ShownText text={shown.taskForce ?? ''} /> {approval === undefined && t('common.loading')}
        {approval !== undefined && !isKnown && (
          <span className="hatch">
            <ShownText text={t('auditor.approval.noLog', { authority })} />
          </span>
        )}
        {isKnown && (
          <details>
            <summary>{t(`auditor.approval.states.${approval.state}`)}</summary>
            <ul className="plain">
              {approval.acts.map(({ entryId, kind, time, person, key }) => (
                <li key={entryId}>
                  {t(`auditor.approval.acts.${kind}`)}: <LocalTime time={time} />, <ShownCode text={person} />,{' '}
                  {t('auditor.approval.key')} <ShownCode text={key} />
                </li>
              ))}
            </ul>
            {t('auditor.approval.mandate')} <ShownCode text={hash} />, <ShownText text={authority} />
          </details>
        )}
        {approval !== undefined && approval.unproven > 0 && (
          <span className="notice">{t('auditor.approval.unproven', { count: approval.unproven })}</span>
        )}
      </Rule>
    )
  })
}

type ProvedApproval = Approval & { readonly unproven: number }

/** Finds who approved each mandate, by the proved entries of its authority's log. Undefined until they came, or if none came. */
function useApprovals(mandates: readonly NamedMandate[], time: string): readonly (ProvedApproval | undefined)[] {
  const ask = useAskOversight()
  const { trust } = useTrust()
  const asked = useQueries({
    queries: mandates.map(({ hash }) => ({
      queryKey: ['oversight', 'mandateActs', hash, trust.names],
      queryFn: () => readActs(ask, hash, trust),
    })),
  })
  return asked.map(({ data, isPending }, at) =>
    isPending
      ? undefined
      : { ...findApproval(mandates[at]?.hash ?? '', time, data?.entries ?? []), unproven: data?.unproven ?? 0 },
  )
}

interface ProvedActs {
  readonly mandateActs: readonly {
    readonly log: string
    readonly position: number
    readonly proof: ShownProof | null
  }[]
}

/** Reads the acts on a mandate that oversight has, and proves each of them. What is not proved is counted and left out. */
async function readActs(
  ask: AskOversight,
  mandate: string,
  trust: Trust,
): Promise<{ readonly entries: readonly Entry[]; readonly unproven: number }> {
  const { data } = await ask<ProvedActs>('mandateActs', { mandate })
  const entries = data.mandateActs.flatMap(({ log, position, proof }) => {
    if (proof === null) return []
    const { faults } = checkBundle(proof, { trust, log, position, nowMs: Date.now() })
    return faults.length === 0 ? [parseEntry(new TextEncoder().encode(proof.entry))] : []
  })
  return { entries, unproven: data.mandateActs.length - entries.length }
}

import { ActionIcon, Button, Popover, UnstyledButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CountryMark } from '../components/country-mark.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { Icon } from '../look/icon.tsx'
import { Logo } from '../look/logo.tsx'
import type { SignedIn } from '../session/session.ts'
import { useWorld } from '../session/use-session.ts'
import { EndsSoon } from './ends-soon.tsx'
import { useFormats } from './formats.ts'
import { LanguageSwitch } from './language-switch.tsx'
import { useLine } from './line-context.tsx'
import { listMadeUp } from './summarize-countries.ts'

/** The line at the top: who asks, for which purpose, and until when. The rest is in its menu: the mandate, the case, the language, and the end of the session. */
export function Bar({ state, onChange }: { readonly state: SignedIn; readonly onChange: () => void }) {
  const { t } = useTranslation()
  const { config } = useWorld()
  const { hour, country } = useFormats()
  const { officer, grounds, until } = state
  const role = t(`officerRole.${officer.role}`, { defaultValue: officer.role ?? '' })
  // Of an agency such as GT-MP-FECO, the country stands beside it.
  const place = [country(officer.country), officer.agency?.split('-').at(-1)].filter(Boolean)
  return (
    <header className="bar">
      <strong className="brand">
        <Logo /> {t('app.name')}
      </strong>
      {config.development && <DemoChip />}
      <span className="who">
        <b>
          <ShownText text={role} />
        </b>{' '}
        <ShownText text={[role === '' ? '' : '·', place.join(' · ')].join(' ')} />
      </span>
      <Button className="purpose" radius="xl" rightSection={<Icon name="down" />} onClick={onChange}>
        <span className="wide-only">{t('bar.purpose')}: </span>
        {grounds === null ? t('bar.noPurpose') : t(`purpose.${grounds.purpose}`)}
        <span className="unseen">. {t('bar.change')}</span>
      </Button>
      <span className="until">
        <Icon name="clock" /> {t('bar.session', { time: hour(until) })}
      </span>
      <BarMenu state={state} role={role} />
      {!state.isEnded && <EndsSoon until={until} />}
    </header>
  )
}

/** Says that this is a demonstration, and which countries' data on the page are made up or real. */
function DemoChip() {
  const { t } = useTranslation()
  const { country } = useFormats()
  const { madeUp, real } = listMadeUp(useLine().answers)
  const kinds = { isMadeUp: madeUp, isReal: real }
  return (
    <Popover {...AT_THE_BAR} position="bottom-start">
      <Popover.Target>
        <UnstyledButton className="demo-mark">{t(real.length > 0 ? 'app.demoMixed' : 'app.demo')}</UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className="bar-menu">
        {madeUp.length + real.length === 0 && t('app.demoEach')}
        {Object.entries(kinds).flatMap(([kind, codes]) =>
          codes.map((code) => (
            <span key={`${kind} ${code}`}>
              <CountryMark code={code} /> <ShownText text={`${country(code)}: ${t(`line.${kind}`)}`} />
            </span>
          )),
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

/** What opens below the bar is drawn in it. */
const AT_THE_BAR = { hideDetached: false, withinPortal: false, transitionProps: { duration: 0 } } as const

function BarMenu({
  state: { officer, mandate, grounds, until },
  role,
}: {
  readonly state: SignedIn
  readonly role: string
}) {
  const { t } = useTranslation()
  const { session } = useWorld()
  const { day, hour } = useFormats()
  const facts = {
    who: [role, officer.name].filter(Boolean).join(' · '),
    agency: officer.agency ?? officer.country,
    mandate: t('start.mandate', { taskForce: mandate.taskForce ?? '', day: day(mandate.notAfter) }),
    purpose: grounds === null ? t('bar.noPurpose') : t(`purpose.${grounds.purpose}`),
    case: grounds?.caseId ?? t('bar.noCase'),
    until: hour(until),
  }
  return (
    <Popover {...AT_THE_BAR} position="bottom-end" keepMounted keepMountedMode="display-none">
      <Popover.Target>
        <ActionIcon aria-label={t('bar.more')}>
          <Icon name="menu" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className="bar-menu">
        <dl className="facts" aria-label={t('bar.label')}>
          {Object.entries(facts).map(([name, text]) => (
            <div key={name}>
              <dt>{t(`bar.${name}`)}</dt>
              <dd>
                <ShownText text={text} />
              </dd>
            </div>
          ))}
        </dl>
        <LanguageSwitch />
        <Button onClick={() => void session.signOut()}>{t('bar.signOut')}</Button>
      </Popover.Dropdown>
    </Popover>
  )
}

import { ActionIcon, Button, Popover } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ShownText } from '../components/shown-text.tsx'
import { Icon } from '../look/icon.tsx'
import type { SignedIn } from '../session/session.ts'
import { useWorld } from '../session/use-session.ts'
import { EndsSoon } from './ends-soon.tsx'
import { useFormats } from './formats.ts'
import { LanguageSwitch } from './language-switch.tsx'

/** The line at the top: who asks, for which purpose, and until when. The rest is in its menu: the mandate, the case, the language, and the end of the session. */
export function Bar({ state, onChange }: { readonly state: SignedIn; readonly onChange: () => void }) {
  const { t } = useTranslation()
  const { config } = useWorld()
  const { hour, country } = useFormats()
  const { officer, grounds, until } = state
  const role = t(`officerRole.${officer.role}`, { defaultValue: officer.role ?? '' })
  // Of an agency such as GT-MP-FECO, the country stands beside it.
  const place = [country(officer.country), officer.agency?.split('-').at(-1)].filter(Boolean).join(', ')
  return (
    <header className="bar">
      <strong className="brand">{t('app.name')}</strong>
      {config.development && <span className="demo-mark">{t('app.demo')}</span>}
      <span className="who">
        <ShownText text={[role, place].filter(Boolean).join(' · ')} />
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
    <Popover
      position="bottom-end"
      keepMounted
      keepMountedMode="display-none"
      hideDetached={false}
      withinPortal={false}
      transitionProps={{ duration: 0 }}
    >
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

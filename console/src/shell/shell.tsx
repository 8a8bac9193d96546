import { Link, Outlet, useMatches } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SignedIn } from '../session/session.ts'
import { RoundContext } from '../session/use-asked-purpose.ts'
import { useSessionState, useWorld } from '../session/use-session.ts'
import { OfferTour } from '../tour/offer-tour.tsx'
import { ROOMS } from './all-rooms.ts'
import { Bar } from './bar.tsx'
import { CountriesLine } from './countries-line.tsx'
import { EndedNotice } from './ended-notice.tsx'
import { GroundsDialog } from './grounds-dialog.tsx'
import { LineProvider } from './line-context.tsx'
import { OtherPurpose } from './other-purpose.tsx'
import { LATER_ROOMS } from './rooms.ts'
import { Start } from './start.tsx'

/** The frame around each room: who asks at the top, the room, and what each country answered at the bottom. */
export function Shell() {
  const state = useSessionState()
  if (state.kind !== 'signed-in') return <Start state={state} />
  return <SignedInShell state={state} />
}

function SignedInShell({ state }: { readonly state: SignedIn }) {
  const { t } = useTranslation()
  const { config } = useWorld()
  usePreparation()
  const [isChanging, setChanging] = useState(false)
  const [round, setRound] = useState(0)
  const mustChoose = state.grounds === null
  const asksCountries = useAsksCountries()
  usePageTitle()
  return (
    <LineProvider>
      <button type="button" className="skip" onClick={focusContent}>
        {t('app.skip')}
      </button>
      {config.development && <p className="demo-mark">{t('app.demo')}</p>}
      <Bar state={state} onChange={() => setChanging(true)} />
      <div className="frame">
        <Menu purpose={state.grounds?.purpose ?? null} />
        <main id="content" tabIndex={-1}>
          <Connection />
          {state.isEnded && <EndedNotice />}
          {config.development && state.grounds !== null && <OfferTour />}
          {asksCountries && <OtherPurpose onAskAgain={() => setRound(round + 1)} />}
          <RoundContext.Provider value={round}>{state.grounds !== null && <Outlet />}</RoundContext.Provider>
        </main>
      </div>
      {asksCountries && <CountriesLine />}
      {(mustChoose || isChanging) && (
        <GroundsDialog state={state} mayCancel={!mustChoose} onClose={() => setChanging(false)} />
      )}
    </LineProvider>
  )
}

/** Makes the next question quick when an officer comes back to the page and does something. */
function usePreparation(): void {
  const { session } = useWorld()
  useEffect(() => {
    const prepare = (): void => session.prepare()
    const signs = ['focusin', 'pointerdown', 'keydown']
    for (const sign of signs) addEventListener(sign, prepare)
    return () => {
      for (const sign of signs) removeEventListener(sign, prepare)
    }
  }, [session])
}

/** Whether the room that is shown asks countries: an auditor reads logs, and a national team its own files. */
function useAsksCountries(): boolean {
  const place = useMatches().at(-1)?.fullPath
  return ROOMS.some(({ path, group }) => path === place && group === 'analyst')
}

/** Names the room in the title of the window, so that tabs and the history can be told apart. It names no record: others may see the title. */
function usePageTitle(): void {
  const { t } = useTranslation()
  const place = useMatches().at(-1)?.fullPath
  const name = ROOMS.find(({ path }) => path === place)?.name
  const title = name === undefined ? t('app.name') : `${t(name)} · ${t('app.name')}`
  useEffect(() => {
    document.title = title
  }, [title])
}

/** A link would need the fragment of the address, which is the router's. */
function focusContent(): void {
  document.getElementById('content')?.focus()
}

function Menu({ purpose }: { readonly purpose: string | null }) {
  const { t } = useTranslation()
  const { config } = useWorld()
  const shown = ROOMS.filter(({ isInMenu, isThere, purposes }) => {
    const isForPurpose = purposes === undefined || (purpose !== null && purposes.includes(purpose))
    return isInMenu && isForPurpose && (isThere?.(config) ?? true)
  })
  const groups = [...new Set(shown.map(({ group }) => group))]
  return (
    <nav aria-label={t('bar.menu')} className="menu">
      {groups.map((group) => (
        <section key={group}>
          <h2>{t(`rooms.${group}`)}</h2>
          <ul>
            {shown
              .filter((room) => room.group === group)
              .map(({ path, name }) => (
                <li key={path}>
                  <Link to={path} activeOptions={{ exact: true }}>
                    {t(name)}
                  </Link>
                </li>
              ))}
          </ul>
        </section>
      ))}
      <section className="later no-print">
        <h2>{t('rooms.later')}</h2>
        <ul>
          {LATER_ROOMS.map((name) => (
            <li key={name}>{t(name)}</li>
          ))}
        </ul>
      </section>
    </nav>
  )
}

/** Says that there is no connection, and says when there is one again, until the officer has read it. */
function Connection() {
  const { t } = useTranslation()
  const [state, setState] = useState<'online' | 'offline' | 'back'>(navigator.onLine ? 'online' : 'offline')
  useEffect(() => {
    const goOffline = (): void => setState('offline')
    const comeBack = (): void => setState((before) => (before === 'offline' ? 'back' : before))
    addEventListener('online', comeBack)
    addEventListener('offline', goOffline)
    return () => {
      removeEventListener('online', comeBack)
      removeEventListener('offline', goOffline)
    }
  }, [])
  return (
    <div role="status" className="no-print">
      {state === 'offline' && <p className="notice">{t('offline')}</p>}
      {state === 'back' && (
        <p className="notice good">
          {t('online')}{' '}
          <button type="button" onClick={() => setState('online')}>
            {t('common.dismiss')}
          </button>
        </p>
      )}
    </div>
  )
}

import { Button } from '@mantine/core'
import { Link, Navigate, Outlet, useMatches } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FOOT_ID } from '../components/foot.tsx'
import { useKeptState } from '../components/use-kept-state.ts'
import { Icon } from '../look/icon.tsx'
import type { SignedIn } from '../session/session.ts'
import { RoundContext, useSessionState, useWorld } from '../session/use-session.ts'
import { OfferTour } from '../tour/offer-tour.tsx'
import { ROOMS } from './all-rooms.ts'
import { Bar } from './bar.tsx'
import { EndedNotice } from './ended-notice.tsx'
import { GroundsDialog } from './grounds-dialog.tsx'
import { LineProvider } from './line-context.tsx'
import { OtherPurpose } from './other-purpose.tsx'
import { Start } from './start.tsx'

/** The frame around each room: who asks at the top, the room, and at the left where one can go. */
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
      <Button className="skip" onClick={focusContent}>
        {t('app.skip')}
      </Button>
      <Bar state={state} onChange={() => setChanging(true)} />
      <div className="frame">
        <Rail state={state} />
        <main id="content" tabIndex={-1}>
          <div className="room">
            <Connection />
            {state.isEnded && <EndedNotice />}
            {config.development && state.grounds !== null && <OfferTour />}
            {asksCountries && <OtherPurpose onAskAgain={() => setRound(round + 1)} />}
            <RoundContext.Provider value={round}>
              {state.grounds !== null && <Room purpose={state.grounds.purpose} />}
            </RoundContext.Provider>
          </div>
          <footer id={FOOT_ID} className="foot" />
        </main>
      </div>
      {(mustChoose || isChanging) && (
        <GroundsDialog state={state} mayCancel={!mustChoose} onClose={() => setChanging(false)} />
      )}
    </LineProvider>
  )
}

/** The room that is shown. Who reads logs begins there. */
function Room({ purpose }: { readonly purpose: string }) {
  const { config } = useWorld()
  const isFirst = useMatches().at(-1)?.fullPath === '/'
  if (isFirst && purpose === 'OVERSIGHT' && config.oversight !== null) return <Navigate to="/audit" replace />
  return <Outlet />
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

/** How many rooms the bar of a telephone has; the others are behind «more». The style sheet has the number too. */
const ON_TELEPHONE = 4

/** Where one can go: only what the officer's role and purpose allow. At the left, as icons where there is little room, and at the bottom of a telephone. */
function Rail({ state: { officer, grounds } }: { readonly state: SignedIn }) {
  const { t } = useTranslation()
  const { config } = useWorld()
  const [isSlim, setSlim] = useKeptState('rail.slim', false)
  const [isAll, setAll] = useState(false)
  const shown = ROOMS.filter(({ path, isThere, purposes, notFor }) => {
    const isForPurpose = purposes === undefined || purposes(grounds?.purpose ?? null)
    return !path.includes('$') && isForPurpose && officer.role !== notFor && (isThere?.(config) ?? true)
  })
  return (
    <nav
      aria-label={t('bar.menu')}
      className="rail"
      data-slim={isSlim || undefined}
      data-all={isAll || undefined}
      onClickCapture={({ target }) => target instanceof Element && target.closest('a') !== null && setAll(false)}
    >
      {shown.map(({ path, name, icon, group }, at) => (
        <Link
          key={path}
          to={path}
          activeOptions={{ exact: true }}
          title={t(name)}
          data-begins={(at > 0 && shown[at - 1]?.group !== group) || undefined}
        >
          <Icon name={icon} /> <span>{t(name)}</span>
        </Link>
      ))}
      {shown.length > ON_TELEPHONE && (
        <Button className="more" variant="subtle" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
          {t('bar.more')}
        </Button>
      )}
      <Button
        className="collapse"
        variant="subtle"
        aria-expanded={!isSlim}
        aria-label={t('bar.collapse')}
        onClick={() => setSlim(!isSlim)}
      >
        <Icon name="menu" />
      </Button>
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
          {t('online')} <Button onClick={() => setState('online')}>{t('common.dismiss')}</Button>
        </p>
      )}
    </div>
  )
}

// @vitest-environment happy-dom
import { act, screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { SIGNED_IN, show, word } from '../testing.tsx'
import { RoomNotLoadedError } from './load-room.ts'
import { BrokenPage, NotFoundPage } from './other-pages.tsx'
import { Shell } from './shell.tsx'

const OVERSIGHT = { url: 'https://oversight.example/graphql', audience: 'https://oversight.example', trustPolicy: [] }

const menuLinks = (): readonly (string | null)[] =>
  within(screen.getByRole('navigation', { name: word('bar.menu') }))
    .getAllByRole('link')
    .map(({ textContent }) => textContent?.trim() ?? null)

const tellBrowser = (event: 'online' | 'offline'): void => act(() => void dispatchEvent(new Event(event)))

describe('the frame of the console', () => {
  it('shows nothing of it to somebody who is not signed in', async () => {
    await show(<Shell />, { state: { kind: 'signed-out', problem: null } })
    expect(screen.getByRole('heading', { name: 'Istmo' })).toBeTruthy()
    expect(screen.queryByRole('navigation')).toBeNull()
  })

  it('asks for a purpose before anything else', async () => {
    const { user } = await show(<Shell />, { state: { ...SIGNED_IN, grounds: null } })
    const dialog = screen.getByRole('dialog', { name: word('grounds.title') })
    await user.click(within(dialog).getByRole('button', { name: word('grounds.ok') }))
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(screen.getByRole('banner').textContent).toContain(word('purpose.INVESTIGATION'))
  })

  it('leads an analyst to the rooms of analysts, and an auditor to those of auditors', async () => {
    const { session } = await show(<Shell />, { config: { oversight: OVERSIGHT } })
    expect(menuLinks().slice(0, 3)).toEqual(['search', 'cases', 'counts'].map((name) => word(`rooms.${name}`)))
    expect(menuLinks()).not.toContain(word('audit.patterns'))
    session.become({ ...SIGNED_IN, grounds: { purpose: 'OVERSIGHT', caseDisclosure: null, caseId: null } })
    expect(menuLinks()).toContain(word('audit.patterns'))
  })

  it('has no rooms for auditors where the country runs no oversight', async () => {
    const grounds = { purpose: 'OVERSIGHT', caseDisclosure: null, caseId: null }
    const officer = { ...SIGNED_IN.officer, role: 'prosecutor' }
    await show(<Shell />, { state: { ...SIGNED_IN, officer, grounds } })
    expect(menuLinks()).not.toContain(word('audit.patterns'))
    expect(menuLinks()).toContain(word('national.suspend'))
  })

  it.each([
    [
      'who asks only who knows a person and counts',
      'liaison',
      ['person:hit', 'case:count'],
      ['search', 'counts', 'lists', 'notes'],
    ],
    ['who asks only who knows a person', 'officer', ['person:hit'], ['search', 'lists', 'notes']],
  ])('leads an officer %s only where the token does', async (_, role, scopes, rooms) => {
    await show(<Shell />, { state: { ...SIGNED_IN, officer: { ...SIGNED_IN.officer, role, scopes } } })
    expect(menuLinks()).toEqual(rooms.map((name) => word(`rooms.${name}`)))
  })

  it('does not lead an analyst to where a country suspends', async () => {
    await show(<Shell />)
    expect(menuLinks()).not.toContain(word('national.suspend'))
  })

  it('has the rooms that a telephone has no place for behind a button, which a step to a room closes', async () => {
    const { user } = await show(<Shell />)
    const more = within(screen.getByRole('navigation')).getByRole('button', { name: word('bar.more') })
    await user.click(more)
    expect(more.getAttribute('aria-expanded')).toBe('true')
    await user.click(screen.getByRole('link', { name: word('rooms.law') }))
    expect(more.getAttribute('aria-expanded')).toBe('false')
  })

  it('lets the keyboard skip to the content', async () => {
    const { user } = await show(<Shell />)
    await user.tab()
    expect(document.activeElement?.textContent).toBe(word('app.skip'))
    await user.keyboard('{Enter}')
    expect(document.activeElement).toBe(screen.getByRole('main'))
  })

  it('has no line of countries where none is asked', async () => {
    await show(<Shell />, { path: '/national/suspend' })
    expect(screen.getByRole('banner')).toBeTruthy()
    expect(screen.queryByRole('region', { name: word('line.label') })).toBeNull()
  })
})

describe('the connection', () => {
  it('is said to be gone, and to be there again until somebody has read it', async () => {
    const { user, speak } = await show(<Shell />)
    expect(screen.queryByText(word('offline'))).toBeNull()
    tellBrowser('offline')
    expect(screen.getByText(word('offline'))).toBeTruthy()
    await speak('en')
    expect(screen.getByText(/^No connection\. /)).toBeTruthy()
    tellBrowser('online')
    expect(screen.queryByText(word('offline'))).toBeNull()
    expect(screen.getByText(/There is a connection again\./).closest('[role=status]')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Understood' }))
    expect(screen.queryByText(/There is a connection again\./)).toBeNull()
  })

  it('is not said to be there again if it was never gone', async () => {
    await show(<Shell />)
    tellBrowser('online')
    expect(screen.queryByRole('button', { name: word('common.dismiss') })).toBeNull()
  })
})

describe('a session that has ended', () => {
  it('is said over the page, which stays, and no more once it is renewed', async () => {
    const { session } = await show(<Shell />)
    expect(screen.queryByRole('alert')).toBeNull()
    session.become({ ...SIGNED_IN, isEnded: true })
    expect(within(screen.getByRole('main')).getByRole('alert', { name: word('ended.title') })).toBeTruthy()
    session.become(SIGNED_IN)
    expect(screen.queryByRole('alert')).toBeNull()
  })
})

describe('a page that cannot be shown', () => {
  it('is said not to exist, with a way back', async () => {
    await show(<NotFoundPage />, { language: 'en', path: '/nowhere' })
    expect(screen.getByRole('heading', { name: 'This page does not exist.' })).toBeTruthy()
    expect(screen.getByRole('link', { name: 'Go to the search' }).getAttribute('href')).toBe('/')
  })

  it('is said to be out of reach if its files did not come', async () => {
    const error = new RoomNotLoadedError(
      new TypeError('Failed to fetch dynamically imported module: /console/assets/a.js'),
    )
    await show(<BrokenPage error={error} reset={() => expect.fail('expected a new load of the page')} />)
    expect(screen.getByRole('alert').textContent).toContain(word('common.pageUnreachable'))
  })

  it('is said to have failed, and is tried again', async () => {
    let resets = 0
    const { user } = await show(<BrokenPage error={new Error('undefined is not a function')} reset={() => resets++} />)
    expect(screen.getByRole('alert').textContent).toContain(word('common.broken'))
    expect(screen.getByRole('alert').textContent).not.toContain('undefined')
    await user.click(screen.getByRole('button', { name: word('common.again') }))
    expect(resets).toBe(1)
  })
})

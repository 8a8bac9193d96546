import { describe, expect, it } from 'vitest'
import type { ConsoleSession } from './console-session.ts'
import type { ConsoleDocument, SessionState } from './session.ts'
import { createWorld, NONCES, type SessionWorld } from './testing.ts'

const QUESTION: ConsoleDocument<{ ok: boolean }, object> = { name: 'Q', text: 'query Q { __typename }' }

const stateOf = (address: string | undefined): string => new URL(address ?? '').searchParams.get('state') ?? ''

/** Signs in as a person does: to the provider and back. Returns the page after it. */
async function signIn(world: SessionWorld): Promise<ConsoleSession> {
  await world.session.signIn()
  const page = world.reload(`?code=c1&state=${stateOf(world.left.at(-1))}`)
  await page.start()
  return page
}

async function signInWithPurpose(world: SessionWorld): Promise<ConsoleSession> {
  const page = await signIn(world)
  page.setGrounds({ purpose: 'INVESTIGATION', caseDisclosure: null, caseId: null })
  return page
}

/** Lets promises that are ready go on. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('a session', () => {
  it('signs in with a code and PKCE, and asks nothing before a purpose is chosen', async () => {
    const world = createWorld()
    const page = await signIn(world)
    const { searchParams } = new URL(world.left[0] ?? '')
    expect(Object.fromEntries(searchParams)).toMatchObject({
      ...{ response_type: 'code', code_challenge_method: 'S256', client_id: 'istmo-console', ui_locales: 'es' },
      redirect_uri: 'https://console.gt.example/console/signed-in',
    })
    expect(page.state()).toMatchObject({
      ...{ kind: 'signed-in', grounds: null, isEnded: false },
      officer: { country: 'GT', agency: 'GT-MP', role: 'analyst', name: 'olga', subject: 'olga' },
    })
    await expect(page.ask(QUESTION, {})).rejects.toThrow('expected a purpose')
    expect(world.asked).toEqual([])
    page.setGrounds({ purpose: 'PROSECUTION', caseDisclosure: null, caseId: null })
    expect(await page.ask(QUESTION, {})).toMatchObject({ data: { ok: true }, requestId: 'r1', purpose: 'PROSECUTION' })
  })

  it('keeps no token in the window’s storage, and shows none in the address', async () => {
    const world = createWorld()
    const page = await signInWithPurpose(world)
    await page.ask(QUESTION, {})
    const kept = [...world.storage.values(), ...world.places].join('\n')
    expect(kept).not.toMatch(/c2lnbmF0dXJl|eyJ|c1/)
    expect([...world.storage.keys()].sort()).toEqual(['istmo.grounds', 'istmo.signed-in'])
  })

  it.each([
    ['a state that it did not begin', 'code=c1&state=other'],
    ['a state that is empty', 'code=c1&state='],
  ])('does not take %s', async (_, search) => {
    const world = createWorld()
    await world.session.signIn()
    const page = world.reload(`?${search}`)
    await page.start()
    expect(page.state()).toEqual({ kind: 'signed-out', problem: { kind: 'NOT_BEGUN_HERE' } })
  })

  it.each([
    ['a nonce of another sign-in', { nonce: 'other' }, 'nonce of another sign-in'],
    ['another provider', { iss: 'https://evil.example' }, 'token of another provider'],
    ['another client', { aud: 'mail' }, 'token for another client'],
  ])('does not take an ID token with %s', async (_, idClaims, detail) => {
    const page = await signIn(createWorld({ idClaims }))
    expect(page.state()).toEqual({ kind: 'signed-out', problem: { kind: 'PROVIDER_REFUSED', detail } })
  })

  it('does not send a code of another provider to its own (RFC 9207)', async () => {
    const world = createWorld()
    await world.session.signIn()
    const page = world.reload(`?code=c1&state=${stateOf(world.left[0])}&iss=https://evil.example`)
    await page.start()
    expect(page.state()).toMatchObject({ problem: { detail: 'answer of another provider' } })
  })

  it('comes back after a reload without a click, with the same purpose', async () => {
    const world = createWorld()
    await signInWithPurpose(world)
    const reloaded = world.reload('')
    await reloaded.start()
    const address = world.left.at(-1)
    expect(new URL(address ?? '').searchParams.get('prompt')).toBe('none')
    const page = world.reload(`?code=c2&state=${stateOf(address)}`)
    await page.start()
    expect(page.state()).toMatchObject({ kind: 'signed-in', grounds: { purpose: 'INVESTIGATION' } })
  })

  it('does not take the purpose of another officer who used the window before', async () => {
    let subject = 'olga'
    const world = createWorld({ subject: () => subject })
    await signInWithPurpose(world)
    await world.reload('').start()
    subject = 'mallory'
    const page = world.reload(`?code=c2&state=${stateOf(world.left.at(-1))}`)
    await page.start()
    expect(page.state()).toMatchObject({ kind: 'signed-in', officer: { subject: 'mallory' }, grounds: null })
  })

  it('does not go around in circles if the provider knows nobody', async () => {
    const world = createWorld()
    await signInWithPurpose(world)
    await world.reload('').start()
    const page = world.reload(`?error=login_required&state=${stateOf(world.left.at(-1))}`)
    await page.start()
    expect(page.state()).toEqual({ kind: 'signed-out', problem: null })
    await page.start()
    expect(world.left).toHaveLength(2)
  })

  it('offers several mandates, and says if there is none', async () => {
    const mandate = { hash: 'h1', purposes: ['INVESTIGATION'], countries: ['GT'], notAfter: '2027-01-01' }
    const page = await signIn(createWorld({ mandates: [mandate, { ...mandate, hash: 'h2' }] }))
    const offered = page.state() as SessionState & { kind: 'choosing' }
    expect(offered.mandates.map(({ hash }) => hash)).toEqual(['h1', 'h2'])
    await page.chooseMandate(offered.mandates[1] ?? expect.fail())
    expect(page.state()).toMatchObject({ kind: 'signed-in', mandate: { hash: 'h2' } })
    expect((await signIn(createWorld({ mandates: [] }))).state()).toMatchObject({ problem: { kind: 'NO_MANDATE' } })
  })
})

describe('a door of a demonstration', () => {
  it.each([
    [['INVESTIGATION'], { purpose: 'INVESTIGATION', caseDisclosure: null, caseId: null }],
    [['INVESTIGATION', 'PROSECUTION'], null],
  ])(
    'signs in with one press whom it names, and asks for a purpose only if the mandate allows several: %s',
    async (purposes, grounds) => {
      const world = createWorld({ development: true, purposes })
      await world.reload('?login_hint=analyst').start()
      const { searchParams } = new URL(world.left[0] ?? '')
      expect(Object.fromEntries(searchParams)).toMatchObject({ login_hint: 'analyst', prompt: 'login' })
      const page = world.reload(`?code=c1&state=${stateOf(world.left.at(-1))}`)
      await page.start()
      expect(page.state()).toMatchObject({ kind: 'signed-in', grounds })
    },
  )

  it('opens nothing outside a demonstration, and for no strange name', async () => {
    for (const [development, search] of [
      [false, '?login_hint=analyst'],
      [true, '?login_hint=a%20b'],
    ] as const) {
      const world = createWorld({ development })
      const page = world.reload(search)
      await page.start()
      expect([page.state(), world.left]).toEqual([{ kind: 'signed-out', problem: null }, []])
    }
  })
})

describe('round trips', () => {
  /** Waits until so many requests with a proof were sent since the last time, and returns to whom. */
  async function sent(world: SessionWorld, count: number): Promise<readonly string[]> {
    await expect.poll(() => world.proved.length).toBe(count)
    // If there were one too many, it would be there by then.
    await settle()
    return world.proved.splice(0).map(([server]) => server)
  }

  it('are saved at the sign-in: the list of mandates brings the nonce for the token, and the gateway’s is there before a question', async () => {
    const world = createWorld()
    const page = await signInWithPurpose(world)
    await expect
      .poll(() => world.proved)
      .toEqual([
        ['authority', NONCES.authority],
        ['gateway', undefined],
      ])
    await settle()
    await page.ask(QUESTION, {})
    expect(world.proved.slice(2)).toEqual([['gateway', NONCES.gateway]])
    expect(world.asked).toHaveLength(1)
  })

  it('are saved later, whenever the officer does something: at most once within the life of a nonce, and a token before it ends', async () => {
    const world = createWorld()
    const page = await signInWithPurpose(world)
    await sent(world, 2)
    page.prepare()
    world.pass(49_000)
    page.prepare()
    expect(await sent(world, 0)).toEqual([])
    world.pass(2_000)
    page.prepare()
    page.prepare()
    expect(await sent(world, 1)).toEqual(['gateway'])
    // The token has 600 s.
    world.pass(465_000)
    page.prepare()
    expect(await sent(world, 2)).toEqual(['authority', 'gateway'])
    // With a nonce, the gateway would have read the request, and noted it.
    expect(world.asked).toEqual([])
    await page.ask(QUESTION, {})
    page.prepare()
    expect(await sent(world, 1)).toEqual(['gateway'])
  })

  it('are not spent by somebody who is not signed in, or whose sign-in has ended', async () => {
    const world = createWorld()
    world.session.prepare()
    const page = await signInWithPurpose(world)
    await sent(world, 2)
    world.pass(599_000)
    page.prepare()
    await page.renew()
    world.bringBack({ state: stateOf(world.opened[0]), code: 'c2', error: null, issuer: null })
    await expect.poll(() => page.state()).toMatchObject({ isEnded: false })
    expect(await sent(world, 0)).toEqual([])
    await page.signOut()
    page.prepare()
    expect(await sent(world, 0)).toEqual([])
  })
})

describe('the session of somebody who only audits', () => {
  it('prepares no question to the gateway, because oversight is asked and no country', async () => {
    const world = createWorld({ purposes: ['OVERSIGHT'] })
    const page = await signIn(world)
    page.prepare()
    await settle()
    expect(world.proved.filter(([server]) => server === 'gateway')).toEqual([])
  })
})

describe('a session that ends', () => {
  it('says so by itself, and lets a question wait until it is renewed in another window', async () => {
    const world = createWorld()
    const page = await signInWithPurpose(world)
    world.pass(599_000)
    expect(page.state()).toMatchObject({ kind: 'signed-in', isEnded: true })
    let answered = false
    const waiting = page.ask(QUESTION, {}).then(() => {
      answered = true
    })
    await page.renew()
    world.bringBack({ state: 'other', code: 'x', error: null, issuer: null })
    await settle()
    expect([answered, world.asked]).toEqual([false, []])
    world.bringBack({ state: stateOf(world.opened[0]), code: 'c2', error: null, issuer: null })
    await waiting
    expect(page.state()).toMatchObject({ kind: 'signed-in', isEnded: false, grounds: { purpose: 'INVESTIGATION' } })
    expect(world.left).toHaveLength(1)
  })

  it('is closed if somebody else signs in at the renewal', async () => {
    let subject = 'olga'
    const world = createWorld({ subject: () => subject })
    const page = await signInWithPurpose(world)
    world.pass(599_000)
    await page.renew()
    subject = 'mallory'
    world.bringBack({ state: stateOf(world.opened[0]), code: 'c2', error: null, issuer: null })
    await expect.poll(() => page.state()).toMatchObject({ kind: 'signed-out', problem: { kind: 'OTHER_OFFICER' } })
    await expect(page.ask(QUESTION, {})).rejects.toThrow('signed in')
    expect([world.storage.size, world.places.at(-1)]).toEqual([0, '/'])
  })

  it('forgets everything when the officer signs out', async () => {
    const world = createWorld()
    const page = await signInWithPurpose(world)
    await page.signOut()
    expect([page.state().kind, world.storage.size]).toEqual(['signed-out', 0])
    await expect(page.ask(QUESTION, {})).rejects.toThrow('signed in')
    await expect(page.providerToken()).rejects.toThrow('signed in')
  })

  it('hands what a window for a renewal brings to the window that waits, and keeps nothing of it', async () => {
    const world = createWorld()
    const popup = world.reload('?code=c9&state=s9')
    await popup.start()
    expect(popup.state()).toEqual({ kind: 'brought-back' })
    expect(world.told).toEqual([{ code: 'c9', state: 's9', error: null, issuer: null }])
    expect(world.places).toEqual(['/'])
  })
})

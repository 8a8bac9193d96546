import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { SuspendedWhat } from '../../contract/trust/suspension.ts'
import { deliverSuspension } from '../../service/suspensions/suspensions.ts'
import { makeSuspender } from '../../service/suspensions/testing.ts'
import { CASE, STATUTE, startWorld, type World } from '../country-tokens/world.ts'

/** Somebody suspends each kind of thing while officers ask, at a node and at a gateway that are not restarted. */

const country = makeSuspender('HN', true)
const oversight = makeSuspender('oversight-hn')
const operator = makeSuspender('operator')
let world: World
let token: string

beforeAll(async () => {
  const suspenders = [country, oversight].map(({ signer: { name, key } }) => ({ name, key }))
  const { name, key } = operator.signer
  world = await startWorld({
    file: { suspenders },
    flagsIn: (folder) => ['--suspensions', join(folder, 'stop-HN')],
    settingsIn: (folder) => ({
      operatorListen: '127.0.0.1:0',
      suspensions: join(folder, 'stop-gateway'),
      suspenders: join(folder, 'suspenders.yaml'),
    }),
    files: { 'suspenders.yaml': JSON.stringify({ suspenders: [{ name, key }] }) },
  })
  token = await world.authority.accessToken()
  expect(await reached()).toBe('ANSWERED')
})
afterAll(() => world.close())

const soon = { timeout: 3_000, interval: 50 }

async function act(
  at: 'HN' | 'gateway',
  action: 'suspend' | 'resume',
  what: SuspendedWhat,
  by = at === 'HN' ? country : operator,
): Promise<void> {
  await deliverSuspension(join(world.folder, `stop-${at}`), by.sign(action, what))
}

/** Asks for a case, and returns how Honduras answered, or the code with which the gateway refused the caller. */
async function reached(query = CASE, by: string | null = token): Promise<string> {
  const { data, extensions, errors = [] } = await world.ask(query, by)
  const [leg] = (extensions?.countries ?? []) as readonly { reach: string; code: string | null }[]
  if (leg === undefined) return String((errors[0] as { extensions: { code: string } }).extensions.code)
  const { case: found } = (data ?? {}) as { readonly case?: { readonly court: string | null } | null }
  if (found?.court === null) return `${leg.reach} court denied`
  return leg.code === null ? leg.reach : `${leg.reach} ${leg.code}`
}

const digest = (text: string) => text.padEnd(43, 'x')
const AT_NODE: readonly (readonly [string, (w: World) => SuspendedWhat, string, string])[] = [
  ['the country', () => ({ country: 'HN' }), 'SUSPENDED', 'UNAVAILABLE SUSPENDED'],
  ['a domain', () => ({ domain: 'cases' }), 'SUSPENDED', 'UNAVAILABLE SUSPENDED'],
  ['a field', () => ({ coordinate: 'Case.court' }), 'REFUSED_BY_NODE', 'ANSWERED court denied'],
  ['an agency', () => ({ agency: 'GT-MP-FECO' }), 'CALLER_SUSPENDED', 'DENIED CALLER_NOT_VERIFIED'],
  ['an authority', ({ authority }) => ({ authority: authority.url }), 'CALLER_SUSPENDED', 'DENIED CALLER_NOT_VERIFIED'],
  ['a task force', () => ({ task_force: 'jtf-2026-03' }), 'CALLER_SUSPENDED', 'DENIED CALLER_NOT_VERIFIED'],
  [
    'a mandate',
    ({ authority }) => ({ mandate: authority.mandate.hash }),
    'CALLER_SUSPENDED',
    'DENIED CALLER_NOT_VERIFIED',
  ],
  ['a leg key', ({ legKey }) => ({ key: legKey }), 'CALLER_NOT_VERIFIED', 'DENIED CALLER_NOT_VERIFIED'],
]

describe('what the country suspends at its node', () => {
  it.each(AT_NODE)(
    'is refused from the next leg on, and by the gateway within two seconds: %s',
    async (_, make, code, outcome) => {
      const what = make(world)
      expect((await world.leg()).code).toBeUndefined()
      await act('HN', 'suspend', what)
      // A leg past the gateway, as a captured one sends it.
      await vi.waitFor(async () => expect((await world.leg()).code).toBe(code), { timeout: 1_000, interval: 20 })
      await vi.waitFor(async () => expect(await reached()).toBe(outcome), { timeout: 2_000, interval: 50 })
      await act('HN', 'resume', what)
      await vi.waitFor(async () => expect((await world.leg()).code).toBeUndefined(), soon)
      await vi.waitFor(async () => expect(await reached()).toBe('ANSWERED'), soon)
    },
  )

  it('can be one officer, by the ref of the country’s own log or by the subject of his tokens', async () => {
    const legs = (await world.entriesOf('HN')).filter((entry) => entry.kind === 'leg')
    const ref = legs.find(({ actor }) => actor !== null)?.actor?.ref ?? ''
    const isOfGateway = legs.filter(({ actor }) => actor?.ref === ref).length > 0
    expect(isOfGateway).toBe(true)
    await act('HN', 'suspend', { officer: ref })
    await vi.waitFor(async () => expect(await reached()).toBe('DENIED CALLER_NOT_VERIFIED'), soon)
    const other = await world.authority.accessToken({ sub: 'officer-8' })
    expect(await reached(CASE, other)).toBe('ANSWERED')
    await act('HN', 'resume', { officer: ref })
    await vi.waitFor(async () => expect(await reached()).toBe('ANSWERED'), soon)
    await act('HN', 'suspend', { officer: 'officer-8-for-HN' })
    await vi.waitFor(async () => expect(await reached(CASE, other)).toBe('DENIED CALLER_NOT_VERIFIED'), soon)
    expect(await reached()).toBe('ANSWERED')
    await act('HN', 'resume', { officer: 'officer-8-for-HN' })
  })

  it('can be one token, by its id or its hash', async () => {
    const claims = world.authority.countryClaims(world.legKey)
    const countryToken = await world.authority.countryToken(claims)
    const send = async () => (await world.leg({ countryToken })).code
    expect(await send()).toBeUndefined()
    await act('HN', 'suspend', { token: String(claims.jti) })
    await vi.waitFor(async () => expect(await send()).toBe('CALLER_SUSPENDED'), soon)
    expect((await world.leg()).code).toBeUndefined()
    await act('HN', 'resume', { token: String(claims.jti) })
    await vi.waitFor(async () => expect(await send()).toBeUndefined(), soon)
  })

  it('stops nothing else: other domains, and what has no rule', async () => {
    await act('HN', 'suspend', { domain: 'persons' })
    await act('HN', 'suspend', { agency: 'GT-PNC' })
    await act('HN', 'suspend', { key: digest('other') })
    await vi.waitFor(async () => expect((await statusOf('operator')).inForce).toHaveLength(3), soon)
    expect(await reached()).toBe('ANSWERED')
    expect(await reached(STATUTE, null)).toBe('ANSWERED')
    for (const what of [{ domain: 'persons' }, { agency: 'GT-PNC' }, { key: digest('other') }]) {
      await act('HN', 'resume', what)
    }
    await vi.waitFor(async () => expect((await statusOf('operator')).inForce).toEqual([]), soon)
  })
})

interface Shown {
  readonly inForce: readonly object[]
  readonly feeds: readonly object[]
}

async function statusOf(whose: 'operator'): Promise<Shown>
async function statusOf(
  whose: 'public',
): Promise<{ readonly suspended: readonly object[]; readonly participants: readonly object[] }>
async function statusOf(whose: 'operator' | 'public'): Promise<unknown> {
  const url = whose === 'operator' ? world.gateway.operatorUrl : world.gateway.url
  const body = await (await fetch(`${url}/status`)).json()
  return whose === 'operator' ? (body as { suspensions: unknown }).suspensions : body
}

/**
 * Counts the legs that HN has logged, this one included: a leg past the gateway, which is awaited in the log, because a log shows its entries a moment
 * after they are written. Other entries, as the refusals of a minute, may come at any time.
 */
async function countLegs(): Promise<number> {
  const { tokenId } = await world.leg()
  const legs = async () => (await world.entriesOf('HN')).filter((entry) => entry.kind === 'leg')
  const isIn = async () => expect((await legs()).some((entry) => entry.tokenId === tokenId)).toBe(true)
  await vi.waitFor(isIn, { interval: 300 })
  return (await legs()).length
}

describe('what the operator suspends at the gateway', () => {
  it('is a country: nobody asks it, everybody sees since when, and only the operator by whom and why', async () => {
    await act('gateway', 'suspend', { country: 'HN' })
    await vi.waitFor(async () => expect(await reached()).toBe('UNAVAILABLE SUSPENDED'), soon)
    const before = await countLegs()
    expect(await reached(STATUTE, null)).toBe('UNAVAILABLE SUSPENDED')
    expect(await countLegs()).toBe(before + 1)
    const seen = await statusOf('public')
    const since = expect.stringMatching(/^\d{4}-\d\d-\d\dT/)
    expect(seen.participants).toMatchObject([{ country: 'HN', unavailable: { code: 'SUSPENDED', since } }])
    expect(JSON.stringify(seen)).not.toMatch(/a test|operator/)
    expect((await statusOf('operator')).inForce).toMatchObject([
      { by: 'operator', reason: 'a test', kind: 'country', since },
    ])
    await act('gateway', 'resume', { country: 'HN' })
    await vi.waitFor(async () => expect(await reached()).toBe('ANSWERED'), soon)
  })

  it.each<readonly [string, () => SuspendedWhat]>([
    ['an agency', () => ({ agency: 'GT-MP-FECO' })],
    ['a task force', () => ({ task_force: 'jtf-2026-03' })],
    ['an authority', () => ({ authority: world.authority.url })],
    ['an officer', () => ({ officer: 'officer-7' })],
  ])('is %s: the caller is refused at the front, with an entry, and everybody else is not', async (_, make) => {
    const what = make()
    await act('gateway', 'suspend', what)
    await vi.waitFor(async () => expect(await reached()).toBe('CALLER_SUSPENDED'), soon)
    expect(await reached(STATUTE, null)).toBe('ANSWERED')
    const misuse = expect.objectContaining({ kind: 'misuse', misuse: 'SUSPENDED' })
    const find = async () => expect(await world.entriesOf('gateway')).toContainEqual(misuse)
    await vi.waitFor(find, { timeout: 15_000, interval: 300 })
    await act('gateway', 'resume', what)
    await vi.waitFor(async () => expect(await reached()).toBe('ANSWERED'), soon)
  })
})

describe('what the caller’s authority suspends', () => {
  it('is refused by the node and at the front of the gateway, for its own callers', async () => {
    const suspend = await world.authority.suspension({ seq: 1, action: 'suspend', what: { agency: 'GT-MP-FECO' } })
    const resume = await world.authority.suspension({ seq: 2, action: 'resume', what: { agency: 'GT-MP-FECO' } })
    let statements = [suspend]
    world.authority.suspensions(() => JSON.stringify({ now: Date.now(), statements }))
    await vi.waitFor(async () => expect((await world.leg()).code).toBe('CALLER_SUSPENDED'), {
      timeout: 20_000,
      interval: 50,
    })
    await vi.waitFor(async () => expect(await reached()).toBe('CALLER_SUSPENDED'), { timeout: 20_000, interval: 50 })
    statements = [suspend, resume]
    await vi.waitFor(async () => expect((await world.leg()).code).toBeUndefined(), soon)
    await vi.waitFor(async () => expect(await reached()).toBe('ANSWERED'), soon)
  })
})

describe('each act', () => {
  it('is an entry on both sides, with what, by whom, why and the hash of the statement', async () => {
    await act('HN', 'suspend', { agency: 'GT-INACIF' }, oversight)
    const expected = {
      ...{ action: 'SUSPENDED', what: { kind: 'agency', value: 'GT-INACIF' }, by: 'oversight-hn', reason: 'a test' },
      statement: expect.stringMatching(/^[0-9a-f]{64}$/),
    }
    const find = async (whose: 'gateway' | 'HN') =>
      expect(await world.entriesOf(whose)).toContainEqual(expect.objectContaining(expected))
    await vi.waitFor(() => find('HN'), { timeout: 15_000, interval: 300 })
    await vi.waitFor(() => find('gateway'), { timeout: 15_000, interval: 300 })
    const [own, followed] = await Promise.all(
      (['HN', 'gateway'] as const).map(async (whose) =>
        (await world.entriesOf(whose)).filter((entry) => 'what' in entry && entry.what.value === 'GT-INACIF'),
      ),
    )
    expect(own).toMatchObject([{ kind: 'node-suspension', source: null }])
    expect(followed).toMatchObject([{ kind: 'suspension', v: 2, source: 'HN' }])
    expect(own?.map((entry) => 'statement' in entry && entry.statement)).toEqual(
      followed?.map((entry) => 'statement' in entry && entry.statement),
    )
    await act('HN', 'resume', { agency: 'GT-INACIF' })
  })

  it('does not count if a stranger signed it, or if it is an old one, at both doors', async () => {
    const stranger = makeSuspender('HN', true)
    const forged = stranger.sign('suspend', { country: 'HN' }, { seq: 9_000 })
    const old = country.sign('suspend', { country: 'HN' }, { seq: 1 })
    for (const text of [forged, old]) {
      await deliverSuspension(join(world.folder, 'stop-HN'), text)
      await deliverSuspension(join(world.folder, 'stop-gateway'), text)
    }
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect((await world.leg()).code).toBeUndefined()
    expect(await reached()).toBe('ANSWERED')
    expect(world.logged()).toContain('a suspension was refused')
  })
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeKey, type TestKey } from '../../contract/trust/country-token/testing.ts'
import { openAuthorityKeys } from './mandate-proof.ts'

const URL_OF_KEYS = 'https://authority.gt.example/jwks'
const HOUR_MS = 3_600_000
/** After how long an address that failed is asked again. */
const COOLDOWN = 30_000

let first: TestKey
let second: TestKey
let foreign: TestKey
let folder: string
beforeAll(async () => {
  ;[first, second, foreign] = await Promise.all([makeKey(), makeKey(), makeKey()])
  folder = await mkdtemp(join(tmpdir(), 'istmo-authority-keys-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** An address that answers with the keys of `published`; null: it does not answer. */
async function openAt(published: { keys: readonly TestKey[] | null; status?: number }) {
  let nowMs = 0
  let fetches = 0
  const fetchKeys = async () => {
    fetches += 1
    if (published.keys === null) throw new Error('no connection')
    return Response.json(
      { keys: published.keys.map(({ publicJwk }) => publicJwk) },
      { status: published.status ?? 200 },
    )
  }
  const world = { fetch: fetchKeys as typeof fetch, now: () => nowMs }
  const passMs = (ms: number): void => {
    nowMs += ms
  }
  const find = await openAuthorityKeys(URL_OF_KEYS, new Set([first.thumbprint, second.thumbprint]), world)
  return { find, fetches: () => fetches, passMs }
}

describe('the keys of an authority', () => {
  it('are those of its set that are pinned', async () => {
    const { find, fetches } = await openAt({ keys: [first, foreign] })
    expect(await find(first.thumbprint)).not.toBeNull()
    expect(await find(foreign.thumbprint)).toBeNull()
    expect(fetches()).toBe(1)
  })

  it('are fetched once for many who wait', async () => {
    const { find, fetches } = await openAt({ keys: [first] })
    const found = await Promise.all(Array.from({ length: 20 }, () => find(first.thumbprint)))
    expect(found.every((key) => key !== null)).toBe(true)
    expect(fetches()).toBe(1)
  })

  it('are fetched at most once in 30 s for a pinned key that the set does not have yet', async () => {
    const published = { keys: [first] }
    const { find, fetches, passMs } = await openAt(published)
    for (let i = 0; i < 10; i++) expect(await find(second.thumbprint)).toBeNull()
    published.keys = [first, second]
    passMs(29_999)
    expect(await find(second.thumbprint)).toBeNull()
    expect(fetches()).toBe(1)
    passMs(1)
    expect(await find(second.thumbprint)).not.toBeNull()
    expect(fetches()).toBe(2)
  })

  it('count for 24 hours after the address has stopped to answer, and then no longer', async () => {
    const published: { keys: readonly TestKey[] | null } = { keys: [first] }
    const { find, passMs } = await openAt(published)
    await find(first.thumbprint)
    published.keys = null
    passMs(24 * HOUR_MS - 1)
    expect(await find(first.thumbprint)).not.toBeNull()
    passMs(COOLDOWN)
    await expect(find(first.thumbprint)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
    published.keys = [first]
    passMs(COOLDOWN)
    expect(await find(first.thumbprint)).not.toBeNull()
  })
  it('no longer count when the authority has withdrawn them, five minutes later at most', async () => {
    const published = { keys: [first, second] }
    const { find, passMs } = await openAt(published)
    expect(await find(second.thumbprint)).not.toBeNull()
    published.keys = [first]
    passMs(300_000)
    await find(second.thumbprint)
    // The set is renewed in the background, so that no leg waits for it.
    await expect.poll(() => find(second.thumbprint)).toBeNull()
  })

  it.each([
    ['a status other than 200', { keys: [] as readonly TestKey[], status: 503 }],
    ['no connection', { keys: null }],
  ])('are unavailable while the address has never given them: %s', async (_what, published) => {
    const { find } = await openAt(published)
    await expect(find(first.thumbprint)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
  })

  it('may stand in a file, which a wrong text or a private key makes unusable', async () => {
    const file = join(folder, 'keys.json')
    await writeFile(file, JSON.stringify({ keys: [first.publicJwk, foreign.publicJwk] }))
    const find = await openAuthorityKeys(file, new Set([first.thumbprint]))
    expect(await find(first.thumbprint)).not.toBeNull()
    expect(await find(foreign.thumbprint)).toBeNull()
    for (const text of ['{', '{}', JSON.stringify({ keys: [{ ...first.publicJwk, d: 'x' }] })]) {
      await writeFile(file, text)
      await expect(openAuthorityKeys(file, new Set())).rejects.toThrow(file)
    }
  })
})

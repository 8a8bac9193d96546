import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTlsPools } from '../http/tls-pools.ts'
import { type FollowedFeed, followFeed, SILENT_AFTER_MS } from './follow-feed.ts'
import { openSuspensions, type Suspensions } from './suspensions.ts'
import { makeSuspender, startTestFeed, type TestFeed } from './testing.ts'

const log = pino({ level: 'silent' })
const authority = makeSuspender('https://authority.gt.example', true)
const stranger = makeSuspender('https://authority.gt.example', true)
let folder: string
let feed: TestFeed
let source: Suspensions
let followed: FollowedFeed
let time = 0
const pools = createTlsPools()

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-feed-'))
  source = await openSuspensions({ folder: join(folder, 'source'), signers: [authority.signer], log })
  feed = await startTestFeed((after) => source.feed(after))
  followed = await follow()
})
afterEach(async () => {
  await followed.close()
  await source.close()
  await feed.close()
  await rm(folder, { recursive: true })
})

function follow(): Promise<FollowedFeed> {
  const { url } = feed
  const whom = { name: 'GT', url, signers: [authority.signer], required: true }
  return followFeed(whom, { folder: join(folder, 'own'), log, pools, everyMs: 20, now: () => time })
}

const isHeard = (agency: string) =>
  vi.waitFor(() => expect(followed.find({ agency })).not.toBeNull(), { timeout: 2_000, interval: 10 })
const said = (statements: readonly string[], more = {}): string =>
  JSON.stringify({ now: randomInt(1e9), id: 'x', last: 0, statements, ...more })

describe('followFeed', () => {
  it('hears a suspension and a resume, and asks only for what it does not have', async () => {
    const asked: number[] = []
    feed.answer = (after) => {
      asked.push(after)
      return source.feed(after)
    }
    await source.take(authority.sign('suspend', { agency: 'a' }))
    await isHeard('a')
    await source.take(authority.sign('resume', { agency: 'a' }))
    await vi.waitFor(() => expect(followed.find({ agency: 'a' })).toBeNull(), { timeout: 2_000, interval: 10 })
    await vi.waitFor(() => expect(asked.at(-1)).toBe(2))
  })

  it('keeps what it heard over a restart while the other side is away', async () => {
    await source.take(authority.sign('suspend', { agency: 'a' }))
    await isHeard('a')
    await followed.close()
    feed.answer = () => null
    followed = await follow()
    expect(followed.find({ agency: 'a' })).not.toBeNull()
    expect(followed.status()).toEqual({ name: 'GT', required: true, isSilent: true, silentSeconds: null })
  })

  it('begins again if the other side lost its list', async () => {
    for (const agency of ['a', 'b', 'c']) await source.take(authority.sign('suspend', { agency }))
    await isHeard('c')
    await source.close()
    source = await openSuspensions({ folder: join(folder, 'new source'), signers: [authority.signer], log })
    await source.take(authority.sign('suspend', { agency: 'd' }))
    await isHeard('d')
    expect(followed.list()).toHaveLength(4)
  })

  it('hears a long list in parts', async () => {
    for (let at = 0; at < 300; at++) {
      await source.take(authority.sign('suspend', { agency: `a${at}` }, { reason: 'x'.repeat(500) }))
    }
    expect(source.feed().length).toBeLessThan(256 * 1_024)
    await isHeard('a299')
    expect(followed.list()).toHaveLength(300)
  })

  it.each<readonly [string, () => string | null]>([
    ['a statement of a stranger', () => said([stranger.sign('resume', { agency: 'a' }, { seq: 999 })])],
    ['garbage', () => '<html>'],
    ['garbage as statements', () => said(['x', '', 'a.b.c'])],
    ['statements of another type', () => said([1 as never])],
    ['an answer that is huge', () => said(['x'.repeat(300_000)])],
    ['a list without end', () => said(Array.from({ length: 50_000 }, () => 'a'))],
    ['nothing, and breaks off', () => null],
    ['an empty list', () => said([])],
    ['a place far ahead', () => said([], { last: 9e15 })],
  ])('resumes nothing if the feed gives %s, and hears the truth afterwards', async (_, lie) => {
    await source.take(authority.sign('suspend', { agency: 'a' }))
    await isHeard('a')
    let lies = 0
    feed.answer = () => {
      lies++
      return lie()
    }
    await vi.waitFor(() => expect(lies).toBeGreaterThan(2), { timeout: 2_000, interval: 10 })
    expect(followed.find({ agency: 'a' })).not.toBeNull()
    feed.answer = (after) => source.feed(after)
    await source.take(authority.sign('suspend', { agency: 'b' }))
    await isHeard('b')
  })

  it('refuses a resume with a lower number that the feed plays again', async () => {
    const old = [authority.sign('suspend', { agency: 'a' }), authority.sign('resume', { agency: 'a' })]
    // All three are heard together. Otherwise the follower could know only the first one, and the resume would be new to it.
    feed.answer = () => said([])
    for (const one of [...old, authority.sign('suspend', { agency: 'a' })]) await source.take(one)
    feed.answer = (after) => source.feed(after)
    await isHeard('a')
    let plays = 0
    feed.answer = () => {
      plays++
      return said(old)
    }
    await vi.waitFor(() => expect(plays).toBeGreaterThan(2), { timeout: 2_000, interval: 10 })
    expect(followed.find({ agency: 'a' })).not.toBeNull()
  })

  it('calls it silent after 30 seconds without an answer, or with the same answer again and again', async () => {
    expect(followed.status()).toMatchObject({ isSilent: false, silentSeconds: 0 })
    const stale = source.feed()
    let plays = 0
    feed.answer = () => {
      plays++
      return stale
    }
    await vi.waitFor(() => expect(plays).toBeGreaterThan(2), { timeout: 2_000, interval: 10 })
    time += SILENT_AFTER_MS + 1
    const before = plays
    await vi.waitFor(() => expect(plays).toBeGreaterThan(before + 2), { timeout: 2_000, interval: 10 })
    expect(followed.status()).toMatchObject({ isSilent: true, silentSeconds: 30 })
    feed.answer = () => said([])
    await vi.waitFor(() => expect(followed.status().isSilent).toBe(false), { timeout: 2_000, interval: 10 })
  })
})

import { join } from 'node:path'
import type { Pool } from 'undici'
import { z } from 'zod'
import { parseJson } from '../../contract/json-value.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { readBounded } from '../http/read-bounded.ts'
import type { ServerTrust } from '../http/server-trust.ts'
import type { TlsPools } from '../http/tls-pools.ts'
import { openSuspensions, type Suspensions, type SuspensionsOptions } from './suspensions.ts'

/**
 * Follows what another process suspends: asks for its feed once a second, and keeps what its signers say, so that a restart does not forget it. The
 * answer itself is not signed, and may lie; only signed statements count, and a statement that is left out resumes nothing.
 */

/** Whom to follow. */
export interface Feed extends Pick<SuspensionsOptions, 'signers'> {
  /** The country or the authority, as `/status` shows it. */
  readonly name: string
  /** The address of its `GET /suspensions`. */
  readonly url: string
  /** Whether its callers are refused while it is silent. */
  readonly required: boolean
  /** By what its server is known over TLS. Default: by the authorities of the operating system. */
  readonly trust?: ServerTrust
}

/** How a followed process is at the moment. */
export interface FeedStatus {
  readonly name: string
  readonly required: boolean
  /** Whether nothing was heard for too long, or nothing at all since the start. */
  readonly isSilent: boolean
  /** For how long nothing was heard, in whole seconds; null if nothing was heard since the start. */
  readonly silentSeconds: number | null
}

/** A feed that is followed. */
export interface FollowedFeed extends Pick<Suspensions, 'find' | 'has' | 'list' | 'onChange' | 'replaceSigners'> {
  readonly status: () => FeedStatus
  readonly close: () => Promise<void>
}

/** What {@link followFeed} works with, besides the feed. */
export interface FollowOptions extends Pick<SuspensionsOptions, 'log' | 'note'> {
  readonly pools: Pick<TlsPools, 'channelTo'>
  /** The process's own folder. What is heard is kept below it. */
  readonly folder: string
  /** Returns milliseconds that no clock can set back. Default: `performance.now`. */
  readonly now?: () => number
  /** The time between two looks. Default: {@link POLL_EVERY_MS}. */
  readonly everyMs?: number
}

/** The time between two looks, in milliseconds. */
const POLL_EVERY_MS = 1_000

/** By how much the time between two looks varies, so that many processes do not ask at the same moment. */
const JITTER = 0.2

/** The longest time between two looks at a process that does not answer, in milliseconds: several of them fit into the silence. */
const MAX_BACKOFF_MS = 8_000

/** After how long a process counts as silent, in milliseconds. */
export const SILENT_AFTER_MS = 30_000

/**
 * Follows a feed until it is closed. Resolves after the first look, whether or not somebody answered.
 * @throws {Error} if what was kept of it is damaged.
 */
export async function followFeed(feed: Feed, options: FollowOptions): Promise<FollowedFeed> {
  const { log, now = performance.now.bind(performance), everyMs = POLL_EVERY_MS } = options
  const folder = join(options.folder, 'followed', sha256Url(`${feed.name} ${feed.url}`).slice(0, 16))
  const { note } = options
  const kept = await openSuspensions({ folder, signers: feed.signers, hasDoor: false, log, ...(note && { note }) })
  const hearing = createHearing(feed, kept, log, now)
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  const look = async (): Promise<void> => {
    try {
      await hearing.take(
        await pollFeed(feed.url, hearing.after(), options.pools.channelTo(new URL(feed.url), feed.trust).pool),
      )
      if (failures > 0) log.info({ feed: feed.name }, 'its suspensions can be heard again')
      failures = 0
    } catch (error) {
      failures++
      if (failures === 1)
        log.warn({ feed: feed.name, reason: (error as Error).message }, 'its suspensions are not heard')
    }
    const waitMs = Math.min(everyMs * 2 ** Math.max(0, failures - 1), Math.max(everyMs, MAX_BACKOFF_MS))
    if (!isClosed) timer = setTimeout(() => void track(look()), waitMs * (1 + JITTER * (Math.random() - 0.5))).unref()
  }
  let running: Promise<void> = Promise.resolve()
  const track = (work: Promise<void>): Promise<void> => {
    running = work
    return work
  }
  await track(look())
  const { find, has, list, onChange, replaceSigners } = kept
  return {
    find,
    has,
    list,
    onChange,
    replaceSigners,
    status: hearing.status,
    async close() {
      isClosed = true
      clearTimeout(timer)
      await running
      clearTimeout(timer)
      await kept.close()
    },
  }
}

type Heard = Awaited<ReturnType<typeof pollFeed>>

/** What was heard of one feed, and when. */
function createHearing(feed: Feed, kept: Suspensions, log: FollowOptions['log'], now: () => number) {
  let id: string | null = null
  let after = 0
  let heardAt: number | null = null
  let saidNow = -1
  let saidRefused = ''
  const takeAll = async (statements: readonly string[]): Promise<void> => {
    const refused: string[] = []
    for (const statement of statements) {
      const { verdict } = await kept.take(statement)
      if (verdict !== 'COUNTED' && verdict !== 'KNOWN') refused.push(verdict)
    }
    const said = refused.join()
    if (said !== '' && said !== saidRefused) {
      const verdicts = [...new Set(refused)]
      log.error({ feed: feed.name, refused: refused.length, verdicts }, 'its feed has suspensions that do not count')
    }
    saidRefused = said
  }
  return {
    after: () => after,
    async take(heard: Heard): Promise<void> {
      await takeAll(heard.statements)
      // If somebody began the list anew, its places mean something else, and this answer was perhaps its middle.
      const isSameList = (id === null || heard.id === id) && heard.last >= after
      id = heard.id
      after = isSameList ? heard.last : 0
      // An old answer that somebody shows again and again does not show life.
      if (heard.now !== saidNow) heardAt = now()
      saidNow = heard.now
    },
    status(): FeedStatus {
      const silentMs = heardAt === null ? null : now() - heardAt
      return {
        name: feed.name,
        required: feed.required,
        isSilent: silentMs === null || silentMs > SILENT_AFTER_MS,
        silentSeconds: silentMs === null ? null : Math.floor(silentMs / 1_000),
      }
    },
  }
}

/** One look at somebody's `GET /suspensions` (docs/design/trust.md, Stop). */

/** The largest answer that is read, in bytes. */
const MAX_ANSWER_BYTES = 256 * 1_024

/** The most statements of an answer. Each that counts has some 400 bytes. */
const MAX_STATEMENTS = 1_000

/** How long one look may take, in milliseconds. */
const DEADLINE_MS = 2_000

const answerSchema = z.object({
  now: z.int().nonnegative(),
  /** Absent from a process that serves no places: then each answer has all statements. */
  id: z.string().max(100).default(''),
  last: z.int().nonnegative().default(0),
  statements: z.array(z.string()).max(MAX_STATEMENTS),
})

/** What a process says that it knows. Nothing of it is verified. */
type FeedAnswer = Readonly<z.output<typeof answerSchema>>

/**
 * Asks for the statements after a position.
 * @param pool the connections to the origin of `url`.
 * @throws {Error} if there is no answer, if it is too large, or if it does not have the expected form. The message has no text of the answer.
 */
async function pollFeed(url: string, after: number, pool: Pick<Pool, 'request'>): Promise<FeedAnswer> {
  const address = new URL(url)
  address.searchParams.set('after', String(after))
  const { statusCode, body } = await pool.request({
    path: `${address.pathname}${address.search}`,
    method: 'GET',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(DEADLINE_MS),
  })
  const text = await readBounded({ body }, MAX_ANSWER_BYTES, 'an answer')
  if (statusCode !== 200) throw new Error(`expected status 200; came ${statusCode}`)
  const parsed = answerSchema.safeParse(parseJson(text))
  if (!parsed.success) throw new Error('expected «now» and «statements» as JSON; came another body')
  return parsed.data
}

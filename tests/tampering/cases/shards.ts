import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { shardSigner } from '../../../audit/note/shard-name.ts'
import { buildShardEnd, buildShardStart } from '../../../audit/shards/shard-entries.ts'
import type { Entry } from '../../../contract/audit-log/entry.ts'
import { fails, holds, type TamperingCase, untold } from '../case.ts'
import { append, type Desk, valuesOf, withLog } from '../desk.ts'
import { appendAll, BEGIN_MS, base, clock, idAt, NOW_MS, openQuietly, signers } from '../logs.ts'
import { rotate } from './files.ts'

/** Acts on a gateway’s log that is divided by time: each shard is a tree, ends with the name of the next one, and begins with the end before it. */

const LATER_MS = BEGIN_MS + 300_000
const newEntry = (n: number) => ({
  v: 1 as const,
  id: idAt(LATER_MS + n, n),
  time: new Date(LATER_MS + n).toISOString(),
})
const ORIGIN = signers.gateway.verifier.name
const originOf = (period: string): string => `${ORIGIN}/${period}`
const stop = { ...base('gateway', LATER_MS + 500, 500), kind: 'stop' } as Entry

/** Adds a shard to the home of a log, with a last entry if another one follows. */
async function addShard(home: string, period: string, checkpoint: string, next?: string): Promise<void> {
  const log = await openQuietly(join(home, 'shards', period), shardSigner(signers.gateway, period))
  const start = buildShardStart(newEntry(1), log.origin, checkpoint) as Entry
  await appendAll(log, [
    start,
    ...(next === undefined ? [stop] : [buildShardEnd(newEntry(2), log.origin, next) as Entry]),
  ])
  await log.close()
}

/** Moves the gateway’s log into a home, as its first shard. */
async function moveIntoHome(desk: Desk): Promise<void> {
  const whole = `${desk.gateway}-whole`
  await rename(desk.gateway, whole)
  await mkdir(desk.gateway)
  await rename(whole, join(desk.gateway, 'log'))
}

/** Ends the gateway’s log, moves it into a home, and begins the next shards. Returns the checkpoint of the first one. */
async function divide(desk: Desk, periods: readonly string[] = ['2026-12']): Promise<string> {
  const [first = ''] = periods
  await append(desk, 'gateway', [buildShardEnd(newEntry(0), ORIGIN, originOf(first)) as Entry])
  await moveIntoHome(desk)
  const noteOf = (place: string) => readFile(join(desk.gateway, place, 'checkpoint'), 'utf8')
  for (const [at, period] of periods.entries()) {
    const before = at === 0 ? 'log' : `shards/${periods[at - 1]}`
    const next = periods[at + 1]
    await addShard(desk.gateway, period, await noteOf(before), next && originOf(next))
  }
  return noteOf('log')
}

/** Replaces the key of the log, and begins the next shard with the new key and an entry of this time. Witnesses cosign it before most of these times. */
async function divideAfterRotation(desk: Desk, timeMs: number): Promise<void> {
  clock.ms = LATER_MS + 1_000
  const signer = await rotate(desk)
  const end = buildShardEnd(newEntry(10), ORIGIN, originOf('2026-12')) as Entry
  await withLog(desk, 'gateway', (log) => appendAll(log, [end]), signer)
  await moveIntoHome(desk)
  const before = await readFile(join(desk.gateway, 'log/checkpoint'), 'utf8')
  const log = await openQuietly(shardOf(desk, '2026-12'), shardSigner(signer, '2026-12'))
  const start = buildShardStart(newEntry(20), log.origin, before) as Entry
  await appendAll(log, [start, { ...base('gateway', timeMs, 501), kind: 'stop' } as Entry])
  await log.close()
  clock.ms = NOW_MS
}

/** The folder of a shard. */
const shardOf = (desk: Desk, period: string): string => join(desk.gateway, 'shards', period)

const divideInThree = (desk: Desk): Promise<string> => divide(desk, ['2026-12', '2027-01'])

/** Lets two folders change places. */
async function swap(one: string, other: string): Promise<void> {
  await rename(one, `${one}-away`)
  await rename(other, one)
  await rename(`${one}-away`, other)
}

/** Copies the gateway's log, whatever its form, beside it. Returns the arguments that name the copy too. */
const besideOf = ({ gateway }: Desk): readonly string[] => [`${gateway}-older`]
const copyBeside = ({ gateway }: Desk): Promise<void> => cp(gateway, `${gateway}-older`, { recursive: true })

/** The cases. */
export const SHARD_CASES: readonly TamperingCase[] = [
  {
    title: 'nothing: the log is divided into three shards',
    tamper: (desk) => divide(desk, ['2026-12', '2027-01']),
    verify: holds(),
  },
  {
    title: 'the shard in the middle was removed',
    tamper: async (desk) => {
      await divide(desk, ['2026-12', '2027-01'])
      await rm(join(desk.gateway, 'shards/2026-12'), { recursive: true })
    },
    verify: fails('SHARD'),
  },
  {
    title: 'the newest shard was removed',
    tamper: async (desk) => {
      await divide(desk)
      await rm(join(desk.gateway, 'shards/2026-12'), { recursive: true })
    },
    verify: fails('SHARD'),
    names: /^istmo.example\/gateway$/,
  },
  {
    title: 'the first shard was removed',
    tamper: async (desk) => {
      await divide(desk)
      await rm(join(desk.gateway, 'log'), { recursive: true })
    },
    verify: fails('SHARD'),
    names: /^istmo.example\/gateway\/2026-12$/,
  },
  {
    title: 'a shard has two successors, each for another reader',
    tamper: async (desk) => {
      const note = await divide(desk)
      await addShard(desk.gateway, '2027-01', note)
    },
    verify: fails('SHARD'),
  },
  {
    title: 'a shard was continued from another tree of the same size',
    tamper: async (desk) => {
      await divide(desk)
      const home = `${desk.gateway}-home`
      await cp(desk.gateway, home, { recursive: true })
      const entries = await valuesOf(join(home, 'log'))
      await rm(desk.gateway, { recursive: true })
      const log = await openQuietly(join(desk.gateway, 'log'), signers.gateway)
      // The same entries, but for one id.
      await appendAll(
        log,
        entries.map((entry) =>
          entry.kind === 'stop' ? ({ ...entry, id: idAt(Date.parse(entry.time), 1) } as Entry) : entry,
        ),
      )
      await log.close()
      await cp(join(home, 'shards'), join(desk.gateway, 'shards'), { recursive: true })
    },
    verify: fails('SHARD'),
  },
  {
    title: 'nothing: a divided log and an older copy of it, which ends in an earlier shard, are verified together',
    tamper: async (desk) => {
      await copyBeside(desk)
      await divideInThree(desk)
    },
    kept: besideOf,
    verify: holds(),
  },
  {
    title: 'nothing: a divided log and a copy of it are verified together',
    tamper: async (desk) => {
      await divideInThree(desk)
      await copyBeside(desk)
    },
    kept: besideOf,
    verify: holds(),
  },
  {
    title: 'two shards changed places, so that entries would be read in another order',
    tamper: async (desk) => {
      await divideInThree(desk)
      await swap(shardOf(desk, '2026-12'), shardOf(desk, '2027-01'))
    },
    verify: fails('SHARD'),
  },
  {
    title: 'a shard lies under another period',
    tamper: async (desk) => {
      await divideInThree(desk)
      await rename(shardOf(desk, '2027-01'), shardOf(desk, '2029-05'))
    },
    verify: fails('SHARD'),
  },
  {
    title: 'a shard has the tiles of another one',
    tamper: async (desk) => {
      await divideInThree(desk)
      await rm(join(shardOf(desk, '2027-01'), 'tile'), { recursive: true })
      await cp(join(shardOf(desk, '2026-12'), 'tile'), join(shardOf(desk, '2027-01'), 'tile'), { recursive: true })
    },
    verify: fails('NO_QUORUM', 'OWNER', 'ROOT', 'SHARD'),
  },
  {
    title: 'the first shard is an older copy',
    tamper: async (desk, { half }) => {
      await divideInThree(desk)
      await rm(join(desk.gateway, 'log'), { recursive: true })
      await cp(half.gateway, join(desk.gateway, 'log'), { recursive: true })
    },
    verify: fails('SHARD'),
  },
  {
    title: 'the shard in the middle is that of another log, of the same period',
    tamper: async (desk) => {
      await divideInThree(desk)
      await rm(shardOf(desk, '2026-12'), { recursive: true })
      const log = await openQuietly(shardOf(desk, '2026-12'), shardSigner(signers.country, '2026-12'))
      const before = await readFile(join(desk.country, 'checkpoint'), 'utf8')
      await appendAll(log, [buildShardStart(newEntry(1), log.origin, before) as Entry])
      await log.close()
    },
    verify: fails('SHARD'),
  },
  {
    title: 'the shard in the middle was removed, and the next one begins with the link to the first one again',
    tamper: async (desk) => {
      const note = await divideInThree(desk)
      for (const period of ['2026-12', '2027-01']) await rm(shardOf(desk, period), { recursive: true })
      await addShard(desk.gateway, '2027-01', note)
    },
    verify: fails('SHARD'),
  },
  {
    title: 'the newest shard was emptied',
    tamper: async (desk) => {
      await divide(desk)
      await rm(shardOf(desk, '2026-12'), { recursive: true })
      const log = await openQuietly(shardOf(desk, '2026-12'), shardSigner(signers.gateway, '2026-12'))
      await appendAll(log, [])
      await log.close()
    },
    verify: fails('SHARD'),
  },
  {
    title: 'the log ends with a link to itself',
    tamper: (desk) => append(desk, 'gateway', [buildShardEnd(newEntry(0), ORIGIN, ORIGIN) as Entry]),
    verify: fails('SHARD'),
  },
  {
    title: 'the end of a shard was removed with all later shards',
    tamper: async (desk, { whole }) => {
      await divide(desk)
      await rm(desk.gateway, { recursive: true })
      await cp(whole.gateway, join(desk.gateway, 'log'), { recursive: true })
    },
    verify: holds(),
  },
  {
    title: 'nothing: the key of the log was replaced in its first shard',
    tamper: (desk) => divideAfterRotation(desk, LATER_MS + 500),
    verify: holds(),
  },
  {
    title:
      'the key was replaced in the first shard, and an entry of the next one is dated behind a tree that witnesses cosigned with it',
    tamper: (desk) => divideAfterRotation(desk, LATER_MS + 400_000),
    verify: untold('TIME'),
    names: /^entry 1$/,
  },
]

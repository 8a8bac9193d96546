import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { shardSigner } from '../../../audit/note/shard-name.ts'
import { buildShardEnd, buildShardStart } from '../../../audit/shards/shard-entries.ts'
import type { Entry } from '../../../contract/audit-log/entry.ts'
import { fails, holds, type TamperingCase } from '../case.ts'
import { append, type Desk, valuesOf } from '../desk.ts'
import { appendAll, BEGIN_MS, base, idAt, openQuietly, signers } from '../logs.ts'

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

/** Ends the gateway’s log, moves it into a home, and begins the next shards. Returns the checkpoint of the first one. */
async function divide(desk: Desk, periods: readonly string[] = ['2026-12']): Promise<string> {
  const [first = ''] = periods
  await append(desk, 'gateway', [buildShardEnd(newEntry(0), ORIGIN, originOf(first)) as Entry])
  const whole = `${desk.gateway}-whole`
  await rename(desk.gateway, whole)
  await mkdir(desk.gateway)
  await rename(whole, join(desk.gateway, 'log'))
  const noteOf = (place: string) => readFile(join(desk.gateway, place, 'checkpoint'), 'utf8')
  for (const [at, period] of periods.entries()) {
    const before = at === 0 ? 'log' : `shards/${periods[at - 1]}`
    const next = periods[at + 1]
    await addShard(desk.gateway, period, await noteOf(before), next && originOf(next))
  }
  return noteOf('log')
}

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
]

import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { LogHead } from '../types/flow.ts'
import { openCountryHeads } from './country-heads.ts'

const HN = 'istmo.example/hn'
const checkpointOf = (size: number, tree = 'a') => `${tree}${size.toString(16)}`.padEnd(64, '0')
const receiptOf = (index: number, size = index + 1, tree = 'a') => ({
  index,
  size,
  checkpoint: checkpointOf(size, tree),
})

const folders: string[] = []
async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-heads-'))
  folders.push(folder)
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

describe('the memory of how far a country’s log was', () => {
  it('finds a log that was restored from an older copy, also after a restart of the gateway', async () => {
    const folder = await makeFolder()
    const before = await openCountryHeads({ folder })
    before.note(HN, receiptOf(41), before.newestOf(HN))
    await before.close()
    const alerts: string[] = []
    const after = await openCountryHeads({
      folder,
      onWentBack: (origin, reason) => alerts.push(`${origin}: ${reason}`),
    })
    expect(after.newestOf(HN)).toEqual({ name: HN, origin: HN, size: 42 })
    expect(() => after.note(HN, receiptOf(30), after.newestOf(HN))).toThrow(
      'log went back: its log had 42 entries before the leg was sent, and the receipt is for entry 30',
    )
    expect(alerts).toEqual([expect.stringMatching(/^istmo\.example\/hn: its log had 42/)])
    await after.close()
  })

  it('finds another tree of the same size, and knows nothing of a log with another name', async () => {
    const heads = await openCountryHeads({ folder: null })
    heads.note(HN, receiptOf(5, 10), null)
    heads.note(HN, receiptOf(6, 10), null)
    expect(() => heads.note(HN, receiptOf(6, 10, 'b'), null)).toThrow(
      'log went back: it signed two trees of 10 entries',
    )
    expect(heads.newestOf('istmo.example/hn-2')).toBeNull()
    // A leg that was on its way when the country's file got the key of a new log.
    heads.note('istmo.example/hn-2', receiptOf(0), heads.newestOf(HN))
    await heads.close()
  })

  it('finds a log that was set back within its newest shard, or into an older one', async () => {
    const heads = await openCountryHeads({ folder: null })
    const shard = `${HN}/2027-01`
    heads.note(HN, receiptOf(41), null)
    const early = heads.newestOf(HN)
    heads.note(shard, receiptOf(0), early)
    heads.note(`${HN}/2026-12`, receiptOf(7), early)
    heads.note(shard, receiptOf(4), heads.newestOf(HN))
    const known = heads.newestOf(HN)
    expect(known).toEqual({ name: HN, origin: shard, size: 5 })
    expect(() => heads.note(shard, receiptOf(3), known)).toThrow('log went back: its log had 5 entries before')
    for (const older of [HN, `${HN}/2026-12`]) {
      const why = 'log went back: its log had begun istmo.example/hn/2027-01 before the leg was sent'
      expect(() => heads.note(older, receiptOf(99), known)).toThrow(why)
      // Of a leg that was sent before the new shard began.
      heads.note(older, receiptOf(99), early)
    }
    heads.note(`${HN}/2027-02`, receiptOf(0), known)
    await heads.close()
  })

  it('does not shrink with a receipt that comes late', async () => {
    const heads = await openCountryHeads({ folder: null })
    heads.note(HN, receiptOf(41), null)
    heads.note(HN, receiptOf(9), null)
    expect(heads.newestOf(HN)).toMatchObject({ size: 42 })
    await heads.close()
  })

  it('is written when the disk takes it again', async () => {
    const folder = await makeFolder()
    const errors: unknown[] = []
    const heads = await openCountryHeads({ folder, onError: (error) => errors.push(error) })
    await rename(folder, `${folder}-away`)
    heads.note(HN, receiptOf(1), null)
    await expect.poll(() => errors.length, { timeout: 5_000 }).toBeGreaterThan(0)
    await rename(`${folder}-away`, folder)
    await heads.close()
    expect(await readFile(join(folder, 'heads.json'), 'utf8')).toContain(HN)
  })

  it('does not start on a file that it cannot read, and names the file', async () => {
    const folder = await makeFolder()
    await writeFile(join(folder, 'heads.json'), '{"a":1}')
    await expect(openCountryHeads({ folder })).rejects.toThrow(/heads\.json: expected the sizes/)
  })

  it('is on the disk a second after a receipt, without a close', async () => {
    const folder = await makeFolder()
    const heads = await openCountryHeads({ folder })
    heads.note(HN, receiptOf(1), null)
    await expect.poll(() => readFile(join(folder, 'heads.json'), 'utf8').catch(() => '')).toContain(HN)
    await heads.close()
  })

  /** Legs of an honest country: each is sent, then logged at the next index, and its receipt arrives at any time after that. */
  it('never accuses a country whose log only grows, in whatever order its receipts arrive', async () => {
    const step = fc.tuple(fc.constantFrom('send', 'log', 'receive', 'send', 'log', 'receive', 'new shard'), fc.nat(100))
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const heads = await openCountryHeads({ folder: null })
        const sent: (LogHead | null)[] = []
        const logged: { readonly origin: string; readonly index: number; readonly known: LogHead | null }[] = []
        let [origin, year, size] = [HN, 2026, 0]
        for (const [what, pick] of steps) {
          if (what === 'new shard') [origin, year, size] = [`${HN}/${year + 1}`, year + 1, 0]
          if (what === 'send') sent.push(heads.newestOf(HN))
          const known = what === 'log' ? takeOne(sent, pick) : undefined
          if (known !== undefined) logged.push({ origin, index: size++, known })
          const arrived = what === 'receive' ? takeOne(logged, pick) : undefined
          if (arrived !== undefined) heads.note(arrived.origin, receiptOf(arrived.index), arrived.known)
        }
        await heads.close()
      }),
    )
  })
})

function takeOne<Value>(list: Value[], pick: number): Value | undefined {
  return list.splice(pick % Math.max(list.length, 1), 1)[0]
}

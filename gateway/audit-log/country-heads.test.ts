import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
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
    before.note(HN, receiptOf(41), before.sizeOf(HN))
    await before.close()
    const alerts: string[] = []
    const after = await openCountryHeads({
      folder,
      onWentBack: (origin, reason) => alerts.push(`${origin}: ${reason}`),
    })
    expect(after.sizeOf(HN)).toBe(42)
    expect(() => after.note(HN, receiptOf(30), after.sizeOf(HN))).toThrow(
      'log went back: its log had 42 entries before the leg was sent, and the receipt is for entry 30',
    )
    expect(alerts).toEqual([expect.stringMatching(/^istmo\.example\/hn: its log had 42/)])
    await after.close()
  })

  it('finds another tree of the same size, and knows nothing of a log with another name', async () => {
    const heads = await openCountryHeads({ folder: null })
    heads.note(HN, receiptOf(5, 10), 0)
    heads.note(HN, receiptOf(6, 10), 0)
    expect(() => heads.note(HN, receiptOf(6, 10, 'b'), 0)).toThrow('log went back: it signed two trees of 10 entries')
    heads.note('istmo.example/hn-2', receiptOf(0), heads.sizeOf('istmo.example/hn-2'))
    await heads.close()
  })

  it('does not start on a file that it cannot read, and names the file', async () => {
    const folder = await makeFolder()
    await writeFile(join(folder, 'heads.json'), '{"a":1}')
    await expect(openCountryHeads({ folder })).rejects.toThrow(/heads\.json: expected the sizes/)
  })

  it('is on the disk a second after a receipt, without a close', async () => {
    const folder = await makeFolder()
    const heads = await openCountryHeads({ folder })
    heads.note(HN, receiptOf(1), 0)
    await expect.poll(() => readFile(join(folder, 'heads.json'), 'utf8').catch(() => '')).toContain(HN)
    await heads.close()
  })

  /** Legs of an honest country: each is sent, then logged at the next index, and its receipt arrives at any time after that. */
  it('never accuses a country whose log only grows, in whatever order its receipts arrive', async () => {
    const step = fc.tuple(fc.constantFrom('send', 'log', 'receive'), fc.nat(100))
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const heads = await openCountryHeads({ folder: null })
        const sent: number[] = []
        const logged: { readonly index: number; readonly known: number }[] = []
        let size = 0
        for (const [what, pick] of steps) {
          if (what === 'send') sent.push(heads.sizeOf(HN))
          const known = what === 'log' ? takeOne(sent, pick) : undefined
          if (known !== undefined) logged.push({ index: size++, known })
          const arrived = what === 'receive' ? takeOne(logged, pick) : undefined
          if (arrived !== undefined) heads.note(HN, receiptOf(arrived.index), arrived.known)
        }
        await heads.close()
      }),
    )
  })
})

function takeOne<Value>(list: Value[], pick: number): Value | undefined {
  return list.splice(pick % Math.max(list.length, 1), 1)[0]
}

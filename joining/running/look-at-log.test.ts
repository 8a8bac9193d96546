import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { lookAtLog } from './log-state.ts'

/** What the doctor sees of the files of a node’s log: two shards, one of them with full tiles. */

const signer = newSigner('istmo.example/hn')
const SIZE = 600

let home: string
let files: readonly string[]

async function write(path: string, of: typeof signer, size: number): Promise<void> {
  const log = await openLog({ folder: join(home, path), signer: of, publishAfterMs: 1_000_000 })
  await Promise.all(Array.from({ length: size }, (_, entry) => log.append(canonicalBytes({ entry }))))
  await log.publish()
  await log.close()
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'istmo-look-'))
  // The first shard was signed with a key that was replaced before the present one began.
  await write('log', newSigner('istmo.example/hn'), 3)
  await write('shards/2026-11', signer, SIZE)
  const found = await readdir(home, { recursive: true, withFileTypes: true })
  const paths = found.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name))
  const newest = await readFile(join(home, 'shards/2026-11/checkpoint'), 'utf8')
  expect(newest.split('\n')[1]).toBe(`${SIZE}`)
  // Partial tiles of earlier checkpoints are read by nobody any more.
  files = paths.filter((path) => /\/tile\//.test(path) && !isLeftOver(path))
  expect(files.length).toBeGreaterThanOrEqual(9)
})
afterAll(() => rm(home, { recursive: true }))

function isLeftOver(path: string): boolean {
  const [, width] = /\.p\/(\d+)$/.exec(path) ?? []
  return width !== undefined && !['3', `${SIZE % 256}`, '2'].includes(width)
}

it('finds nothing in a log that holds together, and says that it read all of it, also of the shards that have ended', async () => {
  expect(await lookAtLog(home, signer)).toEqual({ read: SIZE + 3, size: SIZE + 3, faults: [] })
})

it('finds each byte that was flipped in a file of the log, and names a file of that part', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (which, where, mask) => {
      const file = files[which % files.length] ?? ''
      const bytes = await readFile(file)
      const flipped = Buffer.from(bytes)
      const at = where % bytes.length
      flipped[at] = (bytes[at] ?? 0) ^ mask
      await writeFile(file, flipped)
      const { faults } = await lookAtLog(home, signer).finally(() => writeFile(file, bytes))
      expect(faults[0]).toContain(join(home, file.includes('/shards/') ? 'shards' : 'log'))
    }),
    { numRuns: 60 },
  )
})

it('names both files in which bytes were flipped', async () => {
  const damaged = ['tile/entries/000', 'tile/0/001'].map((path) => join(home, 'shards/2026-11', path))
  const before = await Promise.all(damaged.map((file) => readFile(file)))
  for (const [which, file] of damaged.entries()) {
    const bytes = Buffer.from(before[which] ?? [])
    bytes[40] = (bytes[40] ?? 0) ^ 1
    await writeFile(file, bytes)
  }
  const { faults } = await lookAtLog(home, signer)
  for (const [which, file] of damaged.entries()) await writeFile(file, before[which] ?? '')
  for (const path of ['tile/entries/000', 'tile/0/001'])
    expect(faults.filter((fault) => fault.includes(path))).not.toEqual([])
})

it('reads the newest part first, and says how much it read when the time is over', async () => {
  let calls = 0
  // The first call begins the time; two tiles are read, and then it is over.
  const { read, size, faults } = await lookAtLog(home, signer, () => (calls++ < 3 ? 0 : 60_000))
  expect({ read, size, faults }).toEqual({ read: (SIZE % 256) + 256, size: SIZE + 3, faults: [] })
})

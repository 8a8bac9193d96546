import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { listSalts } from '../../audit/salts/salts.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { verifyLog } from '../../audit/verify/verify-log.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { copyAuditLog } from '../../joining/running/copies.ts'
import { policyOf } from '../../joining/running/log-state.ts'

/** A log is copied while its process writes: between its tiles and its checkpoint, and after a tile has become full. */

const signer = parseSignerKey(generateSignerKey('istmo.mp.hn/hn', SIGNATURE_TYPES.ed25519))
let folder: string
const at = (...names: string[]): string => join(folder, ...names)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-copy-log-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Appends entries with a salt each, and closes the log. */
async function grow(count: number): Promise<void> {
  await mkdir(at('home/salts'), { recursive: true })
  const log = await openLog({ folder: at('home/log'), signer })
  const entries = Array.from({ length: count }, () => createUuidV7(Date.now()))
  await Promise.all(entries.map((id) => log.append(canonicalBytes({ id }), [{ id, salt: Buffer.alloc(32, 7) }])))
  await log.close()
}

it.each([
  [3, 2],
  [250, 20],
  [10, 500],
])(
  'of %i entries, while %i more are written, is that of the checkpoint, and goes on from there',
  async (size, more) => {
    await rm(at('home'), { recursive: true, force: true })
    await grow(size)
    await copyFile(at('home/log/checkpoint'), at('checkpoint'))
    await grow(more)
    // As it is between the tiles and the checkpoint of a publication.
    await copyFile(at('checkpoint'), at('home/log/checkpoint'))
    const copy = at(`copy-${size}`)
    await copyAuditLog(at('home'), copy, { hasSalts: true })
    const report = await verifyLog(folderSource(join(copy, 'log')), policyOf(signer), { settleMs: 0 })
    expect({ size: report.size, findings: report.findings }).toEqual({ size, findings: [] })
    const hours = (await readdir(join(copy, 'salts/hours'))).map(Number)
    const salts = await Promise.all(hours.map((hour) => listSalts(join(copy, 'salts'), hour)))
    expect(salts.flat().length).toBeGreaterThanOrEqual(size)
    const log = await openLog({ folder: join(copy, 'log'), signer })
    expect([log.size(), log.repairs]).toEqual([size, []])
    await log.append(canonicalBytes({ more: 1 }))
    await log.close()
  },
)

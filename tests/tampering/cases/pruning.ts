import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Entry } from '../../../contract/audit-log/entry.ts'
import { SAMPLE_ENTRIES } from '../../../contract/audit-log/testing.ts'
import { fails, holds, type TamperingCase } from '../case.ts'
import { append, type Desk, run } from '../desk.ts'
import { BEGIN_MS, idAt, signers } from '../logs.ts'

/** Acts on a log whose old entries were deleted by the rules: an entry of the log says so, and its proof stands beside the log. */

const sample = SAMPLE_ENTRIES.find(({ kind }) => kind === 'prune')

/** Writes the entry of a pruning of the first 256 entries, stores its proof as `prunings/0`, and deletes the bundle. */
async function prune(desk: Desk, { deletes = true, index = 338, held = [] as readonly object[] } = {}): Promise<void> {
  const ms = BEGIN_MS + 300_000
  const own = { id: idAt(ms, 1), time: new Date(ms).toISOString(), origin: signers.gateway.verifier.name }
  const before = new Date(BEGIN_MS + 241_000).toISOString()
  await append(desk, 'gateway', [{ ...sample, ...own, before, minimumIndex: 256, held } as unknown as Entry])
  const out = join(desk.gateway, '../pruning')
  const { output, verdict } = await run([
    'prove',
    String(index),
    '--log',
    desk.gateway,
    '--policy',
    desk.policy,
    '--out',
    out,
  ])
  if (verdict !== 'HOLDS') throw new Error(output)
  await mkdir(join(desk.gateway, 'prunings'))
  await writeFile(join(desk.gateway, 'prunings/0'), await readFile(out))
  if (deletes) await rm(join(desk.gateway, 'tile/entries/000'))
}

/** The cases. */
export const PRUNING_CASES: readonly TamperingCase[] = [
  { title: 'nothing: old entries were pruned by the rules', tamper: (desk) => prune(desk), verify: holds() },
  {
    title: 'a bundle was removed, and the log has no entry of a pruning',
    tamper: ({ gateway }) => rm(join(gateway, 'tile/entries/000')),
    verify: fails('MISSING'),
    names: /^tile\/entries\/000$/,
    reconcile: fails('MISSING'),
  },
  {
    title: 'old entries were pruned, and the proof of the pruning was removed',
    tamper: async (desk) => {
      await prune(desk)
      await rm(join(desk.gateway, 'prunings'), { recursive: true })
    },
    verify: fails('MISSING'),
    names: /^tile\/entries\/000$/,
  },
  {
    title: 'old entries were pruned, and the proof is of another entry',
    tamper: (desk) => prune(desk, { index: 300 }),
    verify: fails('MALFORMED', 'MISSING'),
    names: /^prunings\/0$/,
  },
  {
    title: 'old entries were pruned although the pruning says that they stay',
    tamper: (desk) => prune(desk, { held: [{ from: 0, until: 256 }] }),
    verify: fails('MISSING'),
    names: /^tile\/entries\/000$/,
  },
  {
    title: 'old entries were pruned, and the pruning names what stays by words',
    tamper: (desk) => prune(desk, { held: [{ from: 'first', until: 'last' }] }),
    verify: fails('MALFORMED', 'MISSING'),
    names: /^prunings\/0$/,
  },
  {
    title: 'a bundle behind the pruned ones was removed',
    tamper: async (desk) => {
      await prune(desk)
      await rm(join(desk.gateway, 'tile/entries/001.p'), { recursive: true })
    },
    verify: fails('MISSING'),
    names: /^tile\/entries\/001/,
  },
]

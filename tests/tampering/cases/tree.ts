import { cp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hashLeaf } from '../../../audit/merkle/hash.ts'
import type { Entry } from '../../../contract/audit-log/entry.ts'
import { fails, holds, type TamperingCase } from '../case.ts'
import { editBundle, editFile } from '../desk.ts'
import { allWitnesses, appendAll, base, cosign, NOW_MS, openQuietly, signers } from '../logs.ts'

/** Acts on the tree: entries, tiles, checkpoints and the history. */

const FIRST = '000'
const LAST = '001.p/82'
const forged = Buffer.from('{"forged":true}')
const renameTile = (log: string, from: string, to: string) => rename(join(log, 'tile', from), join(log, 'tile', to))

/** The cases. */
export const TREE_CASES: readonly TamperingCase[] = [
  { title: 'nothing: nobody tampered', tamper: async () => undefined, verify: holds(), reconcile: holds() },
  {
    title: 'an entry was dropped from its bundle',
    tamper: ({ gateway }) => editBundle(gateway, FIRST, (entries) => entries.toSpliced(10, 1)),
    verify: fails('ENTRY', 'MALFORMED'),
    names: /^tile\/entries\/000$/,
    reconcile: fails('MALFORMED'),
  },
  {
    title: 'two entries changed places',
    tamper: ({ gateway }) => editBundle(gateway, FIRST, ([a = forged, b = forged, ...rest]) => [b, a, ...rest]),
    verify: fails('ENTRY'),
    names: /^entry 0 in tile\/entries\/000$/,
    reconcile: fails('ENTRY'),
  },
  {
    title: 'an entry was edited',
    tamper: ({ gateway }) => editBundle(gateway, LAST, (entries) => entries.with(7, forged)),
    verify: fails('ENTRY', 'FORM'),
    names: /^entry 263 in /,
    reconcile: fails('ENTRY'),
  },
  {
    title: 'an entry stands in its bundle twice, in the place of another',
    tamper: ({ country }) => editBundle(country, FIRST, (entries) => entries.with(9, entries[7] ?? forged)),
    verify: fails('ENTRY', 'ID', 'PARTS'),
    names: /^entry 9 in /,
    reconcile: fails('ENTRY'),
  },
  {
    title: 'the end of the log was removed',
    tamper: async ({ gateway }) => {
      for (const level of ['0', 'entries']) await rm(join(gateway, 'tile', level, '001.p'), { recursive: true })
    },
    verify: fails('MISSING', 'NO_QUORUM', 'ROOT'),
    names: /^tile\/0\/001.p\/82$/,
    reconcile: fails('MISSING'),
  },
  {
    title: 'two tiles of hashes changed places',
    tamper: async ({ country }) => {
      await renameTile(country, '0/000', '0/spare')
      await cp(join(country, 'tile/0/001.p/226'), join(country, 'tile/0/000'))
      await cp(join(country, 'tile/0/spare'), join(country, 'tile/0/001.p/226'))
      await rm(join(country, 'tile/0/spare'))
    },
    verify: fails('ENTRY', 'MALFORMED', 'NO_QUORUM'),
    reconcile: fails('ROOT'),
  },
  {
    title: 'a tile of hashes was replaced by the other log’s',
    tamper: ({ gateway, country }) => cp(join(country, 'tile/0/000'), join(gateway, 'tile/0/000')),
    verify: fails('ENTRY', 'NO_QUORUM'),
    names: /^entry 0 in /,
    reconcile: fails('ENTRY'),
  },
  {
    title: 'a bundle of entries was replaced by the other log’s',
    tamper: ({ gateway, country }) => cp(join(country, 'tile/entries/000'), join(gateway, 'tile/entries/000')),
    verify: fails('ENTRY', 'OWNER'),
    names: /^entry 0 in /,
    reconcile: fails('ENTRY'),
  },
  {
    title: 'a higher tile does not follow from the tiles below it',
    tamper: ({ gateway }) => editFile(join(gateway, 'tile/1/000.p/1'), (bytes) => bytes.fill(7, 0, 4)),
    verify: fails('TILE'),
    names: /^hash 0 of tile\/1\/000.p\/1$/,
    reconcile: fails('ROOT'),
  },
  {
    title: 'a leaf was altered together with its entry',
    tamper: async ({ gateway }) => {
      await editBundle(gateway, FIRST, (entries) => entries.with(5, forged))
      const replace = (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 160), hashLeaf(forged), bytes.subarray(192)])
      await editFile(join(gateway, 'tile/0/000'), replace)
    },
    verify: fails('FORM', 'NO_QUORUM', 'ROOT', 'TILE'),
    reconcile: fails('COUNTRY_ONLY', 'UNREADABLE'),
  },
  {
    title: 'the checkpoint was forged',
    tamper: ({ gateway }) =>
      editFile(join(gateway, 'checkpoint'), (bytes) => bytes.toString().replace('\n338\n', '\n337\n')),
    verify: fails('ROLLBACK', 'SIGNATURE'),
    names: /^checkpoint$/,
  },
  {
    title: 'somebody else signed a log of the same name',
    tamper: async ({ gateway }) => {
      await rm(gateway, { recursive: true })
      const log = await openQuietly(gateway, signers.impostor)
      await appendAll(log, [forged])
      await log.close()
    },
    verify: fails('FORM', 'NO_QUORUM', 'SIGNATURE'),
    names: /^checkpoint$/,
  },
  {
    title: 'the log goes on otherwise after half of its entries, and a checkpoint was kept',
    isHalf: true,
    tamper: async ({ gateway }) => {
      const log = await openQuietly(gateway, signers.gateway)
      await appendAll(
        log,
        Array.from({ length: 338 - log.size() }, () => forged),
      )
      await log.close()
    },
    kept: (_, { whole }) => ['--kept', join(whole.gateway, 'checkpoint')],
    verify: fails('FORM', 'SPLIT_VIEW'),
    names: /^checkpoint of size 338 in /,
  },
  {
    title: 'the log goes on otherwise, beside the history of the true one',
    isHalf: true,
    tamper: async ({ gateway }, { whole }) => {
      const log = await openQuietly(gateway, signers.gateway)
      await appendAll(
        log,
        Array.from({ length: 338 - log.size() }, () => forged),
      )
      await log.close()
      await cp(join(whole.gateway, 'checkpoints'), join(gateway, 'checkpoints'), { recursive: true })
    },
    verify: fails('FORM', 'ROOT'),
    names: /^checkpoint of size 253 in checkpoints\/000$/,
  },
  {
    title: 'both logs were set back with their history, and a checkpoint was kept',
    isHalf: true,
    tamper: async () => undefined,
    kept: (_, { whole }) => ['--kept', join(whole.gateway, 'checkpoint')],
    verify: fails('ROLLBACK'),
  },
  {
    title: 'the log was set back, and its history was not',
    isHalf: true,
    tamper: ({ gateway }, { whole }) =>
      cp(join(whole.gateway, 'checkpoints'), join(gateway, 'checkpoints'), { recursive: true }),
    verify: fails('ROLLBACK'),
    names: /^checkpoints\/000$/,
  },
  {
    title: 'the cosignatures were removed',
    tamper: async ({ gateway }) => {
      await editFile(join(gateway, 'checkpoint'), (bytes) => `${bytes.toString().split('\n').slice(0, 5).join('\n')}\n`)
      for (const name of await readdir(join(gateway, 'checkpoints'))) await rm(join(gateway, 'checkpoints', name))
    },
    verify: fails('NO_QUORUM'),
    names: /^entries from 0 on$/,
  },
  {
    title: 'the history of checkpoints was removed: the cosigned checkpoint still proves all entries',
    tamper: ({ gateway }) => rm(join(gateway, 'checkpoints'), { recursive: true }),
    verify: holds(),
    reconcile: holds(),
  },
  {
    title: 'a checkpoint of the history was damaged, and complete ones follow it',
    tamper: ({ gateway }) => editFile(join(gateway, 'checkpoints/000'), (bytes) => bytes.fill(0, 100, 110)),
    verify: fails('MALFORMED'),
    names: /^checkpoints\/000$/,
  },
  {
    title: 'the checkpoint was removed',
    tamper: ({ gateway }) => rm(join(gateway, 'checkpoint')),
    verify: fails('MISSING', 'NO_QUORUM', 'ORIGIN', 'ROLLBACK'),
    names: /^checkpoint$/,
    reconcile: fails('MISSING'),
  },
  {
    title: 'one of the logs of the trust policy is the other one under its name',
    tamper: async ({ gateway, country }) => {
      await rm(gateway, { recursive: true })
      await cp(country, gateway, { recursive: true })
    },
    verify: fails('ORIGIN'),
  },
  {
    title: 'the log signed two trees of one size',
    tamper: async ({ gateway }, { half }) => {
      const fork = join(gateway, '../fork')
      await cp(half.gateway, fork, { recursive: true })
      const log = await openQuietly(fork, signers.gateway)
      await log.append(forged)
      await log.publish()
      await cosign(log, allWitnesses.slice(0, 1))
      await writeFile(join(gateway, '../twin'), log.published().note)
      await log.close()
    },
    kept: ({ gateway }) => ['--kept', join(gateway, '../twin')],
    verify: fails('SPLIT_VIEW'),
    names: /^checkpoint of size 170 in /,
  },
  {
    title: 'nothing: a log and an older copy of it are verified together',
    tamper: ({ gateway }, { half }) => cp(half.gateway, join(gateway, '../older'), { recursive: true }),
    kept: ({ gateway }) => [join(gateway, '../older')],
    verify: holds(),
  },
  {
    title: 'two readers got two copies of the log, each whole and cosigned by captured witnesses, and bring both',
    tamper: async ({ gateway }) => {
      const other = join(gateway, '../other')
      await cp(gateway, other, { recursive: true })
      for (const [folder, n] of [
        [gateway, 1],
        [other, 2],
      ] as const) {
        const log = await openQuietly(folder, signers.gateway)
        await appendAll(log, [{ ...base('gateway', NOW_MS - 60_000, n), kind: 'stop' } as Entry])
        await log.close()
      }
    },
    kept: ({ gateway }) => [join(gateway, '../other')],
    verify: fails('SPLIT_VIEW'),
    names: /^checkpoint of size 339 in the copy .*gateway$/,
  },
]

import { cp, mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { canonicalBytes } from '../../../audit/log/canonical.ts'
import { rotateLogKey } from '../../../audit/log/rotate-key.ts'
import { newSigner } from '../../../audit/log/testing.ts'
import { parseNote, signNote } from '../../../audit/note/note.ts'
import type { Entry } from '../../../contract/audit-log/entry.ts'
import { fails, holds, type TamperingCase, untold } from '../case.ts'
import { append, type Desk, editFile, withLog } from '../desk.ts'
import { BEGIN_MS, base, cosign, idAt, signers } from '../logs.ts'

/** Acts on the files in a folder that an auditor gets, and on the proofs of rotated keys. */

/** Replaces the key of the gateway’s log, and lets the witnesses cosign. Returns the new key. */
export async function rotate(desk: Desk, next = newSigner(signers.gateway.verifier.name)) {
  const time = BEGIN_MS + 300_000
  const [oldKey, newKey] = [signers.gateway.verifier.vkey, next.verifier.vkey]
  const origin = signers.gateway.verifier.name
  const entry = { v: 1, id: idAt(time, 1), time: new Date(time).toISOString(), kind: 'key-rotation', origin }
  await rotateLogKey(desk.gateway, { ...signers.gateway, next }, () =>
    canonicalBytes({ ...entry, oldKey, newKey, reason: 'ROUTINE' }),
  )
  await withLog(desk, 'gateway', (log) => cosign(log), next)
  return next
}

/** An entry that the gateway writes after its last one, so long after the beginning. */
const stopAt = (ms: number) => ({ ...base('gateway', BEGIN_MS + ms, 60_000), kind: 'stop' }) as Entry

/** The cases. */
export const FILE_CASES: readonly TamperingCase[] = [
  {
    title: 'a bundle of entries was cut off',
    tamper: ({ gateway }) => truncate(join(gateway, 'tile/entries/000'), 1_000),
    verify: fails('MALFORMED'),
    names: /^tile\/entries\/000$/,
    reconcile: fails('MALFORMED'),
  },
  {
    title: 'a tile of hashes was cut off',
    tamper: ({ gateway }) => truncate(join(gateway, 'tile/0/000'), 1_000),
    verify: fails('MALFORMED'),
    names: /^tile\/0\/000$/,
    reconcile: fails('MALFORMED'),
  },
  {
    title: 'a bundle was replaced by a small file that unpacks to a gigabyte',
    tamper: ({ gateway }) => writeFile(join(gateway, 'tile/entries/000'), gzipSync(Buffer.alloc(4_000_000))),
    verify: fails('MALFORMED'),
    names: /^tile\/entries\/000$/,
    reconcile: fails('MALFORMED'),
  },
  {
    title: 'a bundle was replaced by a file of 20 MB',
    tamper: ({ gateway }) => truncate(join(gateway, 'tile/entries/000'), 20_000_000),
    verify: fails('MALFORMED'),
    names: /^tile\/entries\/000$/,
    reconcile: fails('MALFORMED'),
  },
  {
    title: 'a bundle was removed',
    tamper: ({ country }) => rm(join(country, 'tile/entries/000')),
    verify: fails('MISSING'),
    names: /^tile\/entries\/000$/,
    reconcile: fails('MISSING'),
  },
  {
    title: 'nothing: a tile is a link to a file with the right hashes',
    tamper: async ({ gateway }) => {
      await rename(join(gateway, 'tile/0/000'), join(gateway, '../elsewhere'))
      await symlink('../../../elsewhere', join(gateway, 'tile/0/000'))
    },
    verify: holds(),
    reconcile: holds(),
  },
  {
    title: 'a tile is a link to a device that never ends',
    tamper: async ({ gateway }) => {
      await rm(join(gateway, 'tile/0/000'))
      await symlink('/dev/zero', join(gateway, 'tile/0/000'))
    },
    verify: fails('MALFORMED'),
    names: /^tile\/0\/000$/,
    reconcile: fails('MALFORMED'),
  },
  {
    title: 'a tile is a link to itself',
    tamper: async ({ gateway }) => {
      await rm(join(gateway, 'tile/0/000'))
      await symlink('000', join(gateway, 'tile/0/000'))
    },
    verify: fails('MALFORMED'),
    names: /^tile\/0\/000$/,
    reconcile: fails('MALFORMED'),
  },
  {
    title: 'a file of the history of checkpoints claims three gigabytes',
    tamper: ({ gateway }) => truncate(join(gateway, 'checkpoints/000'), 3 * 2 ** 30),
    verify: fails('MALFORMED'),
    names: /^checkpoints\/000$/,
  },
  {
    title: 'a directory stands in the place of a bundle',
    tamper: async ({ gateway }) => {
      await rm(join(gateway, 'tile/entries/000'))
      await mkdir(join(gateway, 'tile/entries/000'))
    },
    verify: fails('MALFORMED'),
    names: /^tile\/entries\/000$/,
    reconcile: fails('MALFORMED'),
  },
  {
    title: 'a directory stands in the place of the checkpoint',
    tamper: async ({ gateway }) => {
      await rm(join(gateway, 'checkpoint'))
      await mkdir(join(gateway, 'checkpoint'))
    },
    verify: fails('MALFORMED'),
    names: /^checkpoint$/,
    reconcile: fails('MALFORMED'),
  },
  {
    title: 'the checkpoint claims a size beyond all files',
    tamper: ({ gateway }) =>
      editFile(join(gateway, 'checkpoint'), (bytes) => bytes.toString().replace('\n338\n', '\n9007199254740991\n')),
    verify: fails('MISSING', 'NO_QUORUM', 'ROOT', 'SIGNATURE'),
    names: /^checkpoint$/,
  },
  {
    title: 'a hash was added behind the last tile',
    tamper: ({ gateway }) =>
      editFile(join(gateway, 'tile/0/001.p/82'), (bytes) => Buffer.concat([bytes, Buffer.alloc(32)])),
    verify: holds(),
    reconcile: holds(),
  },
  {
    title: 'nothing: the key of the log was replaced by the rules',
    tamper: (desk) => rotate(desk),
    verify: holds(),
    reconcile: holds(),
  },
  {
    title: 'the proof that the key of the log was replaced is missing',
    tamper: async (desk) => {
      await rotate(desk)
      await rm(join(desk.gateway, 'rotations'), { recursive: true })
    },
    verify: fails('MISSING'),
    names: /^rotations$/,
    reconcile: holds(),
  },
  {
    title: 'the proof that the key of the log was replaced is for another log',
    tamper: async (desk, { whole }) => {
      const other = { ...desk, gateway: join(desk.gateway, '../other') }
      await cp(whole.gateway, other.gateway, { recursive: true })
      await rotate(other)
      await rotate(desk)
      await cp(join(other.gateway, 'rotations'), join(desk.gateway, 'rotations'), { recursive: true })
    },
    verify: fails('NO_QUORUM', 'ROOT', 'SIGNATURE'),
    names: /^checkpoint$/,
    reconcile: untold(),
  },
  {
    title: 'the proof that the key of the log was replaced was altered',
    tamper: async (desk) => {
      await rotate(desk)
      await editFile(join(desk.gateway, 'rotations/0'), (bytes) => bytes.toString().replace('index 338', 'index 337'))
    },
    verify: fails('MISSING', 'SIGNATURE'),
    names: /^rotations$/,
    reconcile: untold(),
  },
  {
    title: 'a thief signed with the old key after it was replaced',
    tamper: async (desk) => {
      const next = await rotate(desk)
      await withLog(
        desk,
        'gateway',
        async (log) => {
          await log.append(canonicalBytes({ ...{ v: 1, kind: 'stop' }, id: idAt(BEGIN_MS + 301_000, 1) }))
        },
        next,
      )
      await editFile(join(desk.gateway, 'checkpoint'), (bytes) => signNote(parseNote(bytes).text, [signers.gateway]))
    },
    verify: fails('FORM', 'SIGNATURE'),
    reconcile: untold(),
  },
  {
    title: 'nothing: a log whose key was replaced, and an older copy from before that, are verified together',
    tamper: async (desk, { whole }) => {
      await cp(whole.gateway, `${desk.gateway}-older`, { recursive: true })
      await rotate(desk)
    },
    kept: ({ gateway }) => [`${gateway}-older`],
    verify: holds(),
  },
  {
    title: 'the key was replaced by two keys, for two readers, and both bring their copies',
    tamper: async (desk, { whole }) => {
      const other = { ...desk, gateway: `${desk.gateway}-other` }
      await cp(whole.gateway, other.gateway, { recursive: true })
      await rotate(desk)
      await rotate(other)
    },
    kept: ({ gateway }) => [`${gateway}-other`],
    verify: fails('SPLIT_VIEW'),
  },
  {
    title:
      'the key was replaced for one reader, the log goes on with the old key for another one, and both bring their copies',
    tamper: async (desk, { whole }) => {
      const other = { ...desk, gateway: `${desk.gateway}-other` }
      await cp(whole.gateway, other.gateway, { recursive: true })
      await rotate(other)
      await append(desk, 'gateway', [stopAt(301_000), stopAt(302_000)])
    },
    kept: ({ gateway }) => [`${gateway}-other`],
    verify: fails('SPLIT_VIEW'),
  },
  {
    title: 'the proofs that the key was replaced by two keys stand one behind the other',
    tamper: async (desk, { whole }) => {
      const other = { ...desk, gateway: join(desk.gateway, '../other') }
      await cp(whole.gateway, other.gateway, { recursive: true })
      await rotate(other)
      await rotate(desk)
      await cp(join(other.gateway, 'rotations/0'), join(desk.gateway, 'rotations/1'))
    },
    verify: fails('MISSING', 'SIGNATURE'),
    names: /^rotations$/,
  },
]

import { basename, dirname, join, resolve } from 'node:path'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { type RotatedKey, type RotatingSigner, rotateLogKey } from '../../audit/log/rotate-key.ts'
import { generateSignerKey, type NoteSigner, parseSignerFile, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { findPresentShard } from '../../audit/shards/places.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { ROTATION_REASONS } from '../../contract/audit-log/key-rotation-entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { replaceFile } from '../../service/replace-file.ts'
import { defineAudit } from './command.ts'
import { findLogFolder, listLogs, readText } from './inputs.ts'

/**
 * `istmo audit rotate-key`: replaces the signer key of a log by a new one, and writes this as an entry that both keys sign.
 *
 * The file of the key has both keys while the rotation is under way, so the log's process can start after a crash at any step: it
 * takes the key that is in force. Calling the command again finishes an interrupted rotation.
 */
export const rotateKeyCommand = defineAudit(
  {
    name: 'rotate-key',
    description: 'replace the signer key of a log, by an entry that the old key and the new key sign',
    options: {
      log: {
        flag: 'log',
        value: 'folder',
        isRequired: true,
        expected: 'the path of a folder',
        meaning: 'the audit log’s folder; the process that writes it must be stopped',
      },
      key: {
        flag: 'key',
        value: 'file',
        isRequired: true,
        expected: 'the path of a file',
        meaning: 'the file of the log’s signer key; afterwards it has the new key, and the old key is erased',
      },
      reason: {
        flag: 'reason',
        value: 'name',
        isRequired: true,
        expected: `one of ${ROTATION_REASONS.join(', ')}`,
        meaning: 'the reason, which the entry contains',
        parse: (text: string) => ROTATION_REASONS.find((each) => each === text),
      },
    },
    notes: {
      'Exit codes': {
        0: 'the key is replaced',
        1: 'the log is damaged',
        2: 'the key could not be replaced, or an argument is wrong',
      },
    },
    examples: [
      {
        command: 'istmo audit rotate-key --log hn --key keys/audit-log.key --reason ROUTINE',
        meaning: 'Replaces the key. Prints the new verifier key, and the path of the proof for witnesses and gateways.',
      },
    ],
  },
  async ({ log: place, key: keyFile, reason }, io) => {
    const logs = await listLogs(place)
    for (const log of logs) await findLogFolder(log)
    if (basename(dirname(resolve(place))) === 'workers') {
      throw new Error(`${place}: all workers of a gateway have one key. Give the folder that has «workers» in it.`)
    }
    const keys = await prepareKeys(keyFile)
    const done: Rotated[] = []
    for (const log of logs) done.push(await rotateOne(log, keys, { keyFile, reason, now: io.now }))
    // The old key is erased when no log needs it any more.
    await replaceFile(keyFile, `${lastLine(await readText(keyFile))}\n`)
    return describe(done)
  },
)

/** One log whose key is replaced, and the path of the proof. */
interface Rotated extends RotatedKey {
  readonly proof: string
}

/** Replaces the key of one log: that of a process, or of one worker of a gateway. */
async function rotateOne(
  place: string,
  keys: RotatingSigner,
  options: { readonly keyFile: string; readonly reason: EntryOf<'key-rotation'>['reason']; readonly now: () => number },
): Promise<Rotated> {
  const { keyFile, reason, now } = options
  const { folder, signer } = await findPresentShard(place, keys)
  if (!hasNext(signer)) throw new Error(`${keyFile}: expected two keys`)
  const [oldKey, newKey] = [signer, signer.next].map(({ verifier }) => verifier.vkey) as [string, string]
  const entry: EntryOf<'key-rotation'> = {
    ...{ v: 1, kind: 'key-rotation', id: createUuidV7(now()), time: new Date(now()).toISOString() },
    ...{ origin: signer.verifier.name, oldKey, newKey, reason },
  }
  const rotated = await rotateLogKey(folder, signer, () => canonicalBytes(entry)).catch((error: unknown): never => {
    if (!(error instanceof FolderInUseError)) throw error
    throw new Error('another process has the log open. Stop the gateway or node before you replace the key of its log.')
  })
  return { ...rotated, proof: await findProof(folder, rotated) }
}

/** Reads the key file and makes the next key, unless an interrupted rotation has left one. */
async function prepareKeys(keyFile: string): Promise<RotatingSigner> {
  const text = await readText(keyFile)
  const signer = parseSignerFile(text)
  if (hasNext(signer)) return signer
  const next = generateSignerKey(signer.verifier.name, SIGNATURE_TYPES.ed25519)
  // The new key must be on the disk before the log needs it.
  await replaceFile(keyFile, `${text.trim()}\n${next}\n`)
  const both = parseSignerFile(await readText(keyFile))
  if (hasNext(both)) return both
  throw new Error(`${keyFile}: expected the new key behind the present one; came the present one`)
}

function hasNext(signer: NoteSigner): signer is RotatingSigner {
  return signer.next !== undefined
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}

async function findProof(folder: string, { rotation }: RotatedKey): Promise<string> {
  for (let at = 0; ; at++) {
    const path = join(folder, 'rotations', String(at))
    if ((await readText(path)) === rotation.proof) return path
  }
}

function describe(all: readonly Rotated[]) {
  const lines = all.flatMap(({ rotation: { index, oldKey, newKey }, isNew, proof }) => [
    `${isNew ? 'The key was replaced' : 'An interrupted rotation was finished: the key was replaced'} at entry ${index} of ${oldKey.name}.`,
    `  old ${oldKey.vkey}`,
    `  new ${newKey.vkey}`,
    `  proof ${proof}`,
  ])
  const json = all.map(({ rotation: { index, oldKey, newKey }, isNew, proof }) => {
    return { origin: oldKey.name, index, oldKey: oldKey.vkey, newKey: newKey.vkey, proof, isNew }
  })
  return {
    verdict: 'HOLDS',
    text: [
      ...lines,
      'Before you start the process that writes the log, give the proof to its witnesses and to each gateway that checks its receipts',
      '(docs/operating.md, Replacing the key of an audit log).',
    ].join('\n'),
    json: json.length === 1 ? { ...json[0] } : { logs: json },
  } as const
}

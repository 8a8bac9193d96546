import { basename, dirname, resolve } from 'node:path'
import { ROTATION_REASONS } from '../contract/audit-log/operator-entries.ts'
import {
  dropOldKey,
  finishKeyReplacement,
  type KeyReplacement,
  type ReplacedKey,
  replaceLogKey,
} from '../service/audit-log/replace-key.ts'
import { NEEDED, oneOf, SWITCH } from '../service/command-texts.ts'
import { UsageError } from '../service/usage-error.ts'
import { defineAudit } from './command.ts'
import { findLogFolder, listLogs } from './inputs.ts'

/**
 * `istmo audit rotate-key`: replaces the signer key of a log by a new one, and writes this as an entry that both keys sign.
 *
 * A process that has the log open replaces the key itself, and both keys sign until `--finish`. Without such a process, nobody waits for the proof, so the
 * old key is erased at once. The file of the key has both keys while the rotation is under way: whoever opens the log after a crash takes the key that is
 * in force. Calling the command again finishes an interrupted rotation.
 */
export const rotateKeyCommand = defineAudit(
  'rotate-key',
  {
    options: {
      log: NEEDED,
      key: NEEDED,
      reason: oneOf(ROTATION_REASONS),
      finish: SWITCH,
    },
  },
  async ({ log: place, key: keyFile, reason, finish: isFinish }, { now }) => {
    const logs = await listLogs(place)
    for (const log of logs) await findLogFolder(log)
    if (basename(dirname(resolve(place))) === 'workers') {
      throw new Error(`${place}: all workers of a gateway have one key. Give the folder that has «workers» in it.`)
    }
    if (isFinish === (reason !== undefined))
      throw new UsageError(`expected one of --reason and --finish; came ${isFinish ? 'both' : 'none'}`)
    const work: KeyReplacement = { logs, keyFile, now }
    if (reason === undefined) return describeFinished(await finishKeyReplacement(work))
    const replaced = await replaceLogKey(work, reason)
    const isRunning = replaced.some((each) => each.isRunning)
    // The old key is erased when no log needs it any more.
    if (!isRunning) await dropOldKey(keyFile)
    return describe(replaced, isRunning)
  },
)

function describe(all: readonly ReplacedKey[], isRunning: boolean) {
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
    text: [...lines, ...(isRunning ? NEXT_IF_RUNNING : NEXT_IF_STOPPED)].join('\n'),
    json: json.length === 1 ? { ...json[0] } : { logs: json },
  } as const
}

const NEXT_IF_STOPPED = [
  'Before you start the process that writes the log, give the proof to its witnesses and to each gateway that checks its receipts',
  '(docs/operating.md, Replacing the key of an audit log).',
]

const NEXT_IF_RUNNING = [
  'The process that writes the log goes on, and both keys sign. Give the proof to its witnesses and to each gateway that checks its receipts',
  '(docs/operating.md, Replacing the key of an audit log). When all have it, run this command again with --finish instead of --reason.',
]

function describeFinished({ vkey, isRunning }: { readonly vkey: string; readonly isRunning: boolean }) {
  const by = isRunning ? 'The process that writes the log signs only with' : 'The file of the key has only'
  return {
    verdict: 'HOLDS',
    text: `The old key is erased. ${by} ${vkey} from now on.`,
    json: { vkey, isRunning },
  } as const
}

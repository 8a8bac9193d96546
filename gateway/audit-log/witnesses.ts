import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { decodeNotes, historyPaths } from '../../audit/log/history.ts'
import type { Log } from '../../audit/log/log.ts'
import { checkCheckpoint, type Policy } from '../../audit/note/policy.ts'
import { collectCosignatures } from '../../audit/witness/collect.ts'

/** How often the latest checkpoint is taken to the witnesses, in milliseconds. */
const COLLECT_EVERY_MS = 1_000

/** How long the witnesses have for one checkpoint, in milliseconds. */
const COLLECT_DEADLINE_MS = 5_000

/** How old the last quorum may be before entries count as unwitnessed, in milliseconds. */
const GRACE_MS = 60_000

/** Where the record stands with its witnesses. Times in milliseconds. */
export interface WitnessState {
  /** The size of the last checkpoint that a quorum cosigned; 0 where none was. */
  readonly size: number
  /** How long no quorum has been had; 0 while one is had. */
  readonly unwitnessedMs: number
  /** What came of each witness when it was last asked. */
  readonly witnesses: readonly { readonly name: string; readonly kind: string }[]
}

/** The witnesses of a log. */
export interface Witnesses {
  readonly state: () => WitnessState
  /** Takes the published checkpoint to the witnesses once, where it lacks a quorum. Never rejects. */
  readonly collect: () => Promise<void>
  readonly close: () => Promise<void>
}

/** What the witnesses are asked with. */
export interface WitnessesOptions {
  readonly entries: Log
  /** The log's folder, whose history tells when a quorum was had before this start. */
  readonly folder: string
  readonly policy: Policy
  readonly log: Logger
  readonly now?: () => number
}

/** Takes the log's checkpoints to the witnesses of its policy in the background; answers wait for none of it. */
export async function openWitnesses({
  entries,
  folder,
  policy,
  log,
  now = Date.now,
}: WitnessesOptions): Promise<Witnesses> {
  const witnesses = policy.witnesses.flatMap(({ name, verifier, url }) =>
    url === undefined ? [] : [{ name, verifier, url }],
  )
  const sizes = new Map<string, number>()
  // Whoever starts the gateway anew does not begin the time without witnesses anew.
  let { size, quorumAt } = await lastQuorum(folder, entries, policy)
  let asked: WitnessState['witnesses'] = witnesses.map(({ name }) => ({ name, kind: 'NOT_ASKED' }))

  const noteQuorum = (note: string): boolean => {
    const { checkpoint, isInQuorum } = checkCheckpoint(note, policy)
    if (isInQuorum) [size, quorumAt] = [checkpoint.size, now()]
    return isInQuorum
  }
  const collectOnce = async (): Promise<void> => {
    try {
      if (entries.latest().size > entries.published().size) await entries.publish()
      const { note: checkpoint } = entries.published()
      if (noteQuorum(checkpoint)) return
      const { consistency } = entries
      const deadlineMs = COLLECT_DEADLINE_MS
      const { signatures, outcomes } = await collectCosignatures({
        checkpoint,
        witnesses,
        consistency,
        deadlineMs,
        sizes,
      })
      tell(outcomes)
      if (signatures.length > 0) noteQuorum(await entries.addCosignatures(checkpoint, signatures))
    } catch (error) {
      log.warn({ error: (error as Error).name }, 'cosignatures were not collected')
    }
  }
  const tell = (outcomes: WitnessState['witnesses']): void => {
    for (const [at, { name, kind }] of outcomes.entries()) {
      if (asked[at]?.kind !== kind) log.info({ witness: name, kind }, 'a witness answered otherwise than before')
    }
    asked = outcomes.map(({ name, kind }) => ({ name, kind }))
  }

  let running: Promise<void> | undefined
  const collect = (): Promise<void> => {
    running ??= collectOnce().finally(() => {
      running = undefined
    })
    return running
  }
  const timer = setInterval(() => void collect(), COLLECT_EVERY_MS).unref()
  return {
    collect,
    state: () => {
      const age = now() - quorumAt
      return { size, unwitnessedMs: age < GRACE_MS ? 0 : age - GRACE_MS + 1, witnesses: asked }
    },
    async close() {
      clearInterval(timer)
      await running
    },
  }
}

/** The largest checkpoint of the history that a quorum cosigned, and when; nothing, at the epoch, where there is none. */
async function lastQuorum(folder: string, entries: Log, policy: Policy): Promise<{ size: number; quorumAt: number }> {
  for (const path of historyPaths(entries.size()).toReversed()) {
    const bytes = await readFile(join(folder, path)).catch(() => new Uint8Array())
    for (const note of decodeNotes(bytes).notes.toReversed()) {
      const { checkpoint, cosignatures, isInQuorum } = checkCheckpoint(note, policy)
      if (!isInQuorum) continue
      return { size: checkpoint.size, quorumAt: Math.max(...cosignatures.map(({ time }) => time * 1_000)) }
    }
  }
  return { size: 0, quorumAt: 0 }
}

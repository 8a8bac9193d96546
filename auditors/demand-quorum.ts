import { findWitnessedPart, type LogReader, readTimes, type WitnessedPart } from '../audit/reader/log-reader.ts'
import type { Answer } from './command.ts'
import { listUnwitnessed } from './derive/doubt-logs.ts'
import { checkWitnesses } from './reconcile/sides.ts'
import { say } from './words.ts'

/**
 * Demands the quorum of the trust policy for what a command read of a log: whoever has the key of a log can write another one, so an answer is sure only of
 * what enough witnesses have cosigned.
 */

/** A log, and how much of it a quorum has cosigned. */
export interface CosignedLog {
  readonly name: string
  /** How many entries the log has. */
  readonly size: number
  readonly witnessed: WitnessedPart
  /** The time of its last entry, in milliseconds since the epoch; infinite if nobody can read it. */
  readonly lastMs: number
}

/** Why an answer is not sure, and what it does not speak of. Sentences for people. */
export interface QuorumDoubts {
  /** With one of them the command cannot tell. */
  readonly untold: readonly string[]
  /** The newest entries of a log may await their witnesses for some minutes. */
  readonly notes: readonly string[]
}

/** How many of the last entries of a log are read to learn when it ends. */
const LAST_ENTRIES = 8

/** Reads how much of a log is cosigned. Rejects with a LogDamagedError if the newest cosigned checkpoint is not of the log's tree. */
export async function readCosigned(reader: LogReader): Promise<CosignedLog> {
  const witnessed = await findWitnessedPart(reader)
  const { size } = reader.head.checkpoint
  const isWhole = witnessed.size >= size
  const times = isWhole ? [] : await readTimes(reader.entries(Math.max(0, size - LAST_ENTRIES)), LAST_ENTRIES)
  const lastMs = times.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...times)
  return { name: reader.log.name, size, witnessed, lastMs }
}

/** Says why single entries are not sure. `end` is the index behind the last of them; 0 without any. */
export function doubtEntries(log: CosignedLog, end: number): QuorumDoubts {
  return { untold: end === 0 ? [] : listUnwitnessed(log, end), notes: [] }
}

/**
 * Says why an answer about a whole log is not sure: what it found, and that there is nothing else.
 * @param end the index behind the last entry that the answer names; 0 if it names none
 * @param untilMs the end of the range that was asked about, in milliseconds since the epoch; undefined without an end
 */
export function doubtWhole(log: CosignedLog, end: number, untilMs?: number): QuorumDoubts {
  const { untold } = doubtEntries(log, end)
  const { timeMs } = log.witnessed
  if (untold.length > 0 || (untilMs !== undefined && timeMs !== null && untilMs <= timeMs)) return { untold, notes: [] }
  const lastMs = Math.min(log.lastMs, untilMs ?? Number.POSITIVE_INFINITY)
  const found = checkWitnesses({ side: log, endIndex: log.size, lastMs })
  const said = (kind: string): readonly string[] => found.flatMap((each) => (each.class === kind ? [each.what] : []))
  return { untold: said('UNWITNESSED'), notes: said('AWAITS_WITNESSES') }
}

/** Joins the doubts about several logs. */
export function joinDoubts(doubts: readonly QuorumDoubts[]): QuorumDoubts {
  return { untold: doubts.flatMap(({ untold }) => untold), notes: doubts.flatMap(({ notes }) => notes) }
}

/** Turns an answer that is not sure into «could not tell»; one that says that there is nothing is then not shown at all. Adds the notes to the others. */
export function answerInQuorum(answer: Answer, { untold, notes }: QuorumDoubts): Answer {
  if (untold.length === 0) {
    const text = [answer.text, ...notes.map((note) => say('remark', { note }))].filter((line) => line !== '').join('\n')
    return notes.length === 0 ? answer : { ...answer, text, json: { ...answer.json, notes } }
  }
  const known = typeof answer.json.reason === 'string' ? [answer.json.reason] : []
  const json = { ...answer.json, unwitnessed: untold, reason: [...known, ...untold].join('; ') }
  return { verdict: 'UNTOLD', text: answer.verdict === 'FAILS' ? '' : answer.text, json }
}

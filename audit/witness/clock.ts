import { cosignatureTime, type NoteVerifier } from '../note/key.ts'
import { parseNote } from '../note/note.ts'
import { MAX_CLOCK_DIFFERENCE_MS } from '../note/policy.ts'

/**
 * Watches the clock of a witness. The times in cosignatures say until when a log was watched. So a witness whose clock runs wrong
 * signs nothing until somebody has looked at it.
 */

/** How far the clock may be behind the last cosignature, in milliseconds: synchronisation sets clocks back a little. */
const MAX_SET_BACK_MS = 60_000

/** Two clocks of one machine, in milliseconds. */
export interface WitnessClock {
  /** The time since 1970, which somebody can set. */
  readonly now: () => number
  /** The time since some moment, which nobody can set. */
  readonly elapsed: () => number
}

/** Checks the clock. Each function returns a sentence for the operator, or undefined if nothing is wrong. */
export interface ClockWatch {
  /** Compares the time that passed since the start on both clocks. */
  readonly findJump: () => string | undefined
  /** Compares the clock with the time of the last cosignature, in seconds since 1970. */
  readonly findSetBack: (lastTime: number | undefined) => string | undefined
  /**
   * Compares the clock with the cosignatures of other witnesses on a checkpoint. They may be old, so only later times say something.
   * One witness may lie or run wrong itself, so it takes two.
   */
  readonly findBehindOthers: (checkpoint: string, others: readonly NoteVerifier[]) => string | undefined
}

/** The clocks of this machine. */
export const SYSTEM_CLOCK: WitnessClock = { now: () => Date.now(), elapsed: () => performance.now() }

/** Begins to watch a clock. */
export function watchClock({ now, elapsed }: WitnessClock): ClockWatch {
  const [startedAt, begun] = [now(), elapsed()]
  return {
    findJump: () => {
      const jumped = Math.round((now() - startedAt - (elapsed() - begun)) / 1_000)
      if (Math.abs(jumped) * 1_000 <= MAX_CLOCK_DIFFERENCE_MS) return undefined
      return `the clock of this witness was set by ${jumped} s since its start. Correct the clock, and start the witness again`
    },
    findSetBack: (lastTime) => {
      const behind = lastTime === undefined ? 0 : lastTime - Math.floor(now() / 1_000)
      if (behind * 1_000 <= MAX_SET_BACK_MS) return undefined
      return `the clock of this witness is ${behind} s behind its last cosignature. Correct the clock`
    },
    findBehindOthers: (checkpoint, others) => {
      const { text, signatures } = parseNote(checkpoint)
      const times = signatures.flatMap(({ name, keyId, signature }) => {
        const by = others.find((other) => other.name === name && other.keyId === keyId)
        return by?.verify(text, signature) ? [cosignatureTime(signature) ?? 0] : []
      })
      const [, second = 0] = times.toSorted((one, other) => other - one)
      const behind = second - Math.floor(now() / 1_000)
      if (behind * 1_000 <= MAX_CLOCK_DIFFERENCE_MS) return undefined
      return `the clock of this witness is ${behind} s behind those of two other witnesses. Correct the clock`
    },
  }
}

import { type Checkpoint, parseCheckpoint } from '../note/checkpoint.ts'
import { NoteError } from '../note/key.ts'
import { parseNote } from '../note/note.ts'
import { checkCheckpoint, type Policy, withRotations } from '../note/policy.ts'
import type { KeyRotation } from '../note/rotation.ts'
import { readRotations } from './read-rotations.ts'
import type { LogSource, Report } from './source.ts'

/** Reads the rotations of the log's key. Reports a wrong one, and then trusts only the keys of the trust policy. */
export async function readKeys(
  source: LogSource,
  policy: Policy,
  report: Report,
): Promise<{ readonly rotations: readonly KeyRotation[]; readonly policy: Policy }> {
  try {
    const rotations = await readRotations(source)
    return { rotations, policy: withRotations(policy, rotations) }
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    const expected = 'rotations that lead to a key of the trust policy'
    report({ kind: 'SIGNATURE', where: 'rotations', expected, came: error.message })
    return { rotations: [], policy }
  }
}

/** The checkpoint in the folder of a log. */
export interface Head {
  readonly note: string
  readonly checkpoint: Checkpoint
  readonly isSigned: boolean
}

/** Reads the checkpoint. Reports a wrong signature, but still returns the checkpoint, because its size says what else to check. */
export async function readHead(source: LogSource, policy: Policy, report: Report): Promise<Head | undefined> {
  const bytes = await source.read('checkpoint')
  if (bytes === undefined) {
    report({ kind: 'MISSING', where: 'checkpoint', expected: 'a file', came: 'none' })
    return undefined
  }
  const note = Buffer.from(bytes).toString('utf8')
  try {
    return { note, checkpoint: checkCheckpoint(bytes, policy).checkpoint, isSigned: true }
  } catch (error) {
    report({
      kind: 'SIGNATURE',
      where: 'checkpoint',
      expected: 'a checkpoint that the log of the trust policy signed',
      came: (error as Error).message,
    })
  }
  try {
    return { note, checkpoint: parseCheckpoint(parseNote(bytes).text), isSigned: false }
  } catch {
    return undefined
  }
}

import { join } from 'node:path'
import { readSuspension, SuspensionInvalidError, type SuspensionStatement } from '../../contract/trust/suspension.ts'
import { restoreSuspensions } from '../../contract/trust/suspension-state.ts'
import { indexSuspensions, type Suspension } from './find-suspension.ts'
import { readInbox } from './inbox.ts'
import { readStatements } from './statement-file.ts'

/** What somebody beside a process sees of its folder, whether or not the process runs. */
export interface SuspensionFolder {
  /** What is suspended, by the statements that the process has taken. */
  readonly inForce: readonly Suspension[]
  /** The statements that wait to be taken. Nobody has verified them. */
  readonly waiting: readonly SuspensionStatement[]
  /** The highest `seq` of each signer, of both. */
  readonly seqs: ReadonlyMap<string, number>
}

/**
 * Reads a process's folder of suspensions. A folder that does not exist has none.
 * @throws {Error} if what it keeps is damaged.
 */
export async function readSuspensionFolder(folder: string): Promise<SuspensionFolder> {
  const { statements, seqs: kept } = await readStatements(join(folder, 'statements.jsonl'))
  const state = restoreSuspensions(statements, kept)
  const waiting = (await readInbox(folder)).flatMap((read) => ('text' in read ? readForm(read.text) : []))
  const seqs = new Map(state.seqs)
  for (const { claims } of waiting) seqs.set(claims.iss, Math.max(claims.seq, seqs.get(claims.iss) ?? 0))
  return { inForce: indexSuspensions(state).list, waiting, seqs }
}

function readForm(text: string): readonly SuspensionStatement[] {
  try {
    return [readSuspension(text)]
  } catch (error) {
    if (error instanceof SuspensionInvalidError) return []
    throw error
  }
}

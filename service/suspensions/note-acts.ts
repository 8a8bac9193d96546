import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { CountedStatement } from '../../contract/trust/suspension-state.ts'
import { replaceFile } from '../replace-file.ts'
import { describeSuspension, type SuspensionAct } from './find-suspension.ts'

/** Where to remember how far it came, and how an act's entry is written. */
interface NoteOptions {
  readonly folder: string
  readonly note?: (act: SuspensionAct) => Promise<void>
  readonly log: Pick<Logger, 'error'>
}

/** Makes the act of a statement, for the entry of the audit log. */
export function toAct({ statement }: CountedStatement): SuspensionAct {
  return { action: statement.claims.action, ...describeSuspension(statement) }
}

/**
 * Writes the entries of acts into the audit log, in their order, and remembers how far it came.
 * @param kept the statements of the folder. Those that have no entry yet get one.
 */
export async function openEntries({ folder, note, log }: NoteOptions, kept: readonly CountedStatement[]) {
  const path = join(folder, 'noted')
  const noted = Number(await readFile(path, 'utf8').catch(() => '0'))
  const waiting = kept
    .filter(({ position }) => position > noted)
    .map((counted) => ({ act: toAct(counted), position: counted.position }))
  // An entry that is written is not written again because this file cannot be.
  let remembered = noted
  let written = noted
  const remember = async (): Promise<void> => {
    if (remembered === written) return
    await replaceFile(path, String(written))
    remembered = written
  }
  let hasFailed = false
  let writing: Promise<void> = Promise.resolve()
  const writeAll = async (): Promise<void> => {
    try {
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        await note?.(next.act)
        waiting.shift()
        written = next.position
        await remember()
      }
      await remember()
      hasFailed = false
    } catch (err) {
      if (!hasFailed) log.error({ err }, 'the entry of a suspension cannot be written; the next try follows')
      hasFailed = true
    }
  }
  const write = (): Promise<void> => {
    writing = writing.then(writeAll)
    return writing
  }
  return {
    add(act: SuspensionAct, position: number) {
      waiting.push({ act, position })
      void write()
    },
    write,
  }
}

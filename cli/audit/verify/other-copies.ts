import { parseCheckpoint } from '../../../audit/note/checkpoint.ts'
import { NoteError } from '../../../audit/note/key.ts'
import { parseNote } from '../../../audit/note/note.ts'
import type { KeyRotation } from '../../../audit/note/rotation.ts'
import type { ToldNote } from '../../../audit/verify/find-splits.ts'
import { readRotations } from '../../../audit/verify/read-rotations.ts'
import type { LogSource } from '../../../audit/verify/source.ts'

/**
 * Reads the checkpoint of each source, and returns for each source those of the other copies of its log that are not longer than it. Two copies of one
 * log that were given to two readers can each be whole and contradict each other, so each is compared with the shorter ones.
 * @returns one list for each source. A source whose checkpoint cannot be read has none, and is in none.
 */
export async function readOtherCopies(sources: readonly LogSource[]): Promise<readonly (readonly ToldNote[])[]> {
  const heads = await Promise.all(sources.map(readHead))
  return heads.map((own, at) =>
    heads.flatMap((other, otherAt) => {
      if (own === undefined || other === undefined || own.origin !== other.origin) return []
      // Of two copies of one size, only the later one is compared, so that a contradiction is found once.
      const isShorter = other.size < own.size || (other.size === own.size && otherAt < at)
      return isShorter ? [{ note: other.note, where: other.where, rotations: other.rotations }] : []
    }),
  )
}

interface Head extends Required<ToldNote> {
  readonly origin: string
  readonly size: number
}

/** The verification of the source reports why its checkpoint cannot be read. */
async function readHead(source: LogSource): Promise<Head | undefined> {
  try {
    const note = Buffer.from((await source.read('checkpoint')) ?? '').toString('utf8')
    const { origin, size } = parseCheckpoint(parseNote(note).text)
    return { note, where: `the copy ${source.name}`, origin, size, rotations: await readOwnRotations(source) }
  } catch {
    return undefined
  }
}

/** Wrong rotations count for none: the verification of the source reports them. */
async function readOwnRotations(source: LogSource): Promise<readonly KeyRotation[]> {
  try {
    return await readRotations(source)
  } catch (error) {
    if (error instanceof NoteError) return []
    throw error
  }
}

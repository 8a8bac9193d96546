import { parseCheckpoint } from '../../../audit/note/checkpoint.ts'
import { parseNote } from '../../../audit/note/note.ts'
import {
  encodeCosignedSizes,
  type Heads,
  hashOrigin,
  type LastHead,
  RECORD_BYTES,
} from '../../../audit/witness/heads.ts'

/** Creates the memory of a witness that forgets everything with the process, for tests that make hundreds of witnesses. */
export function createMemoryHeads(): Heads {
  const notes = new Map<string, string>()
  const sizes: LastHead[] = []
  return {
    last: async (origin) => {
      const note = notes.get(hashOrigin(origin))
      return note === undefined ? undefined : { ...parseCheckpoint(parseNote(note).text), time: undefined }
    },
    note: async (originHash) => notes.get(originHash),
    store: async (origin, note) => {
      const head = parseCheckpoint(parseNote(note).text)
      if (sizes.at(-1)?.size !== head.size) sizes.push({ ...head, time: 0 })
      notes.set(hashOrigin(origin), note)
    },
    history: async (originHash, from, most) => {
      if (!notes.has(originHash)) return undefined
      const bytes = encodeCosignedSizes(sizes.map(({ size, root, time = 0 }) => ({ size, root, time })))
      return bytes.subarray(from * RECORD_BYTES, (from + most) * RECORD_BYTES)
    },
    inTurn: (_, work) => work(),
    close: async () => undefined,
  }
}

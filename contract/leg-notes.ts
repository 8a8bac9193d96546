import { memberOf } from './json-value.ts'

/**
 * What a national subgraph says about its own answer beside the data: `extensions.istmo.notes` of the leg's GraphQL response. The
 * gateway makes a note the code of the country's outcome (docs/design/contract.md, What a failure does).
 */

/** The codes that a note may have. Each is a code of the reach `ANSWERED`. */
export const LEG_NOTE_CODES = ['ROWS_DROPPED', 'COVERAGE_PARTIAL', 'QUOTA_REACHED'] as const

/** One of {@link LEG_NOTE_CODES}. */
export type LegNoteCode = (typeof LEG_NOTE_CODES)[number]

/** One note. `count` is the number of rows that are left out, where the node knows it. */
export interface LegNote {
  readonly code: LegNoteCode
  readonly count?: number
}

/** A gateway reads at most so many notes of one answer: one for each code is enough. */
const MAX_NOTES = 10

/**
 * Reads the notes in the `extensions` of a leg's answer.
 *
 * @param extensions the member `extensions` as it came: any JSON value.
 * @returns the notes in their order; an empty list if there are none.
 * @throws {TypeError} if the notes do not have the form above. The message quotes nothing of the answer.
 */
export function parseLegNotes(extensions: unknown): readonly LegNote[] {
  const notes = memberOf(memberOf(extensions, 'istmo'), 'notes')
  if (notes === undefined) return []
  if (!Array.isArray(notes) || notes.length > MAX_NOTES) {
    throw new TypeError(`expected \`extensions.istmo.notes\` to be a list of at most ${MAX_NOTES} notes`)
  }
  return notes.map(parseNote)
}

function parseNote(note: unknown): LegNote {
  const code = LEG_NOTE_CODES.find((known) => known === memberOf(note, 'code'))
  if (code === undefined) throw new TypeError(`expected the code of a note to be one of ${LEG_NOTE_CODES.join(', ')}`)
  const count = memberOf(note, 'count')
  if (count === undefined) return { code }
  if (!Number.isSafeInteger(count) || (count as number) < 0) {
    throw new TypeError('expected the count of a note to be a whole number of rows')
  }
  return { code, count: count as number }
}

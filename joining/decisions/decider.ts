import { readWords } from '../../contract/read-words.ts'

/** Who decided something, and when. Nothing counts that no person decided. */

/** The words of a yes and of a no, and names that no person has, because a script or a template fills them in: all folded. */
const WORDS: Readonly<Record<'yes' | 'no' | 'nobody', readonly string[]>> = readWords(
  new URL('decider.yaml', import.meta.url),
)

/** A name: letters of any script in at least one word of two letters, with what names have between them. */
const NAME = /^(?=.*\p{L}{2})\p{L}[\p{L}\p{M} .,'’·-]{1,119}$/u

/** What stands in a cell that asks for yes or no: `undecided` if it is empty, null if it is something else. */
export function readAnswer(cell: string): 'yes' | 'no' | 'undecided' | null {
  const folded = fold(cell)
  if (folded === '') return 'undecided'
  if (WORDS.yes.includes(folded)) return 'yes'
  return WORDS.no.includes(folded) ? 'no' : null
}

/** Reads the name of a person; null if the cell has none. */
export function readPersonName(cell: string): string | null {
  const name = visible(cell).replaceAll(/\s+/gu, ' ').normalize('NFC')
  return NAME.test(name) && !WORDS.nobody.includes(fold(name)) ? name : null
}

/**
 * Reads the day of a decision.
 * @param nowMs milliseconds since the epoch: a decision is not of the future. A day counts everywhere on earth.
 * @returns null if the cell is not a day `YYYY-MM-DD` that exists, or is in the future.
 */
export function readDay(cell: string, nowMs: number): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(cell)) return null
  const ms = Date.parse(`${cell}T00:00:00Z`)
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== cell) return null
  return ms <= nowMs + FOURTEEN_HOURS_MS ? cell : null
}

/** By how much the easternmost clocks are ahead of UTC, in milliseconds. */
const FOURTEEN_HOURS_MS = 14 * 3_600_000

/** Returns a cell without characters that nobody sees, trimmed. */
function visible(cell: string): string {
  return cell.replaceAll(/[\p{Cf}\p{Cc}\p{Cs}\p{Co}\u115F\u1160\u3164\uFFA0\u2800]/gu, ' ').trim()
}

function fold(cell: string): string {
  return visible(cell)
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

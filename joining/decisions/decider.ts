/** Who decided something, and when. Nothing counts that no person decided. */

/** The words of a yes and a no, folded. */
const YES: ReadonlySet<string> = new Set(['yes', 'y', 'si', 's', 'x', 'true', 'verdadero', '1'])
const NO: ReadonlySet<string> = new Set(['no', 'n', 'false', 'falso', '0'])

/** A name: letters of any script in at least one word of two letters, with what names have between them. */
const NAME = /^(?=.*\p{L}{2})\p{L}[\p{L}\p{M} .,'’·-]{1,119}$/u

/** Names that no person has, folded: what a script or a template would fill in. */
const NOBODY: ReadonlySet<string> = new Set([
  'na',
  'n a',
  'nn',
  'none',
  'nobody',
  'nadie',
  'null',
  'undefined',
  'system',
  'sistema',
  'auto',
  'automatic',
  'automatico',
  'istmo',
  'admin',
  'root',
  'test',
])

/** What stands in a cell that asks for yes or no: `undecided` if it is empty, null if it is something else. */
export function readAnswer(cell: string): 'yes' | 'no' | 'undecided' | null {
  const folded = fold(cell)
  if (folded === '') return 'undecided'
  if (YES.has(folded)) return 'yes'
  return NO.has(folded) ? 'no' : null
}

/** Reads the name of a person; null if the cell has none. */
export function readPersonName(cell: string): string | null {
  const name = visible(cell).replaceAll(/\s+/gu, ' ').normalize('NFC')
  return NAME.test(name) && !NOBODY.has(fold(name)) ? name : null
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

/**
 * Finds the checkpoints in a text that somebody gives: a checkpoint, a proof (C2SP tlog-proof), an answer of `/status`, a file of known
 * checkpoints, the lines of an export, or the evidence of a split view. Nothing is verified here.
 */

/** The first line of a C2SP tlog-proof. */
const PROOF_MARK = 'c2sp.org/tlog-proof@v1\n'

/** How deep a JSON value is searched. */
const MAX_DEPTH = 8

/** Returns the notes in a text, each once. The list is empty if there is none. */
export function extractNotes(text: string): readonly string[] {
  const found = new Set<string>()
  const take = (value: unknown, depth = 0): void => {
    if (typeof value === 'string') {
      const note = readNoteText(value)
      if (note !== undefined) found.add(note)
    } else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) {
      for (const each of Object.values(value)) take(each, depth + 1)
    }
  }
  for (const value of parseJsonOrLines(text)) take(value)
  return [...found]
}

function parseJsonOrLines(text: string): readonly unknown[] {
  if (!/^\s*[{[]/.test(text)) return [text]
  try {
    return [JSON.parse(text)]
  } catch {
    return text.split('\n').flatMap((line) => {
      try {
        return [JSON.parse(line) as unknown]
      } catch {
        return []
      }
    })
  }
}

/** Returns the note in a text: the text itself, or the checkpoint at the end of a proof. */
function readNoteText(text: string): string | undefined {
  const note = text.startsWith(PROOF_MARK) ? text.slice(text.indexOf('\n\n') + 2) : text
  return /^[^\n]+\n\d+\n[A-Za-z0-9+/]{43}=\n(?:[^\n]+\n)*\n— /.test(note) ? note : undefined
}

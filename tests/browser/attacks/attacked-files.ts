/** Files that a national team or an auditor opens in the browser, with each text of them the attacker's. */
import type { Marks } from './payloads.ts'

/** A file, where it is opened, and what the page shows of it. */
export interface AttackedFile {
  readonly place: string
  /** The selector of its input, if the page has more than one. */
  readonly path?: string
  readonly name: string
  readonly content: string
  /** A text of it that is there when the page has read it. */
  readonly shows: (marks: Marks) => string
}

/** Writes the files. `write` gives the attacker's text for a place. */
export function writeAttackedFiles(write: (place: string) => string): readonly AttackedFile[] {
  const note = { id: '00000000-0000-4000-8000-000000000000', kind: 'person', record: 'GT:P\u3164-1', changedAt: 1 }
  return [
    {
      ...{ place: '/notes', name: 'notes.json', shows: (marks) => marks.of('notes.text') },
      content: JSON.stringify({ istmo: 'notes', version: 1, notes: [{ ...note, text: write('notes.text') }] }),
    },
  ]
}

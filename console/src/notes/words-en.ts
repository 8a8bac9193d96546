import type { Widened } from '../words/widened.ts'
import type { NOTES_ES } from './words-es.ts'

/** The English words of notes. */
export const NOTES_EN: Widened<typeof NOTES_ES> = {
  notes: {
    title: 'Notes',
    where: 'They are in this browser only. They are never sent to anybody.',
    toAll: 'All my notes',
    about:
      'Your notes about persons and cases. They are in this browser only: no country, gateway or authority gets them.',
    warning:
      'Whoever uses this account of the computer could read them, because they are not encrypted. They stay when you sign out. If the browser deletes its data, they are lost: export them to a file.',
    none: 'There are no notes yet. Open a dossier or a case, and write one at the end of the page.',
    new: 'New note',
    keep: 'Keep the note',
    change: 'Change the note',
    remove: 'Delete the note',
    removed: 'The note was deleted.',
    removeAll: 'Delete everything',
    removeAllAbout_one: 'This deletes your one note from this browser. Only a file can bring it back.',
    removeAllAbout_other: 'This deletes your {{count}} notes from this browser. Only a file can bring them back.',
    file: 'Take the notes to another browser',
    export: 'Export the notes',
    import: 'Import a file of notes',
    importHelp: 'Of two versions of a note the newer one stays. No other note is deleted.',
    imported_one: '{{count}} note was imported.',
    imported_other: '{{count}} notes were imported.',
    problemFile: 'This is not a file of notes of Istmo. Choose one that was made with «Export the notes».',
    problemVersion: 'This file is of another version ({{version}}). Update the console.',
    problemNote: 'Note {{number}} of the file does not have the form of a note. Nothing was imported.',
    problemTooMany: 'The file has {{count}} notes. 10000 are allowed: divide it.',
    failed: 'The browser could not do this with the notes: {{message}}',
  },
}

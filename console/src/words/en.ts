import { ANALYST_EN } from '../analyst/words-en.ts'
import { EXPORT_EN } from '../export/words-en.ts'
import { NOTES_EN } from '../notes/words-en.ts'
import { SHELL_EN } from '../shell/words-en.ts'
import type { ES } from './es.ts'
import type { Widened } from './widened.ts'

/** The console’s words in English. They have the members of the Spanish ones. */
export const EN: Widened<typeof ES> = {
  ...ANALYST_EN,
  ...EXPORT_EN,
  ...NOTES_EN,
  ...SHELL_EN,
  purpose: {
    INVESTIGATION: 'Investigation',
    PROSECUTION: 'Prosecution',
    ARREST_EXTRADITION: 'Arrest and extradition',
    ASSET_RECOVERY: 'Asset recovery',
    VICTIM_PROTECTION: 'Protection of victims',
    IMMINENT_DANGER: 'Imminent danger',
    OVERSIGHT: 'Oversight',
  },
  otherPurpose: {
    about: 'What you see, or a part of it, was asked for «{{before}}». What comes next is asked for «{{now}}».',
    again: 'Ask again for «{{now}}»',
  },
  common: {
    country: 'Country',
    name: 'Name',
    birthDate: 'Born',
    id: 'Record',
    handling: 'Handling',
    band: 'Match',
    matched: 'Name that matched',
    open: 'Open',
    search: 'Search',
    more: 'More results',
    all: 'Fetch all',
    stop: 'Stop',
    rows_one: '{{count}} row',
    rows_other: '{{count}} rows',
    rowsMore: '{{count}} rows so far; there are more',
    rowsAll: '{{count}} rows; there are no more',
    empty: 'The countries that answered have no results.',
    emptyButMissing: 'The countries that answered have no results, but countries are missing. See the line below.',
    hidden: 'hidden',
    failed: 'The question could not be asked: {{message}}',
    again: 'Ask again',
    undo: 'Undo',
    dismiss: 'Understood',
    export: 'Export CSV',
    exportXlsx: 'Export XLSX',
    exportPdf: 'Export PDF',
    print: 'Print',
    none: '—',
    synthetic: 'made up',
    loading: 'Loading…',
    notFound: 'This page does not exist.',
    toSearch: 'Go to the search',
    broken: 'This page failed. Everything else still works.',
    pageUnreachable: 'This page could not be loaded. Check your connection and try again.',
  },
  band: { EXACT_IDENTIFIER: 'Exact identifier', STRONG: 'Strong', WEAK: 'Weak: check it' },
  handling: {
    H0: 'Only to prevent and combat crime',
    H1: 'Not as evidence without permission',
    H2: 'Not to be passed on without permission',
    H3: 'Other limits: see the note',
  },
  apart: {
    held_one: '{{count}} row came that belongs between those that you see.',
    held_other: '{{count}} rows came that belong between those that you see.',
    show: 'Show them in their place',
    awaited: 'Awaited: {{countries}}. You can use what has come; rows that come later move nothing without a sign.',
    late: 'Did not answer in time: {{countries}}.',
    long: 'The page waits for all countries. Each can also be asked by itself: you see each answer as soon as it comes, and each question is in the logs.',
    split: 'Do not wait for all',
  },
}

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
    rowsMore_one: '{{shown}} row so far; there are more',
    rowsMore_other: '{{shown}} rows so far; there are more',
    rowsAll_one: '{{shown}} row; there are no more',
    rowsAll_other: '{{shown}} rows; there are no more',
    rowsAnswered_one: '{{shown}} row; those who answered have no more, but countries or parts of them are missing',
    rowsAnswered_other: '{{shown}} rows; those who answered have no more, but countries or parts of them are missing',
    empty: 'The countries that answered have no results.',
    notAllowed:
      'Your mandate does not allow this question, so no country was asked. «Details by country» says which permission is missing.',
    unanswered:
      '{{country}} did not give its part, so nobody knows whether this record exists. The line below says why.',
    emptyButMissing:
      'The countries that answered have no results, but countries or parts of them are missing. See the line below.',
    hidden: 'hidden',
    failed: 'The question could not be asked. {{message}}',
    again: 'Ask again',
    undo: 'Undo',
    dismiss: 'Understood',
    export: 'Export CSV',
    exportXlsx: 'Export XLSX',
    exportPdf: 'Export PDF',
    print: 'Print',
    none: '—',
    mixedScripts: 'It mixes letters of several alphabets that look alike: compare them with care.',
    synthetic: 'made up',
    loading: 'Loading…',
    notFound: 'This page does not exist.',
    toSearch: 'Go to the search',
    broken: 'This page failed. Everything else still works.',
    pageUnreachable: 'This page could not be loaded. Check your connection and try again.',
  },
  problem: {
    NOT_REACHED: 'Nobody answered. Check your connection and try again.',
    ANSWER_NOT_UNDERSTOOD:
      'What came is not an answer (status {{status}}). Try again; if it happens again, tell whoever runs the console.',
    TOKEN_REFUSED:
      'Your country’s mandate authority gave no permission ({{error}}). Ask the security officer of your institution.',
    PURPOSE_MISSING: 'The purpose is missing. Choose it at the top, in «Change purpose».',
    CASE_MISSING: 'The disclosure of the case is missing. Choose it at the top, in «Change purpose».',
    CASE_OF_OTHER_MANDATE:
      'The disclosure is of another case. Choose in «Change purpose» the one that came with your mandate.',
    DOCUMENT_HAS_LITERAL: 'The console made a mistake in this question. Tell whoever runs it.',
    VARIABLE_WITHOUT_VALUE: 'The console made a mistake in this question: «{{name}}» is missing. Tell whoever runs it.',
    OTHER:
      'Something failed on this page. Try again; if it happens again, tell whoever runs the console. ({{message}})',
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
  section: {
    '01': 'Acts leading or intending to lead to death',
    '02': 'Acts causing or intending to cause harm to the person',
    '03': 'Injurious acts of a sexual nature',
    '04': 'Acts against property with violence or threat',
    '05': 'Acts against property only',
    '06': 'Acts involving controlled drugs',
    '07': 'Acts involving fraud, deception or corruption',
    '08': 'Acts against public order and authority',
    '09': 'Acts against public safety and state security',
    '10': 'Acts against the natural environment',
    '11': 'Other criminal acts',
  },
}

import type { FindingId } from '../finding.ts'
import type { CheckWords, FindingWords } from './check-words.ts'

/** What each finding says in English. `{name}` stands for one of its details. */
const FINDINGS: Readonly<Record<FindingId, FindingWords>> = {
  NOT_CHECKED: ['{lacks}', 'nothing, so this part was not checked', 'Give {lacks}.'],
  CHECK_FAILED: ['a check that ends', 'it broke off: {reason}', 'Correct the cause and check again.'],
  RULES_WRONG: ['a country file that can be used', '{reason}', 'Correct the file (docs/access.md).'],
  RULES_NOBODY: [
    'task forces that you recognise',
    'none, so you answer only what has no rule',
    'Add `taskForces` when you join one (docs/access.md).',
  ],
  RULES_CUT_OFF: [
    'a file that ends with a line break',
    'one without: it may be cut off, and a node that had it with one keeps its old rules',
    'Look whether the file is complete, and end its last line.',
  ],
  TASK_FORCE_ENDED: ['a last day that is not over', '{notAfter}', 'Write the new last day, or remove the task force.'],
  TASK_FORCE_WITHOUT_CALLERS: [
    '`callers` that name whose officers you believe',
    'none, so your node answers no officer',
    'Add `callers` (docs/access.md).',
  ],
  RULES_LOOSER: [
    'rules that are at least as strict as before: {before}',
    '{after}',
    'If you want this, tell whoever decides; else put back what was there.',
  ],
  SECRET_OPEN: [
    'a secret that only its owner can read',
    '{setting}: other users of this machine may use {file}',
    'Run: chmod 600 {file}',
  ],
  SDL_WRONG: ['an SDL that node and gateway take', '{fault}', 'Correct the line.'],
  SDL_LOOSER: [
    'at least what the contract demands here: {before}',
    '{after}',
    'Add the rules that the contract has there.',
  ],
  PII_DROPPED: ['@pii, as in the contract', 'none', 'Put @pii back, with the class of the contract.'],
  PII_WITHOUT_RULE: [
    'a rule for personal data of the class {class}',
    'none',
    'Put @authenticated, @requiresScopes or @policy on it or on its type; on what is given to a field, put @reveals.',
  ],
  SDL_BREAKS: ['what the contract has', '{change}', 'Write it as the contract does.'],
  SDL_LEAVES_OUT: [
    'your decision to leave it out',
    'it is not published, and a caller sees PARTLY_NOT_PUBLISHED',
    'Nothing, if you want this.',
  ],
  SDL_ADDS: ['what the contract has', '{change}', 'Nothing: the gateway never asks for it.'],
  GRAPH_WRONG: [
    'an SDL that fits the graph of the gateway',
    '{fault}',
    'Use the version of the gateway, or correct the line.',
  ],
  GRAPH_LOOSER: [
    'at least what the graph of the gateway demands here: {before}',
    '{after}',
    'Use the version of the gateway, or add the rules.',
  ],
  OPERATION_WRONG: ['an operation that fits the graph', '{fault}', 'Ask its owner to correct the operation.'],
  OPERATION_PARTLY: [
    'each field of this registered operation',
    'without {fields}, which you do not publish',
    'Nothing, if you want this.',
  ],
  DATABASE_UNUSABLE: ['a database that can be used', '{reason}', 'Correct --database-url or --database-folder.'],
  DATABASE_OF_OTHER_COUNTRY: ['a database of {country}', 'one of {came}', 'Give each country a database of its own.'],
  MIGRATION_MISSING: [
    'a database that has run this migration',
    'one that has not',
    'Start the node of this version once.',
  ],
  INDEX_MISSING: ['the index {definition}', 'none', 'Create it: {definition}.'],
  INDEX_INVALID: ['an index that can be used', 'one that was not built to its end', 'Run «reindex index {index}».'],
  STATISTICS_OLD: [
    'statistics of a table with {rows} rows',
    'none, so PostgreSQL plans as if it were nearly empty',
    'Run «analyze {table}».',
  ],
  READER_UNSAFE: [
    'a role istmo_reader that row-level security binds',
    '{reason}',
    'Take the other rights from the role.',
  ],
  TABLE_OPEN: ['a table that hides its rows', '{problem}', '{remedy}'],
  PROTECTED_SHOWN: [
    'no protected row for the task force {taskForce}',
    'rows of victims, witnesses or minors',
    'Give the table back its policy of the migrations, or remove other policies.',
  ],
  TABLE_EMPTY: ['rows', 'none', 'Fill it (`istmo sync`), or do not publish the domain.'],
  VALUE_MISSING: ['a value, which the contract never leaves out', 'none', 'Give each row a value.'],
  VALUE_UNKNOWN: ['one of {values}', 'another value', 'Map the values of your source (docs/mapping.md).'],
  DATE_IMPOSSIBLE: ['a day from 0001-01-01 to 9999-12-31', 'another one', 'Correct the date, or leave it empty.'],
  DATES_REVERSED: ['{later} on or after {earlier}', 'it is before', 'Correct the dates at the source.'],
  DATE_IN_FUTURE: [
    'a day or a time that has come',
    'a later one',
    'Correct it at the source, or the clock. A time may have been read in the wrong time zone: write `zone` into the mapping (docs/mapping.md).',
  ],
  RECORDED_AFTER_CHANGE: [
    '`recorded_at` no later than `{changed}`, when the row changed last',
    'a later one, so `recordedSince` leaves the row out',
    'The time was read in the wrong time zone, or a clock is wrong. Write `zone` into the mapping (docs/mapping.md), or set the clock, and run `istmo sync`.',
  ],
  COUNTRY_UNKNOWN: ['a code of ISO 3166-1 alpha-2, or UN', 'another text', 'Write the code of two capital letters.'],
  HANDLING_UNKNOWN: [
    'handling codes of {values}, at least one, or a handlingNote that says why there is none',
    'none, or others',
    'Map your codes to the codes of the contract.',
  ],
  ICCS_MALFORMED: ['an ICCS code of 2, 4, 5 or 6 digits', 'another text', 'Write the code with its leading zero.'],
  ICCS_UNKNOWN: ['a code of the ICCS', 'one that is not in the list', 'Correct the code (`istmo iccs suggest`).'],
  ID_MALFORMED: [
    'a country code, a colon, and 1 to 120 letters, digits or any of ._:/- in NFC',
    'another text',
    'Correct the ids (docs/design/contract.md, Ids).',
  ],
  ID_OF_OTHER_COUNTRY: [
    'an id that begins with {country}:',
    'one of another country',
    'Put {country}: before your own ids.',
  ],
  LINK_TO_SELF: [
    'an id of another country',
    'one of {country}',
    'Remove the link, or write the id of the other country.',
  ],
  REFERENCE_DANGLES: ['a row of {target} with this id', 'none', 'Load the row, or leave the reference empty.'],
  DERIVED_UNCOVERED: ['derived data that covers each row', 'rows that a search would miss', '{remedy}'],
  SHARED_WITH_UNKNOWN: [
    'task forces that your country file names',
    '{taskForces}',
    'Add the task force to the file, or correct `shared_with`.',
  ],
  HANDLING_HIDES: [
    'a task force that is named for each row with a handling code other than H0 and H1',
    '{count} rows with only `*`, which nobody sees',
    'Name the task forces in `sharedWith` (docs/access.md, Rows), or correct `handling`.',
  ],
  SHARED_WITH_NOBODY: ['rows that are shared with somebody', 'none', 'Fill in `shared_with` (docs/access.md, Rows).'],
  VICTIM_NOT_PROTECTED: [
    '`protected` for a person who is only a victim or a witness',
    'false, so a search finds the person',
    'Set persons.person.protected for these persons.',
  ],
  MINOR_NOT_PROTECTED: [
    '`protected` for a person who is under 18 today',
    'false, so a search finds the person',
    'Map `protected` in your mapping (docs/mapping.md), or correct the day of birth.',
  ],
  BIRTH_DATE_DOUBTFUL: [
    'the day on which the person was born',
    'a day more than 120 years ago, or one that improbably many persons share, such as 1900-01-01',
    'Map the day that your forms fill in to nothing: a search by the true day does not find these persons.',
  ],
  IDENTIFIER_PLACEHOLDER: [
    'a number with a digit from 1 to 9',
    'none, such as «SIN CEDULA» or «000-0000»: no search compares it',
    'Map these values to nothing. If the document has no digits, tell whoever searches.',
  ],
  IDENTIFIER_OF_MANY: [
    'a number that one person has',
    'one that persons of more than ten names have: no search compares it',
    'Correct it at the source, or map it to nothing.',
  ],
  TEXT_GARBLED: [
    'text in the right encoding',
    'signs of a wrong one, such as «MuÃ±oz»: a search by the name misses the person',
    'Name the encoding of the source in the mapping (docs/mapping.md), or correct the texts there.',
  ],
  PERSON_NEVER_FOUND: ['a name with letters', 'none, so no search finds the person', 'Load the names.'],
  COVERAGE_UNSAID: [
    'what your law is complete for',
    'nothing, so each answer has the code COVERAGE_PARTIAL',
    'Fill in legal.coverage (docs/onboarding.md).',
  ],
  SEARCH_MISSES: [
    'that a search finds a person by the own name ({way})',
    'it does not',
    'Run «select persons.learn_all_words()», and look at the derived columns.',
  ],
  SEARCH_SHOWS_PROTECTED: [
    'that no search finds a protected person',
    'it does',
    'Give the functions and policies of `persons` back their text of the migrations.',
  ],
  ANSWER_FAILS: ['an answer', '{reason}', 'Look at the rows that the question reads.'],
  ANSWER_LATE: [
    'an answer within {deadlineMs} ms',
    '{ms} ms',
    'Add what is missing of indexes and statistics, or a faster server.',
  ],
  ANSWER_SLOW: [
    'an answer within half of {deadlineMs} ms',
    '{ms} ms',
    'Look at indexes, statistics and the size of the server.',
  ],
  PLAN_READS_ALL: [
    'that «{question}» uses an index',
    'it reads all {rows} rows',
    'Look at the indexes, and run «analyze {table}».',
  ],
  CLOCK_WRONG: [
    'a clock within {most} s of this machine',
    '{seconds} s',
    'Set both clocks by NTP: a leg token holds for 60 seconds.',
  ],
  CERTIFICATE_WRONG: ['a certificate that can be used', '{reason}', 'Make it with `istmo ca`, or correct the option.'],
  CERTIFICATE_ENDS: ['a certificate for more than {most} days', '{ends}', 'Renew it: `istmo ca renew`.'],
  CERTIFICATE_ENDED: ['a certificate that holds now', '{ends}', 'Renew it: `istmo ca renew`. Compare the clocks.'],
  CERTIFICATE_CHAIN: [
    'each certificate issued by the next one',
    '{subject} is not',
    'Put the chain in its order into the file.',
  ],
  CERTIFICATE_NAME: ['the name {host} of the country file', '{names}', 'Issue the certificate for this name.'],
  CERTIFICATE_PIN: [
    'one of the pins of the country file',
    '{pin}',
    'Write this pin into the file, and send it to the operator.',
  ],
}

/** The words of `istmo check` in English. */
export const ENGLISH: CheckWords = {
  language: 'en',
  findings: FINDINGS,
  severities: { error: 'error', warning: 'warning', note: 'note' },
  states: { done: 'done', 'not-done': 'not checked', failed: 'broke off' },
  parts: {
    rules: 'the country file',
    sdl: 'the SDL beside the contract',
    graph: 'the SDL beside the gateway’s graph',
    operations: 'the registered operations',
    certificates: 'the certificates',
    clock: 'the clocks',
    schema: 'tables and indexes',
    visibility: 'who sees which rows',
    rows: 'each row beside the contract',
    references: 'what rows name',
    derived: 'what is derived from rows',
    search: 'the search for persons',
    timings: 'how long answers take',
  },
  title: (country) => `Check of ${country}`,
  line: { expected: 'expected', came: 'came', remedy: 'remedy', rows: 'rows', such: 'such as' },
  columns: ['', 'finding', 'place', 'expected', 'came', 'remedy', 'rows'],
  partColumns: ['part', 'state', 'ms'],
  well: 'Everything that was checked is well.',
  sum: ({ error, warning, note }) => `${many(error, 'error')}, ${many(warning, 'warning')}, ${many(note, 'note')}.`,
  notDone: (count) =>
    `${count === 1 ? '1 part was' : `${count} parts were`} not checked: that is not the same as «well».`,
}

function many(count: number, one: string): string {
  return count === 1 ? `1 ${one}` : `${count} ${one}s`
}

import type { FieldType } from '../../contract/records/record-kind.ts'
import type { FormatFault } from './date-format.ts'
import type { ProblemWords } from './problem-words.ts'

const KINDS: Readonly<Record<FieldType['kind'], string>> = {
  text: 'texts',
  date: 'days',
  moment: 'moments',
  boolean: 'true or false',
  whole: 'whole numbers',
  id: 'ids',
  reference: 'ids of records',
  rowId: 'ids',
  country: 'countries',
  subdivision: 'codes of ISO 3166-2',
  iccs: 'codes of the ICCS',
  enum: 'words of the contract',
  list: 'lists',
}

/** A sign stands in quotes, a word does not. */
function shown(word: string): string {
  return /^\w/.test(word) ? word : `"${word}"`
}

const TOKENS = 'YYYY YY MMMM MMM MM M DD D HH H hh h mm ss S A Z'

function format(fault: FormatFault): string {
  switch (fault.kind) {
    case 'unknown':
      return `expected the signs ${TOKENS}; came «${fault.text}». Put words in brackets: D [de] MMMM [de] YYYY`
    case 'twice':
      return `expected each part of a date once; «${fault.text}» says a part again`
    case 'years':
      return 'expected to know the century of YY. Add yearsFrom: 1930 if 30 means 1930 and 29 means 2029'
    case 'lacks':
      return `expected ${fault.text} in the form too. ${fault.text === 'A' ? 'A is am or pm; without it, write HH for 0 to 23' : 'A day has a year, a month and a day'}`
  }
}

/** English. */
export const ENGLISH_PROBLEMS: ProblemWords = {
  map: 'keys with values',
  list: 'a list: [a, b]',
  text: 'a text',
  column: 'the name of a column',
  letter: 'one character',
  encoding: 'the name of an encoding, such as utf-8, windows-1252 or utf-16le',
  zone: 'a time zone of the IANA database, such as America/Managua',
  databaseUrl: (others) =>
    `the address of a database: postgres://USER@HOST/DATABASE, or ${others} in place of postgres`,
  mappingFile: 'a mapping: country, source, and a section such as cases',
  forms: {
    text: 'a text',
    date: 'a day that exists, as 2026-03-14',
    moment: 'a moment as 2026-03-14T09:26:53Z, or now',
    boolean: 'true or false',
    whole: 'a whole number from 0',
    id: 'an id: letters, digits or any of ._:/-',
    reference: 'the id of a record; one of another country has its code, as HN:P-12',
    rowId: 'an id',
    country: 'a code of ISO 3166-1 alpha-2 in capital letters, such as NI, or UN',
    subdivision: 'a code of ISO 3166-2, such as NI-MN',
    iccs: 'a code of the ICCS: 2, 4, 5 or 6 digits, with the leading zero',
    enum: 'a word of the contract',
    list: 'a list: [a, b]',
  },
  wholeFrom: (least, most) => `a whole number from ${least} to ${most}`,
  thousands: (decimal) => `one character that is neither a digit nor the sign before decimals, «${decimal}»`,
  orEverything: (form) => `"*", or ${form}`,
  cameMap: (keys) => (keys === 1 ? 'a key with a value' : `${keys} keys with values`),
  cameList: (items) => (items === 1 ? 'a list of one' : `a list of ${items}`),
  cameNothing: 'nothing',

  expected: (what, came) => `expected ${what}; came ${came}`,
  expectedWord: (words, came, closest) =>
    `expected one of ${words.map(shown).join(', ')}; came ${came}${closest === undefined ? '' : `. Did you mean ${closest}?`}`,
  unknownKey: (key, closest, known) =>
    `there is no key ${key} here.${closest === undefined ? ` The keys are ${known.join(', ')}` : ` Did you mean ${closest}?`}`,
  missing: (key, remedy) => `expected ${key}; it is missing${remedy === '' ? '' : `. ${remedy}`}`,
  notYaml: (reason) => `expected YAML: ${reason}. Indent with spaces, and put texts with special characters in quotes`,
  duplicateKey: 'expected each key once; this one is there twice. Keep one of them',
  noMapping: (reason) => `expected a mapping file in UTF-8; ${reason}. \`istmo map\` proposes one`,
  emptyList: 'expected something in the list; it is empty. Leave the key out if there is nothing',
  emptyItem: 'expected a value for each item of the list; one is empty',
  twice: (name) => `expected each name once; ${name} is there twice`,
  todo: 'TODO: this is for you to decide',

  belongsUnder: (key, parent) => `${key} belongs into the section ${parent}: indent it there`,
  noSection: (known) => `expected a section; there is none. The sections are ${known.join(', ')}`,
  countryRemedy: 'Write your code: country: NI',
  sourceRemedy: 'Write source: { sql: "postgres://…" } or source: { csv: { file: cases.csv } }',
  oneSource: (both) =>
    both ? 'expected sql or csv; both are there' : 'expected sql: "postgres://…" or csv: { file: … }; neither is there',
  passwordWithoutSql: 'expected sql beside passwordFile; only a database has a password',
  openPassword: `the password stands in the file. Put it into a file that only you can read (passwordFile: old.password), or write \${NAME} for a variable`,
  twoPasswords: 'expected one password; the address has one, and passwordFile another. Keep passwordFile',
  badVariable: `expected \${NAME} for a variable of the environment; a $ stands without it`,
  fromRemedy: (isSql) =>
    isSql ? 'Write from: a table, or a select' : 'Write from: cases.csv, or source: { csv: { file: cases.csv } }',
  selectFromCsv: 'expected a CSV file; came a select. Only a database has a select: write source: { sql: … }',
  onlySelect: 'expected a table or a select; came a statement that changes something. The source is only read',
  oneStatement: 'expected one select; there are several statements. Write a section for each',

  needsFrom: (key) =>
    `${key} is for sections with a from of their own. Without from, these rows are those of the section above`,
  countedParent: (key) =>
    `expected ${key}: the column with the id of the record above. That id counts rows, so that no other table has it`,
  fieldRemedy: (key, kind) => {
    if (kind === 'id' || kind === 'rowId') return `Write ${key}: and the column`
    return kind === 'enum' || kind === 'iccs'
      ? `Write ${key}: { column: …, values: { … } }, or ${key}: { value: … }`
      : `Write ${key}: and the column, or ${key}: { value: … }`
  },
  handlingRemedy:
    'It says how others may use the record: handling: [H1], or by a column, or once for all under provenance',
  fullNameRemedy: 'Write full: and the column with the whole name, or givenNames and surnames as plain columns',
  sharedWithNobody:
    'nobody will see these records: sharedWith is missing. Write sharedWith: ["*"] for every task force that your country recognises',
  agencyIsCountry: (code) =>
    `each record will say ${code} as its agency. Write agency: { value: "Ministerio Público" }, or the column`,

  bareValue: (word, isList) =>
    `expected the name of a column; ${word} is a value of the contract. Write ${isList ? `["${word}"]` : `{ value: ${word} }`}, or { column: "${word}" }`,
  sameId: 'expected a column: with a value, all rows would have one id',
  requiredEmpty: 'expected a value: the contract has no such record without it. Write refuse, or a value',
  oneBeginning: (came) =>
    came.length === 0
      ? 'expected one of column, columns, template, value; none is there'
      : `expected one of column, columns, template, value; came ${came.join(' and ')}`,
  withValue: (key) => `expected nothing beside value: it is the same for each row, so that ${key} does nothing`,
  keyForOthers: (key, kinds, kind) =>
    `${key} is for ${kinds.map((each) => KINDS[each]).join(' and ')}; this is for ${KINDS[kind]}. Leave it out`,
  joinWithoutColumns: 'expected join only with columns that are joined to one text',
  template: (fault) =>
    ({
      brace: 'expected { and } in pairs around the name of a column. Write {{ for a brace itself',
      empty: 'expected the name of a column between { and }; there is nothing',
      noColumn: 'expected a column in braces; there is none. Write { value: … } for a text that is always the same',
    })[fault],
  foreignPrefix: (other, own) =>
    `expected ids of ${own}; came the prefix ${other}: of another country. Leave it out: ${own}: goes before each id. If ${other} is not a country here, write ${own}:${other}:`,
  bothTables: 'expected values or crosswalk; both are there',
  emptyTable: 'expected the values of the source with those of the contract; there are none',
  foldsTwice: (one, other) => `expected values that differ; with fold: true, «${one}» and «${other}» are the same`,
  defaultNull:
    'expected a value; null is what an empty value gives in any case. Leave default out, or write else: null for values that are not understood',
  badPattern: (reason) => `expected a regular expression: ${reason}`,
  noGroup: 'expected a named group, which is what is taken: (?<number>\\d+)',
  whichGroup: (groups) => `expected take: one of ${groups.join(', ')}. The pattern has several groups`,
  takeWithoutPattern: 'expected pattern beside take',
  format,
  withoutFormat: (key) => `expected format beside ${key}`,
  dayTwice: 'expected no day: the form has the day already',
  noDay: (isMoment) =>
    isMoment
      ? 'expected the day in the form of a moment: DD'
      : 'expected a day in the form, or day: first or day: last for a form that has only the month',

  noFile: (file, reason) =>
    `expected the crosswalk ${file}, a CSV file in UTF-8; ${reason}. Its path begins at the folder of the mapping`,
  crosswalkHead: (file, missing, head, closest) =>
    `expected the columns ${missing.join(' and ')} in the first line of ${file}; it has ${head.join(', ') || 'nothing'}.${closest === undefined ? '' : ` Did you mean ${closest}?`}`,
  crosswalkRow: (file, row, message) => `${file}, line ${row}: ${message}`,
  crosswalkTwice: (label, before) => `expected each label once; «${label}» is in line ${before} too`,
  crosswalkMore: (file, count) => `${file}: and ${count} more`,
  crosswalkUndecided: (file, count) =>
    `${file} has ${count} labels without a value. Rows with them are refused until somebody decides`,
}

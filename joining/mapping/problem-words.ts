/** What is said of a mapping that is wrong, in each language. */
import type { FieldType } from '../../contract/records/record-kind.ts'
import type { FormatFault } from './date-format.ts'
import type { TemplateFault } from './read-template.ts'

/** The texts. Those that are messages say what was expected, what came, and the remedy where it is not plain. */
export interface ProblemWords {
  // Parts of messages: what was expected, and what came.
  readonly map: string
  readonly list: string
  readonly text: string
  readonly column: string
  readonly letter: string
  readonly encoding: string
  readonly zone: string
  /** @param others the schemes beside `postgres`. */
  readonly databaseUrl: (others: string) => string
  readonly mappingFile: string
  readonly forms: Readonly<Record<FieldType['kind'], string>>
  readonly wholeFrom: (least: number, most: number) => string
  readonly thousands: (decimal: string) => string
  readonly orEverything: (form: string) => string
  readonly cameMap: (keys: number) => string
  readonly cameList: (items: number) => string
  readonly cameNothing: string

  // Messages of all places.
  readonly expected: (what: string, came: string) => string
  readonly expectedWord: (words: readonly string[], came: string, closest: string | undefined) => string
  readonly unknownKey: (key: string, closest: string | undefined, known: readonly string[]) => string
  readonly missing: (key: string, remedy: string) => string
  readonly notYaml: (reason: string) => string
  readonly duplicateKey: string
  readonly noMapping: (reason: string) => string
  readonly emptyList: string
  readonly emptyItem: string
  readonly twice: (name: string) => string

  readonly todo: string

  // The file and its source.
  readonly belongsUnder: (key: string, parent: string) => string
  readonly noSection: (known: readonly string[]) => string
  readonly countryRemedy: string
  readonly sourceRemedy: string
  readonly oneSource: (both: boolean) => string
  readonly passwordWithoutSql: string
  readonly openPassword: string
  readonly twoPasswords: string
  readonly badVariable: string
  readonly fromRemedy: (isSql: boolean) => string
  readonly selectFromCsv: string
  readonly onlySelect: string
  readonly oneStatement: string

  // Sections.
  readonly needsFrom: (key: string) => string
  readonly countedParent: (key: string) => string
  readonly fieldRemedy: (key: string, kind: FieldType['kind']) => string
  readonly handlingRemedy: string
  readonly fullNameRemedy: string
  readonly sharedWithNobody: string
  readonly agencyIsCountry: (code: string) => string

  // Rules.
  readonly bareValue: (word: string, isList: boolean) => string
  readonly sameId: string
  readonly requiredEmpty: string
  readonly oneBeginning: (came: readonly string[]) => string
  readonly withValue: (key: string) => string
  readonly keyForOthers: (key: string, kinds: readonly FieldType['kind'][], kind: FieldType['kind']) => string
  readonly joinWithoutColumns: string
  readonly template: (fault: TemplateFault) => string
  readonly foreignPrefix: (other: string, own: string) => string
  readonly bothTables: string
  readonly emptyTable: string
  readonly foldsTwice: (one: string, other: string) => string
  readonly defaultNull: string
  readonly badPattern: (reason: string) => string
  readonly noGroup: string
  readonly whichGroup: (groups: readonly string[]) => string
  readonly takeWithoutPattern: string
  readonly format: (fault: FormatFault) => string
  readonly withoutFormat: (key: string) => string
  readonly dayTwice: string
  readonly noDay: (isMoment: boolean) => string

  // Crosswalks.
  readonly noFile: (file: string, reason: string) => string
  readonly crosswalkHead: (
    file: string,
    missing: readonly string[],
    head: readonly string[],
    closest: string | undefined,
  ) => string
  readonly crosswalkRow: (file: string, row: number, message: string) => string
  readonly crosswalkTwice: (label: string, before: number) => string
  readonly crosswalkMore: (file: string, count: number) => string
  readonly crosswalkUndecided: (file: string, count: number) => string
}

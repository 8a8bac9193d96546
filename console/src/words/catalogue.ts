import type { Language } from '../../../contract/language.ts'
import { words as ANALYST_EN } from '../analyst/words.en.yaml'
import { words as ANALYST_ES } from '../analyst/words.es.yaml'
import type { Words as AnalystWords } from '../analyst/words.generated.d.ts'
import { words as EXPORT_EN } from '../export/words.en.yaml'
import { words as EXPORT_ES } from '../export/words.es.yaml'
import type { Words as ExportWords } from '../export/words.generated.d.ts'
import { words as NOTES_EN } from '../notes/words.en.yaml'
import { words as NOTES_ES } from '../notes/words.es.yaml'
import type { Words as NotesWords } from '../notes/words.generated.d.ts'
import { words as SHELL_EN } from '../shell/words.en.yaml'
import { words as SHELL_ES } from '../shell/words.es.yaml'
import type { Words as ShellWords } from '../shell/words.generated.d.ts'
import { words as EN } from '../words.en.yaml'
import { words as ES } from '../words.es.yaml'
import type { Words as SharedWords } from '../words.generated.d.ts'

/** The words that are there from the beginning. Rooms that come later bring theirs. */
export type ConsoleWords = AnalystWords & ExportWords & NotesWords & SharedWords & ShellWords

/** All words that are there from the beginning, by language. */
export const WORDS = {
  es: Object.assign({}, ES, ANALYST_ES, EXPORT_ES, NOTES_ES, SHELL_ES) as ConsoleWords,
  en: Object.assign({}, EN, ANALYST_EN, EXPORT_EN, NOTES_EN, SHELL_EN) as ConsoleWords,
} satisfies Readonly<Record<Language, ConsoleWords>>

import type { Language } from '../../contract/language.ts'
import type { ProblemWords } from './problem-words.ts'
import { ENGLISH_PROBLEMS } from './problem-words-en.ts'
import { SPANISH_PROBLEMS } from './problem-words-es.ts'

/** What is said of a mapping that is wrong, in each language. */
export const PROBLEM_WORDS: Readonly<Record<Language, ProblemWords>> = { en: ENGLISH_PROBLEMS, es: SPANISH_PROBLEMS }

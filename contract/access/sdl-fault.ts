import type { ASTNode } from 'graphql'
import type { Language } from '../language.ts'
import { readWords } from '../read-words.ts'

/** What can be wrong with a country's SDL, and how it is said (words.en.yaml). The finders are in sdl-faults.ts and sdl-disguises.ts. */

const FILES: Readonly<Record<Language, URL>> = {
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
}

/** Something that is wrong. */
export interface SdlProblem {
  /** What is wrong, in one word: a key of words.en.yaml. It does not change its meaning. */
  readonly code: string
  /** What the texts of the code name, such as `place`: a coordinate. */
  readonly details: Readonly<Record<string, string>>
}

/** Something that is wrong, with the line on which it stands. */
export interface SdlFault extends SdlProblem {
  readonly line: number
}

/** Returns the line of an SDL on which something stands, counted from 1. */
export function lineOf({ loc }: ASTNode): number {
  return loc?.startToken.line ?? 1
}

/** Says what was expected, what came, and the remedy, without the line. */
export function describeSdlProblem({ code, details }: SdlProblem, language: Language = 'en'): string {
  return textOf(code, language).replace(/\{\{(\w+)\}\}/g, (_, name: string) => details[name] ?? '')
}

/** Says it with the line in front: `line 12: …`. */
export function describeSdlFault(fault: SdlFault, language: Language = 'en'): string {
  return `${textOf('line', language)} ${fault.line}: ${describeSdlProblem(fault, language)}`
}

function textOf(key: string, language: Language): string {
  return readWords<Readonly<Record<string, string>>>(FILES[language])[key] ?? key
}

/** Thrown for a rule that cannot be read. */
export class MalformedRule extends Error {
  override readonly name = 'MalformedRule'
  readonly problem: SdlProblem
  constructor(problem: SdlProblem) {
    super(describeSdlProblem(problem))
    this.problem = problem
  }
}

import type { Language } from '../language.ts'

/** What can be wrong with a country's SDL, and how it is said. The finders are in sdl-faults.ts and sdl-disguises.ts. */

const ENGLISH = {
  TYPE_UNKNOWN:
    '{place}: expected a type that the SDL defines; came {came}. Correct the name, or define the type {type}.',
  TYPE_UNKNOWN_HERE:
    '{place}: expected the type {expected} of the contract; came {came}. Correct the name, or define the type {type}.',
  TYPE_DIFFERS: '{place}: expected the type {expected} of the contract; came {came}. Write {expected}.',
  FIELD_MISSING:
    'expected the field {place}, which is never null in the contract; it is missing. Add «{field}»: only nullable fields can be left out.',
  POLICY_UNDECIDED:
    '{place}: expected a policy of the country for "{policy}"; came none, so nobody could read this. Write @policy("{policy}") before a permit in the country\'s policies, or correct the name.',
  SHOWN_FIELD_MISSING:
    '{place}: expected the field {source} too, whose value it shows; it is missing. Remove {place}, or add {source}.',
  SHOWN_FOR_LESS:
    '{place}: expected at least what {source} demands, because it shows that value; it demands less. Repeat the rules of {source} at {place}.',
  RULE_NOT_LINKED:
    'expected the rule @{rule}; came @{local}, which no @link gives this meaning. Import it as the contract does: @link(url: "{url}", import: ["@{rule}"]).',
  RULE_LINKED_OTHERWISE:
    'expected the rule @{rule}; came @{local}, which @link makes @{meant}. Import it as the contract does: @link(url: "{url}", import: ["@{rule}"]).',
  LINK_REPEATED: 'expected one @link of {url}; came another one. Put all imports into the first.',
  NAME_REPEATED: '{place}: expected it once; came it twice. Remove one.',
  ARGUMENT_REPEATED: '@{local}: expected each argument once; came {argument} twice. Remove one.',
  ROOT_RENAMED: 'expected the root type Query; came {came}. Call it Query.',
  KIND_DIFFERS: '{place}: expected «{expected} {place}» as in the contract; came «{came} {place}». Write {expected}.',
  REVEALS_MALFORMED: '{place}: @reveals expects field: "Type.field"; came {came}.',
  RULE_MALFORMED:
    '{place}: @{local} expects {argument}: [[…]] with at least one name in each inner list; came another value.',
} as const

/** What is wrong, in one word. It does not change its meaning. */
export type SdlFaultCode = keyof typeof ENGLISH

const SPANISH: Readonly<Record<SdlFaultCode, string>> = {
  TYPE_UNKNOWN:
    '{place}: se esperaba un tipo que el SDL define; vino {came}. Corrija el nombre, o defina el tipo {type}.',
  TYPE_UNKNOWN_HERE:
    '{place}: se esperaba el tipo {expected} del contrato; vino {came}. Corrija el nombre, o defina el tipo {type}.',
  TYPE_DIFFERS: '{place}: se esperaba el tipo {expected} del contrato; vino {came}. Escriba {expected}.',
  FIELD_MISSING:
    'se esperaba el campo {place}, que en el contrato nunca es nulo; falta. Agregue «{field}»: solo se pueden omitir los campos que pueden ser nulos.',
  POLICY_UNDECIDED:
    '{place}: se esperaba una política del país para "{policy}"; no hay ninguna, así que nadie podría leer esto. Escriba @policy("{policy}") antes de un permit en las políticas del país, o corrija el nombre.',
  SHOWN_FIELD_MISSING:
    '{place}: se esperaba también el campo {source}, cuyo valor muestra; falta. Quite {place}, o agregue {source}.',
  SHOWN_FOR_LESS:
    '{place}: se esperaba al menos lo que exige {source}, porque muestra ese valor; exige menos. Repita las reglas de {source} en {place}.',
  RULE_NOT_LINKED:
    'se esperaba la regla @{rule}; vino @{local}, a la que ningún @link da ese significado. Impórtela como el contrato: @link(url: "{url}", import: ["@{rule}"]).',
  RULE_LINKED_OTHERWISE:
    'se esperaba la regla @{rule}; vino @{local}, que por un @link es @{meant}. Impórtela como el contrato: @link(url: "{url}", import: ["@{rule}"]).',
  LINK_REPEATED: 'se esperaba un solo @link de {url}; vino otro. Ponga todo lo que importa en el primero.',
  NAME_REPEATED: '{place}: se esperaba una vez; vino dos veces. Quite una.',
  ARGUMENT_REPEATED: '@{local}: se esperaba cada argumento una vez; {argument} vino dos veces. Quite uno.',
  ROOT_RENAMED: 'se esperaba el tipo raíz Query; vino {came}. Llámelo Query.',
  KIND_DIFFERS:
    '{place}: se esperaba «{expected} {place}» como en el contrato; vino «{came} {place}». Escriba {expected}.',
  REVEALS_MALFORMED: '{place}: @reveals espera field: "Type.field"; vino {came}.',
  RULE_MALFORMED:
    '{place}: @{local} espera {argument}: [[…]] con al menos un nombre en cada lista interior; vino otro valor.',
}

const TEXTS: Readonly<Record<Language, Readonly<Record<SdlFaultCode, string>>>> = { en: ENGLISH, es: SPANISH }
const LINES: Readonly<Record<Language, string>> = { en: 'line', es: 'línea' }

/** Something that is wrong. */
export interface SdlProblem {
  readonly code: SdlFaultCode
  /** What the texts of the code name, such as `place`: a coordinate. */
  readonly details: Readonly<Record<string, string>>
}

/** Something that is wrong, with the line on which it stands. */
export interface SdlFault extends SdlProblem {
  readonly line: number
}

/** Says what was expected, what came, and the remedy, without the line. */
export function describeSdlProblem({ code, details }: SdlProblem, language: Language = 'en'): string {
  return TEXTS[language][code].replace(/\{(\w+)\}/g, (_, name: string) => details[name] ?? '')
}

/** Says it with the line in front: `line 12: …`. */
export function describeSdlFault(fault: SdlFault, language: Language = 'en'): string {
  return `${LINES[language]} ${fault.line}: ${describeSdlProblem(fault, language)}`
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

import { GRAPHQL_DETAILS } from './error-details/graphql.ts'
import { QUESTION_DETAILS } from './error-details/question.ts'
import { REQUEST_FORM_DETAILS } from './error-details/request-form.ts'
import { TOKEN_DETAILS } from './error-details/token.ts'
import type { Language } from './language.ts'

/**
 * What an error says besides its code: what was expected, and what came. Each text has the same `{placeholders}` in each language. Their
 * values are numbers, and names of the schema, of headers, of purposes or of settings: never a text that came from outside.
 */

/** The texts, by key. The English ones are logged too. */
export const DETAILS = {
  // The values of a request.
  ID_OF_OTHER_FORM: {
    en: 'expected an ISO 3166-1 alpha-2 code (or UN), a colon, and 1 to 120 letters, digits or any of ._:/- in NFC, as in GT:MP001-2026-1234; came a string of {length} characters that is not of this form',
    es: 'se esperaba un código ISO 3166-1 alfa-2 (o UN), dos puntos, y de 1 a 120 letras, cifras o signos de ._:/- en NFC, como en GT:MP001-2026-1234; llegó un texto de {length} caracteres que no tiene esta forma',
  },
  ID_OF_OTHER_TYPE: {
    en: 'expected an ISO 3166-1 alpha-2 code (or UN), a colon, and 1 to 120 letters, digits or any of ._:/- in NFC, as in GT:MP001-2026-1234; came a value of type {type}',
    es: 'se esperaba un código ISO 3166-1 alfa-2 (o UN), dos puntos, y de 1 a 120 letras, cifras o signos de ._:/- en NFC, como en GT:MP001-2026-1234; llegó un valor de tipo {type}',
  },
  COUNTRY_CODES: {
    en: '{place} takes codes of ISO 3166-1 alpha-2 in two capital letters, or UN; came another text',
    es: '{place} admite códigos ISO 3166-1 alfa-2 de dos letras mayúsculas, o UN; llegó otro texto',
  },
  CURSOR_OF_ANOTHER_FORM: {
    en: 'expected a cursor of this connection; came another text',
    es: 'se esperaba un cursor de esta conexión; llegó otro texto',
  },
  CURSOR_OF_ANOTHER_ORDER: {
    en: 'expected a cursor of the order {order}; came one of another order',
    es: 'se esperaba un cursor del orden {order}; llegó uno de otro orden',
  },
  CURSOR_OF_SEVERAL_COUNTRIES: {
    en: '{place} takes a cursor of one country; came one of several',
    es: '{place} admite un cursor de un solo país; llegó uno de varios',
  },
  FIRST: {
    en: '{place}(first:) takes 0 to {most}; came {came}',
    es: '{place}(first:) admite de 0 a {most}; llegó {came}',
  },
  ITEMS: {
    en: '{place} takes at most {most} items; came {came}',
    es: '{place} admite como máximo {most} elementos; llegaron {came}',
  },
  CHARACTERS: {
    en: '{place} takes at most {most} characters; came {came}',
    es: '{place} admite como máximo {most} caracteres; llegaron {came}',
  },
  UNICODE: {
    en: '{place} takes Unicode text without U+0000 and without lone surrogates; came another text',
    es: '{place} admite texto Unicode sin U+0000 y sin sustitutos sueltos; llegó otro texto',
  },
  ICCS_CODE: {
    en: '{place} takes a code of 2, 4, 5 or 6 digits; came one of {came}',
    es: '{place} admite un código de 2, 4, 5 o 6 cifras; llegó uno de {came}',
  },
  ICCS_LEVEL: {
    en: '{place} takes 1, 2, 3 or 4; came {came}',
    es: '{place} admite 1, 2, 3 o 4; llegó {came}',
  },
  YEARS_REVERSED: {
    en: '{place} takes a first year that is not after the last one; came {from} and {to}',
    es: '{place} admite un primer año que no sea posterior al último; llegaron {from} y {to}',
  },
  DAYS_REVERSED: {
    en: '{place} takes a first day that is not after the last one; came a later one',
    es: '{place} admite un primer día que no sea posterior al último; llegó uno posterior',
  },
  ICCS_CRITERION: {
    en: '{place} takes codes, under or search, at least one; came none',
    es: '{place} admite codes, under o search, al menos uno; no llegó ninguno',
  },
  ICCS_CODES: {
    en: '{place} takes at most {most} codes; came {came}',
    es: '{place} admite como máximo {most} códigos; llegaron {came}',
  },
  NAME_WORDS: {
    en: '{place} takes at most {most} words besides «de», «la» and the like; came {came}',
    es: '{place} admite como máximo {most} palabras, sin contar «de», «la» y otras así; llegaron {came}',
  },
  DATES_OF_NAME: {
    en: 'a caller may ask at most {most} birth dates of one name, or of two words of it, on one day; came more',
    es: 'quien consulta puede preguntar como máximo {most} fechas de nacimiento de un nombre, o de dos palabras de un nombre, en un día; llegaron más',
  },
  NAMES_OF_DATE: {
    en: 'a caller may ask at most {most} names of one birth date on one day; came more',
    es: 'quien consulta puede preguntar como máximo {most} nombres de una fecha de nacimiento en un día; llegaron más',
  },
  NARROW_ITEM: {
    en: '{place} takes an identifier, or a name and a birth date, in each item; came less in item {item}',
    es: '{place} admite en cada elemento un número de identificación, o un nombre y una fecha de nacimiento; llegó menos en el elemento {item}',
  },
  SEARCH_WORDS: {
    en: '{place} takes at most {most} words; came {came}',
    es: '{place} admite como máximo {most} palabras; llegaron {came}',
  },
  WORDS: {
    en: '{place} takes words; came a text without a letter or digit',
    es: '{place} admite palabras; llegó un texto sin letras ni cifras',
  },
  ONE_COUNTRY: {
    en: '{place} takes at least one country; came none',
    es: '{place} admite al menos un país; no llegó ninguno',
  },
  ONE_CRITERION: {
    en: '{place} takes at least one criterion; came none',
    es: '{place} admite al menos un criterio; no llegó ninguno',
  },
  ONE_ARGUMENT_OF: {
    en: '{place} takes one of {names}; came {came} of them',
    es: '{place} admite uno de {names}; llegaron {came}',
  },
  AN_ARGUMENT_OF: {
    en: '{place} takes one of {names}; came none',
    es: '{place} admite uno de {names}; no llegó ninguno',
  },
  VARIABLE_NAME: {
    en: 'expected a variable with another name than $__proto__',
    es: 'se esperaba una variable con un nombre distinto de $__proto__',
  },
  VARIABLE: {
    en: 'A variable has a value that is not of its type.',
    es: 'Una variable tiene un valor que no es de su tipo.',
  },
  VARIABLE_MISSING: {
    en: 'Variable {name} takes {type}; came none.',
    es: 'La variable {name} admite {type}; no llegó ningún valor.',
  },
  VARIABLE_OF_ANOTHER_TYPE: {
    en: 'Variable {name} takes {type}; came a value that is not of this type.',
    es: 'La variable {name} admite {type}; llegó un valor que no es de este tipo.',
  },
  VARIABLE_WRONG_AT: {
    en: 'Variable {name} takes {type}, and {expected} at {at}; came another value there.',
    es: 'La variable {name} admite {type}, y {expected} en {at}; ahí llegó otro valor.',
  },
  VARIABLE_MEMBERS: {
    en: 'Variable {name} takes {type}; came a member that {input} does not have.',
    es: 'La variable {name} admite {type}; llegó un dato que {input} no tiene.',
  },
  VARIABLE_MEMBER_MISSING: {
    en: 'Variable {name} takes {type}; {input} requires {members}, and not all of them came.',
    es: 'La variable {name} admite {type}; {input} exige {members}, y no llegaron todos.',
  },

  // The size of a request.
  TOKENS: {
    en: 'expected at most {most} tokens; came {came}',
    es: 'se admiten como máximo {most} tokens de GraphQL; llegaron {came}',
  },
  DEPTH: {
    en: 'expected at most {most} levels of nesting; came {came}',
    es: 'se admiten como máximo {most} niveles anidados; llegaron {came}',
  },
  FIELDS: {
    en: 'expected at most {most} fields after fragments are expanded; came {came}',
    es: 'se admiten como máximo {most} campos, contados con los fragmentos expandidos; llegaron {came}',
  },
  ROOT_FIELDS: {
    en: 'expected at most {most} fields at the root; came {came}',
    es: 'se admiten como máximo {most} campos en la raíz; llegaron {came}',
  },
  ALIASES: {
    en: 'expected at most {most} aliases; came {came}',
    es: 'se admiten como máximo {most} alias; llegaron {came}',
  },
  DIRECTIVES: {
    en: 'expected at most {most} directives; came {came}',
    es: 'se admiten como máximo {most} directivas; llegaron {came}',
  },
  OVERLAPS: {
    en: 'expected at most {most} pairs of fields or fragments in one place; came {came}',
    es: 'se admiten como máximo {most} pares de campos o fragmentos en un mismo lugar; llegaron {came}',
  },
  OPERATIONS: {
    en: 'expected at most {most} operations; came {came}',
    es: 'se admiten como máximo {most} operaciones; llegaron {came}',
  },
  VARIABLE_VALUES: {
    en: 'expected at most {most} values in the variables; came {came}',
    es: 'se admiten como máximo {most} valores en las variables; llegaron {came}',
  },
  VARIABLE_CHARACTERS: {
    en: 'expected at most {most} characters in the variables; came {came}',
    es: 'se admiten como máximo {most} caracteres en las variables; llegaron {came}',
  },
  VARIABLE_DEPTH: {
    en: 'expected at most {most} levels of nesting in the variables; came {came}',
    es: 'se admiten como máximo {most} niveles anidados en las variables; llegaron {came}',
  },
  EVERY_DEPTH: {
    en: 'expected at most {most} levels of fields that ask every country; came {came}',
    es: 'se admiten como máximo {most} niveles de campos que preguntan a todos los países; llegaron {came}',
  },
  COST: {
    en: 'expected a cost of at most {most} for each country; came {came}, most of it for {fields}',
    es: 'se admite un costo de {most} por país como máximo; llegó {came}, en su mayor parte por {fields}',
  },
  ONCE: {
    en: 'expected {field} at most once; came {came} times',
    es: '{field} se admite una sola vez; llegó {came} veces',
  },
  SCHEMA_ANSWER: {
    en: 'expected an answer about the schema of at most {most} characters; it is longer',
    es: 'la respuesta sobre el esquema puede tener como máximo {most} caracteres; es más larga',
  },

  // How often, and how much at once.
  RATE: {
    en: 'expected at most {perSecond} a second, and {burst} at once; came more',
    es: 'se admiten como máximo {perSecond} por segundo, y {burst} a la vez; llegaron más',
  },
  COST_RATE: {
    en: 'expected operations of one caller that cost each country at most {perSecond} a second, and {burst} at once; came more with one of {came}',
    es: 'las operaciones de una misma persona pueden costarle a cada país como máximo {perSecond} por segundo, y {burst} a la vez; se superó con una de {came}',
  },
  NO_ROOM_FOR_STRANGERS: {
    en: 'expected fewer requests without a token; the audit log has no room for more of them at the moment',
    es: 'se esperaban menos solicitudes sin token; por ahora el registro de auditoría no tiene lugar para más',
  },
  IN_FLIGHT_OF_CALLER: {
    en: 'expected at most {most} requests of one caller at a time; came more',
    es: 'se admiten como máximo {most} solicitudes de una misma persona a la vez; llegaron más',
  },
  IN_FLIGHT_OF_ALL: {
    en: 'expected at most {most} requests at a time; came more',
    es: 'se admiten como máximo {most} solicitudes a la vez; llegaron más',
  },
  NEW_DOCUMENTS: {
    en: 'expected at most {most} new documents at once; came more',
    es: 'se admiten como máximo {most} documentos nuevos a la vez; llegaron más',
  },
  NO_TURN: {
    en: 'expected a turn before the request ended; others came first',
    es: 'el plazo de la solicitud terminó antes de su turno; otras estaban antes',
  },
  PLANNING_TIME: {
    en: 'expected at most {perSecond} ms a second, and {burst} ms at once; it took more',
    es: 'se admiten como máximo {perSecond} ms por segundo, y {burst} ms a la vez; ocupó más',
  },
  PLANNING_DEADLINE: {
    en: 'expected at most {most} ms; it took longer',
    es: 'se admiten como máximo {most} ms; tardó más',
  },
  PLAN_SIZE: {
    en: 'expected a plan of at most {most} bytes; it is larger',
    es: 'se admite un plan de {most} bytes como máximo; es más grande',
  },

  ...REQUEST_FORM_DETAILS,
  ...TOKEN_DETAILS,
  ...QUESTION_DETAILS,
  ...GRAPHQL_DETAILS,

  // The mandate.
  MANDATE_HEADER_FORM: {
    en: 'expected `Istmo-Mandate` to be a dictionary (RFC 9651) such as {example}',
    es: '`Istmo-Mandate` debe ser un diccionario (RFC 9651), como {example}',
  },
  MANDATE_HEADER_TWICE: {
    en: 'expected one `Istmo-Mandate` header; came several',
    es: 'se esperaba un solo encabezado `Istmo-Mandate`; llegaron varios',
  },
  MANDATE_HEADER_KEYS: {
    en: 'expected `Istmo-Mandate` to have only the keys {keys}',
    es: '`Istmo-Mandate` solo puede tener las claves {keys}',
  },
  MANDATE_PURPOSE: {
    en: 'expected `purpose` of `Istmo-Mandate` to be a token, one of {purposes}',
    es: '`purpose` de `Istmo-Mandate` debe ser un token, uno de {purposes}',
  },
  MANDATE_CASE: {
    en: 'expected `case` of `Istmo-Mandate` to be a string',
    es: '`case` de `Istmo-Mandate` debe ser un texto entre comillas',
  },
  MANDATE_BASIS: {
    en: 'expected `basis` of `Istmo-Mandate` to be a string or an inner list of strings',
    es: '`basis` de `Istmo-Mandate` debe ser un texto entre comillas o una lista de ellos entre paréntesis',
  },
  NO_MANDATE: {
    en: 'the request states grounds, and the token has no mandate',
    es: 'la solicitud invoca un mandato, y el token no tiene ninguno',
  },
  CASE_NOT_STATED: {
    en: 'the mandate is bound to a case, and the signed question does not state it; state it as `case`',
    es: 'el mandato está ligado a un caso, y la pregunta firmada no lo declara; declárelo como `case`',
  },
  MANDATE_ENDED: { en: 'the mandate has ended', es: 'el mandato está vencido' },
  CHOICE_OF_PURPOSE: {
    en: 'the mandate leaves a choice of purpose; state one in `Istmo-Mandate`: {purposes}',
    es: 'el mandato tiene varias finalidades; indique una en `Istmo-Mandate`: {purposes}',
  },
  CASE_NEEDS_SIGNATURE: {
    en: 'the mandate is bound to a case, so only a signed question shows that the request is about it; sign the question and state the case',
    es: 'el mandato está ligado a un caso, así que solo una pregunta firmada muestra que la solicitud trata de él; firme la pregunta y declare el caso',
  },
  FOREIGN_PURPOSE: {
    en: 'its purposes do not include {stated}, which the request states; it has {purposes}',
    es: 'sus finalidades no incluyen {stated}, que indica la solicitud; tiene {purposes}',
  },
  FOREIGN_CASE: {
    en: 'it names another case than the request states',
    es: 'nombra un caso distinto del que indica la solicitud',
  },
  NO_CASE: {
    en: 'it names no case, and the request states one; leave `case` out',
    es: 'no nombra ningún caso, y la solicitud indica uno; quite `case`',
  },
  FOREIGN_BASIS: {
    en: 'its legal basis does not include all that the request states (articles stated: {stated}; not in the mandate: {missing}; in the mandate: {has})',
    es: 'su fundamento legal no incluye todo lo que indica la solicitud (artículos indicados: {stated}; que no están en el mandato: {missing}; que están en el mandato: {has})',
  },
  NO_BASIS: {
    en: 'it names no legal basis, and the request states one; leave `basis` out',
    es: 'no nombra ningún fundamento legal, y la solicitud indica uno; quite `basis`',
  },
} as const satisfies Record<string, Readonly<Record<Language, string>>>

/** A key of {@link DETAILS}. */
export type DetailKey = keyof typeof DETAILS

/** A detail with its values. It is plain data, so that it can go from thread to thread. */
export interface Detail {
  readonly key: DetailKey
  readonly values: Readonly<Record<string, string | number>>
}

/** The placeholders of a text. */
type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never

/** The values of a text: one for each placeholder, and no argument if it has none. */
type ValuesFor<Key extends DetailKey> = [Placeholders<(typeof DETAILS)[Key]['en']>] extends [never]
  ? readonly []
  : readonly [values: Readonly<Record<Placeholders<(typeof DETAILS)[Key]['en']>, string | number>>]

/** Makes a detail. The types demand a value for each placeholder of its text. */
export function detail<Key extends DetailKey>(key: Key, ...[values]: ValuesFor<Key>): Detail {
  return { key, values: values ?? {} }
}

/** What an error says besides its code: details, or an English text that we have in no other language; null if it says nothing more. */
export type ErrorDetail = string | readonly Detail[] | null

/**
 * Words what an error says besides its code, as sentences.
 * @returns an empty text if there is nothing. An English text that we do not have in Spanish is introduced as such.
 */
export function wordDetail(given: ErrorDetail, language: Language): string {
  if (given === null || given === '') return ''
  if (typeof given !== 'string') return given.map((each) => toSentence(fill(each, language))).join(' ')
  return language === 'es' ? `Detalle en inglés: ${toSentence(given)}` : toSentence(given)
}

/** Words in English what an error says besides its code, to stand within another sentence; an empty text if there is nothing. */
export function phraseDetail(given: ErrorDetail): string {
  if (given === null || typeof given === 'string') return given ?? ''
  return given.map((each) => fill(each, 'en')).join('; ')
}

function fill({ key, values }: Detail, language: Language): string {
  return DETAILS[key][language].replaceAll(/\{(\w+)\}/g, (mark, name: string) => String(values[name] ?? mark))
}

function toSentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(capital) ? capital : `${capital}.`
}

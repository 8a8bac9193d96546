import type { ClientError, ClientErrorCode } from '../../clients/client-error.ts'
import type { Language } from '../../contract/language.ts'

/** One text in each language. */
type Words = Readonly<Record<Language, string>>

const ERRORS: Readonly<Record<ClientErrorCode, Words>> = {
  DOCUMENT_HAS_LITERAL: {
    en: 'The document has a text or a number of its own at line {line}, column {column}. Each country sees the whole document: put the value into a variable, and give it in --variables.',
    es: 'El documento tiene un texto o un número propio en la línea {line}, columna {column}. Cada país ve el documento entero: ponga el valor en una variable, y delo en --variables.',
  },
  VARIABLE_WITHOUT_VALUE: {
    en: 'The document uses the variable {name}, and --variables gives it no value. Give one, or null.',
    es: 'El documento usa la variable {name}, y --variables no le da ningún valor. Dé uno, o null.',
  },
  PURPOSE_MISSING: {
    en: 'The mandate has several purposes. State one with --purpose.',
    es: 'El mandato tiene varias finalidades. Declare una con --purpose.',
  },
  CASE_MISSING: {
    en: 'The mandate is bound to a case. Give --case-file: the file that came with the mandate and ends with .case.',
    es: 'El mandato está ligado a un caso. Dé --case-file: el archivo que vino con el mandato y termina en .case.',
  },
  CASE_OF_OTHER_MANDATE: {
    en: 'The file of --case-file is not of this mandate, or it names another case than --case. Ask whoever drafted the mandate.',
    es: 'El archivo de --case-file no es de este mandato, o nombra otro caso que --case. Pregunte a quien redactó el mandato.',
  },
  TOKEN_REFUSED: {
    en: 'The authority of your country gave no token: it answered {status}, {error}. Log in again. If that fails too, ask your security officer.',
    es: 'La autoridad de su país no dio ningún token: respondió {status}, {error}. Inicie sesión de nuevo. Si tampoco funciona, pregunte a la persona encargada de la seguridad.',
  },
  NOT_REACHED: {
    en: 'Nobody answered at {origin}. Check the address in --config, and the network. For a private certificate authority, name its file as ca in --config.',
    es: 'Nadie respondió en {origin}. Revise la dirección en --config, y la red. Para una autoridad de certificación propia, nombre su archivo como ca en --config.',
  },
  ANSWER_NOT_UNDERSTOOD: {
    en: 'What answered is neither a gateway nor an authority of Istmo. Check the addresses in --config.',
    es: 'Lo que respondió no es una pasarela ni una autoridad de Istmo. Revise las direcciones en --config.',
  },
}

/** Words why there is no answer. */
export function wordClientError({ code, facts }: ClientError, language: Language): string {
  return fillWords(ERRORS[code][language], facts)
}

/** Puts values into a text, in place of their names in braces. */
export function fillWords(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (mark, name: string) => String(values[name] ?? mark))
}

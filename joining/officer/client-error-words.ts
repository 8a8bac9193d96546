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
    en: 'The authority of your country gave no token: it answered {status}, {error}.',
    es: 'La autoridad de su país no dio ningún token: respondió {status}, {error}.',
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

/** What helps if the authority gave no token, by the code that it answered. */
const TOKEN_REMEDIES: Readonly<Record<string, Words>> = {
  AUDIENCE_NOT_ALLOWED: {
    en: 'It knows no gateway at the address that --config gives as gateway. Write it there letter by letter as the gateway’s operator publishes it, without a slash at the end.',
    es: 'No conoce ninguna pasarela en la dirección que --config da como gateway. Escríbala allí letra por letra, como la publica quien opera la pasarela, sin barra al final.',
  },
  MANDATE_NONE: {
    en: 'No mandate in force names you, or none of the hash that --config gives as mandate. Ask your security officer.',
    es: 'Ningún mandato vigente nombra a usted, o ninguno con el hash que --config da como mandate. Pregunte a la persona encargada de la seguridad.',
  },
  MANDATE_AMBIGUOUS: {
    en: 'Several mandates name you. Give the hash of one as mandate in --config.',
    es: 'Varios mandatos nombran a usted. Dé el hash de uno como mandate en --config.',
  },
  UNAVAILABLE: {
    en: 'It cannot do its work now. Ask again in a few minutes. If it lasts, tell who runs the authority.',
    es: 'No puede trabajar por ahora. Pregunte otra vez en unos minutos. Si sigue igual, avise a quien opera la autoridad.',
  },
}

const LOG_IN_AGAIN: Words = {
  en: 'Log in again. If that fails too, ask your security officer.',
  es: 'Inicie sesión de nuevo. Si tampoco funciona, pregunte a la persona encargada de la seguridad.',
}

/** Words why there is no answer. */
export function wordClientError({ code, facts }: ClientError, language: Language): string {
  const text = fillWords(ERRORS[code][language], facts)
  return code === 'TOKEN_REFUSED' ? `${text} ${findTokenRemedy(facts.error)[language]}` : text
}

/** @param error what the authority answered, such as `invalid_target AUDIENCE_NOT_ALLOWED`. */
function findTokenRemedy(error: string | number | undefined): Words {
  const known = Object.keys(TOKEN_REMEDIES).find((code) => String(error).split(' ').includes(code))
  return (known === undefined ? undefined : TOKEN_REMEDIES[known]) ?? LOG_IN_AGAIN
}

/** Puts values into a text, in place of their names in braces. */
export function fillWords(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (mark, name: string) => String(values[name] ?? mark))
}

import type { Answer } from '../../clients/client.ts'
import type { ClientError, ClientErrorCode } from '../../clients/client-error.ts'
import type { CheckedLeg } from '../../clients/evidence.ts'
import type { Language } from '../../contract/language.ts'

/** What `istmo ask` says to the officer. */
type Words = Readonly<Record<Language, string>>

const ERRORS: Readonly<Record<ClientErrorCode, Words>> = {
  DOCUMENT_HAS_LITERAL: {
    en: 'The document has a text or a number of its own at line {line}, column {column}. Each country sees the whole document: put the value into a variable, and give it in --variables.',
    es: 'El documento tiene un texto o un número propio en la línea {line}, columna {column}. Cada país ve el documento entero: ponga el valor en una variable, y declárelo en --variables.',
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
    es: 'La autoridad de su país no dio ningún token: respondió {status}, {error}. Inicie sesión de nuevo. Si tampoco funciona, pregunte a su oficial de seguridad.',
  },
  NOT_REACHED: {
    en: 'Nobody answered at {origin}. Check the address in --config, and the network. For a private certificate authority, name its file as ca in --config.',
    es: 'Nadie respondió en {origin}. Revise la dirección en --config, y la red. Para una autoridad de certificación propia, declare su archivo como ca en --config.',
  },
  ANSWER_NOT_UNDERSTOOD: {
    en: 'What answered is neither a gateway nor an authority of Istmo. Check the addresses in --config.',
    es: 'Lo que respondió no es una pasarela ni una autoridad de Istmo. Revise las direcciones en --config.',
  },
}

const EVIDENCE = {
  proven: {
    en: 'The logs of the countries prove {held} of {legs} answers.',
    es: 'Las bitácoras de los países prueban {held} de {legs} respuestas.',
  },
  unproven: {
    en: '{country} {domain}: not proven: {reason}',
    es: '{country} {domain}: sin prueba: {reason}',
  },
  unsigned: {
    en: 'No country signed the values at: {places}',
    es: 'Ningún país firmó los valores en: {places}',
  },
} as const satisfies Readonly<Record<string, Words>>

/** Words why there is no answer. */
export function wordClientError({ code, facts }: ClientError, language: Language): string {
  return fill(ERRORS[code][language], facts)
}

/** What to print of an answer. `isComplete`: whether it has no errors and only values that countries signed. */
export function describeAnswer(answer: Answer, asJson: boolean, language: Language) {
  const { data, errors = [], extensions, requestId, evidence, asked, status } = answer
  const isComplete = errors.length === 0 && (evidence === null || evidence.unsigned.length === 0)
  if (asJson) {
    const whole = { status, data, errors, extensions: withoutEvidence(extensions), requestId, asked, evidence }
    return { out: `${JSON.stringify(whole, null, 2)}\n`, err: '', isComplete }
  }
  const lines = [...errors.map(({ message }) => message), ...listMissing(extensions)]
  if (evidence !== null) lines.push(...describeEvidence(evidence.legs, evidence.unsigned, language))
  return {
    out: `${JSON.stringify(data ?? null, null, 2)}\n`,
    err: lines.map((line) => `${line}\n`).join(''),
    isComplete,
  }
}

/** One line for each country and domain that did not answer, with its code: the messages name a country and not the code. */
function listMissing(extensions: Answer['extensions']): string[] {
  const { countries } = extensions ?? {}
  if (!Array.isArray(countries)) return []
  return (countries as readonly Readonly<Record<'country' | 'domain' | 'reach', string> & { code: string | null }>[])
    .filter(({ reach }) => reach !== 'ANSWERED')
    .map(({ country, domain, reach, code }) =>
      [`${country} ${domain}:`, reach, ...(code === null ? [] : [code])].join(' '),
    )
}

/** The bodies of the legs were checked. Printed, they would hide the answer. */
function withoutEvidence(extensions: Answer['extensions']): unknown {
  if (extensions === undefined) return undefined
  const { istmo: _, ...rest } = extensions
  return rest
}

function describeEvidence(legs: readonly CheckedLeg[], unsigned: readonly string[], language: Language): string[] {
  const held = legs.filter(({ reason }) => reason === null).length
  const unproven = legs.filter(({ reason }) => reason !== null)
  return [
    fill(EVIDENCE.proven[language], { held, legs: legs.length }),
    ...unproven.map(({ country, domain, reason }) =>
      fill(EVIDENCE.unproven[language], { country, domain, reason: reason ?? '' }),
    ),
    ...(unsigned.length === 0 ? [] : [fill(EVIDENCE.unsigned[language], { places: unsigned.join(', ') })]),
  ]
}

function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (mark, name: string) => String(values[name] ?? mark))
}

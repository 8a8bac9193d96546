import { wordError } from '../../../contract/error-message.ts'
import { ERRORS, type ErrorCode } from '../../../contract/errors.ts'
import type { Language } from '../../../contract/language.ts'

const TELL_ES = 'Indique a quien opera Istmo el identificador de la solicitud, que está al final de esta lista.'
const TELL_EN = 'Tell the operator of the gateway the id of the request, which is at the end of this list.'

/**
 * What helps, for codes whose remedy in the registry tells a program where to look in an answer, or what to write into a header. An officer sees a page: what
 * a country hides stands below these words, and then the ids of the requests.
 */
const REMEDIES: Readonly<Record<Language, Partial<Record<ErrorCode, string>>>> = {
  es: {
    PARTLY_DENIED:
      'Aquí se dice qué está oculto. Si lo necesita para su tarea, consulte al punto de contacto de {country}.',
    ROWS_DROPPED: 'Avise al punto de contacto de {country}.',
    MANDATE_NOT_COVERED:
      'Si su mandato tiene otra finalidad que lo permita, cámbiela. Si su tarea exige más, consulte a la autoridad que le dio el mandato.',
    BAD_ANSWER: TELL_ES,
    FOREIGN_RECORD: TELL_ES,
    RECEIPT_INVALID: TELL_ES,
  },
  en: {
    PARTLY_DENIED: 'What is hidden is named here. If your task needs it, ask the contact point of {country}.',
    ROWS_DROPPED: 'Tell the contact point of {country}.',
    MANDATE_NOT_COVERED:
      'If your mandate has another purpose that allows it, change the purpose. If your task needs more, ask the authority that gave you the mandate.',
    BAD_ANSWER: TELL_EN,
    FOREIGN_RECORD: TELL_EN,
    RECEIPT_INVALID: TELL_EN,
  },
}

/** Explains a code of the registry in words: what happened, and what helps. Empty for a code that this console does not know. */
export function wordCode(code: string, country: string, language: Language): string {
  return isKnown(code) ? wordError({ code, country, remedy: REMEDIES[language][code] }, language) : ''
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code)
}

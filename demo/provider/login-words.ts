/** The words of the login page, in the languages of the demo. */
import type { Language } from '../../contract/language.ts'
import type { ProfileName } from './profiles.ts'

interface LoginWords {
  readonly title: (country: string) => string
  readonly warning: string
  readonly question: string
  readonly cancel: string
  readonly assurance: Readonly<Record<string, string>>
  readonly profiles: Readonly<Record<ProfileName, string>>
  readonly otherLanguage: string
  readonly failed: string
  /** What a page says when the login cannot go on, by the error code of OAuth 2.0. The last is for all other codes. */
  readonly failures: Readonly<Record<string, string>>
  readonly failure: string
}

/** The words, by language. */
export const LOGIN_WORDS: Readonly<Record<Language, LoginWords>> = {
  en: {
    title: (country) => `Log in as an officer of ${country}`,
    warning: 'This is a demo. It asks for no password, and every officer here is made up.',
    question: 'Who are you?',
    cancel: 'Cancel',
    assurance: { 1: 'with a password', 2: 'with two factors', 3: 'with a hardware key' },
    profiles: {
      analyst: 'Analyst: works on cases, sees neither warrants nor protected persons',
      prosecutor: 'Prosecutor: has every right of the contract',
      liaison: 'Liaison officer: asks which countries know a person, and how many cases there are',
      'hit-only': 'Officer: asks only which countries know a person',
      oversight: 'Auditor: reads who asked what',
      nobody: 'Somebody without any right',
    },
    otherLanguage: 'Español',
    failed: 'You cannot log in here',
    failures: {
      invalid_client: 'The page that sent you here is not known to this login provider.',
      invalid_redirect_uri:
        'The page that sent you here asked to be answered at an address that is not registered for it.',
      invalid_request: 'The page that sent you here asked in a form that this login provider does not accept.',
    },
    failure: 'Go back to the page that sent you here, and begin again.',
  },
  es: {
    title: (country) => `Iniciar sesión como funcionario de ${country}`,
    warning: 'Esto es una demostración. No pide contraseña, y todos los funcionarios son ficticios.',
    question: '¿Quién es usted?',
    cancel: 'Cancelar',
    assurance: { 1: 'con contraseña', 2: 'con dos factores', 3: 'con una llave de hardware' },
    profiles: {
      analyst: 'Analista: trabaja en casos, no ve órdenes de captura ni personas protegidas',
      prosecutor: 'Fiscal: tiene todos los derechos del contrato',
      liaison: 'Oficial de enlace: pregunta qué países conocen a una persona y cuántos casos hay',
      'hit-only': 'Agente: solo pregunta qué países conocen a una persona',
      oversight: 'Auditor: lee quién preguntó qué',
      nobody: 'Alguien sin ningún derecho',
    },
    otherLanguage: 'English',
    failed: 'Aquí no puede iniciar sesión',
    failures: {
      invalid_client: 'Este proveedor no conoce la página que le envió aquí.',
      invalid_redirect_uri:
        'La página que le envió aquí pidió respuesta en una dirección que no está registrada para ella.',
      invalid_request: 'La página que le envió aquí preguntó de una forma que este proveedor no acepta.',
    },
    failure: 'Vuelva a la página que le envió aquí y empiece de nuevo.',
  },
}

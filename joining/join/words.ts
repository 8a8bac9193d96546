import type { Language } from '../../contract/language.ts'
import type { AnswerKey } from './answers.ts'

/** What `istmo join` says, in each language. */
export interface JoinWords {
  readonly intro: string
  /** What is asked, by answer. */
  readonly questions: Readonly<Record<AnswerKey, string>>
  readonly fallback: (text: string) => string
  readonly nothing: string
  readonly wrong: (expected: string) => string
  readonly made: (path: string) => string
  readonly kept: (path: string) => string
  readonly renewed: (path: string) => string
  readonly done: (next: string) => string
  readonly keyMoved: (path: string) => string
}

const ENGLISH: JoinWords = {
  intro: 'Fourteen questions. Enter takes what is in brackets; Ctrl+C ends, and nothing is written.',
  questions: {
    country: 'Code of your country (ISO 3166-1, such as NI)',
    nameEs: 'Its name in Spanish',
    nameEn: 'Its name in English',
    domains: 'What you publish, of cases, persons, legal',
    host: 'Name or address under which the gateway reaches your node',
    port: 'Port of your node',
    listen: 'Address of this machine on which it listens',
    database: 'PostgreSQL server for the rows (postgres://…), or embedded',
    contact: 'Whom other countries contact about a hit',
    logName: 'Name of your audit log; it stays for ever',
    gatewayName: 'Name of the gateway (the iss of its leg tokens)',
    gatewayKeys: 'Its public key set (leg.jwks.json or an https URL), if you have it',
    gatewayCa: 'Authority of its certificate (ca.cert.pem), if you have it',
    tls: 'Certificate of your node: own (an authority is made here) or csr (you have one)',
  },
  fallback: (text) => ` [${text}]`,
  nothing: 'later',
  wrong: (expected) => `  Expected ${expected}.`,
  made: (path) => `made   ${path}`,
  kept: (path) => `kept   ${path}`,
  renewed: (path) => `written again from the other files: ${path}`,
  done: (next) => `Go on with ${next}.`,
  keyMoved: (path) => `Move ${path} to a token or a machine of your security officer: it can stop everything here.`,
}

const SPANISH: JoinWords = {
  intro: 'Catorce preguntas. Enter toma lo que está entre corchetes; Ctrl+C termina, y no se escribe nada.',
  questions: {
    country: 'Código de su país (ISO 3166-1, como NI)',
    nameEs: 'Su nombre en español',
    nameEn: 'Su nombre en inglés',
    domains: 'Qué publica, de cases (casos), persons (personas), legal (leyes)',
    host: 'Nombre o dirección con que la pasarela llega a su nodo',
    port: 'Puerto de su nodo',
    listen: 'Dirección de esta máquina en la que escucha',
    database: 'Servidor PostgreSQL para las filas (postgres://…), o embedded',
    contact: 'A quién llaman otros países por una coincidencia',
    logName: 'Nombre de su registro de auditoría; queda para siempre',
    gatewayName: 'Nombre de la pasarela (el iss de sus credenciales de tramo)',
    gatewayKeys: 'Sus claves públicas (leg.jwks.json o una URL https), si ya las tiene',
    gatewayCa: 'La autoridad de su certificado (ca.cert.pem), si ya la tiene',
    tls: 'Certificado de su nodo: own (aquí se hace una autoridad) o csr (usted tiene una)',
  },
  fallback: (text) => ` [${text}]`,
  nothing: 'después',
  wrong: (expected) => `  Se esperaba: ${expected}.`,
  made: (path) => `hecho       ${path}`,
  kept: (path) => `ya estaba   ${path}`,
  renewed: (path) => `escrito otra vez a partir de los demás: ${path}`,
  done: (next) => `Siga con ${next}.`,
  keyMoved: (path) =>
    `Lleve ${path} a un dispositivo o a una máquina de su oficial de seguridad: con ella se puede detener todo aquí.`,
}

/** The words of each language. */
export const JOIN_WORDS: Readonly<Record<Language, JoinWords>> = { en: ENGLISH, es: SPANISH }

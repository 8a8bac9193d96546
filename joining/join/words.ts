import type { Language } from '../../contract/language.ts'
import { ANSWER_KEYS, ANSWER_SPECS, type AnswerKey } from './answers.ts'

/** What `istmo join` says, in each language. */
export interface JoinWords {
  readonly intro: string
  /** What is asked, by answer. */
  readonly questions: Readonly<Record<AnswerKey, string>>
  readonly fallback: (text: string) => string
  readonly nothing: string
  /** The form of each answer. */
  readonly expected: Readonly<Record<AnswerKey, string>>
  /** Said to a person who answered something else. */
  readonly wrong: (expected: string) => string
  /** Said of a flag. `came` null: nothing came. */
  readonly wrongFlag: (flag: string, expected: string, came: string | null) => string
  readonly secret: string
  readonly howToAnswer: string
  readonly differs: (flags: string, file: string) => string
  readonly made: (path: string) => string
  readonly kept: (path: string) => string
  readonly renewed: (path: string) => string
  readonly done: (next: string) => string
  readonly keyMoved: (path: string) => string
  readonly cutOff: (file: string) => string
}

const ENGLISH: JoinWords = {
  intro: 'Fifteen questions. Enter takes what is in brackets; Ctrl+C ends, and nothing is written.',
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
    witness: 'URL of your witness, for the authorities of other countries',
    gatewayName: 'Name of the gateway (the iss of its leg tokens)',
    gatewayKeys: 'Its public key set (leg.jwks.json or an https URL), if you have it',
    gatewayCa: 'Authority of its certificate (ca.cert.pem), if you have it',
    tls: 'Certificate of your node: own (an authority is made here) or csr (you have one)',
  },
  fallback: (text) => ` [${text}]`,
  nothing: 'later',
  expected: Object.fromEntries(ANSWER_KEYS.map((key) => [key, ANSWER_SPECS[key].expected])) as Record<
    AnswerKey,
    string
  >,
  wrong: (expected) => `  Expected ${expected}.`,
  wrongFlag: (flag, expected, came) => `--${flag}: expected ${expected}; came ${came ?? 'nothing'}`,
  secret: 'something else',
  howToAnswer: 'Give these flags, or a file of answers (--answers FILE), or run the command in a terminal.',
  differs: (flags, file) =>
    `${flags}: expected what ${file} says; came something else. Change the files of the folder yourself, or make another folder`,
  made: (path) => `made   ${path}`,
  kept: (path) => `kept   ${path}`,
  renewed: (path) => `written again from the other files: ${path}`,
  done: (next) => `Go on with ${next}.`,
  cutOff: (file) =>
    `WARNING: ${file}: expected a last line break; came none, so it may be cut off. If it is complete, end its last line.`,
  keyMoved: (path) => `Move ${path} to a token or a machine of your security officer: it can stop everything here.`,
}

const SPANISH: JoinWords = {
  intro: 'Quince preguntas. Enter toma lo que está entre corchetes; Ctrl+C termina, y no se escribe nada.',
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
    witness: 'URL de su cofirmante, para las autoridades de otros países',
    gatewayName: 'Nombre de la pasarela (el iss de sus tokens de consulta)',
    gatewayKeys: 'Sus claves públicas (leg.jwks.json o una URL https), si ya las tiene',
    gatewayCa: 'La autoridad de su certificado (ca.cert.pem), si ya la tiene',
    tls: 'Certificado de su nodo: own (aquí se hace una autoridad) o csr (usted tiene una)',
  },
  fallback: (text) => ` [${text}]`,
  nothing: 'después',
  expected: {
    country: 'un código de ISO 3166-1 alfa-2, o UN',
    nameEs: 'un nombre de una línea, sin comillas',
    nameEn: 'un nombre de una línea, sin comillas',
    domains: 'uno o más de cases, persons, legal, separados por comas',
    host: 'un nombre de servidor como istmo.mp.gob.ni, o una dirección IP, sin https:// y sin puerto',
    port: 'un número entero de 1 a 65535',
    listen: 'una dirección IPv4 o IPv6; 0.0.0.0 es cada dirección de esta máquina',
    database: 'postgres://USUARIO:CONTRASEÑA@SERVIDOR/BASE, con códigos de porcentaje, o embedded',
    contact: 'un texto de una línea, sin comillas, como Unidad de Cooperación, +505 2222 0000',
    logName: 'un nombre suyo, como istmo.mp.gob.ni/ni, sin espacios ni signos más; no uno de .example o .test',
    witness:
      'una URL http como http://istmo.mp.gob.ni:4106/, o una https si un proxy con TLS está delante del cofirmante',
    gatewayName: 'el nombre que le dijo quien opera la pasarela',
    gatewayKeys: 'una URL https, o la ruta del archivo leg.jwks.json que le dio quien opera la pasarela',
    gatewayCa: 'la ruta del archivo ca.cert.pem que le dio quien opera la pasarela',
    tls: 'own, o csr para una solicitud de certificado a la autoridad que su país tiene',
  },
  wrong: (expected) => `  Se esperaba: ${expected}.`,
  wrongFlag: (flag, expected, came) =>
    `--${flag}: se esperaba ${expected}; ${came === null ? 'no llegó nada' : `llegó ${came}`}`,
  secret: 'otra cosa',
  howToAnswer: 'Dé estas opciones, o un archivo de respuestas (--answers ARCHIVO), o ejecute la orden en una terminal.',
  differs: (flags, file) =>
    `${flags}: se esperaba lo que dice ${file}; llegó otra cosa. Cambie usted los archivos de la carpeta, o haga otra carpeta`,
  made: (path) => `hecho       ${path}`,
  kept: (path) => `ya estaba   ${path}`,
  renewed: (path) => `escrito otra vez a partir de los demás: ${path}`,
  done: (next) => `Siga con ${next}.`,
  cutOff: (file) =>
    `AVISO: ${file}: se esperaba un salto de línea al final; no lo tiene, y puede estar cortado. Si está completo, termine su última línea.`,
  keyMoved: (path) =>
    `Lleve ${path} a un dispositivo o a una máquina de la persona encargada de la seguridad: con ella se puede detener todo aquí.`,
}

/** The words of each language. */
export const JOIN_WORDS: Readonly<Record<Language, JoinWords>> = { en: ENGLISH, es: SPANISH }

import type { Language } from '../../contract/language.ts'
import type { ProbeStep } from '../../contract/probe.ts'

/** What `istmo probe` and `istmo join --probe` say, in each language. */
export interface ProbeWords {
  readonly head: (country: string, gateway: string) => string
  readonly ids: (requestId: string, certificate: string | null) => string
  readonly file: string
  readonly steps: Readonly<Record<ProbeStep, string>>
  readonly skipped: string
  readonly nothingToCompare: Readonly<Partial<Record<ProbeStep, string>>>
  readonly good: string
  readonly bad: (count: number) => string
  /** What to do, by code. A code that is not here has the sentence of the registry of errors. */
  readonly remedies: Readonly<Record<string, string>>
  readonly clock: (seconds: number) => string
  readonly noServer: (origin: string, reason: string) => string
  readonly refused: (url: string, status: number, message: string | null) => string
  /** Around the question of an officer (`--as-officer`). */
  readonly officer: {
    readonly head: string
    readonly good: string
    readonly bad: string
    /** What to do if the country does not believe who asks. */
    readonly unbelieved: (country: string) => string
  }
}

const WRONG_AUTHORITY = {
  en: 'None of the authorities in the country’s file issued the node’s certificate. Put the node’s ca.cert.pem beside the file (domains.….tls.ca), or correct its pin: `istmo ca show`.',
  es: 'Ninguna autoridad del archivo del país emitió el certificado del nodo. Ponga el ca.cert.pem del nodo junto al archivo (domains.….tls.ca), o corrija su clave fijada (pins): `istmo ca show`.',
}
const NO_CLIENT_CERTIFICATE = {
  en: 'The node does not accept the gateway’s certificate. At the gateway: --client-cert and --client-key. At the node: the gateway’s ca.cert.pem as --tls-client-ca (TLS_CLIENT_CA_FILE).',
  es: 'El nodo no acepta el certificado de la pasarela. En la pasarela: --client-cert y --client-key. En el nodo: el ca.cert.pem de la pasarela como --tls-client-ca (TLS_CLIENT_CA_FILE).',
}
const CLOSED = {
  en: 'The node closed the connection without an answer. Most often it does not trust the gateway’s certificate: give the node the gateway’s ca.cert.pem as --tls-client-ca (TLS_CLIENT_CA_FILE). Its log says why.',
  es: 'El nodo cerró la conexión sin responder. Casi siempre no confía en el certificado de la pasarela: dé al nodo el ca.cert.pem de la pasarela como --tls-client-ca (TLS_CLIENT_CA_FILE). Su bitácora dice por qué.',
}
const WRONG_TOKEN = {
  en: 'The node does not accept the gateway’s leg token. At the node: the gateway’s key set as --gateway-jwks (LEG_JWKS_FILE), and its exact name as --gateway-issuer (GATEWAY_ISSUER). Compare the clocks too.',
  es: 'El nodo no acepta el token de consulta de la pasarela. En el nodo: las claves públicas de la pasarela como --gateway-jwks (LEG_JWKS_FILE), y su nombre exacto como --gateway-issuer (GATEWAY_ISSUER). Compare también los relojes.',
}
const NO_TLS = {
  en: 'The server does not speak TLS 1.3. A node speaks TLS itself (--tls-key, --tls-cert, --tls-client-ca); a proxy before it must pass TLS through.',
  es: 'El servidor no habla TLS 1.3. El nodo habla TLS por sí mismo (--tls-key, --tls-cert, --tls-client-ca); un proxy delante debe dejar pasar el TLS.',
}
const NOBODY_THERE = {
  en: 'Nothing listens there. Start the node with --host and this port, and open the firewall for the gateway’s address.',
  es: 'Nadie escucha ahí. Arranque el nodo con --host y este puerto, y abra el cortafuegos para la dirección de la pasarela.',
}
const NO_WAY = {
  en: 'No packet comes back. Open the firewall of the node for the gateway’s address, and compare the address in the country’s file.',
  es: 'Ningún paquete vuelve. Abra el cortafuegos del nodo para la dirección de la pasarela, y compare la dirección del archivo del país.',
}
const NO_NAME = {
  en: 'The gateway’s machine does not find this name. Correct the address in the country’s file, or publish the name in DNS.',
  es: 'La máquina de la pasarela no encuentra este nombre. Corrija la dirección del archivo del país, o publique el nombre en el DNS.',
}

const REFUSED_ADDRESS = {
  en: 'The gateway does not try this address, because it is of a private network or of the gateway’s own machine. Correct the address in the country’s file. If the countries meet in a private network, the operator starts the gateway with --probe-private-addresses.',
  es: 'La pasarela no prueba esta dirección, porque es de una red privada o de la máquina de la pasarela. Corrija la dirección del archivo del país. Si los países se encuentran en una red privada, el operador arranca la pasarela con --probe-private-addresses.',
}

/** By code, in both languages. */
const REMEDIES: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  ADDRESS_REFUSED: REFUSED_ADDRESS,
  ENOTFOUND: NO_NAME,
  EAI_AGAIN: NO_NAME,
  ECONNREFUSED: NOBODY_THERE,
  ETIMEDOUT: NO_WAY,
  EHOSTUNREACH: NO_WAY,
  ENETUNREACH: NO_WAY,
  DEPTH_ZERO_SELF_SIGNED_CERT: WRONG_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: WRONG_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: WRONG_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: WRONG_AUTHORITY,
  CERT_SIGNATURE_FAILURE: WRONG_AUTHORITY,
  UNSPECIFIED: WRONG_AUTHORITY,
  SERVER_KEY_NOT_PINNED: WRONG_AUTHORITY,
  CERT_HAS_EXPIRED: {
    en: 'The node’s certificate has ended. Renew it (`istmo ca renew`), and compare the clocks.',
    es: 'El certificado del nodo venció. Renuévelo (`istmo ca renew`), y compare los relojes.',
  },
  SERVER_CERTIFICATE_EXPIRED: {
    en: 'The node’s certificate does not hold now. Renew it (`istmo ca renew`), and compare the clocks.',
    es: 'El certificado del nodo no vale ahora. Renuévelo (`istmo ca renew`), y compare los relojes.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    en: 'The node’s certificate does not name this host. Issue it for the host of the address (`istmo ca issue … --dns NAME`), or correct the address.',
    es: 'El certificado del nodo no nombra este servidor. Emítalo para el nombre de la dirección (`istmo ca issue … --dns NOMBRE`), o corrija la dirección.',
  },
  INVALID_PURPOSE: {
    en: 'The certificate is for another use. The node needs one of `istmo ca issue … --use server`.',
    es: 'El certificado es para otro uso. El nodo necesita uno de `istmo ca issue … --use server`.',
  },
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: NO_TLS,
  ERR_SSL_UNSUPPORTED_PROTOCOL: NO_TLS,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: NO_CLIENT_CERTIFICATE,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: NO_CLIENT_CERTIFICATE,
  CERTIFICATE_MISSING: NO_CLIENT_CERTIFICATE,
  UND_ERR_SOCKET: CLOSED,
  ECONNRESET: CLOSED,
  TOKEN_INVALID: WRONG_TOKEN,
  TOKEN_EXPIRED: WRONG_TOKEN,
  TOKEN_MISSING: {
    en: 'The gateway’s leg token did not arrive. A proxy before the node must pass TLS through, and change no header.',
    es: 'El token de consulta no llegó. Un proxy delante del nodo debe dejar pasar el TLS, y no cambiar ningún encabezado.',
  },
  LEG_SALT_MISSING: {
    en: 'A header of the gateway did not arrive. A proxy before the node must pass TLS through, and change no header.',
    es: 'Un encabezado de la pasarela no llegó. Un proxy delante del nodo debe dejar pasar el TLS, y no cambiar ningún encabezado.',
  },
  KEYS_UNAVAILABLE: {
    en: 'The node cannot read the gateway’s key set (--gateway-jwks, LEG_JWKS_FILE). Its log says why.',
    es: 'El nodo no puede leer las claves públicas de la pasarela (--gateway-jwks, LEG_JWKS_FILE). Su bitácora dice por qué.',
  },
  RECORDS_UNAVAILABLE: {
    en: 'The node does not reach its database, or its rows are not ready. Ask it for /health/ready, and read its log.',
    es: 'El nodo no llega a su base de datos, o sus filas no están listas. Pregúntele por /health/ready, y lea su bitácora.',
  },
  NO_ROWS: {
    en: 'WARNING: the node has no row of this domain, so each answer is empty and looks like a true «no». Fill it (`istmo sync`) before the country takes part.',
    es: 'AVISO: el nodo no tiene ninguna fila de este dominio, así que toda respuesta sale vacía y parece un «no» verdadero. Llénelo (`istmo sync`) antes de que el país participe.',
  },
  BAD_ANSWER: {
    en: 'What answers there is not a node, or a proxy answers in its place. Compare the path of the address (/cases, /persons, /legal) with the node’s --domains.',
    es: 'Lo que responde ahí no es un nodo, o un proxy responde en su lugar. Compare la ruta de la dirección (/cases, /persons, /legal) con --domains del nodo.',
  },
  SUSPENDED: {
    en: 'The node is suspended. Whoever suspended it resumes it: `istmo suspensions`, `istmo resume`.',
    es: 'El nodo está en suspenso. Quien lo suspendió lo reanuda: `istmo suspensions`, `istmo resume`.',
  },
  LEG_DEADLINE: {
    en: 'The node did not answer in time. Read its log; the country’s file may give it longer (domains.….deadlineMs).',
    es: 'El nodo no respondió a tiempo. Lea su bitácora; el archivo del país puede darle más (domains.….deadlineMs).',
  },
  RECEIPT_INVALID: {
    en: 'The receipt is not of the log in the country’s file (receipts.vkey). Copy the key that the node says at /vkey; after a rotation, name its proof.',
    es: 'El recibo no es del registro que dice el archivo del país (receipts.vkey). Copie la clave que el nodo dice en /vkey; después de un cambio de clave, nombre su prueba.',
  },
  KEY_NOT_IN_FILE: {
    en: 'The country’s file has no receipts.vkey, so the gateway could not check receipts. Write this key there.',
    es: 'El archivo del país no tiene receipts.vkey, así que la pasarela no podría comprobar los recibos. Escriba ahí esta clave.',
  },
  KEY_DIFFERS: {
    en: 'The node says another key than receipts.vkey of the country’s file. Ask the country, by telephone, which one is right.',
    es: 'El nodo dice otra clave que receipts.vkey del archivo del país. Pregunte al país, por teléfono, cuál es la correcta.',
  },
  POLICIES_DIFFER: {
    en: 'The node decides by other policies than this file. Compare both files: `istmo policy diff`.',
    es: 'El nodo decide por otras políticas que este archivo. Compare los dos archivos: `istmo policy diff`.',
  },
  RULES_DIFFER: {
    en: 'The node decides by other task forces or another SDL than this file. Compare both files: `istmo policy diff`.',
    es: 'El nodo decide por otros equipos conjuntos u otro SDL que este archivo. Compare los dos archivos: `istmo policy diff`.',
  },
}

function remediesIn(language: Language): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(REMEDIES).map(([code, texts]) => [code, texts[language]]))
}

const ENGLISH: ProbeWords = {
  head: (country, gateway) => `The gateway «${gateway}» tried its connection to ${country}.`,
  ids: (requestId, certificate) =>
    `  request ${requestId} in the audit logs of both sides${certificate === null ? '' : `; the gateway’s certificate ${certificate}`}`,
  file: 'the country’s file',
  steps: {
    FILE: 'file and SDLs',
    NAME: 'name of the host',
    CONNECTION: 'connection',
    SERVER: 'node’s certificate',
    LEG: 'leg, token, gateway’s certificate',
    CLOCK: 'clocks',
    RECEIPT: 'receipt',
    KEY: 'key of the audit log',
    RULES: 'rules and SDLs of the node',
  },
  skipped: 'not tried',
  nothingToCompare: {
    SERVER: 'plain HTTP, which only one machine may use',
    CLOCK: 'no answer with a date',
    RECEIPT: 'the file has no receipts.vkey, or there was no answer',
    KEY: 'the node says none',
    RULES: 'no receipt says by which rules the node decides',
  },
  good: 'Both sides agree. Nothing of this read a record.',
  bad: (count) =>
    `${count === 1 ? 'One thing is' : `${count} things are`} wrong. Correct it, and run the command again.`,
  remedies: remediesIn('en'),
  clock: (seconds) =>
    `the node’s clock is ${Math.abs(seconds)} seconds ${seconds > 0 ? 'ahead of' : 'behind'} the gateway’s. Set both by NTP.`,
  noServer: (origin, reason) =>
    `${origin}: expected the operator's server of a gateway (its --operator-listen). It listens on the gateway's own machine: run the command there, or open a tunnel. If it has another address, name it with --operator (in the demo, http://127.0.0.1:4017). What came: ${reason}`,
  refused: (url, status, message) =>
    `${url}: expected the report of a probe; came HTTP ${status}: ${message ?? 'no message. Is it a gateway of this version?'}`,
  officer: {
    head: 'One question of an officer, for a record that does not exist:',
    good: 'The officer got an answer.',
    bad: 'The officer got no answer. Correct it, and run the command again.',
    unbelieved: (country) =>
      `The node of ${country} does not believe the officer. Its log says why. Most often the officer’s authority does not list the witness of ${country}, or the witness does not run: \`istmo doctor\` at the node asks the authority.`,
  },
}

const SPANISH: ProbeWords = {
  head: (country, gateway) => `La pasarela «${gateway}» probó su conexión con ${country}.`,
  ids: (requestId, certificate) =>
    `  solicitud ${requestId} en los registros de auditoría de los dos lados${certificate === null ? '' : `; certificado de la pasarela ${certificate}`}`,
  file: 'el archivo del país',
  steps: {
    FILE: 'archivo y SDL',
    NAME: 'nombre del servidor',
    CONNECTION: 'conexión',
    SERVER: 'certificado del nodo',
    LEG: 'consulta, token, certificado de la pasarela',
    CLOCK: 'relojes',
    RECEIPT: 'recibo',
    KEY: 'clave del registro de auditoría',
    RULES: 'reglas y SDL del nodo',
  },
  skipped: 'no se probó',
  nothingToCompare: {
    SERVER: 'HTTP sin cifrar, que solo una misma máquina puede usar',
    CLOCK: 'ninguna respuesta con fecha',
    RECEIPT: 'el archivo no tiene receipts.vkey, o no hubo respuesta',
    KEY: 'el nodo no dice ninguna',
    RULES: 'ningún recibo dice por qué reglas decide el nodo',
  },
  good: 'Los dos lados concuerdan. Nada de esto leyó un registro de nadie.',
  bad: (count) =>
    `${count === 1 ? 'Una cosa está mal' : `${count} cosas están mal`}. Corríjalo, y ejecute la orden otra vez.`,
  remedies: remediesIn('es'),
  clock: (seconds) =>
    `el reloj del nodo está ${Math.abs(seconds)} segundos ${seconds > 0 ? 'adelantado' : 'atrasado'} respecto al de la pasarela. Ajuste los dos por NTP.`,
  noServer: (origin, reason) =>
    `${origin}: se esperaba el servidor de operación de una pasarela (su --operator-listen). Escucha en la máquina de la pasarela: ejecute la orden ahí, o abra un túnel. Si tiene otra dirección, nómbrela con --operator (en la demostración, http://127.0.0.1:4017). Lo que llegó: ${reason}`,
  refused: (url, status, message) =>
    `${url}: se esperaba el resultado de una prueba; llegó HTTP ${status}: ${message ?? 'sin mensaje. ¿Es una pasarela de esta versión?'}`,
  officer: {
    head: 'Una pregunta de un funcionario, por un registro que no existe:',
    good: 'El funcionario recibió una respuesta.',
    bad: 'El funcionario no recibió respuesta. Corríjalo, y ejecute la orden otra vez.',
    unbelieved: (country) =>
      `El nodo de ${country} no le cree al funcionario. Su bitácora dice por qué. Casi siempre la autoridad del funcionario no tiene en su lista al cofirmante de ${country}, o el cofirmante no está en marcha: \`istmo doctor\` en el nodo pregunta a la autoridad.`,
  },
}

/** The words of each language. */
export const PROBE_WORDS: Readonly<Record<Language, ProbeWords>> = { en: ENGLISH, es: SPANISH }

/** What each setting of a node means, in Spanish, for `node.env`. The English words stand beside the settings (subgraphs/kit/settings.ts). */
import { DOMAINS } from '../../contract/domain.ts'
import type { Language } from '../../contract/language.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import { NODE_SETTINGS } from '../../subgraphs/kit/settings.ts'

/** The words of one setting. */
export interface SettingWords {
  readonly meaning: string
  readonly expected: string
}

type Settings = Readonly<Record<keyof NodeConfig, SettingWords>>

const FILE = 'la ruta de un archivo'
const FOLDER = 'la ruta de una carpeta'

const SPANISH: Settings = {
  country: {
    meaning: 'el país cuyas filas da el nodo',
    expected: 'un código de ISO 3166-1 alfa-2, o UN',
  },
  domains: {
    meaning: 'los dominios que da este proceso, separados por comas',
    expected: `uno o más de ${DOMAINS.join(', ')}, separados por comas`,
  },
  host: { meaning: 'la dirección en la que escucha', expected: 'una dirección o un nombre de servidor' },
  port: {
    meaning: 'el puerto en el que escucha; 0 elige uno libre',
    expected: 'un número entero de 0 a 65535',
  },
  tlsKey: {
    meaning: 'la clave privada del nodo, en PEM; con --tls-cert y --tls-client-ca, el nodo habla TLS 1.3',
    expected: FILE,
  },
  tlsCert: {
    meaning: 'el certificado del nodo y su cadena hasta la autoridad, en PEM',
    expected: FILE,
  },
  tlsClientCa: {
    meaning:
      'las autoridades del certificado de la pasarela, en PEM; con TLS, el nodo exige un certificado de una de ellas en cada consulta',
    expected: FILE,
  },
  databaseUrl: {
    meaning:
      'un servidor PostgreSQL, de la versión 15 o posterior; si falta, el nodo usa el PostgreSQL que trae adentro',
    expected: 'postgres://…',
  },
  databaseFolder: {
    meaning:
      'la carpeta en que el PostgreSQL del nodo guarda las filas; si falta, se pierden cuando termina el proceso',
    expected: FOLDER,
  },
  upstream: {
    meaning:
      'un servicio propio que responde lo que el nodo permite (docs/access.md); se indica una vez por cada dominio (aquí, separados por comas), y sin base de datos',
    expected: `DOMINIO=URL: uno de ${DOMAINS.join(', ')}, y una URL https, o una URL http de una dirección de la misma máquina`,
  },
  hitsFile: {
    meaning:
      'archivo en el que un nodo con --upstream guarda las búsquedas de coincidencias del día, como HMAC (docs/access.md); si falta, un reinicio comienza de nuevo las cuotas de estas búsquedas',
    expected: 'la ruta de un archivo en una carpeta en la que el nodo puede escribir',
  },
  gatewayJwks: { meaning: 'las claves públicas de la pasarela', expected: 'la ruta de un archivo, o una URL' },
  gatewayIssuer: {
    meaning: 'el nombre de la pasarela: el `iss` de sus tokens de consulta',
    expected: 'el `iss` exacto de los tokens de consulta',
  },
  rules: {
    meaning:
      'la copia que tiene el país de su propio archivo, con equipos conjuntos, políticas y SDL (docs/access.md); si falta, el nodo no reconoce a nadie',
    expected: FILE,
  },
  mandatesFolder: {
    meaning:
      'la carpeta en que el nodo guarda las pruebas de mandatos que verificó (docs/access.md); si falta, las pasarelas las envían otra vez después de un arranque',
    expected: FOLDER,
  },
  suspensions: {
    meaning:
      'la carpeta en que el nodo guarda lo que está en suspenso, y toma lo que `istmo suspend` pone allí (docs/es/emergencies.md); si falta, nadie puede suspender nada aquí',
    expected: 'la ruta de una carpeta que ningún otro proceso usa',
  },
  countThreshold: {
    meaning: 'el número menor que el nodo muestra en estadísticas',
    expected: 'un número entero de 1 a 1000000000',
  },
  callerTime: {
    meaning:
      'cuántos milisegundos de cada segundo trabaja el nodo por lo menos para un usuario mientras otros también preguntan, y cuántos más de una vez; quien los agotó recibe TIME_SPENT (docs/access.md, Running time)',
    expected: 'cuántos milisegundos por segundo, dos puntos y cuántos de una vez, como 200:3000; 0 para no limitar',
  },
  contactPoint: { meaning: 'a quién llamar por una coincidencia; `personHits` lo muestra', expected: 'un texto' },
  nodeKey: {
    meaning:
      'la clave que firma los identificadores en las respuestas del nodo, para que los nodos de otros países los acepten como parte de una pregunta; si falta, los rechazan',
    expected: 'la ruta de un archivo con una clave privada Ed25519, como JWK',
  },
  auditLogDir: {
    meaning:
      'la carpeta del registro de auditoría del país; si falta, el nodo no lleva registro de auditoría (solo para desarrollo)',
    expected: FOLDER,
  },
  auditLogKey: {
    meaning:
      'la clave que firma los estados del registro de auditoría (C2SP signed note); el nombre de la clave es el origen del registro',
    expected: FILE,
  },
  auditLogRefKeys: {
    meaning:
      'las claves del país con que se hacen los seudónimos de registros, casos y personas que consultan, por época',
    expected: FILE,
  },
  auditLogShards: {
    meaning:
      'cada cuánto el registro de auditoría empieza un tramo nuevo, una carpeta propia en `shards`: `yearly` (cada año) o `monthly` (cada mes), con el primer asiento del año o del mes en UTC; o `none` (nunca)',
    expected: 'none, yearly o monthly',
  },
  trustPolicy: {
    meaning:
      'la política de confianza (C2SP tlog-policy) que nombra los registros de auditoría de otros, como el de la pasarela; el nodo guarda los estados de esos registros que le muestran, y avisa de una vista dividida',
    expected: FILE,
  },
  drain: {
    meaning:
      'cuánto sigue respondiendo el proceso después de SIGTERM mientras /health/ready ya es 503, en milisegundos; dele más de lo que un balanceador tarda en notarlo',
    expected: 'un número entero de milisegundos de 0 a 600000',
  },
  operatorListen: {
    meaning:
      'la dirección del servidor para quien opera el nodo, con /status y /metrics: qué está en suspenso, qué autoridades callan, cuándo terminan los certificados, y qué dominios aceptan preguntas que nadie firmó; el puerto 0 elige uno libre',
    expected: 'una dirección y un puerto, como 127.0.0.1:9465, u `off`',
  },
  logLevel: {
    meaning: 'el nivel más bajo que se anota en el registro de operación',
    expected: 'uno de fatal, error, warn, info, debug, trace, silent',
  },
  development: {
    meaning:
      'arrancar aunque la configuración no sea segura para registros reales; cada peligro es un aviso en el registro de operación',
    expected: '1, true, 0 o false',
  },
  fast: {
    meaning:
      'responder las operaciones por planes que se hacen una sola vez; con 0, graphql-js ejecuta cada una, con las mismas respuestas, para encontrar una falla',
    expected: '1, true, 0 o false',
  },
}

/** What the settings mean, and the words around it, in each language. */
export const SETTING_WORDS: Readonly<
  Record<Language, { readonly settings: Settings; readonly expected: string; readonly byDefault: string }>
> = {
  en: { settings: NODE_SETTINGS, expected: 'expected', byDefault: 'default' },
  es: { settings: SPANISH, expected: 'se espera', byDefault: 'si falta' },
}

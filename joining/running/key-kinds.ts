import type { Language } from '../../contract/language.ts'

/**
 * Every kind of key around a node, who has it, and how it is replaced. docs/running-a-node.md has the same table, and a test compares both.
 */

/** The kinds that `istmo keys rotate` replaces itself, at the node. */
export const OWN_KINDS = ['node-key', 'ref-keys', 'gateway-key', 'audit-log-key'] as const

/** Kinds for which it says what to type: another command replaces them, or another party has them. */
export const OTHER_KINDS = [
  'tls',
  'suspension-key',
  'database-password',
  'authority-key',
  'gateway-leg-key',
  'officer-keys',
] as const

/** A kind of key. */
export type KeyKind = (typeof OWN_KINDS)[number] | (typeof OTHER_KINDS)[number]

/** All kinds, in the order in which they are listed. */
export const KEY_KINDS: readonly KeyKind[] = [...OWN_KINDS, ...OTHER_KINDS]

/** What there is to say of a kind. */
interface KindWords {
  /** Who has it, and what it is for. */
  readonly who: string
  /** What to type or do. `{log}`, `{key}`, `{tls}` and `{rules}` stand for the paths of this node. */
  readonly how: string
  /** What happens meanwhile. */
  readonly meanwhile: string
}

const ENGLISH: Readonly<Record<KeyKind, KindWords>> = {
  'node-key': {
    who: 'the node: signs the ids that it gives',
    how: 'istmo keys rotate node-key; send the thumbprint to the partners; when they have it, istmo keys rotate node-key --switch',
    meanwhile: 'nothing stops; partners take both keys',
  },
  'ref-keys': {
    who: 'the node: the refs in its audit log',
    how: 'istmo keys rotate ref-keys',
    meanwhile: 'nothing stops; refs of older epochs are still found',
  },
  'gateway-key': {
    who: 'the node: its copy of the gateway’s public keys',
    how: 'istmo keys rotate gateway-key --add NEW.jwks.json; when the gateway signs with it, istmo keys rotate gateway-key --drop KID',
    meanwhile: 'nothing stops; the node takes both keys',
  },
  'audit-log-key': {
    who: 'the node: signs its audit log',
    how: 'istmo keys rotate audit-log-key; send the proof to the gateway and to the witnesses; when they have it, istmo keys rotate audit-log-key --finish',
    meanwhile: 'nothing stops; both keys sign',
  },
  tls: {
    who: 'the node: its certificate and the authority of clients',
    how: 'istmo ca renew CA {tls} (the same key), or istmo ca issue CA node --use server --dns NAME --out {tls} in a new folder, then mv',
    meanwhile: 'nothing stops; open connections stay',
  },
  'suspension-key': {
    who: 'each person who may suspend',
    how: 'istmo keys NAME-2 --suspender keys; add its line to `suspenders` in {rules}; remove the old one when nothing of it is suspended',
    meanwhile: 'nothing stops; both keys count',
  },
  'database-password': {
    who: 'the node and the PostgreSQL server',
    how: 'make a second role with the same rights, put it into DATABASE_URL, restart the node, drop the old role',
    meanwhile: 'THE NODE RESTARTS, some seconds',
  },
  'authority-key': {
    who: 'the country’s mandate authority',
    how: 'istmo authority --new-signing-key (docs/authority.md, Rotation and lost keys)',
    meanwhile: 'nothing stops; the partners pin the new thumbprint first',
  },
  'gateway-leg-key': {
    who: 'the gateway’s operator',
    how: 'istmo keys --leg NEW; send leg.jwks.json to each country; when all have it, set --leg-key and restart the gateway',
    meanwhile: 'THE GATEWAY RESTARTS, some seconds; nodes take both keys',
  },
  'officer-keys': {
    who: 'tools of officers (DPoP)',
    how: 'nothing: each session makes its own',
    meanwhile: 'nothing stops',
  },
}

const SPANISH: Readonly<Record<KeyKind, KindWords>> = {
  'node-key': {
    who: 'el nodo: firma los identificadores que da',
    how: 'istmo keys rotate node-key; envíe la huella a los países asociados; cuando la tengan, istmo keys rotate node-key --switch',
    meanwhile: 'nada se detiene; los países asociados aceptan las dos claves',
  },
  'ref-keys': {
    who: 'el nodo: los seudónimos de su registro de auditoría',
    how: 'istmo keys rotate ref-keys',
    meanwhile: 'nada se detiene; los seudónimos de épocas anteriores se siguen encontrando',
  },
  'gateway-key': {
    who: 'el nodo: su copia de las claves públicas de la pasarela',
    how: 'istmo keys rotate gateway-key --add NEW.jwks.json; cuando la pasarela firme con ella, istmo keys rotate gateway-key --drop KID',
    meanwhile: 'nada se detiene; el nodo acepta las dos claves',
  },
  'audit-log-key': {
    who: 'el nodo: firma su registro de auditoría',
    how: 'istmo keys rotate audit-log-key; envíe la prueba a la pasarela y a los cofirmantes; cuando la tengan, istmo keys rotate audit-log-key --finish',
    meanwhile: 'nada se detiene; las dos claves firman',
  },
  tls: {
    who: 'el nodo: su certificado y la autoridad de los clientes',
    how: 'istmo ca renew CA {tls} (la misma clave), o istmo ca issue CA node --use server --dns NAME --out {tls} en una carpeta nueva, y luego mv',
    meanwhile: 'nada se detiene; las conexiones abiertas siguen',
  },
  'suspension-key': {
    who: 'cada persona que puede suspender',
    how: 'istmo keys NAME-2 --suspender keys; agregue su línea a `suspenders` en {rules}; quite la vieja cuando nada suyo esté en suspenso',
    meanwhile: 'nada se detiene; valen las dos claves',
  },
  'database-password': {
    who: 'el nodo y el servidor PostgreSQL',
    how: 'haga un segundo rol con los mismos derechos, póngalo en DATABASE_URL, reinicie el nodo, borre el rol viejo',
    meanwhile: 'EL NODO SE REINICIA, unos segundos',
  },
  'authority-key': {
    who: 'la autoridad de mandatos del país',
    how: 'istmo authority --new-signing-key (docs/authority.md, Rotation and lost keys)',
    meanwhile: 'nada se detiene; antes los países asociados fijan la huella nueva',
  },
  'gateway-leg-key': {
    who: 'el operador de la pasarela',
    how: 'istmo keys --leg NEW; envíe leg.jwks.json a cada país; cuando todos lo tengan, ponga --leg-key y reinicie la pasarela',
    meanwhile: 'LA PASARELA SE REINICIA, unos segundos; los nodos aceptan las dos claves',
  },
  'officer-keys': {
    who: 'las herramientas de los funcionarios (DPoP)',
    how: 'nada: cada sesión hace la suya',
    meanwhile: 'nada se detiene',
  },
}

/** The kinds in each language. */
export const KEY_KIND_WORDS: Readonly<Record<Language, Readonly<Record<KeyKind, KindWords>>>> = {
  en: ENGLISH,
  es: SPANISH,
}

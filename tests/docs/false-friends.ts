import { type Construction, compile } from './plain-english.ts'

/**
 * Spanish words that mean something else to those who read our pages: a prosecutor, an ombudsman, somebody from the IT of a court.
 *
 * `docs/es/glossary.md` decides the word to write, and says why. Quoted words are not looked at: what a command prints stays as it is printed.
 */

/** Whatever is an order of a court, after the word «orden» or «órdenes». */
const OF_A_COURT = '(?! (?:judicial|vigente|de (?:captura|aprehensión|allanamiento|un (?:juez|tribunal))))'

/** Determiners with which «orden» is feminine: a command or a warrant, and not a sequence. */
const FEMININE =
  'la|las|una|unas|esta|estas|cada|otra|otras|misma|mismas|primera|segunda|tercera|última|siguiente|ambas'

/** Whatever has an audit log, so that «registro de la pasarela» is the log and not a record. */
const OWNER_OF_A_LOG = 'la pasarela|una pasarela|la autoridad|una autoridad|la mesa|la supervisión|un país|cada país'

/** What an audit log has, and a record does not. */
const PART_OF_A_LOG = 'asientos?|estados? firmados?|cofirmantes?|tramos?|hashes|clave(?: de firma)?'

/** Each false friend. Add one only if it misled a reader, and if the glossary has the word to write. */
export const FALSE_FRIENDS: readonly Construction[] = [
  {
    name: '«orden» for a command: a prosecutor reads a warrant',
    pattern: compile(
      String.raw`\b(?:${FEMININE}) [oó]rden(?:es)?\b${OF_A_COURT}|\blíneas? de órdenes\b|\bpor orden\b${OF_A_COURT}`,
    ),
    better: 'comando; if a court orders it, orden judicial',
  },
  {
    name: '«capturar» a process or a key: a prosecutor reads an arrest',
    pattern: compile(String.raw`\bcaptur(?:ar|an|ó|aron|e|en|ad[oa]s?)(?![\wáéíóú])`),
    better: 'en manos de un intruso',
  },
  {
    name: '«detener» somebody who may ask no more: a prosecutor reads an arrest',
    pattern: compile(
      String.raw`\bdet(?:ener|enga|iene)n? (?:\S+ ){0,3}a (?:un|una) (?:funcionario|persona|institución|equipo)\b`,
    ),
    better: 'ya no debe consultar',
  },
  {
    name: '«testigo» for who cosigns a log: a prosecutor reads a person who testifies',
    pattern: compile(
      String.raw`(?<!(?:víctima|menor)[^.|]{0,80})\btestigos?\b(?![^.|]{0,60}(?:víctima|menor|declara))`,
    ),
    better: 'cofirmante',
  },
  {
    name: '«consulta» for a leg: it is what a person asks',
    pattern: compile(
      [
        String.raw`\btokens? de consulta\b`,
        String.raw`\bclaves? de consultas?\b`,
        String.raw`\bsal de la consulta\b`,
        String.raw`\bplazo de una consulta\b`,
        String.raw`\bconsultas? a (?:un|cada) país\b`,
        String.raw`\bconsulta que (?:el|un) país recib`,
        String.raw`\brepart\S+ consultas\b`,
        String.raw`\bconsultas? sin derechos\b`,
        String.raw`\bninguna consulta puede\b`,
        String.raw`\blas consultas (?:leen|esperan)\b`,
      ].join('|'),
    ),
    better: 'petición',
  },
  {
    name: '«registro» for the audit log: it is a record of a country',
    pattern: compile(
      [
        String.raw`\b(?:el|del|al|un|su) registro (?:de (?:${OWNER_OF_A_LOG})|del (?:nodo|auditor|país))\b`,
        String.raw`\b(?:${PART_OF_A_LOG}) (?:del|de un|de su|de cada) registro\b(?! de auditoría)`,
        String.raw`\bpropio registro\b(?! de auditoría)|\bregistro propio\b`,
        String.raw`\b(?:ambos|los dos|dos) registros\b(?! de (?:auditoría|dos países))`,
      ].join('|'),
    ),
    better: 'registro de auditoría',
  },
  {
    name: '«registro» for a registry of packages',
    pattern: compile(String.raw`\bregistros? de paquetes\b|\bpaquete de un registro\b|\bnpx pide a un registro\b`),
    better: 'repositorio de paquetes',
  },
  {
    name: '«registro» for the system of an institution',
    pattern: compile(String.raw`\bregistros? nacional(?:es)?\b|\blos registros de América\b`),
    better: 'el sistema de su país',
  },
  {
    name: '«banda» for how well a person fits: a prosecutor reads a gang',
    pattern: compile(String.raw`\bbandas?\b`),
    better: 'grado de coincidencia',
  },
  {
    name: '«evidencia» for receipts: a prosecutor reads physical evidence',
    pattern: compile(String.raw`\bevidencias?\b`),
    better: 'comprobantes',
  },
  {
    name: '«compromiso» for a hash: a lawyer reads an undertaking',
    pattern: compile(String.raw`\bcompromisos?\b`),
    better: 'hash con sal',
  },
  {
    name: '«retención legal» for what must be kept: a lawyer reads a detention or a tax',
    pattern: compile(String.raw`\bretenci(?:ón|ones) legal(?:es)?\b`),
    better: 'conservación obligatoria',
  },
  {
    name: '«hacer» for to create',
    pattern: compile(
      String.raw`\b(?:haga|hace|hacer) (?:la|una|el|un|su|sus|otra) (?:base|carpetas?|claves?|usuario|índice)\b`,
    ),
    better: 'crear: cree la base de datos',
  },
  {
    name: '«tomar» for how long it takes',
    pattern: compile(
      String.raw`\btoman?,? (?:pues, |cerca de |unos |unas |un |una |varios |varias |\d+ )*(?:segundos?|minutos?|horas?|días?|tiempo)\b`,
    ),
    better: 'tarda',
  },
  {
    name: '«correr» for to run a program',
    pattern: compile(String.raw`\bcorren? (?:las|los|todo|como|en)\b`),
    better: 'se ejecuta, ejecuta',
  },
]

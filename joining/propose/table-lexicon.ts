/** The words, in Spanish and English, by which old databases call their tables. */
import type { RecordKindName } from '../../contract/records/record-kind.ts'

/** The phrases that name the table of a kind, the most certain first. */
export const TABLE_PHRASES: Readonly<Partial<Record<RecordKindName, readonly string[]>>> = {
  'cases.offences': [
    'expediente delito',
    'caso delito',
    'causa delito',
    'tipo delito',
    'case offence',
    'delito',
    'cargo',
    'offence',
    'offense',
    'charge',
    'imputacion',
  ],
  'cases.participants': [
    'interviniente',
    'participante',
    'sujeto procesal',
    'involucrado',
    'parte procesal',
    'expediente persona',
    'caso persona',
    'participant',
    'party',
    'parte',
  ],
  'cases.linkedCases': ['expediente relacionado', 'caso relacionado', 'acumulado', 'linked case', 'related case'],
  warrants: ['orden captura', 'orden aprehension', 'orden judicial', 'mandamiento', 'warrant', 'captura', 'orden'],
  cases: [
    'expediente',
    'carpeta investigacion',
    'causa',
    'caso',
    'denuncia',
    'proceso',
    'noticia criminal',
    'legajo',
    'sumario',
    'atestado',
    'averiguacion',
    'case file',
    'case',
    'proceeding',
    'homicidio',
    'delito',
  ],
  'persons.identifiers': [
    'documento identidad',
    'persona documento',
    'identificacion',
    'cedula',
    'identifier',
    'document',
    'documento',
  ],
  'persons.addresses': ['domicilio', 'direccion', 'address'],
  'persons.memberships': ['membresia', 'pandilla', 'integrante', 'membership', 'gang'],
  'persons.associates': ['asociado', 'vinculo', 'associate'],
  'persons.names': ['alias', 'persona nombre', 'otro nombre', 'apodo', 'nickname', 'person name'],
  persons: ['persona', 'person', 'individuo', 'ciudadano', 'people', 'imputado', 'detenido'],
  statutes: ['articulo penal', 'codigo penal', 'norma', 'ley', 'statute', 'articulo'],
  mlaRequests: ['asistencia', 'exhorto', 'rogatoria', 'mla', 'legal assistance'],
  instruments: ['tratado', 'convenio', 'treaty', 'instrument'],
}

/** Words of tables that only explain codes of others. */
export const CATALOGUE_WORDS: ReadonlySet<string> = new Set(
  'tipo categoria catalogo clase parametro type lookup'.split(' '),
)

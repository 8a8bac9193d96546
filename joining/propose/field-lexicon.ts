/** The words, in Spanish and English, by which old databases call what the contract has. A phrase matches a name that has all of its words. */
import type { RecordKindName } from '../../contract/records/record-kind.ts'

/** The phrases that name a field, by kind. A dot-less key is the field's key. */
export const FIELD_PHRASES: Readonly<Partial<Record<RecordKindName, Readonly<Record<string, readonly string[]>>>>> = {
  cases: {
    id: [
      'numero expediente',
      'numero caso',
      'numero causa',
      'numero denuncia',
      'codigo caso',
      'id expediente',
      'id caso',
      'id denuncia',
      'id hecho',
      'case number',
      'case id',
      'case',
      'expediente',
      'nuc',
      'nic',
      'numero',
      'id',
      'codigo',
    ],
    trackingId: ['numero unico', 'codigo unico', 'nuc', 'nue', 'ruc', 'tracking', 'numero externo'],
    filedOn: [
      'fecha ingreso',
      'fecha inicio',
      'fecha denuncia',
      'fecha apertura',
      'fecha registro',
      'fecha radicacion',
      'fecha recepcion',
      'fecha entrada',
      'filed',
      'filing date',
      'opened',
      'date opened',
      'fecha presentacion',
    ],
    closedOn: [
      'fecha cierre',
      'fecha archivo',
      'fecha conclusion',
      'fecha termino',
      'fecha egreso',
      'fecha salida',
      'closed',
      'closing date',
    ],
    status: [
      'estado procesal',
      'estado expediente',
      'estado caso',
      'situacion',
      'estado',
      'status',
      'etapa',
      'fase',
      'stage',
    ],
    category: ['tipo expediente', 'tipo caso', 'clase proceso', 'tipo proceso', 'categoria', 'case type', 'category'],
    subdivision: [
      'departamento hecho',
      'departamento',
      'provincia',
      'region',
      'entidad federativa',
      'province',
      'subdivision',
      'district',
    ],
    court: ['juzgado', 'tribunal', 'organo jurisdiccional', 'despacho', 'court'],
    prosecutor: ['fiscal', 'nombre fiscal', 'prosecutor'],
    narrative: [
      'narracion',
      'relato',
      'hecho',
      'descripcion hecho',
      'resumen',
      'narrative',
      'observaciones',
      'facts',
      'descripcion',
    ],
    handling: [
      'reservado',
      'reserva',
      'sensible',
      'confidencial',
      'clasificacion',
      'nivel reserva',
      'confidential',
      'handling',
    ],
    agency: ['institucion', 'entidad', 'dependencia', 'fiscalia', 'unidad', 'agency', 'comisaria'],
    recordedAt: ['fecha creacion', 'fecha captura', 'created', 'recorded'],
  },
  'cases.offences': {
    label: [
      'nombre delito',
      'descripcion delito',
      'subtipo delito',
      'tipo delito',
      'tipo penal',
      'tipo crimen',
      'delito',
      'etiqueta',
      'subtipo',
      'modalidad',
      'offence',
      'offense',
      'charge',
      'crime',
      'hecho delictivo',
      'descripcion',
      'nombre',
    ],
    iccs: ['iccs', 'codigo iccs'],
    statute: ['articulo', 'statute', 'codigo articulo'],
    attempted: ['tentativa', 'tentado', 'grado ejecucion', 'attempted', 'consumado'],
    committedFrom: [
      'fecha hecho',
      'fecha comision',
      'fecha delito',
      'fecha ocurrencia',
      'fecha suceso',
      'committed',
      'date offence',
      'incident date',
    ],
    organisedCrime: ['crimen organizado', 'delincuencia organizada', 'organized crime', 'organised crime'],
    disposition: ['resultado', 'sentencia', 'fallo', 'disposition', 'outcome', 'resolucion'],
    ordinal: ['orden', 'correlativo', 'secuencia', 'ordinal'],
  },
  'cases.participants': {
    id: ['id interviniente', 'id participante', 'id'],
    role: [
      'calidad',
      'tipo interviniente',
      'rol',
      'calidad procesal',
      'condicion',
      'tipo sujeto',
      'role',
      'tipo participante',
      'tipo',
    ],
    person: ['id persona', 'numero persona', 'codigo persona', 'persona', 'person'],
    sinceDate: ['fecha inicio', 'fecha alta', 'fecha vinculacion', 'since'],
    untilDate: ['fecha fin', 'fecha desvinculacion', 'until'],
  },
  'cases.linkedCases': {
    linkedCase: [
      'expediente relacionado',
      'caso relacionado',
      'numero relacionado',
      'linked',
      'related',
      'relacionado',
    ],
  },
  warrants: {
    id: ['numero orden', 'id orden', 'warrant number', 'numero', 'id'],
    case: ['numero expediente', 'expediente', 'id caso', 'caso', 'case'],
    category: ['tipo orden', 'clase orden', 'tipo', 'category', 'type'],
    status: ['estado', 'estado orden', 'situacion', 'status', 'vigencia'],
    issuedOn: ['fecha emision', 'fecha orden', 'fecha libramiento', 'issued', 'fecha expedicion', 'fecha'],
    expiresOn: ['fecha vencimiento', 'fecha caducidad', 'expires', 'vencimiento'],
    issuingCourt: ['juzgado', 'tribunal', 'court', 'juez'],
    subject: ['id persona', 'persona', 'imputado', 'person', 'subject'],
    extraditionRequested: ['extradicion', 'extradition', 'difusion roja'],
  },
  persons: {
    id: ['id persona', 'numero persona', 'codigo persona', 'person id', 'id', 'codigo', 'numero'],
    birthDate: ['fecha nacimiento', 'nacimiento', 'birth date', 'birthdate', 'date birth', 'birth'],
    birthPlace: ['lugar nacimiento', 'municipio nacimiento', 'birth place', 'birthplace'],
    sex: ['sexo', 'genero', 'sex', 'gender'],
    nationalities: ['nacionalidad', 'nationality', 'pais nacionalidad'],
    protected: ['menor', 'protegido', 'menor edad', 'minor', 'protected'],
  },
  'persons.names': {
    full: ['nombre completo', 'full name', 'apellido nombre', 'nombre apellido', 'alias', 'apodo'],
    category: ['tipo nombre', 'name type'],
  },
  'persons.identifiers': {
    value: [
      'numero documento',
      'documento identidad',
      'numero identidad',
      'identificacion',
      'document number',
      'documento',
      'valor',
    ],
    category: ['tipo documento', 'clase documento', 'document type', 'tipo identificacion'],
    jurisdiction: ['pais emision', 'pais documento', 'issuing country', 'pais'],
    issuedOn: ['fecha emision', 'fecha expedicion', 'issued'],
    expiresOn: ['fecha vencimiento', 'expires'],
  },
  'persons.addresses': {
    line: ['direccion', 'domicilio', 'calle', 'address', 'street'],
    subdivision: ['departamento residencia', 'departamento domicilio', 'departamento', 'provincia', 'province'],
    country: ['pais residencia', 'pais domicilio', 'country', 'pais'],
  },
  'persons.memberships': {
    group: ['pandilla', 'grupo', 'organizacion', 'clica', 'group', 'gang', 'organization'],
    role: ['rol', 'rango', 'cargo', 'role'],
    sinceDate: ['fecha ingreso', 'fecha inicio', 'desde', 'since'],
    untilDate: ['fecha salida', 'fecha fin', 'hasta', 'until'],
  },
  'persons.associates': {
    associate: ['id asociado', 'asociado', 'persona relacionada', 'associate'],
    relationship: ['relacion', 'parentesco', 'vinculo', 'relationship', 'tipo'],
  },
  statutes: {
    id: ['id articulo', 'codigo articulo', 'id', 'codigo'],
    code: ['codigo', 'ley', 'cuerpo legal', 'code'],
    section: ['numero articulo', 'articulo', 'section'],
    heading: ['titulo', 'epigrafe', 'nombre', 'heading'],
    text: ['texto', 'contenido', 'text'],
    maxPenaltyMonths: ['pena maxima', 'max penalty', 'pena'],
    inForceFrom: ['fecha vigencia', 'vigente desde', 'in force'],
    repealedOn: ['fecha derogacion', 'derogado', 'repealed'],
  },
}

/** Columns that hold a name's parts. Each list is in the order of a name. */
export const NAME_PARTS = {
  givenNames: [
    ['primer nombre', 'nombre 1', 'nombre1', 'first name', 'given name'],
    ['segundo nombre', 'nombre 2', 'nombre2', 'middle name'],
    ['nombre'],
  ],
  surnames: [
    ['primer apellido', 'apellido paterno', 'apellido 1', 'apellido1', 'last name', 'surname', 'paterno'],
    ['segundo apellido', 'apellido materno', 'apellido 2', 'apellido2', 'second surname', 'materno'],
    ['apellido casada', 'married name'],
    ['apellido'],
  ],
} as const

/** Columns of a table of persons that are documents, with the category. */
export const DOCUMENT_PHRASES: Readonly<Record<string, readonly string[]>> = {
  NATIONAL_ID: [
    'cedula',
    'dpi',
    'dui',
    'dni',
    'identidad',
    'cui',
    'curp',
    'national id',
    'numero identidad',
    'numero documento',
    'documento',
  ],
  PASSPORT: ['pasaporte', 'passport'],
  TAX_ID: ['nit', 'ruc', 'rtn', 'rfc', 'tax id'],
  DRIVER_LICENCE: ['licencia', 'driver licence', 'driver license'],
}

/** The column that says when a row changed. */
export const CHANGE_PHRASES: readonly string[] = [
  'fecha modificacion',
  'fecha actualizacion',
  'ultima modificacion',
  'ultima actualizacion',
  'updated',
  'modified',
  'last change',
  'modificacion',
  'actualizacion',
  'modificado',
  'actualizado',
]

/** What the contract has no field for, by the words of a column's name, with the reason's key in the words of `istmo map`. */
export const LEFT_OUT_PHRASES: Readonly<
  Record<'contact' | 'image' | 'secret' | 'internal' | 'age' | 'weapon', readonly string[]>
> = {
  contact: ['telefono', 'celular', 'email', 'correo', 'phone', 'mobile', 'whatsapp'],
  image: ['foto', 'fotografia', 'huella', 'imagen', 'photo', 'image', 'fingerprint', 'firma'],
  secret: ['password', 'clave', 'contrasena', 'token'],
  internal: ['usuario', 'user', 'ip', 'version', 'activo', 'borrado', 'deleted', 'terminal'],
  age: ['edad', 'rango edad', 'age', 'grupo edad'],
  weapon: ['arma', 'weapon', 'movil', 'medio'],
}

/** Columns that say that a row counts as deleted, and columns that say the opposite. */
export const DELETED_PHRASES: readonly string[] = [
  'borrado',
  'eliminado',
  'anulado',
  'deleted',
  'baja logica',
  'fecha baja',
]
/** Columns that say that a row still counts. */
export const KEPT_PHRASES: readonly string[] = ['activo', 'habilitado', 'active', 'enabled']

/** The phrases of a column with a whole name. */
export const FULL_NAME: readonly string[] = ['nombre completo', 'full name', 'apellido nombre', 'nombre apellido']
/** A whole name without a word that says so. */
export const PLAIN_NAME: readonly string[] = ['nombre', 'name', 'denominacion']
/** The least score of a column for a part of a name: one word of two may be another thing. */
export const LEAST_NAME_SCORE = 6

/** What words of old databases mean in the contract. A proposal takes them as a guess, which a person confirms. */
/** The words of each value, folded, by the field's key. */
const VALUE_WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'cases.status': {
    OPEN: 'abierto|abierta|activo|en tramite|tramite|tr|en investigacion|investigacion|open|pendiente|en curso|vigente|ingresado|inv|investigacion previa|indagacion|indagacion previa',
    SUSPENDED: 'suspendido|suspendida|en suspenso|suspended|su',
    CHARGED: 'acusado|acusada|acusacion|con acusacion|charged|ac|acu|imputado|formalizado',
    IN_TRIAL: 'en juicio|juicio|juicio oral|in trial|trial|ju|jui|debate|etapa de juicio',
    ADJUDICATED:
      'sentenciado|con sentencia|fenecido|fe|fallado|resuelto|condenado|adjudicated|terminado|concluido|sentencia|sen',
    ARCHIVED: 'archivado|archivo|archivada|archived|ar|arc|cerrado|closed|desestimado',
  },
  'cases.category': {
    COMPLAINT: 'denuncia|querella|complaint',
    INVESTIGATION: 'investigacion|diligencias|investigation',
    PROSECUTION: 'acusacion|persecucion|prosecution',
    COURT: 'judicial|juicio|court',
    APPEAL: 'apelacion|recurso|casacion|appeal',
    ASSET_FORFEITURE: 'extincion de dominio|decomiso|comiso|asset forfeiture',
  },
  'cases.participants.role': {
    SUBJECT: 'investigado|indiciado|sujeto|subject|indagado',
    SUSPECT: 'imputado|imputada|sospechoso|sindicado|suspect|denunciado|querellado',
    ACCUSED: 'acusado|acusada|accused|procesado|defendant',
    CONVICTED: 'condenado|condenada|sentenciado|convicted',
    WITNESS: 'testigo|witness|denunciante',
    VICTIM: 'victima|ofendido|agraviado|victim|perjudicado',
  },
  'cases.offences.disposition': {
    PENDING: 'pendiente|en tramite|pending',
    CONVICTED: 'condena|condenado|condenatoria|convicted|culpable',
    ACQUITTED: 'absuelto|absolutoria|absolucion|acquitted|inocente',
    DISMISSED: 'sobreseido|sobreseimiento|desestimado|dismissed',
    WITHDRAWN: 'desistido|desistimiento|retirado|withdrawn',
  },
  'warrants.category': {
    ARREST: 'captura|aprehension|detencion|arrest|orden de captura',
    SEARCH: 'allanamiento|registro|cateo|search',
    SURVEILLANCE: 'vigilancia|intervencion|escucha|surveillance',
    FREEZING: 'congelamiento|embargo|inmovilizacion|freezing',
  },
  'warrants.status': {
    ACTIVE: 'activa|activo|vigente|pendiente|active',
    EXECUTED: 'ejecutada|ejecutado|cumplida|executed',
    RECALLED: 'revocada|cancelada|sin efecto|anulada|recalled',
    EXPIRED: 'vencida|caducada|prescrita|expired',
  },
  'persons.sex': {
    F: 'f|femenino|mujer|female',
    M: 'm|masculino|hombre|varon|male',
    X: 'x|otro|no binario',
    U: 'u|desconocido|no determinado|ignorado|n/d|nd|sin dato|unknown',
  },
  'persons.names.category': {
    LEGAL: 'legal|oficial|registral',
    ALIAS: 'alias',
    MAIDEN: 'soltera|maiden',
    NICKNAME: 'apodo|sobrenombre|nickname',
  },
  'persons.identifiers.category': {
    NATIONAL_ID: 'cedula|dpi|dui|dni|identidad|ci|ced|cedula de identidad|national id',
    PASSPORT: 'pasaporte|passport|pas|pa',
    TAX_ID: 'nit|ruc|rtn|rfc',
    DRIVER_LICENCE: 'licencia|licencia de conducir',
    RESIDENCE_PERMIT: 'residencia|carnet de extranjeria|cedula de residencia|dimex',
    OTHER: 'otro|other',
  },
}

/** The fields whose values have words: `cases.status`. */
export const VALUED_FIELDS: readonly string[] = Object.keys(VALUE_WORDS)

const YES = 's|si|1|true|t|y|yes|v|verdadero'
const NO = 'n|no|0|false|f|falso'

/**
 * Guesses what a word of a source means.
 * @param field the kind and the key: `cases.status`; or `boolean`.
 * @param folded the word, folded.
 * @returns the contract's value; undefined if it is none of the words.
 */
export function guessValue(field: string, folded: string): string | undefined {
  if (field === 'boolean') {
    if (YES.split('|').includes(folded)) return 'true'
    return NO.split('|').includes(folded) ? 'false' : undefined
  }
  const words = Object.entries(VALUE_WORDS[field] ?? {})
  return words.find(([value, texts]) => value.toLowerCase() === folded || texts.split('|').includes(folded))?.[0]
}

/** The beginnings of words for nationalities, folded, by country: `hondurena` and `hondureno` are HN. */
const NATIONALITIES: Readonly<Record<string, string>> = {
  AR: 'argentin',
  BO: 'bolivian',
  BR: 'brasilen|brasiler|brazilian',
  BZ: 'belicen|belizean',
  CA: 'canadiens|canadian',
  CL: 'chilen|chilean',
  CO: 'colombian',
  CR: 'costarricens|costarican',
  CU: 'cuban',
  DO: 'dominican',
  EC: 'ecuatorian|ecuadorian',
  ES: 'espanol',
  GT: 'guatemaltec|guatemalan',
  HN: 'honduren|honduran',
  HT: 'haitian',
  JM: 'jamaiquin|jamaican',
  MX: 'mexican',
  NI: 'nicaraguens|nicaraguan',
  PA: 'panamen|panamanian',
  PE: 'peruan|peruvian',
  PR: 'puertorriquen|boricua',
  PY: 'paraguay',
  SV: 'salvadoren|salvadoran',
  US: 'estadounidens|norteamerican',
  UY: 'uruguay',
  VE: 'venezolan|venezuelan',
}

/** The longest ending of such a word: `uruguayos`, `dominicana`. */
const MAX_ENDING = 3

/** Guesses which country a word for a nationality names. @param folded the word, folded. */
export function guessNationality(folded: string): string | undefined {
  if (/[^a-z]/.test(folded)) return undefined
  const found = Object.entries(NATIONALITIES).find(([, beginnings]) =>
    beginnings.split('|').some((each) => folded.startsWith(each) && folded.length - each.length <= MAX_ENDING),
  )
  return found?.[0]
}

import { PLACES, type Place } from '../facts/subdivisions.ts'
import type { Random } from './random.ts'

/**
 * What is specific to one country in made-up records: places, courts, authorities, surnames, forms of addresses and case numbers. A
 * country without a profile of its own has the common profile. Places, courts and authorities exist; everything that the records say
 * about them is invented.
 */
export interface Profile {
  readonly name: string
  /** The bodies that record cases and persons, as `agency` of the records. */
  readonly agencies: readonly string[]
  /** The body that records cases about drugs. */
  readonly drugAgency: string
  /** The authority that asks other countries for assistance. */
  readonly authority: string
  /** Courts by stage. `%` stands for the town. */
  readonly courts: Readonly<Record<CourtStage, string>>
  /** Null if the profile does not list the subdivisions. */
  readonly places: readonly Place[] | null
  /** Surnames that are frequent there, in addition to the common ones. */
  readonly surnames: readonly string[]
  /** Draws an address in a town, in the country's form. */
  readonly address: (random: Random, town: string) => string
  /** Writes a case number in the country's form. */
  readonly caseNumber: (place: Place, year: number, ordinal: number) => string
}

/** The stages at which a case has a court: first instance, trial, appeal. */
export type CourtStage = 'INSTANCE' | 'TRIAL' | 'APPEAL'

/**
 * Guatemala. Sources: fiscalías of the Ministerio Público and courts in
 * https://www.prensalibre.com/guatemala/justicia/fiscalia-del-mp-revela-cual-era-la-situacion-juridica-de-wicho-veneno-secuestrado-y-asesinado-por-comando-armado/
 * and the secretariat in https://pdfcoke.com/documents/memoria-de-labores-2016pdf-wovpp5jk77ol
 */
const GT: Profile = {
  name: 'Guatemala',
  agencies: [
    'Ministerio Público, Fiscalía contra el Crimen Organizado',
    'Ministerio Público, Dirección de Investigaciones Criminalísticas',
    'Policía Nacional Civil de Guatemala',
  ],
  drugAgency: 'Ministerio Público, Fiscalía de Delitos de Narcoactividad',
  authority: 'Ministerio Público, Secretaría de Asuntos Internacionales y Cooperación',
  courts: {
    INSTANCE: 'Juzgado de Primera Instancia Penal, Narcoactividad y Delitos contra el Ambiente de %',
    TRIAL: 'Tribunal de Sentencia Penal, Narcoactividad y Delitos contra el Ambiente de %',
    APPEAL: 'Sala de la Corte de Apelaciones del Ramo Penal, Narcoactividad y Delitos contra el Ambiente',
  },
  places: PLACES.GT ?? null,
  surnames: [
    'Caal',
    'Xol',
    'Tzul',
    'Coc',
    'Ajú',
    'Chub',
    'Cifuentes',
    'Barrios',
    'Velásquez',
    'Arriaza',
    'Sic',
    'Monzón',
    'de León',
    'del Cid',
    'de la Rosa',
  ],
  address: (random, town) =>
    `${random.between(1, 28)} calle ${random.between(1, 40)}-${random.between(10, 99)}, zona ${random.between(1, 12)}, ${town}`,
  caseNumber: ({ office }, year, ordinal) => `${office}-${year}-${ordinal}`,
}

/**
 * Honduras. Sources: the investigation agency (ATIC) and the directorate against drug trafficking (DLCN) in
 * http://www.proceso.hn/portadas/10-portada/investigacion-criminal-da-pasos-firmes-para-enfrentar-al-crimen.html. The office that asks for
 * assistance is invented.
 */
const HN: Profile = {
  name: 'Honduras',
  agencies: [
    'Ministerio Público, Agencia Técnica de Investigación Criminal (ATIC)',
    'Ministerio Público, Fiscalía Especial contra el Crimen Organizado (FESCCO)',
  ],
  drugAgency: 'Ministerio Público, Dirección de Lucha contra el Narcotráfico (DLCN)',
  authority: 'Ministerio Público de Honduras, Unidad de Asuntos Internacionales',
  courts: {
    INSTANCE: 'Juzgado de Letras de lo Penal de %',
    TRIAL: 'Tribunal de Sentencia de %',
    APPEAL: 'Corte de Apelaciones de lo Penal',
  },
  places: PLACES.HN ?? null,
  surnames: [
    'Euceda',
    'Funes',
    'Banegas',
    'Pineda',
    'Zúniga',
    'Cálix',
    'Murillo',
    'Mejía',
    'Bustillo',
    'Padilla',
    'Amaya',
    'de Jesús',
  ],
  address: (random, town) =>
    random.chance(0.5)
      ? `Colonia ${random.pick(HN_COLONIAS)}, bloque ${random.between(1, 40)}, casa ${random.between(1, 60)}, ${town}`
      : `Barrio ${random.pick(BARRIOS)}, ${random.between(1, 12)} calle, ${random.between(1, 14)} avenida, casa ${random.between(10, 99)}, ${town}`,
  caseNumber: ({ office }, year, ordinal) => `${office}-${year}-${String(ordinal).padStart(5, '0')}`,
}

/**
 * El Salvador. Source: the Fiscalía General de la República and the Policía Nacional Civil in
 * https://diarioelsalvador.com/la-fiscalia-proceso-a-84-pandilleros-menores-de-edad-por-extorsion-de-2019/136675/. The letters of the
 * prosecution's references are invented, but for the department.
 */
const SV: Profile = {
  name: 'El Salvador',
  agencies: ['Fiscalía General de la República', 'Policía Nacional Civil de El Salvador'],
  drugAgency: 'Policía Nacional Civil de El Salvador, División Antinarcotráfico',
  authority: 'Fiscalía General de la República, Unidad de Asuntos Legales Internacionales',
  courts: {
    INSTANCE: 'Juzgado Primero de Instrucción de %',
    TRIAL: 'Tribunal Primero de Sentencia de %',
    APPEAL: 'Cámara de lo Penal',
  },
  places: PLACES.SV ?? null,
  surnames: [
    'Argueta',
    'Menjívar',
    'Alvarenga',
    'Portillo',
    'Guardado',
    'Chávez',
    'Henríquez',
    'Quijano',
    'Landaverde',
    'de Paz',
    'de la O',
  ],
  address: (random, town) =>
    random.chance(0.5)
      ? `Colonia ${random.pick(SV_COLONIAS)}, pasaje ${random.between(1, 20)}, casa ${random.between(1, 80)}, ${town}`
      : `Barrio ${random.pick(BARRIOS)}, ${random.between(1, 12)}a avenida norte, n.º ${random.between(1, 60)}, ${town}`,
  caseNumber: ({ office }, year, ordinal) => `${ordinal}-UF-${office}-${year}`,
}

const BARRIOS = ['El Centro', 'San Antonio', 'El Calvario', 'Concepción', 'La Merced', 'Guadalupe', 'San Juan']
const HN_COLONIAS = ['Las Brisas', 'El Carmen', 'Satélite', 'San José', 'Los Laureles', 'Villa Nueva']
const SV_COLONIAS = ['Las Flores', 'Santa Lucía', 'El Milagro', 'San Benito', 'La Esperanza', 'Jardines del Sur']

const PROFILES: Readonly<Record<string, Profile>> = { GT, HN, SV }

const COMMON: Profile = {
  name: 'el país',
  agencies: ['Ministerio Público'],
  drugAgency: 'Ministerio Público',
  authority: 'Autoridad central de asistencia judicial',
  courts: { INSTANCE: 'Juzgado Penal de %', TRIAL: 'Tribunal Penal de %', APPEAL: 'Tribunal de Apelaciones' },
  places: null,
  surnames: ['Quirós', 'Solano', 'Tórrez', 'Camaño', 'Bonilla', 'Araya', 'Gaitán', 'Batista'],
  address: (random, town) =>
    `${random.between(1, 28)} calle ${random.between(1, 40)}, casa ${random.between(1, 99)}, ${town}`,
  caseNumber: (_, year, ordinal) => `EXP-${year}-${String(ordinal).padStart(6, '0')}`,
}

/** Returns the profile of a country, or the common profile. */
export function profileOf(country: string): Profile {
  return Object.hasOwn(PROFILES, country) ? (PROFILES[country] ?? COMMON) : COMMON
}

/** Returns the court of a place at a stage. The court of a town hears the made-up cases of that town. */
export function courtOf(country: string, place: Place | null, stage: CourtStage): string {
  const { courts, name } = profileOf(country)
  return courts[stage].replace('%', place?.town ?? name)
}

/** Returns the body that records a case about this conduct, or nothing if the provenance's own stands. */
export function agencyFor(country: string, conducts: readonly string[]): { readonly agency?: string } {
  return conducts.includes('DRUG_TRAFFICKING') ? { agency: profileOf(country).drugAgency } : {}
}

/**
 * What is specific to one country in made-up records: places, courts, authorities, surnames. A country without a profile of its
 * own has the common profile. The places are real, but everything that the records say about them is invented.
 */

/** A first-level subdivision (ISO 3166-2) and a town in it. */
export interface Place {
  readonly code: string
  readonly town: string
}

/** What a country's made-up records say about the country itself. */
export interface Profile {
  readonly name: string
  /** The prosecution service, as `agency` of the records. */
  readonly agency: string
  /** The authority that asks other countries for assistance. */
  readonly authority: string
  /** `%` stands for the town. */
  readonly court: string
  /** Null if the profile does not list the subdivisions. */
  readonly places: readonly Place[] | null
  /** Surnames that are frequent there, in addition to the common ones. */
  readonly surnames: readonly string[]
  /** The number of the first section of the made-up penal code. */
  readonly firstSection: number
}

const places = (text: string): readonly Place[] =>
  text.split('; ').map((part) => ({ code: part.slice(0, 5), town: part.slice(6) }))

const PROFILES: Readonly<Record<string, Profile>> = {
  GT: {
    name: 'Guatemala',
    agency: 'Ministerio Público',
    authority: 'Unidad de Asuntos Internacionales del Ministerio Público',
    court: 'Juzgado de Primera Instancia Penal de %',
    places: places(
      'GT-GU Ciudad de Guatemala; GT-QZ Quetzaltenango; GT-ES Escuintla; GT-IZ Puerto Barrios; GT-PE Flores; GT-ZA Zacapa; ' +
        'GT-HU Huehuetenango; GT-JU Jutiapa; GT-AV Cobán; GT-CQ Chiquimula; GT-SM San Marcos',
    ),
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
    ],
    firstSection: 225,
  },
  HN: {
    name: 'Honduras',
    agency: 'Ministerio Público de Honduras',
    authority: 'Dirección de Asuntos Internacionales del Ministerio Público',
    court: 'Juzgado de Letras de lo Penal de %',
    places: places(
      'HN-FM Tegucigalpa; HN-CR San Pedro Sula; HN-AT La Ceiba; HN-CP Santa Rosa de Copán; HN-YO El Progreso; HN-CM Comayagua; ' +
        'HN-CH Choluteca; HN-OL Juticalpa; HN-CL Trujillo; HN-OC Ocotepeque',
    ),
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
    ],
    firstSection: 116,
  },
  SV: {
    name: 'El Salvador',
    agency: 'Fiscalía General de la República',
    authority: 'Unidad de Asuntos Legales Internacionales de la Fiscalía General',
    court: 'Juzgado de Instrucción de %',
    places: places(
      'SV-SS San Salvador; SV-LI Santa Tecla; SV-SA Santa Ana; SV-SM San Miguel; SV-SO Sonsonate; SV-US Usulután; ' +
        'SV-AH Ahuachapán; SV-UN La Unión; SV-CU Cojutepeque; SV-CH Chalatenango',
    ),
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
    ],
    firstSection: 128,
  },
}

const COMMON: Profile = {
  name: 'el país',
  agency: 'Ministerio Público',
  authority: 'Autoridad central de asistencia judicial',
  court: 'Juzgado Penal de %',
  places: null,
  surnames: ['Quirós', 'Solano', 'Tórrez', 'Camaño', 'Bonilla', 'Araya', 'Gaitán', 'Batista'],
  firstSection: 100,
}

/** Returns the profile of a country, or the common profile. */
export function profileOf(country: string): Profile {
  return Object.hasOwn(PROFILES, country) ? (PROFILES[country] ?? COMMON) : COMMON
}

/** Returns the court of a place. The court of a town hears the made-up cases of that town. */
export function courtOf(country: string, place: Place | null): string {
  const { court, name } = profileOf(country)
  return court.replace('%', place?.town ?? name)
}

/**
 * What is of one country in made-up records: places, courts, authorities, surnames. A country without a profile of its own gets
 * the common one. Places are real, everything that is said to have happened there is not.
 */

/** A first-level subdivision (ISO 3166-2) and a town in it. */
export interface Place {
  readonly code: string
  readonly town: string
}

/** A country, as its made-up records show it. */
export interface Profile {
  readonly name: string
  /** The prosecution service, as `agency` of the records. */
  readonly agency: string
  /** The authority that asks other countries for assistance. */
  readonly authority: string
  /** `%` stands for the town. */
  readonly court: string
  /** Null where the subdivisions are not told. */
  readonly places: readonly Place[] | null
  /** Surnames that are frequent there, beside the common ones. */
  readonly surnames: readonly string[]
  /** The first section of the made-up penal code. */
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

/** The profile of a country, or the common one. */
export function profileOf(country: string): Profile {
  return Object.hasOwn(PROFILES, country) ? (PROFILES[country] ?? COMMON) : COMMON
}

/** The court of a place: the made-up cases of a town go before its own. */
export function courtOf(country: string, place: Place | null): string {
  const { court, name } = profileOf(country)
  return court.replace('%', place?.town ?? name)
}

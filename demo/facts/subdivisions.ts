/**
 * The first-level subdivisions of Guatemala, Honduras and El Salvador with a town in each, as ISO 3166-2 codes them. The codes are those of
 * Debian's package iso-codes 4.18.0 (https://salsa.debian.org/iso-codes-team/iso-codes). Since 2021 Guatemala's codes are numbers:
 * GT-01, and no longer GT-GU. Each town is the seat of its department, except those that the rows mark.
 */

/** A first-level subdivision and a town in it. */
export interface Place {
  /** ISO 3166-2. */
  readonly code: string
  readonly town: string
  /** What the country's case numbers begin with there, or contain. */
  readonly office: string
}

/**
 * Guatemala: `MP001` is the prosecution service's office in the capital. The offices of other towns are invented: `MP0` and the number of
 * the department.
 */
const GT = `GT-01 MP001 Ciudad de Guatemala; GT-03 MP003 Antigua Guatemala; GT-04 MP004 Chimaltenango; GT-05 MP005 Escuintla;
  GT-06 MP006 Cuilapa; GT-09 MP009 Quetzaltenango; GT-10 MP010 Mazatenango; GT-11 MP011 Retalhuleu; GT-12 MP012 San Marcos;
  GT-13 MP013 Huehuetenango; GT-14 MP014 Santa Cruz del Quiché; GT-16 MP016 Cobán; GT-17 MP017 Flores; GT-18 MP018 Puerto Barrios;
  GT-19 MP019 Zacapa; GT-20 MP020 Chiquimula; GT-21 MP021 Jalapa; GT-22 MP022 Jutiapa`

/**
 * Honduras: the four digits are those of department and municipality, with which identity numbers begin too: 0801 is the Central District,
 * 0501 San Pedro Sula. El Progreso, 1804, is not the seat of Yoro, and Danlí, 0703, is not the seat of El Paraíso.
 */
const HN = `HN-AT 0101 La Ceiba; HN-CL 0201 Trujillo; HN-CM 0301 Comayagua; HN-CP 0401 Santa Rosa de Copán; HN-CR 0501 San Pedro Sula;
  HN-CH 0601 Choluteca; HN-EP 0703 Danlí; HN-FM 0801 Tegucigalpa; HN-OC 1401 Ocotepeque; HN-OL 1501 Juticalpa; HN-SB 1601 Santa Bárbara;
  HN-VA 1701 Nacaome; HN-YO 1804 El Progreso`

/** El Salvador: the two letters of the department stand in the prosecution's references. */
const SV = `SV-AH AH Ahuachapán; SV-SA SA Santa Ana; SV-SO SO Sonsonate; SV-CH CH Chalatenango; SV-LI LI Santa Tecla; SV-SS SS San Salvador;
  SV-CU CU Cojutepeque; SV-PA PA Zacatecoluca; SV-CA CA Sensuntepeque; SV-SV SV San Vicente; SV-US US Usulután; SV-SM SM San Miguel;
  SV-MO MO San Francisco Gotera; SV-UN UN La Unión`

/** The places of each country that the made-up records know. */
export const PLACES: Readonly<Record<string, readonly Place[]>> = { GT: places(GT), HN: places(HN), SV: places(SV) }

/**
 * Finds a place by its town.
 * @throws {TypeError} if the country's list does not have the town.
 */
export function placeOf(country: string, town: string): Place {
  const place = PLACES[country]?.find((each) => each.town === town)
  if (place === undefined) throw new TypeError(`expected a town in the list of ${country}; came ${town}`)
  return place
}

function places(text: string): readonly Place[] {
  return text.split(/;\s+/).map((part) => {
    const [code = '', office = '', ...town] = part.split(' ')
    return { code, office, town: town.join(' ') }
  })
}

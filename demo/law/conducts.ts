/** The kinds of conduct that made-up cases are about. A country's law says under which article it punishes each (`laws.yaml`). */
export interface Conduct {
  readonly key: ConductKey
  readonly iccs: string
  /** The name of the conduct in a country whose law the demo does not know. */
  readonly label: string
  /** The usual maximum penalty in a country whose law the demo does not know, in months. */
  readonly months: number
  /** How often cases are about it, relative to the others. */
  readonly weight: number
  /** Typical of organised groups. */
  readonly organised: boolean
  /** Has a person as its victim. */
  readonly victim: boolean
}

/** Key, code of the crime classification, label, usual maximum penalty, weight, traits. */
const ROWS = [
  ['HOMICIDE', '0101', 'Homicidio', 480, 8, 'victim'],
  ['MURDER', '0101', 'Asesinato', 600, 4, 'victim'],
  ['FEMICIDE', '0101', 'Femicidio', 600, 2, 'victim'],
  ['ATTEMPTED_HOMICIDE', '0102', 'Homicidio en grado de tentativa', 320, 4, 'victim'],
  ['NEGLIGENT_HOMICIDE', '01032', 'Homicidio culposo', 60, 2, 'victim'],
  ['SERIOUS_INJURY', '020111', 'Lesiones graves', 96, 4, 'victim'],
  ['THREAT', '020121', 'Amenazas', 36, 4, 'victim'],
  ['KIDNAPPING', '020221', 'Secuestro', 600, 3, 'organised victim'],
  ['TRAFFICKING_SEXUAL', '02041', 'Trata de personas', 216, 3, 'organised victim'],
  ['TRAFFICKING_LABOUR', '02042', 'Trata de personas', 216, 1, 'organised victim'],
  ['EXTORTION', '02051', 'Extorsión', 180, 12, 'organised victim'],
  ['RAPE', '03011', 'Violación', 144, 3, 'victim'],
  ['AGGRAVATED_ROBBERY', '04011', 'Robo agravado', 180, 8, 'victim'],
  ['VEHICLE_ROBBERY', '040121', 'Robo agravado', 180, 4, 'victim'],
  ['CARGO_ROBBERY', '04012', 'Robo agravado', 180, 2, 'organised'],
  ['BURGLARY', '0501', 'Hurto agravado', 120, 3, 'victim'],
  ['VEHICLE_THEFT', '05021', 'Hurto agravado', 120, 3, ''],
  ['DRUG_TRAFFICKING', '060121', 'Tráfico ilícito de drogas', 240, 10, 'organised'],
  ['FRAUD', '0701', 'Estafa', 48, 5, 'victim'],
  ['FORGERY', '07023', 'Falsificación de documentos', 72, 4, ''],
  ['BRIBERY', '07031', 'Cohecho', 120, 2, ''],
  ['EMBEZZLEMENT', '07032', 'Peculado', 120, 2, ''],
  ['ILLICIT_ENRICHMENT', '07035', 'Enriquecimiento ilícito', 120, 1, ''],
  ['MONEY_LAUNDERING', '07041', 'Lavado de activos', 240, 6, 'organised'],
  ['GOODS_SMUGGLING', '08044', 'Contrabando', 72, 2, ''],
  ['MIGRANT_SMUGGLING', '08051', 'Tráfico ilícito de personas', 96, 5, 'organised victim'],
  ['OBSTRUCTION', '08061', 'Obstrucción a la justicia', 96, 1, ''],
  ['FIREARM_POSSESSION', '090111', 'Portación ilegal de arma de fuego', 120, 7, ''],
  ['ARMS_TRAFFICKING', '090121', 'Tráfico ilícito de armas de fuego', 180, 3, 'organised'],
  ['COMPUTER_ACCESS', '09031', 'Acceso ilícito a sistemas informáticos', 36, 1, ''],
  ['CRIMINAL_GROUP', '09051', 'Asociación ilícita', 96, 7, 'organised'],
  ['WILDLIFE', '10031', 'Tráfico ilegal de flora y fauna', 120, 1, ''],
  ['LOGGING', '10041', 'Tala ilegal', 60, 1, ''],
] as const

/** The name of a kind of conduct. */
export type ConductKey = (typeof ROWS)[number][0]

/** All names. */
export const CONDUCT_KEYS: readonly ConductKey[] = ROWS.map(([key]) => key)

/** All kinds of conduct, in the order of the crime classification. */
export const CONDUCTS: readonly Conduct[] = ROWS.map(([key, iccs, label, months, weight, traits]) => ({
  key,
  iccs,
  label,
  months,
  weight,
  organised: traits.includes('organised'),
  victim: traits.includes('victim'),
}))

const BY_KEY: ReadonlyMap<string, Conduct> = new Map(CONDUCTS.map((each) => [each.key, each]))

/** Returns the conduct of this name. */
export function conductOf(key: ConductKey): Conduct {
  const found = BY_KEY.get(key)
  if (found === undefined) throw new TypeError(`expected the name of a conduct; came ${key}`)
  return found
}

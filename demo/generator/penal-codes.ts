import type { Row } from '../importers/table.ts'
import { statuteId } from './ids.ts'
import { profileOf } from './profiles.ts'
import { createRandom } from './random.ts'
import type { GeneratorSettings } from './settings.ts'

/** The made-up penal codes: which conduct is an offence, in which section, and with which penalty. */

/** One kind of conduct that made-up cases are about. */
export interface Conduct {
  readonly iccs: string
  /** The name of the conduct in most countries. */
  readonly label: string
  /** The name in each country that uses another one. */
  readonly labels?: Readonly<Record<string, string>>
  /** The usual maximum penalty, in months. */
  readonly months: number
  /** How often cases are about it, relative to the others. */
  readonly weight: number
  /** Typical of organised groups. */
  readonly organised?: boolean
  /** Has a person as its victim. */
  readonly victim?: boolean
}

/** All kinds of conduct. Their order decides the numbers of the sections. */
export const CONDUCTS: readonly Conduct[] = [
  { iccs: '0101', label: 'Homicidio', months: 480, weight: 8, victim: true },
  { iccs: '0101', label: 'Asesinato', labels: { SV: 'Homicidio agravado' }, months: 600, weight: 4, victim: true },
  { iccs: '0102', label: 'Homicidio en grado de tentativa', months: 320, weight: 4, victim: true },
  { iccs: '01032', label: 'Homicidio culposo', months: 60, weight: 2, victim: true },
  { iccs: '020111', label: 'Lesiones graves', months: 96, weight: 4, victim: true },
  { iccs: '020121', label: 'Amenazas agravadas', months: 36, weight: 4, victim: true },
  {
    iccs: '020221',
    label: 'Secuestro',
    labels: { GT: 'Plagio o secuestro' },
    months: 600,
    weight: 3,
    organised: true,
    victim: true,
  },
  { iccs: '02041', label: 'Trata de personas', months: 216, weight: 3, organised: true, victim: true },
  { iccs: '02042', label: 'Trata con fines de trabajo forzado', months: 216, weight: 1, organised: true, victim: true },
  { iccs: '02051', label: 'Extorsión', months: 240, weight: 12, organised: true, victim: true },
  { iccs: '04011', label: 'Robo agravado', months: 180, weight: 8, victim: true },
  { iccs: '040121', label: 'Robo de vehículo', months: 180, weight: 4, victim: true },
  { iccs: '04012', label: 'Robo de mercancía en tránsito', months: 180, weight: 2, organised: true },
  { iccs: '0501', label: 'Robo con allanamiento', months: 120, weight: 3, victim: true },
  { iccs: '05021', label: 'Hurto de vehículo', months: 72, weight: 3 },
  {
    iccs: '060121',
    label: 'Tráfico ilícito de drogas',
    labels: { GT: 'Comercio, tráfico y almacenamiento ilícito' },
    months: 240,
    weight: 10,
    organised: true,
  },
  { iccs: '060124', label: 'Desvío de precursores', months: 144, weight: 1, organised: true },
  { iccs: '0701', label: 'Estafa', months: 48, weight: 5, victim: true },
  { iccs: '07023', label: 'Falsificación de documentos', months: 72, weight: 4 },
  { iccs: '07031', label: 'Cohecho', months: 120, weight: 2 },
  { iccs: '07032', label: 'Peculado', months: 144, weight: 2 },
  { iccs: '07035', label: 'Enriquecimiento ilícito', months: 120, weight: 1 },
  {
    iccs: '07041',
    label: 'Lavado de activos',
    labels: { SV: 'Lavado de dinero y de activos' },
    months: 240,
    weight: 6,
    organised: true,
  },
  { iccs: '08044', label: 'Contrabando', months: 72, weight: 2 },
  { iccs: '08051', label: 'Tráfico ilícito de personas', months: 96, weight: 5, organised: true, victim: true },
  { iccs: '08061', label: 'Obstrucción a la justicia', months: 84, weight: 1 },
  {
    iccs: '09051',
    label: 'Asociación ilícita',
    labels: { SV: 'Agrupaciones ilícitas' },
    months: 96,
    weight: 7,
    organised: true,
  },
  {
    iccs: '090111',
    label: 'Portación ilegal de arma de fuego',
    labels: { SV: 'Tenencia ilegal de arma de fuego' },
    months: 120,
    weight: 7,
  },
  { iccs: '090121', label: 'Tráfico de armas de fuego', months: 180, weight: 3, organised: true },
  { iccs: '09031', label: 'Acceso ilícito a sistemas informáticos', months: 36, weight: 1 },
  { iccs: '10031', label: 'Tráfico de especies protegidas', months: 60, weight: 1 },
  { iccs: '10041', label: 'Tala ilegal', months: 40, weight: 1 },
]

/** Conduct that is not in a country's made-up code, so that dual criminality is not always satisfied. */
const NOT_AN_OFFENCE: Readonly<Record<string, readonly string[]>> = { HN: ['10031'], SV: ['09031'] }

/** Sections that were repealed. A case may still rest on one. */
const REPEALED: Readonly<Record<string, readonly string[]>> = { GT: ['05021'], SV: ['10041'] }

/** The distance between the numbers of two sections. */
const SECTION_STEP = 7

/** The beginning of the text of every made-up section. */
export const MADE_UP_LAW = 'Artículo inventado para demostración: no es la ley'

/** Returns the name that a country uses for the conduct. */
export function labelOf(conduct: Conduct, country: string): string {
  return conduct.labels?.[country] ?? conduct.label
}

/** Returns the section on the conduct of this index in {@link CONDUCTS}, or null if the country's code does not have it. */
export function statuteOf(country: string, index: number): string | null {
  const conduct = CONDUCTS[index]
  if (conduct === undefined || NOT_AN_OFFENCE[country]?.includes(conduct.iccs)) return null
  return statuteId(country, sectionOf(country, index))
}

/** Generates all sections of a country's made-up code, as rows. They do not depend on the numbers of persons and cases. */
export function statuteRows({ country, seed }: GeneratorSettings): readonly Row[] {
  return CONDUCTS.flatMap((conduct, index) => {
    const id = statuteOf(country, index)
    if (id === null) return []
    const random = createRandom(seed, 'statute', country, index)
    const months = conduct.months + 12 * random.between(-1, 2)
    const repealed = REPEALED[country]?.includes(conduct.iccs) === true
    return [
      {
        id,
        code: 'CP',
        section: String(sectionOf(country, index)),
        heading: labelOf(conduct, country),
        body: `${MADE_UP_LAW} de ${profileOf(country).name}. Pena de prisión de hasta ${months} meses.`,
        iccs: [conduct.iccs],
        max_penalty_months: months,
        in_force_from: `${random.between(1975, 2012)}-01-01`,
        repealed_on: repealed ? '2023-01-01' : null,
      },
    ]
  })
}

function sectionOf(country: string, index: number): number {
  return profileOf(country).firstSection + SECTION_STEP * index
}

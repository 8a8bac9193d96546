/**
 * The codes of the International Classification of Crime for Statistical Purposes v1.0 that the generator uses, and their sections,
 * with titles in this project's own words, so that made-up records work without UNODC's list.
 */

/** One code. Its level and its parent follow from its digits. */
export interface IccsFact {
  readonly code: string
  readonly title_en: string
  readonly title_es: string
}

const CODES: readonly (readonly [code: string, english: string, spanish: string])[] = [
  ['01', 'Deaths and attempts on life', 'Muertes y atentados contra la vida'],
  ['0101', 'Intentional killing of a person', 'Muerte intencional de una persona'],
  ['0102', 'Attempt at an intentional killing', 'Intento de dar muerte a una persona'],
  ['0103', 'Unintentional killing of a person', 'Muerte no intencional de una persona'],
  ['01032', 'Death by negligence', 'Muerte por negligencia'],
  ['02', 'Harm to the person', 'Daños a la persona'],
  ['0201', 'Assaults, threats', 'Lesiones y amenazas'],
  ['02011', 'Bodily assault', 'Lesiones'],
  ['020111', 'Assault with serious injury', 'Lesiones graves'],
  ['02012', 'Threatening a person', 'Amenazas a una persona'],
  ['020121', 'Threat of serious harm', 'Amenazas de daño grave'],
  ['0202', 'Offences against liberty', 'Delitos contra la libertad'],
  ['02022', 'Taking away a person’s liberty', 'Privar a una persona de su libertad'],
  ['020221', 'Kidnapping of a person', 'Secuestro de una persona'],
  ['0204', 'Human trafficking', 'Trata de seres humanos'],
  ['02041', 'Human trafficking for sexual exploitation', 'Trata para explotación sexual'],
  ['02042', 'Human trafficking for labour', 'Trata para trabajo forzado'],
  ['0205', 'Forcing a person', 'Coacciones'],
  ['02051', 'Extortion of money or goods', 'Extorsión'],
  ['03', 'Sexual harm', 'Daños sexuales'],
  ['0301', 'Sexual violence against a person', 'Violencia sexual contra una persona'],
  ['03011', 'Rape of a person', 'Violación de una persona'],
  ['04', 'Taking property by force or threat', 'Despojo con violencia o amenaza'],
  ['0401', 'Robbery in general', 'Robo en general'],
  ['04011', 'Robbery of a person', 'Robo a una persona'],
  ['04012', 'Robbery of goods being moved', 'Robo de bienes en transporte'],
  ['040121', 'Robbery of a vehicle', 'Robo de un vehículo'],
  ['05', 'Offences against property alone', 'Delitos contra la propiedad sin violencia'],
  ['0501', 'Breaking in', 'Allanamiento para robar'],
  ['0502', 'Theft in general', 'Hurto en general'],
  ['05021', 'Theft of vehicles and parts', 'Hurto de vehículos y partes'],
  ['06', 'Drugs and other substances', 'Drogas y otras sustancias'],
  ['0601', 'Offences with controlled drugs', 'Delitos con drogas controladas'],
  ['06012', 'Drug offences beyond own use', 'Delitos de drogas más allá del consumo propio'],
  ['060121', 'Drug trafficking', 'Narcotráfico'],
  ['07', 'Fraud, deceit, corruption', 'Fraude, engaño, corrupción'],
  ['0701', 'Swindling', 'Estafas'],
  ['0702', 'Forging', 'Falsedades'],
  ['07023', 'Forged papers', 'Documentos falsos'],
  ['0703', 'Corrupt acts', 'Actos corruptos'],
  ['07031', 'Bribes', 'Cohecho'],
  ['07032', 'Embezzling', 'Peculado'],
  ['07035', 'Unexplained riches', 'Enriquecimiento sin causa lícita'],
  ['0704', 'Proceeds of crime', 'Bienes de origen delictivo'],
  ['07041', 'Laundering of money and other assets', 'Lavado de dinero u otros activos'],
  ['08', 'Public order and authority', 'Orden público y autoridad'],
  ['0804', 'Revenue and regulation', 'Hacienda y regulación'],
  ['08044', 'Smuggling goods', 'Contrabando de mercancías'],
  ['0805', 'Migration offences', 'Delitos de migración'],
  ['08051', 'Smuggling people across borders', 'Tráfico de personas migrantes'],
  ['0806', 'Offences against justice', 'Delitos contra la justicia'],
  ['08061', 'Obstructing justice', 'Obstruir la justicia'],
  ['09', 'Public safety and the state', 'Seguridad pública y del Estado'],
  ['0901', 'Weapons and explosives', 'Armas y explosivos'],
  ['09011', 'Holding or using weapons', 'Tener o usar armas'],
  ['090111', 'Holding a firearm without licence', 'Tener un arma de fuego sin licencia'],
  ['09012', 'Trade in weapons', 'Comercio de armas'],
  ['090121', 'Trafficking in firearms', 'Tráfico de armas de fuego sin licencia'],
  ['0903', 'Offences against computers', 'Delitos informáticos'],
  ['09031', 'Entering a computer system', 'Entrar en un sistema informático ajeno'],
  ['0905', 'Organised crime', 'Crimen organizado'],
  ['09051', 'Belonging to an organised criminal group', 'Pertenecer a un grupo del crimen organizado'],
  ['10', 'Offences against nature', 'Delitos contra la naturaleza'],
  ['1003', 'Protected species', 'Especies en protección'],
  ['10031', 'Trade in protected wild species', 'Comercio de especies silvestres en protección'],
  ['1004', 'Using up natural resources', 'Abuso de recursos naturales'],
  ['10041', 'Logging without licence', 'Tala sin licencia'],
]

/** All codes. Within each section, a code comes after its parent. */
export const ICCS_FACTS: readonly IccsFact[] = CODES.map(([code, title_en, title_es]) => ({ code, title_en, title_es }))

/** Returns the level of a code: 2, 4, 5, 6 digits are the levels 1, 2, 3, 4. */
export function levelOf(code: string): number {
  return code.length === 2 ? 1 : code.length - 2
}

/** Returns the parent of a code, or null for a section. */
export function parentOf(code: string): string | null {
  return code.length === 2 ? null : code.slice(0, code.length === 4 ? 2 : -1)
}

import { type Law, type Provision, provisionsOf } from './provision.ts'

/**
 * Honduras's penal law, as far as made-up cases need it. The penal code of 2017 (Decreto 130-2017, La Gaceta 34,940 of 10 May 2019) is in
 * force since 25 June 2020. It took the offences about drugs and laundering into the code. A case about an earlier day rests on the code
 * of 1983 and on the special laws.
 */

const NEW_CODE_FROM = '2020-06-25'

const CP: Law = {
  code: 'CP',
  name: 'Código Penal (Decreto 130-2017)',
  inForceFrom: NEW_CODE_FROM,
  repealedOn: null,
  source: 'https://www.tsc.gob.hn/web/leyes/Decreto_130-2017.pdf',
}

const replaced = (code: string, name: string, source: string): Law => ({
  code,
  name,
  inForceFrom: null,
  repealedOn: NEW_CODE_FROM,
  source,
})

const CODE_OF_1983 = replaced('CP1983', 'Código Penal (Decreto 144-83)', 'https://drleyes.com/?p=25187')
const DRUGS = replaced(
  'D126-89',
  'Ley sobre Uso Indebido y Tráfico Ilícito de Drogas y Sustancias Psicotrópicas (Decreto 126-89)',
  'https://elheraldo.hn/inicioeua/1285177-465/nuevo-c%C3%B3digo-penal-reduce-las-condenas-a-delitos-por-narcotr%C3%A1fico',
)
const LAUNDERING = replaced(
  'D144-2014',
  'Ley Especial contra el Lavado de Activos (Decreto 144-2014)',
  'https://todolegal.app/laws/190-ley-especial-contra-el-lavado-de-activos',
)

const TRAFFICKING = replaced(
  'D59-2012',
  'Ley contra la Trata de Personas (Decreto 59-2012)',
  'https://todolegal.app/laws/127-ley-contra-la-trata-de-personas',
)

const NEW_CODE_ON_DRUGS = 'https://criterio.hn/los-narcotraficantes-los-grandes-gananciosos-con-el-nuevo-codigo-penal/'
const NEW_CODE_ON_PROPERTY = 'https://es.scribd.com/document/584876387/CAPI-TULO-VI'

/** Honduras's provisions: the code in force first, then what it replaced. */
export const HONDURAS: readonly Provision[] = [
  ...provisionsOf(CP, [
    ['192', 'Homicidio', ['HOMICIDE', 'ATTEMPTED_HOMICIDE'], 240, 'NOTHING'],
    ['193', 'Asesinato', ['MURDER'], 300, 'NOTHING'],
    [null, 'Homicidio imprudente', ['NEGLIGENT_HOMICIDE'], 84, 'NOTHING'],
    [null, 'Lesiones graves', ['SERIOUS_INJURY'], 96, 'NOTHING'],
    ['208', 'Femicidio', ['FEMICIDE'], 300, 'NOTHING'],
    ['219', 'Trata de personas', ['TRAFFICKING_SEXUAL', 'TRAFFICKING_LABOUR'], 96, 'NOTHING'],
    [null, 'Secuestro', ['KIDNAPPING'], 240, 'NOTHING'],
    [null, 'Amenazas', ['THREAT'], 36, 'NOTHING'],
    ['249', 'Violación', ['RAPE'], 156, 'NOTHING'],
    [
      '297',
      'Tráfico ilícito de personas',
      ['MIGRANT_SMUGGLING'],
      72,
      'ARTICLE_AND_PENALTY',
      'https://sherloc.unodc.org/cld/zh/legislation/hnd/codigo_penal/titulo_xiii/articulo_297/articulo_297.html',
    ],
    ['311', 'Tráfico de drogas', ['DRUG_TRAFFICKING'], 120, 'ARTICLE_AND_PENALTY', NEW_CODE_ON_DRUGS],
    [null, 'Hurto agravado', ['BURGLARY', 'VEHICLE_THEFT'], 72, 'NOTHING'],
    [
      null,
      'Robo con violencia o intimidación',
      ['AGGRAVATED_ROBBERY', 'VEHICLE_ROBBERY', 'CARGO_ROBBERY'],
      120,
      'NOTHING',
    ],
    ['365', 'Estafa', ['FRAUD'], 60, 'ARTICLE', NEW_CODE_ON_PROPERTY],
    ['373', 'Extorsión', ['EXTORTION'], 180, 'ARTICLE_AND_PENALTY', NEW_CODE_ON_PROPERTY],
    [null, 'Contrabando', ['GOODS_SMUGGLING'], 72, 'NOTHING'],
    ['439', 'Lavado de activos', ['MONEY_LAUNDERING'], 156, 'NOTHING'],
    [null, 'Falsificación de documentos públicos', ['FORGERY'], 72, 'NOTHING'],
    [null, 'Cohecho', ['BRIBERY'], 84, 'NOTHING'],
    [null, 'Malversación de caudales públicos', ['EMBEZZLEMENT'], 84, 'NOTHING'],
    [null, 'Enriquecimiento ilícito', ['ILLICIT_ENRICHMENT'], 96, 'NOTHING'],
    [null, 'Encubrimiento y obstrucción de la justicia', ['OBSTRUCTION'], 60, 'NOTHING'],
    ['554', 'Asociación para delinquir', ['CRIMINAL_GROUP'], 96, 'NOTHING'],
    [null, 'Portación ilegal de armas de fuego', ['FIREARM_POSSESSION'], 72, 'NOTHING'],
    [null, 'Tráfico ilícito de armas de fuego', ['ARMS_TRAFFICKING'], 144, 'NOTHING'],
    [null, 'Acceso no autorizado a sistemas informáticos', ['COMPUTER_ACCESS'], 36, 'NOTHING'],
    [null, 'Delitos contra la fauna protegida', ['WILDLIFE'], 72, 'NOTHING'],
    [null, 'Explotación ilegal de recursos forestales', ['LOGGING'], 84, 'NOTHING'],
  ]),
  ...provisionsOf(CODE_OF_1983, [
    ['116', 'Homicidio', ['HOMICIDE', 'ATTEMPTED_HOMICIDE'], 180, 'ARTICLE_AND_PENALTY'],
    ['117', 'Asesinato', ['MURDER'], 360, 'ARTICLE_AND_PENALTY'],
    ['121', 'Homicidio culposo', ['NEGLIGENT_HOMICIDE'], 60, 'ARTICLE_AND_PENALTY'],
    [
      '332',
      'Asociación ilícita',
      ['CRIMINAL_GROUP'],
      144,
      'ARTICLE_AND_PENALTY',
      'https://www.angelfire.com/ca5/mas/HON/PEN/REF/r06.html',
    ],
    ['118-A', 'Femicidio', ['FEMICIDE'], 480, 'NOTHING'],
    ['222', 'Extorsión', ['EXTORTION'], 240, 'NOTHING'],
    [null, 'Lesiones graves', ['SERIOUS_INJURY'], 84, 'NOTHING'],
    [null, 'Amenazas', ['THREAT'], 36, 'NOTHING'],
    [null, 'Secuestro', ['KIDNAPPING'], 360, 'NOTHING'],
    [null, 'Violación', ['RAPE'], 180, 'NOTHING'],
    [null, 'Robo', ['AGGRAVATED_ROBBERY', 'VEHICLE_ROBBERY', 'CARGO_ROBBERY'], 144, 'NOTHING'],
    [null, 'Hurto', ['BURGLARY', 'VEHICLE_THEFT'], 84, 'NOTHING'],
    [null, 'Estafa', ['FRAUD'], 84, 'NOTHING'],
    [null, 'Falsificación de documentos', ['FORGERY'], 108, 'NOTHING'],
    [null, 'Cohecho', ['BRIBERY'], 84, 'NOTHING'],
    [null, 'Malversación de caudales públicos', ['EMBEZZLEMENT'], 144, 'NOTHING'],
    [null, 'Tráfico ilegal de personas', ['MIGRANT_SMUGGLING'], 108, 'NOTHING'],
    [null, 'Portación ilegal de armas', ['FIREARM_POSSESSION', 'ARMS_TRAFFICKING'], 144, 'NOTHING'],
  ]),
  ...provisionsOf(TRAFFICKING, [
    [
      '52',
      'Trata de personas',
      ['TRAFFICKING_SEXUAL', 'TRAFFICKING_LABOUR'],
      180,
      'ARTICLE_AND_PENALTY',
      'https://criterio.hn/alerta-nuevo-codigo-penal-favorecera-a-traficantes-de-personas',
    ],
  ]),
  ...provisionsOf(DRUGS, [['18', 'Tráfico de drogas', ['DRUG_TRAFFICKING'], 240, 'ARTICLE_AND_PENALTY']]),
  ...provisionsOf(LAUNDERING, [
    [
      '36',
      'Delito de lavado de activos',
      ['MONEY_LAUNDERING'],
      240,
      'NOTHING',
      'https://elheraldo.hn/honduras/honduras-nuevo-codigo-penal-reduce-penas-de-lavado-de-activos-JPEH1285837',
    ],
  ]),
]

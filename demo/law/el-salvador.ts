import { type Law, type Provision, provisionsOf } from './provision.ts'

/**
 * El Salvador's penal law, as far as made-up cases need it. Drugs, laundering, trafficking in persons, extortion, femicide and computers
 * are in laws of their own, outside the penal code.
 */

const CP: Law = {
  code: 'CP',
  name: 'Código Penal (Decreto Legislativo 1030)',
  inForceFrom: '1998-04-20',
  repealedOn: null,
  source: 'https://es.studenta.com/content/133279731/codigo-penal-el-salvador',
}

const law = (code: string, name: string, source: string): Law => ({
  code,
  name,
  inForceFrom: null,
  repealedOn: null,
  source,
})

const DRUGS = law(
  'D153-2003',
  'Ley Reguladora de las Actividades Relativas a las Drogas (Decreto Legislativo 153)',
  'https://www.jurisprudencia.gob.sv/DocumentosBoveda/E/1/2010-2019/2016/02/C2F2D.HTML',
)
const LAUNDERING = law(
  'D498-1998',
  'Ley contra el Lavado de Dinero y de Activos (Decreto Legislativo 498)',
  'https://studylib.es/doc/5734073/nombre--ley-contra-el-lavado-de-dinero-y-de-activos',
)
const TRAFFICKING = law(
  'D824-2014',
  'Ley Especial contra la Trata de Personas (Decreto Legislativo 824)',
  'https://dokumen.tips/documents/nombre-del-documento-ley-especial-contra-la-trata-.html',
)
const EXTORTION = law(
  'D953-2015',
  'Ley Especial contra el Delito de Extorsión (Decreto Legislativo 953)',
  'https://diario1.com/politica/2017/11/gallegos-presenta-reformas-para-fortalecer-el-combate-de-extorsiones',
)
const WOMEN = law(
  'D520-2010',
  'Ley Especial Integral para una Vida Libre de Violencia para las Mujeres (Decreto Legislativo 520)',
  'https://www.asamblea.gob.sv',
)
const COMPUTERS = law(
  'D260-2016',
  'Ley Especial contra los Delitos Informáticos y Conexos (Decreto Legislativo 260)',
  'https://www.asamblea.gob.sv',
)

const HOMICIDES = 'https://rayflat.com/es'

/** El Salvador's provisions. */
export const EL_SALVADOR: readonly Provision[] = [
  ...provisionsOf(CP, [
    ['128', 'Homicidio simple', ['HOMICIDE', 'ATTEMPTED_HOMICIDE'], 240, 'ARTICLE_AND_PENALTY', HOMICIDES],
    ['129', 'Homicidio agravado', ['MURDER'], 600, 'ARTICLE', HOMICIDES],
    ['132', 'Homicidio culposo', ['NEGLIGENT_HOMICIDE'], 48, 'NOTHING'],
    ['143', 'Lesiones graves', ['SERIOUS_INJURY'], 72, 'NOTHING'],
    ['149', 'Secuestro', ['KIDNAPPING'], 540, 'ARTICLE', 'https://cjad.nottingham.ac.uk/en/state/162/keyword/138'],
    ['154', 'Amenazas', ['THREAT'], 36, 'NOTHING'],
    ['158', 'Violación', ['RAPE'], 120, 'NOTHING'],
    ['208', 'Hurto agravado', ['BURGLARY', 'VEHICLE_THEFT'], 96, 'NOTHING'],
    [
      '213',
      'Robo agravado',
      ['AGGRAVATED_ROBBERY', 'VEHICLE_ROBBERY', 'CARGO_ROBBERY'],
      144,
      'ARTICLE',
      'https://sv.vlex.com/vid/sentencia-n-442c2018-sala-844590223',
    ],
    ['215', 'Estafa', ['FRAUD'], 60, 'ARTICLE', 'https://sv.vlex.com/vid/sentencia-n-445c2017-sala-829240369'],
    ['258', 'Depredación de bosques', ['LOGGING'], 60, 'NOTHING'],
    ['261', 'Depredación de fauna protegida', ['WILDLIFE'], 48, 'NOTHING'],
    ['283', 'Falsedad material', ['FORGERY'], 72, 'NOTHING'],
    ['325', 'Peculado', ['EMBEZZLEMENT'], 180, 'NOTHING'],
    ['330', 'Cohecho propio', ['BRIBERY'], 72, 'NOTHING'],
    ['333', 'Enriquecimiento ilícito', ['ILLICIT_ENRICHMENT'], 120, 'NOTHING'],
    [
      '345',
      'Agrupaciones ilícitas',
      ['CRIMINAL_GROUP'],
      360,
      'ARTICLE_AND_PENALTY',
      'https://24-horas.mx/2022/03/31/cinco-veces-mas-anos-de-prision-a-los-pandilleros',
    ],
    [
      '346-B',
      'Tenencia, portación o conducción ilegal de armas de fuego',
      ['FIREARM_POSSESSION'],
      60,
      'ARTICLE',
      'https://www.jurisprudencia.gob.sv/DocumentosBoveda/E/1/2010-2019/2015/07/BB1D4.HTML',
    ],
    [
      '367-A',
      'Tráfico ilegal de personas',
      ['MIGRANT_SMUGGLING'],
      96,
      'ARTICLE_AND_PENALTY',
      'https://historico.eldiariodehoy.com/historico-edh/36953/asamblea-avala-subir-a-16-anos-de-carcel-por-trafico-ilegal-de-personas.html',
    ],
    [null, 'Comercio ilegal y tráfico de armas de fuego', ['ARMS_TRAFFICKING'], 120, 'NOTHING'],
    [null, 'Obstaculización de la justicia', ['OBSTRUCTION'], 60, 'NOTHING'],
    [null, 'Contrabando de mercancías', ['GOODS_SMUGGLING'], 96, 'NOTHING'],
  ]),
  ...provisionsOf(DRUGS, [['33', 'Tráfico ilícito', ['DRUG_TRAFFICKING'], 180, 'ARTICLE']]),
  ...provisionsOf(LAUNDERING, [
    [
      '4',
      'Lavado de dinero y de activos',
      ['MONEY_LAUNDERING'],
      180,
      'NOTHING',
      'https://es.slideshare.net/slideshow/ley-contraellavadodedineroydeactivos/5287997',
    ],
  ]),
  ...provisionsOf(TRAFFICKING, [
    [
      '54',
      'Delito de trata de personas',
      ['TRAFFICKING_SEXUAL', 'TRAFFICKING_LABOUR'],
      168,
      'NOTHING',
      'https://nodal.red/?p=59411',
    ],
  ]),
  ...provisionsOf(EXTORTION, [['2', 'Extorsión', ['EXTORTION'], 180, 'ARTICLE']]),
  ...provisionsOf(WOMEN, [['45', 'Feminicidio', ['FEMICIDE'], 420, 'NOTHING']]),
  ...provisionsOf(COMPUTERS, [['4', 'Acceso indebido a sistemas informáticos', ['COMPUTER_ACCESS'], 48, 'NOTHING']]),
]
